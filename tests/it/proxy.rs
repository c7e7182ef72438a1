//! Something between driver and node that passes on what it reads, on an address of its own.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Opcodes of requests in the native protocol.
pub const STARTUP: u8 = 0x01;
pub const OPTIONS: u8 = 0x05;
pub const QUERY: u8 = 0x07;
pub const PREPARE: u8 = 0x09;
pub const EXECUTE: u8 = 0x0A;

/// A request as the driver sent it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The connection that it came on, counted from zero.
    pub connection: usize,
    pub opcode: u8,
    pub body: Vec<u8>,
}

impl Frame {
    pub fn contains(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

/// Stands between driver and node. It sees what the driver sends, unless that is encrypted, and cuts
/// or silences connections when told.
pub struct Proxy {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    open: Mutex<Vec<TcpStream>>,
    refusing: AtomicBool,
    silent: AtomicBool,
    accepted: Mutex<Vec<SocketAddr>>,
    frames: Mutex<Vec<Frame>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Proxy {
    pub fn start(to: SocketAddr) -> Self {
        Self::start_on("127.0.0.1", to)
    }

    /// As `start`, on another address of this machine.
    pub fn start_on(host: &str, to: SocketAddr) -> Self {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let proxy = Self { address, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                Shared::serve(&shared, client, to);
            }
        });
        proxy
    }

    /// Ends every connection, and those to come until [`mend`](Self::mend).
    pub fn cut(&self) {
        self.shared.refusing.store(true, Ordering::SeqCst);
        for connection in lock(&self.shared.open).drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.shared.refusing.store(false, Ordering::SeqCst);
    }

    /// Keeps all answers to itself from now on.
    pub fn fall_silent(&self) {
        self.shared.silent.store(true, Ordering::SeqCst);
    }

    /// Who has connected so far.
    pub fn accepted(&self) -> Vec<SocketAddr> {
        lock(&self.shared.accepted).clone()
    }

    /// Whether a connection that was open is so no more.
    pub fn is_closed(&self, connection: usize) -> bool {
        let mut byte = [0];
        let client = lock(&self.shared.open)[2 * connection].try_clone().unwrap();
        client.set_nonblocking(true).unwrap();
        matches!(client.peek(&mut byte), Ok(0))
    }

    /// The requests of this opcode that have come so far.
    pub fn frames(&self, opcode: u8) -> Vec<Frame> {
        lock(&self.shared.frames).iter().filter(|frame| frame.opcode == opcode).cloned().collect()
    }
}

impl Shared {
    fn serve(shared: &Arc<Self>, client: TcpStream, to: SocketAddr) {
        if shared.refusing.load(Ordering::SeqCst) {
            return;
        }
        let server = TcpStream::connect(to).unwrap();
        let connection = {
            let mut accepted = lock(&shared.accepted);
            accepted.push(client.peer_addr().unwrap());
            accepted.len() - 1
        };
        let (from_client, to_client) = (client.try_clone().unwrap(), client.try_clone().unwrap());
        let (from_server, to_server) = (server.try_clone().unwrap(), server.try_clone().unwrap());
        lock(&shared.open).extend([client, server]);
        let up = Arc::clone(shared);
        thread::spawn(move || up.requests(connection, from_client, to_server));
        let down = Arc::clone(shared);
        thread::spawn(move || down.answers(from_server, to_client));
    }

    fn requests(&self, connection: usize, from: TcpStream, to: TcpStream) {
        let mut seen = Vec::new();
        pass_on(from, to, |bytes| {
            seen.extend_from_slice(bytes);
            while let Some(length) = frame_length(&seen) {
                let frame = seen.drain(..length).collect::<Vec<_>>();
                let (opcode, body) = (frame[4], frame[9..].to_vec());
                lock(&self.frames).push(Frame { connection, opcode, body });
            }
            true
        });
    }

    fn answers(&self, from: TcpStream, to: TcpStream) {
        pass_on(from, to, |_| !self.silent.load(Ordering::SeqCst));
    }
}

/// The length of the first frame, header included, if it is whole and one of a request of protocol
/// version 3 or 4.
fn frame_length(bytes: &[u8]) -> Option<usize> {
    let header: &[u8; 9] = bytes.first_chunk()?;
    let length = 9 + u32::from_be_bytes([header[5], header[6], header[7], header[8]]) as usize;
    (matches!(header[0], 3 | 4) && bytes.len() >= length).then_some(length)
}

/// Passes on everything until one side ends.
pub fn pump(from: TcpStream, to: TcpStream) {
    pass_on(from, to, |_| true);
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, mut passes: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let bytes = &buffer[..length];
        if passes(bytes) && to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
