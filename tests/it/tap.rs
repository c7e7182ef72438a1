//! A man in the middle who understands frames: for what no stock server does.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::server::node;

const PAYLOAD: u8 = 0x04;
const RESULT: u8 = 0x08;
const PREPARED: [u8; 4] = [0, 0, 0, 4];
/// In a cell of those rows that [`Tap::cut`] is for.
pub const TO_BE_CUT: &str = "to be cut";

/// Stands between driver and node. It sends custom payloads back with the answer, gives prepared
/// statements another id while [`mangle`](Self::mangle) is on, and takes off the ends of rows.
pub struct Tap {
    pub address: SocketAddr,
    harm: Arc<Harm>,
}

#[derive(Default)]
struct Harm {
    mangle: AtomicBool,
    cut: AtomicUsize,
}

impl Tap {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let harm = Arc::new(Harm::default());
        let does = Arc::clone(&harm);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                stand_between(client, Arc::clone(&does));
            }
        });
        Self { address, harm }
    }

    pub fn mangle(&self, on: bool) {
        self.harm.mangle.store(on, Ordering::SeqCst);
    }

    /// Takes so many bytes off the end of each result that has [`TO_BE_CUT`] in it.
    pub fn cut(&self, bytes: usize) {
        self.harm.cut.store(bytes, Ordering::SeqCst);
    }
}

fn stand_between(client: TcpStream, harm: Arc<Harm>) {
    let server = TcpStream::connect(node().address()).unwrap();
    // The payload of a request, by its stream, until it is answered.
    let payloads = Arc::new(Mutex::new(HashMap::new()));
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let seen = Arc::clone(&payloads);
    thread::spawn(move || {
        pump(from, to, |frame| {
            if frame.header[1] & PAYLOAD != 0 {
                let length = bytes_map(&frame.body);
                seen.lock().unwrap().insert(frame.stream(), frame.body[..length].to_vec());
            }
        });
    });
    thread::spawn(move || {
        pump(server, client, |frame| {
            let payload = payloads.lock().unwrap().remove(&frame.stream());
            if frame.header[4] != RESULT || frame.header[1] != 0 {
                return;
            }
            if frame.body.starts_with(&PREPARED) && harm.mangle.load(Ordering::SeqCst) {
                // The first byte of the id, behind its length.
                frame.body[6] ^= 0xff;
            }
            let marker = TO_BE_CUT.as_bytes();
            if frame.body.windows(marker.len()).any(|part| part == marker) {
                let left = frame.body.len() - harm.cut.load(Ordering::SeqCst);
                frame.body.truncate(left);
            }
            if let Some(payload) = payload {
                frame.header[1] |= PAYLOAD;
                frame.body.splice(..0, payload);
            }
        });
    });
}

struct Frame {
    /// Version, flags, stream (two bytes), opcode, length (four bytes).
    header: [u8; 9],
    body: Vec<u8>,
}

impl Frame {
    fn stream(&self) -> [u8; 2] {
        [self.header[2], self.header[3]]
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut header = [0; 9];
        from.read_exact(&mut header)?;
        let length = u32::from_be_bytes([header[5], header[6], header[7], header[8]]);
        let mut body = vec![0; length as usize];
        from.read_exact(&mut body)?;
        Ok(Self { header, body })
    }

    fn write(mut self, to: &mut impl Write) -> io::Result<()> {
        self.header[5..].copy_from_slice(&(self.body.len() as u32).to_be_bytes());
        to.write_all(&self.header)?;
        to.write_all(&self.body)
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, mut change: impl FnMut(&mut Frame)) {
    while let Ok(mut frame) = Frame::read(&mut from) {
        change(&mut frame);
        if frame.write(&mut to).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// The length of the `[bytes map]` that a body begins with.
fn bytes_map(body: &[u8]) -> usize {
    let short = |at: usize| usize::from(u16::from_be_bytes([body[at], body[at + 1]]));
    let int = |at: usize| u32::from_be_bytes(body[at..at + 4].try_into().unwrap()) as usize;
    let mut at = 2;
    for _ in 0..short(0) {
        at += 2 + short(at);
        at += 4 + int(at);
    }
    at
}
