//! A small client of the native protocol, version 4: enough to know that a node answers, and to
//! run plain statements.
//!
//! Blocking, one request at a time, a deadline on every read and write. To a node that asks for a
//! password it offers Cassandra's initial one.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::stream::{Stream, Way};

/// The user, and its password, that every node with passwords has from the beginning.
pub(crate) const INITIAL_USER: &str = "cassandra";

/// A row of a result: for each column the bytes of the native protocol, or `None` for null.
pub type Row = Vec<Option<Vec<u8>>>;

/// Larger answers are taken for something that is not Cassandra.
const MAX_FRAME: usize = 256 << 20;

/// How many replicas have to answer, as the protocol numbers it.
#[derive(Clone, Copy)]
#[repr(u16)]
pub(crate) enum Consistency {
    One = 1,
    Quorum = 4,
}

mod opcode {
    pub(super) const ERROR: u8 = 0x00;
    pub(super) const STARTUP: u8 = 0x01;
    pub(super) const READY: u8 = 0x02;
    pub(super) const AUTHENTICATE: u8 = 0x03;
    pub(super) const OPTIONS: u8 = 0x05;
    pub(super) const SUPPORTED: u8 = 0x06;
    pub(super) const QUERY: u8 = 0x07;
    pub(super) const RESULT: u8 = 0x08;
    pub(super) const AUTH_RESPONSE: u8 = 0x0f;
    pub(super) const AUTH_SUCCESS: u8 = 0x10;
}

pub(crate) struct Connection {
    stream: Stream,
    address: SocketAddr,
}

impl Connection {
    /// Connects and shakes hands; each of its steps may take `timeout`.
    pub(crate) fn open(way: &Way, timeout: Duration) -> Result<Self> {
        let address = way.address;
        let stream = way.connect(timeout).map_err(|e| failed(address, e))?;
        let mut connection = Self { stream, address };
        let (opcode, _) = connection.request(opcode::OPTIONS, &[])?;
        connection.expect(opcode::SUPPORTED, opcode)?;
        let mut startup = 1u16.to_be_bytes().to_vec();
        put_string(&mut startup, "CQL_VERSION");
        put_string(&mut startup, "3.0.0");
        match connection.request(opcode::STARTUP, &startup)?.0 {
            opcode::AUTHENTICATE => connection.log_in()?,
            opcode => connection.expect(opcode::READY, opcode)?,
        }
        Ok(connection)
    }

    /// How long the next reads and writes may take.
    pub(crate) fn set_timeout(&mut self, timeout: Duration) -> Result<()> {
        self.stream.set_timeout(timeout).map_err(|e| failed(self.address, e))
    }

    fn log_in(&mut self) -> Result<()> {
        let token = format!("\0{INITIAL_USER}\0{INITIAL_USER}");
        let mut body = (token.len() as i32).to_be_bytes().to_vec();
        body.extend_from_slice(token.as_bytes());
        let (opcode, _) = self.request(opcode::AUTH_RESPONSE, &body)?;
        self.expect(opcode::AUTH_SUCCESS, opcode)
    }

    /// Runs one statement and returns its rows; a statement without rows returns none.
    pub(crate) fn query(&mut self, cql: &str, consistency: Consistency) -> Result<Vec<Row>> {
        let mut body = (cql.len() as i32).to_be_bytes().to_vec();
        body.extend_from_slice(cql.as_bytes());
        body.extend_from_slice(&(consistency as u16).to_be_bytes());
        body.push(0);
        let (opcode, answer) = self.request(opcode::QUERY, &body)?;
        self.expect(opcode::RESULT, opcode)?;
        rows(&answer).ok_or_else(|| failed(self.address, "its result ends too soon"))
    }

    fn expect(&self, wanted: u8, found: u8) -> Result<()> {
        if wanted == found {
            return Ok(());
        }
        let reason = format!("it sent message 0x{found:02x} where 0x{wanted:02x} was due");
        Err(failed(self.address, reason))
    }

