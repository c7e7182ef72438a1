//! Clusters, in a binary of their own: no more than three nodes run at a time.

mod cli;
mod life;
mod versions;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use embedded_cassandra::{Cassandra, Row};

/// One test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until `condition` holds, and fails the test when it does not within 30 s.
#[track_caller]
fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn rows(node: &Cassandra, cql: &str) -> Vec<Row> {
    node.execute(cql).unwrap_or_else(|error| panic!("{cql}: {error}"))
}

/// The cells of all rows as text, in alphabetical order.
fn texts(node: &Cassandra, cql: &str) -> Vec<String> {
    let text = |cell: Option<Vec<u8>>| String::from_utf8(cell.unwrap()).unwrap();
    let mut all: Vec<_> = rows(node, cql).into_iter().flatten().map(text).collect();
    all.sort();
    all
}
