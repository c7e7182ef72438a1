//! The process's counts, as a caller reads them. Costs some loads.

use crate::driver::counters;

/// Counts of what is out of a caller's sight, for the whole process.
///
/// A count may be seen a moment early or late while things move.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    /// Requests whose future was dropped and whose answer is still to come.
    pub detached: u64,
    /// Callbacks that came before their future was set, or under the session's mutex, since the
    /// process started: each went over the courier's thread.
    pub courier: u64,
    /// Closed sessions that wait to be freed.
    pub reaping: u64,
    /// Sessions that could not be closed and stay until the process ends.
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
        detached: counters::DETACHED.get(),
        courier: counters::COURIER.get(),
        reaping: counters::REAPING.get(),
        leaked: counters::LEAKED.get(),
        log_dropped: counters::LOG_DROPPED.get(),
    }
}
