//! Frames: nine bytes, then a body.

/// The length of a frame's header, bytes.
pub const HEADER: usize = 9;
/// The only version spoken.
pub const VERSION: u8 = 4;
/// The bit of an answer in the version byte.
const ANSWER: u8 = 0x80;
/// The body is compressed. Never agreed to here.
pub const COMPRESSED: u8 = 0x01;
/// The body of a request begins with a map of bytes.
pub const CUSTOM_PAYLOAD: u8 = 0x04;
/// The longest body that is taken, bytes: the protocol's own limit.
pub const LONGEST: usize = 256 << 20;

/// What a frame is.
pub mod opcode {
    #![allow(missing_docs)]
    pub const ERROR: u8 = 0x00;
    pub const STARTUP: u8 = 0x01;
    pub const READY: u8 = 0x02;
    pub const OPTIONS: u8 = 0x05;
    pub const SUPPORTED: u8 = 0x06;
    pub const QUERY: u8 = 0x07;
    pub const RESULT: u8 = 0x08;
    pub const PREPARE: u8 = 0x09;
    pub const EXECUTE: u8 = 0x0A;
    pub const REGISTER: u8 = 0x0B;
    pub const BATCH: u8 = 0x0D;
}

/// The header of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The protocol's version, as the client wants it.
    pub version: u8,
    /// [`COMPRESSED`], [`CUSTOM_PAYLOAD`] and others.
    pub flags: u8,
    /// Which request of the connection this is; its answer bears the same.
    pub stream: [u8; 2],
    /// One of [`opcode`].
    pub opcode: u8,
    /// The length of the body, bytes.
    pub length: usize,
}

impl Header {
    /// Reads a header from the start of `bytes`, once all of it is there.
    #[inline]
    pub fn read(bytes: &[u8]) -> Option<Header> {
        let &[version, flags, s0, s1, opcode, l0, l1, l2, l3] = bytes.first_chunk::<HEADER>()?;
        let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
        Some(Header { version, flags, stream: [s0, s1], opcode, length })
    }
}

/// The header of an answer.
pub fn answer(stream: [u8; 2], opcode: u8, length: usize) -> [u8; HEADER] {
    let [l0, l1, l2, l3] = (length as u32).to_be_bytes();
    [VERSION | ANSWER, 0, stream[0], stream[1], opcode, l0, l1, l2, l3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_once_all_of_it_is_there() {
        let bytes = [0x04, 0x02, 0x01, 0x02, 0x0A, 0x00, 0x00, 0x01, 0x00, 0xFF];
        let header = Header::read(&bytes).unwrap();
        assert_eq!(
            header,
            Header { version: 4, flags: 2, stream: [1, 2], opcode: opcode::EXECUTE, length: 256 }
        );
        assert_eq!(Header::read(&bytes[..8]), None);
    }

    #[test]
    fn an_answer_bears_the_stream_of_its_request() {
        assert_eq!(
            answer([0x7F, 0xFE], opcode::RESULT, 0x0102_0304),
            [0x84, 0x00, 0x7F, 0xFE, 0x08, 0x01, 0x02, 0x03, 0x04]
        );
    }
}
