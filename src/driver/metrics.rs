//! A session's figures: C's while it is open, the last of them afterwards.
//!
//! Cost: C adds up and clears the histograms of its threads, under its own mutex: a quarter of a
//! millisecond in the embedded driver. Ours is held meanwhile, so that the session is not
//! closed under the call.

use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{plug, sys};
use crate::observe::{Latencies, Metrics, Rates, Speculative, StatementCache};

/// The figures of one session.
#[derive(Default)]
pub(super) struct Figures(Mutex<Option<Metrics>>);

impl Figures {
    /// The figures now, or the last ones.
    ///
    /// # Safety
    /// `session` was connected, and no close of it begins before [`keep`](Self::keep) has returned.
    pub(super) unsafe fn read(&self, session: NonNull<sys::CassSession>) -> Metrics {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: nothing is kept, so the close has not begun, and it waits for the lock.
        kept.unwrap_or_else(|| unsafe { ask(session) })
    }

    /// Keeps the last figures. C is not asked after this.
    ///
    /// # Safety
    /// `session` is connected.
    pub(super) unsafe fn keep(&self, session: NonNull<sys::CassSession>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the contract is the caller's.
        *kept = Some(unsafe { ask(session) });
    }
}

/// What C fills in. Newer drivers append fields, and each of them writes as much as it knows.
#[repr(C)]
#[derive(Clone, Copy)]
struct Roomy<T> {
    known: T,
    more: [u64; 64],
}

impl<T: Copy> Roomy<T> {
    /// What `fill` writes. A driver that has nothing to say writes nothing: that reads as zero.
    ///
    /// # Safety
    /// `T` is a struct of numbers.
    unsafe fn filled(fill: impl FnOnce(*mut T)) -> T {
        // SAFETY: zero is a number.
        let mut roomy: Self = unsafe { std::mem::zeroed() };
        // The pointer is to all of it, the room included.
        fill((&raw mut roomy).cast::<T>());
        roomy.known
    }
}

/// # Safety
/// `session` is connected and not closing.
unsafe fn ask(session: NonNull<sys::CassSession>) -> Metrics {
    // SAFETY: the session may be asked from any thread; numbers alone.
    let c = unsafe {
        Roomy::<sys::CassMetrics>::filled(|into| {
            sys::cass_session_get_metrics(session.as_ptr(), into);
        })
    };
    let r = &c.requests;
    Metrics {
        in_flight: 0,
        requests: Latencies {
            min: micros(r.min),
            max: micros(r.max),
            mean: micros(r.mean),
            stddev: micros(r.stddev),
            median: micros(r.median),
            p75: micros(r.percentile_75th),
            p95: micros(r.percentile_95th),
            p98: micros(r.percentile_98th),
            p99: micros(r.percentile_99th),
            p999: micros(r.percentile_999th),
        },
        rates: Rates {
            mean: r.mean_rate,
            one_minute: r.one_minute_rate,
            five_minutes: r.five_minute_rate,
            fifteen_minutes: r.fifteen_minute_rate,
        },
        connections: count(c.stats.total_connections),
        connection_timeouts: count(c.errors.connection_timeouts),
        request_timeouts: count(c.errors.request_timeouts),
        // SAFETY: the contract is the caller's.
        speculative: unsafe { ask_speculative(session) },
        // The session's, which C knows nothing of.
        statements: StatementCache::default(),
    }
}

/// # Safety
/// As [`ask`].
unsafe fn ask_speculative(session: NonNull<sys::CassSession>) -> Option<Speculative> {
    let get = plug::optional!(sys::cass_session_get_speculative_execution_metrics).ok()?;
    // SAFETY: as in `ask`.
    let s = unsafe {
        Roomy::<sys::CassSpeculativeExecutionMetrics>::filled(|into| get(session.as_ptr(), into))
    };
    Some(Speculative {
        aborted: count(s.count),
        percentage: s.percentage,
        latencies: Latencies {
            min: micros(s.min),
            max: micros(s.max),
            mean: micros(s.mean),
            stddev: micros(s.stddev),
            median: micros(s.median),
            p75: micros(s.percentile_75th),
            p95: micros(s.percentile_95th),
            p98: micros(s.percentile_98th),
            p99: micros(s.percentile_99th),
            p999: micros(s.percentile_999th),
        },
    })
}

fn micros(time: u64) -> Duration {
    Duration::from_micros(time)
}

/// C sums what its threads count up and down, while they do: a moment's sum may be below zero.
fn count(sum: u64) -> u64 {
    (sum as i64).max(0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_what_newer_drivers_append() {
        #[repr(C)]
        struct Grown(sys::CassMetrics, [u64; 8]);

        // SAFETY: numbers alone.
        let known = unsafe {
            Roomy::<sys::CassMetrics>::filled(|into| {
                let mut grown: Grown = std::mem::zeroed();
                grown.0.errors.request_timeouts = 7;
                grown.1 = [9; 8];
                into.cast::<Grown>().write(grown);
            })
        };
        assert_eq!(known.errors.request_timeouts, 7);
        assert!(size_of::<Roomy<sys::CassMetrics>>() >= size_of::<Grown>());
    }

    #[test]
    fn what_is_not_written_is_zero() {
        // SAFETY: numbers alone.
        let known = unsafe { Roomy::<sys::CassMetrics>::filled(|_| {}) };
        assert_eq!((known.requests.max, known.stats.total_connections), (0, 0));
    }

    #[test]
    fn a_sum_below_zero_is_none() {
        assert_eq!([count(u64::MAX), count(0), count(3)], [0, 0, 3]);
    }
}
