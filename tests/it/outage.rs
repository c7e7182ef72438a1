//! A server that goes away.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use async_cassandra::{ErrorKind, Reached, Session, observe};
use futures::executor::block_on;

use crate::harness::{until, within_deadline};
use crate::server::node;

/// Stands between driver and node, and cuts their connections when told.
struct Proxy {
    address: SocketAddr,
    open: Arc<Mutex<Option<Vec<TcpStream>>>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let open = Arc::new(Mutex::new(Some(Vec::new())));
        let connections = Arc::clone(&open);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(node().address()).unwrap();
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
    fn cut(&self) {
        for connection in self.open.lock().unwrap().take().into_iter().flatten() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn requests_end_when_the_connection_is_cut() {
    within_deadline(|| {
        let proxy = Proxy::start();
        let session =
            block_on(Session::builder().contact_points([proxy.address]).connect()).unwrap();
        proxy.cut();
        let error = loop {
            // Until the driver has seen the end of its connection.
            match block_on(session.query("SELECT key FROM system.local", ()).execute()) {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(matches!(error.kind(), ErrorKind::NoHosts | ErrorKind::Timeout), "{error:?}");
        assert_ne!(error.reached_server(), Reached::Yes);
        block_on(async { session.close().await }).unwrap();
    });
}

/// Some drivers crash when a session is closed while requests that cannot be sent lie in its queue.
#[test]
fn sessions_dropped_in_an_outage_end_cleanly() {
    within_deadline(|| {
        for round in 0..60 {
            let proxy = Proxy::start();
            let builder = Session::builder().contact_points([proxy.address]);
            let session = block_on(builder.connect()).unwrap();
            proxy.cut();
            for _ in 0..round * 10 {
                thread::yield_now();
            }
            for burst in 0..4 {
                let mut requests: Vec<_> = (0..50)
                    .map(|_| session.query("SELECT key FROM system.local", ()).execute())
                    .collect();
                for request in &mut requests {
                    let _ = block_on(async { futures::poll!(request) });
                }
                if burst % 2 == 0 {
                    drop(requests);
                }
            }
            drop(session);
        }
        until("every request has come back and every session was freed", || {
            let counters = observe::counters();
            counters.detached == 0 && counters.reaping == 0
        });
    });
}
