//! Something between driver and node that passes on what it reads, on an address of its own.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Stands between driver and node, and cuts their connections when told.
pub struct Proxy {
    pub address: SocketAddr,
    open: Arc<Mutex<Option<Vec<TcpStream>>>>,
}

impl Proxy {
    pub fn start(to: SocketAddr) -> Self {
        Self::start_on("127.0.0.1", to)
    }

    /// As `start`, on another address of this machine.
    pub fn start_on(host: &str, to: SocketAddr) -> Self {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let open = Arc::new(Mutex::new(Some(Vec::new())));
        let connections = Arc::clone(&open);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(to).unwrap();
                let mut open = connections.lock().unwrap();
                // Cut: the client is dropped, and so is every later one.
                let Some(open) = open.as_mut() else { continue };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    open.push(from.try_clone().unwrap());
                    thread::spawn(move || pump(from, to));
                }
            }
        });
        Self { address, open }
    }

    /// Ends every connection, and those to come.
    pub fn cut(&self) {
        for connection in self.open.lock().unwrap().take().into_iter().flatten() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

/// Passes on everything until one side ends.
pub fn pump(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
