//! Process-wide counts of what is out of a caller's sight.
//!
//! A count may be seen a moment early or late: the two sides of a hand-over each write their own
//! half. It is exact when nothing moves.

use std::sync::atomic::{AtomicI64, Ordering};

/// A count that goes up and down on different threads, in any order.
pub(crate) struct Count(AtomicI64);

/// Requests whose future was dropped and whose answer is still to come.
pub(crate) static DETACHED: Count = Count::new();
/// Callbacks that came before their future was set, or under the session's mutex.
pub(crate) static COURIER: Count = Count::new();
/// Closed sessions that wait for the reaper.
pub(crate) static REAPING: Count = Count::new();
/// Sessions that could not be closed, and are left to the end of the process.
pub(crate) static LEAKED: Count = Count::new();
/// Log lines that the program's logger was too slow for.
pub(crate) static LOG_DROPPED: Count = Count::new();

impl Count {
    const fn new() -> Self {
        Self(AtomicI64::new(0))
    }

    pub(crate) fn add(&self) {
        // ORDERING: a statistic; nothing is published through it.
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn sub(&self) {
        // ORDERING: as in `add`.
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Never negative: a `sub` may be seen before its `add`.
    pub(crate) fn get(&self) -> u64 {
        // ORDERING: as in `add`.
        self.0.load(Ordering::Relaxed).max(0) as u64
    }
}
