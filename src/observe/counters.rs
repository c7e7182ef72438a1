//! The process's counts, as a caller reads them. Costs some loads.

use crate::driver::{self, counters};

/// Counts of what is out of a caller's sight, for the whole process.
///
/// A count may be seen a moment early or late while things move.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    /// Requests that were sent and whose answer is still to come, on all sessions.
    pub in_flight: u64,
    /// Those of them whose future was dropped.
    pub detached: u64,
    /// Callbacks that came before their future was set, or under the session's mutex, since the
    /// process started: each went over the courier's thread.
    pub courier: u64,
    /// Closed sessions that wait to be freed.
    pub reaping: u64,
    /// Sessions that should have closed and have not: a request in flight has not come back within
    /// the [`close_timeout`](crate::SessionBuilder::close_timeout), or the driver refused. They
    /// hold up nobody, and leave this count if they close after all.
    pub leaked: u64,
    /// Log lines that were dropped since the process started, because the program's logger was too
    /// slow for them. Always zero without feature `tracing` or `log`.
    pub log_dropped: u64,
}

/// The counts now.
///
/// ```
/// let before = async_cassandra::observe::counters();
/// assert_eq!(before.leaked, 0);
/// ```
pub fn counters() -> Counters {
    Counters {
        in_flight: driver::in_flight(),
        detached: counters::DETACHED.get(),
        courier: counters::COURIER.get(),
        reaping: counters::REAPING.get(),
        leaked: counters::LEAKED.get(),
        log_dropped: counters::LOG_DROPPED.get(),
    }
}
