//! A client's connection: bytes in, frames cut from them, answers out.

use std::io::{self, Read};
use std::net::TcpStream;

use crate::answer::Answers;
use crate::codec::frame::{HEADER, Header, LONGEST};
use crate::out::Out;

/// How much is read at once, bytes, if no request is longer.
pub const READ: usize = 256 << 10;

/// A connection.
#[derive(Debug)]
pub struct Connection {
    /// The socket. It does not block.
    pub stream: TcpStream,
    /// What is to be written.
    pub out: Out,
    /// It took no more at the last write.
    pub blocked: bool,
    /// The start of a request of which the rest has not come.
    partial: Vec<u8>,
}

/// What a read brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Brought {
    /// So many bytes, and perhaps there are more.
    Bytes(usize),
    /// Nothing now.
    Nothing,
    /// The client has closed.
    End,
}

impl Connection {
    /// Takes over a socket that was just accepted.
    pub fn new(stream: TcpStream) -> io::Result<Connection> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, out: Out::default(), blocked: false, partial: Vec::new() })
    }

    /// Reads once, through `buffer`, and appends the answers to all requests that are complete then to
    /// `out`.
    pub fn read(
        &mut self,
        buffer: &mut Vec<u8>,
        answers: &mut Answers,
        out: &mut Out,
    ) -> io::Result<Brought> {
        let before = self.partial.len();
        buffer[..before].copy_from_slice(&self.partial);
        let count = match self.stream.read(&mut buffer[before..]) {
            Ok(0) => return Ok(Brought::End),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Brought::Nothing),
            Err(error) => return Err(error),
        };
        let mut rest = &buffer[..before + count];
        let mut wanted = 0;
        while let Some(header) = Header::read(rest) {
            if header.length > LONGEST {
                return Err(io::ErrorKind::InvalidData.into());
            }
            wanted = HEADER + header.length;
            let Some(body) = rest.get(HEADER..wanted) else { break };
            answers.answer(header, body, out);
            rest = &rest[wanted..];
        }
        self.partial.clear();
        self.partial.extend_from_slice(rest);
        // Room for the whole of the next request, and for a byte more, so that no read is of nothing.
        if wanted >= buffer.len() {
            buffer.resize(wanted + 1, 0);
        }
        Ok(Brought::Bytes(count))
    }
}