    /// Sends one frame and reads the answer; an ERROR answer becomes [`Error::Cql`].
    fn request(&mut self, opcode: u8, body: &[u8]) -> Result<(u8, Vec<u8>)> {
        let address = self.address;
        let (flags, opcode, answer) =
            self.exchange(opcode, body).map_err(|e| failed(address, e))?;
        let body = strip_extras(flags, &answer)
            .ok_or_else(|| failed(address, "its answer ends too soon"))?;
        if opcode != opcode::ERROR {
            return Ok((opcode, body.to_vec()));
        }
        let mut cursor = Cursor(body);
        match (cursor.int(), cursor.string()) {
            (Some(code), Some(message)) => {
                Err(Error::Cql { code, message: String::from_utf8_lossy(message).into_owned() })
            }
            _ => Err(failed(address, "its error ends too soon")),
        }
    }

    fn exchange(&mut self, opcode: u8, body: &[u8]) -> io::Result<(u8, u8, Vec<u8>)> {
        let mut frame = vec![0x04, 0, 0, 0, opcode];
        frame.extend_from_slice(&(body.len() as i32).to_be_bytes());
        frame.extend_from_slice(body);
        self.stream.write_all(&frame)?;
        self.stream.flush()?;
        let mut header = [0; 9];
        self.stream.read_exact(&mut header)?;
        let length = u32::from_be_bytes([header[5], header[6], header[7], header[8]]) as usize;
        if header[0] != 0x84 || length > MAX_FRAME {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not speak CQL"));
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        Ok((header[1], header[4], answer))
    }
}

fn failed(address: SocketAddr, reason: impl ToString) -> Error {
    Error::Connection { address, reason: reason.to_string() }
}

fn put_string(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u16).to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Skips what a server may put before the body: a trace id, warnings, a custom payload.
fn strip_extras(flags: u8, body: &[u8]) -> Option<&[u8]> {
    let mut cursor = Cursor(body);
    if flags & 0x02 != 0 {
        cursor.take(16)?;
    }
    if flags & 0x08 != 0 {
        for _ in 0..cursor.short()? {
            cursor.string()?;
        }
    }
    if flags & 0x04 != 0 {
        for _ in 0..cursor.short()? {
            cursor.string()?;
            cursor.bytes()?;
        }
    }
    Some(cursor.0)
}

fn rows(body: &[u8]) -> Option<Vec<Row>> {
    const KIND_ROWS: i32 = 2;
    let mut cursor = Cursor(body);
    if cursor.int()? != KIND_ROWS {
        return Some(Vec::new());
    }
    let columns = skip_metadata(&mut cursor)?;
    let count = usize::try_from(cursor.int()?).ok()?;
    if columns == 0 {
        return Some(Vec::new());
    }
    // Grown row by row: the count is the server's word, the bytes are what really came.
    let mut rows = Vec::new();
    for _ in 0..count {
        let mut row = Row::new();
        for _ in 0..columns {
            row.push(cursor.bytes()?.map(<[u8]>::to_vec));
        }
        rows.push(row);
    }
    Some(rows)
}

/// Skips the description of a result's columns and returns how many there are.
fn skip_metadata(cursor: &mut Cursor<'_>) -> Option<usize> {
    const GLOBAL_TABLE: i32 = 1;
    const MORE_PAGES: i32 = 2;
    const NO_METADATA: i32 = 4;
    let flags = cursor.int()?;
    let columns = usize::try_from(cursor.int()?).ok()?;
    if flags & MORE_PAGES != 0 {
        cursor.bytes()?;
    }
    if flags & NO_METADATA != 0 {
        return Some(columns);
    }
    let table = |cursor: &mut Cursor<'_>| cursor.string().and(cursor.string()).map(drop);
    if flags & GLOBAL_TABLE != 0 {
        table(cursor)?;
    }
    for _ in 0..columns {
        if flags & GLOBAL_TABLE == 0 {
            table(cursor)?;
        }
        cursor.string()?;
        skip_type(cursor, 0)?;
    }
    Some(columns)
}

fn skip_type(cursor: &mut Cursor<'_>, depth: u32) -> Option<()> {
    if depth > 64 {
        return None;
    }
    match cursor.short()? {
        0x00 => drop(cursor.string()?),
        0x20 | 0x22 => skip_type(cursor, depth + 1)?,
        0x21 => {
            skip_type(cursor, depth + 1)?;
            skip_type(cursor, depth + 1)?;
        }
        0x30 => {
            cursor.string()?;
            cursor.string()?;
            for _ in 0..cursor.short()? {
                cursor.string()?;
                skip_type(cursor, depth + 1)?;
            }
        }
        0x31 => {
            for _ in 0..cursor.short()? {
                skip_type(cursor, depth + 1)?;
            }
        }
        _ => {}
    }
    Some(())
}

/// What is left of a body; every read is `None` once the body ends too soon.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn int(&mut self) -> Option<i32> {
        self.take(4)?.try_into().ok().map(i32::from_be_bytes)
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.short()?;
        self.take(length.into())
    }

    /// `Some(None)` is a null.
    fn bytes(&mut self) -> Option<Option<&'a [u8]>> {
        match usize::try_from(self.int()?) {
            Ok(length) => self.take(length).map(Some),
            Err(_) => Some(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// A server that reads one frame for each of `answers` and sends that, byte for byte.
    fn server(answers: Vec<Vec<u8>>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for answer in answers {
                let mut header = [0; 9];
                if stream.read_exact(&mut header).is_err() {
                    return;
                }
                let length = u32::from_be_bytes(header[5..].try_into().unwrap());
                stream.read_exact(&mut vec![0; length as usize]).unwrap();
                stream.write_all(&answer).unwrap();
            }
        });
        address
    }

    fn frame(flags: u8, opcode: u8, body: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x84, flags, 0, 0, opcode];
        frame.extend_from_slice(&(body.len() as u32).to_be_bytes());
        frame.extend_from_slice(body);
        frame
    }

    fn ask(answer: Vec<u8>) -> Result<Vec<Row>> {
        let hello = [frame(0, opcode::SUPPORTED, &[]), frame(0, opcode::READY, &[]), answer];
        Connection::open(&Way::plain(server(hello.into())), Duration::from_secs(5))?
            .query("SELECT", Consistency::One)
    }

    /// One column of type list<udt<tuple<int>>>, one row with a null, after a warning.
    fn nested() -> Vec<u8> {
        let mut body = vec![0, 1];
        put_string(&mut body, "a warning");
        body.extend_from_slice(&[0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1]);
        for name in ["ks", "t", "c"] {
            put_string(&mut body, name);
        }
        body.extend_from_slice(&[0, 0x20, 0, 0x30]);
        put_string(&mut body, "ks");
        put_string(&mut body, "udt");
        body.extend_from_slice(&[0, 1]);
        put_string(&mut body, "field");
        body.extend_from_slice(&[0, 0x31, 0, 1, 0, 9]);
        body.extend_from_slice(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]);
        body
    }

    #[test]
    fn rows_of_nested_types_are_read() {
        assert_eq!(ask(frame(0x08, opcode::RESULT, &nested())).unwrap(), [vec![None]]);
    }

    #[test]
    fn every_cut_of_an_answer_is_an_error() {
        let body = nested();
        for end in 0..body.len() {
            let error = ask(frame(0x08, opcode::RESULT, &body[..end])).unwrap_err();
            assert!(matches!(error, Error::Connection { .. }), "{end}: {error}");
        }
    }

    #[test]
    fn what_is_not_cassandra_is_an_error() {
        let timeout = Duration::from_millis(200);
        let http = server(vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()]);
        let Err(error) = Connection::open(&Way::plain(http), timeout) else {
            panic!("it is no Cassandra")
        };
        assert!(error.to_string().contains("does not speak CQL"), "{error}");

        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = Way::plain(silent.local_addr().unwrap());
        assert!(Connection::open(&silent, timeout).is_err());
    }
}
