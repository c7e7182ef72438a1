//! Real clients connect, prepare, select, insert, and read pages.

mod cassandra_cpp;
mod cdrs;
mod ours;
mod scylla;

use std::future::Future;
use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use lab_stub::options::Options;
use lab_stub::server::{Server, Totals};
use lab_stub::stop::Stop;

const SELECT: &str = "SELECT id, v FROM lab.kv WHERE id = ?";
const SELECT_1K: &str = "SELECT id, v FROM lab.kv_1k WHERE id = ?";
const SELECT_100K: &str = "SELECT id, v FROM lab.kv_100k WHERE id = ?";
const INSERT: &str = "INSERT INTO lab.kv (id, v) VALUES (?, ?)";
const STREAM: &str = "SELECT id, a, b FROM lab.big";
const ROWS: usize = 10_000;
const PAGE: usize = 100;
const TEXT: &str = "0123456789abcdef";

/// A server on a thread of its own, which ends with it.
struct Running {
    address: SocketAddr,
    stop: Stop,
    thread: Option<JoinHandle<Totals>>,
}

impl Running {
    fn start(options: Options) -> Running {
        let server = Server::bind(&options).unwrap();
        let (address, stop) = (server.address(), server.stop());
        let thread = std::thread::spawn(move || server.run().unwrap());
        Running { address, stop, thread: Some(thread) }
    }

    /// Ends the server; returns what it did.
    fn end(mut self) -> Totals {
        self.stop.stop();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

fn options() -> Options {
    Options { rows: ROWS, ..Options::default() }
}

/// Runs what a client does, with a deadline.
fn block_on<T>(client: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let limit = Duration::from_secs(60);
    runtime.block_on(async { tokio::time::timeout(limit, client).await.expect("in time") })
}
