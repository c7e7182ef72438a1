//! The tests of the crate in one binary: most of them share one node, and no more than two nodes
//! run at a time.

mod child;
mod download;
mod end;
mod node;
mod scratch;
mod secure;
mod start;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// For tests with a node of their own, beside the shared one.
fn own_node() -> MutexGuard<'static, ()> {
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
