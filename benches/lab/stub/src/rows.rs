//! The body of a result of rows: what its columns are, one row, very many rows.

use std::ops::Range;
use std::sync::Arc;

use crate::codec::types::Type;
use crate::codec::write;

/// The kind of a RESULT that has rows.
pub const ROWS: i32 = 2;

const ONE_TABLE: i32 = 0x01;
const MORE_PAGES: i32 = 0x02;
const NO_METADATA: i32 = 0x04;

/// The columns of an answer, or the values of a statement.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The keyspace of the table that all are of.
    pub keyspace: String,
    /// The table.
    pub table: String,
    /// Their names and types.
    pub columns: Vec<(String, Type)>,
}

impl Columns {
    /// Appends the metadata of an answer: `skip` leaves the columns out, `paging_state` says that there
    /// is another page.
    pub fn write_metadata(&self, out: &mut Vec<u8>, skip: bool, paging_state: Option<&[u8]>) {
        let shown = if skip { NO_METADATA } else { ONE_TABLE };
        let more = if paging_state.is_some() { MORE_PAGES } else { 0 };
        write::int(out, shown | more);
        write::int(out, self.columns.len() as i32);
        if paging_state.is_some() {
            write::bytes(out, paging_state);
        }
        if !skip {
            self.write_specs(out);
        }
    }

    /// Appends what the values of a prepared statement are; `key` has the places of the partition key.
    pub fn write_values(&self, out: &mut Vec<u8>, key: &[usize]) {
        write::int(out, if self.columns.is_empty() { 0 } else { ONE_TABLE });
        write::int(out, self.columns.len() as i32);
        write::int(out, key.len() as i32);
        for &at in key {
            write::short(out, at);
        }
        if !self.columns.is_empty() {
            self.write_specs(out);
        }
    }

    fn write_specs(&self, out: &mut Vec<u8>) {
        write::string(out, &self.keyspace);
        write::string(out, &self.table);
        for (name, kind) in &self.columns {
            write::string(out, name);
            kind.write(out);
        }
    }
}

/// A text of `size` bytes.
pub fn text(size: usize) -> Vec<u8> {
    b"0123456789abcdef".iter().copied().cycle().take(size).collect()
}

/// Very many rows, one behind the other in one piece, each of the same length, so that any page of any
/// size is a range of it. The columns are those of the table `big`: `part` is 0, `id` counts from 0, `a`
/// has 16 bytes, `b` is half of `id`. Making a million rows of `id, a, b` takes some ten milliseconds
/// and 44 MB.
#[derive(Clone, Debug)]
pub struct ManyRows {
    bytes: Arc<[u8]>,
    count: usize,
}

impl ManyRows {
    /// Makes `count` rows of these columns.
    pub fn new(columns: &Columns, count: usize) -> ManyRows {
        let mut bytes = Vec::new();
        let text = text(16);
        for id in 0..count {
            for (name, _) in &columns.columns {
                match name.as_str() {
                    "part" => write::bytes(&mut bytes, Some(&0_i32.to_be_bytes())),
                    "id" => write::bytes(&mut bytes, Some(&(id as i64).to_be_bytes())),
                    "a" => write::bytes(&mut bytes, Some(&text)),
                    "b" => write::bytes(&mut bytes, Some(&(id as f64 / 2.0).to_be_bytes())),
                    _ => write::bytes(&mut bytes, None),
                }
            }
        }
        ManyRows { bytes: bytes.into(), count }
    }

    /// The page that starts with the row `start`, of so many rows if there are as many.
    pub fn page(&self, start: usize, size: Option<usize>) -> Page {
        let start = start.min(self.count);
        let end = size.map_or(self.count, |size| self.count.min(start.saturating_add(size)));
        let row = self.bytes.len().checked_div(self.count).unwrap_or(0);
        Page {
            count: end - start,
            next: (end < self.count).then_some(end),
            bytes: self.bytes.clone(),
            range: start * row..end * row,
        }
    }
}

/// A page of [`ManyRows`].
#[derive(Debug)]
pub struct Page {
    /// How many rows it has.
    pub count: usize,
    /// The first row of the next page, where there is one.
    pub next: Option<usize>,
    /// Where the rows lie.
    pub bytes: Arc<[u8]>,
    /// Which of them are of this page.
    pub range: Range<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Columns {
        Columns {
            keyspace: "k".into(),
            table: "t".into(),
            columns: vec![("id".into(), Type::Bigint)],
        }
    }

    #[test]
    fn metadata_tells_of_columns_and_of_another_page() {
        let mut out = Vec::new();
        columns().write_metadata(&mut out, false, Some(&[9]));
        #[rustfmt::skip]
        assert_eq!(out, [
            0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 9,
            0, 1, b'k', 0, 1, b't', 0, 2, b'i', b'd', 0, 2,
        ]);
        out.clear();
        columns().write_metadata(&mut out, true, None);
        assert_eq!(out, [0, 0, 0, 4, 0, 0, 0, 1]);
    }

    #[test]
    fn values_tell_where_the_key_is() {
        let mut out = Vec::new();
        columns().write_values(&mut out, &[0]);
        #[rustfmt::skip]
        assert_eq!(out, [
            0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0,
            0, 1, b'k', 0, 1, b't', 0, 2, b'i', b'd', 0, 2,
        ]);
        out.clear();
        Columns::default().write_values(&mut out, &[]);
        assert_eq!(out, [0; 12]);
    }

    #[test]
    fn pages_cover_all_rows_and_the_last_has_no_next() {
        let rows = ManyRows::new(&columns(), 5);
        let page = rows.page(2, Some(2));
        assert_eq!((page.count, page.next), (2, Some(4)));
        assert_eq!(page.bytes[page.range.clone()][..12], [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(page.range.len(), 24);
        let last = rows.page(4, Some(2));
        assert_eq!((last.count, last.next), (1, None));
        assert_eq!(rows.page(3, Some(2)).next, None);
        assert_eq!(rows.page(0, None).count, 5);
        assert_eq!(rows.page(9, Some(1)).count, 0);
    }
}
