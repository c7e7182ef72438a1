//! One row, for whatever key: a frame made beforehand, in which the key is written anew.

use std::sync::Arc;

use crate::codec::frame::{self, HEADER, opcode};
use crate::codec::read::Parameters;
use crate::codec::write;
use crate::out::Out;
use crate::rows::{Columns, ROWS};
use crate::statement::{Filter, Operand};

/// From this length on a value is written from where it lies, bytes: below it a copy costs less.
const SHARED: usize = 4 << 10;

/// One row.
#[derive(Debug)]
pub struct Row {
    with_metadata: Frame,
    without: Frame,
    /// Which value of the request is the key.
    key: Option<usize>,
}

#[derive(Debug)]
struct Frame {
    bytes: Vec<u8>,
    /// Where the key's eight bytes are, if the row has it.
    key_at: Option<usize>,
    /// What follows `bytes`.
    tail: Option<Arc<[u8]>>,
}

impl Row {
    /// A row of these columns, with `text` in `v`; its `id` is the one that is asked for.
    pub fn new(columns: &Columns, text: &Arc<[u8]>, filters: &[Filter]) -> Row {
        let key = filters.iter().find(|filter| filter.column == "id").map(|f| &f.operand);
        let number = if let Some(Operand::Number(number)) = key { *number } else { 0 };
        Row {
            with_metadata: Frame::new(columns, false, text, number),
            without: Frame::new(columns, true, text, number),
            key: if let Some(Operand::Marker(at)) = key { Some(*at) } else { None },
        }
    }

    /// Appends the answer.
    #[inline]
    pub fn answer(&self, stream: [u8; 2], parameters: &Parameters<'_>, out: &mut Out) {
        let frame = if parameters.skip_metadata { &self.without } else { &self.with_metadata };
        let start = out.own.len();
        out.own.extend_from_slice(&frame.bytes);
        let written = &mut out.own[start..];
        written[2..4].copy_from_slice(&stream);
        if let (Some(at), Some(key)) = (frame.key_at, self.key)
            && let Some(value @ &[_, _, _, _, _, _, _, _]) = parameters.value(key)
        {
            written[at..at + 8].copy_from_slice(value);
        }
        if let Some(tail) = &frame.tail {
            out.share(tail.clone(), 0..tail.len());
        }
    }
}

impl Frame {
    fn new(columns: &Columns, skip_metadata: bool, text: &Arc<[u8]>, key: i64) -> Frame {
        let mut bytes = vec![0; HEADER];
        write::int(&mut bytes, ROWS);
        columns.write_metadata(&mut bytes, skip_metadata, None);
        write::int(&mut bytes, 1);
        let (mut key_at, mut tail) = (None, None);
        for (at, (name, _)) in columns.columns.iter().enumerate() {
            if name == "id" {
                key_at = Some(bytes.len() + 4);
                write::bytes(&mut bytes, Some(&key.to_be_bytes()));
            } else if at + 1 == columns.columns.len() && text.len() >= SHARED {
                write::int(&mut bytes, text.len() as i32);
                tail = Some(text.clone());
            } else {
                write::bytes(&mut bytes, Some(text));
            }
        }
        let length = bytes.len() - HEADER + tail.as_ref().map_or(0, |tail: &Arc<[u8]>| tail.len());
        bytes[..HEADER].copy_from_slice(&frame::answer([0; 2], opcode::RESULT, length));
        Frame { bytes, key_at, tail }
    }
}
