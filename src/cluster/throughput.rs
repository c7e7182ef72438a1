//! How the driver trades latency for throughput, and memory for speed.

use std::time::Duration;

use super::{Mistakes, SessionBuilder};

#[derive(Debug, Clone, Default)]
pub(crate) struct Throughput {
    pub(crate) queue_size: Option<u32>,
    pub(crate) coalesce: Option<Coalesce>,
    pub(crate) new_request_ratio: Option<u8>,
    pub(crate) reusable_writes: Option<u32>,
}

/// How long an I/O thread gathers requests before it writes them with one call of the system.
///
/// **It can be the floor of a request's latency.** The first request after a pause goes at once; from
/// then on the thread wakes once in this time, and whatever comes meanwhile waits for it. With
/// DataStax's driver a task that awaits one request after the other gets no more than one answer in
/// this time, however fast the server is: against a stub on one machine, 23 µs a request without it,
/// 62 µs with 50 µs, 216 µs with C's default of 200 µs, 1,028 µs with a millisecond. The driver that
/// this crate embeds wakes at once as long as fewer than 64 requests are on their way; from there on
/// it gathers too.
///
/// ```
/// use async_cassandra::{Coalesce, Session};
/// use std::time::Duration;
///
/// let quick = Session::builder().coalesce(Coalesce::LATENCY);
/// let exact = Session::builder().coalesce(Duration::from_micros(50));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coalesce(Duration);

impl Coalesce {
    /// No wait: each request goes as soon as the thread sees it. Costs more calls of the system, and
    /// so more CPU, where many requests are on their way. For programs that do one thing after the
    /// other.
    pub const LATENCY: Self = Self(Duration::ZERO);

    /// 500 µs: few calls of the system, for thousands of requests at once that are in no hurry.
    pub const THROUGHPUT: Self = Self(Duration::from_micros(500));

    pub(crate) const fn delay(self) -> Duration {
        self.0
    }
}

impl From<Duration> for Coalesce {
    fn from(delay: Duration) -> Self {
        Self(delay)
    }
}

impl Throughput {
    pub(super) fn check(&self, wrong: &mut Mistakes) {
        /// A request may wait that long.
        const LONGEST: Duration = Duration::from_secs(1);
        let nothing = "0 leaves nothing to send requests with";
        wrong.refuse_zero("queue_size", self.queue_size, nothing);
        if let Some(Coalesce(delay)) = self.coalesce.filter(|coalesce| coalesce.0 > LONGEST) {
            let text = format!("each request would wait up to {delay:?}; {LONGEST:?} at most");
            wrong.add("coalesce", text);
        }
        if let Some(ratio) = self.new_request_ratio.filter(|ratio| !(1..=100).contains(ratio)) {
            wrong.add("new_request_ratio", format!("{ratio} is not from 1 to 100"));
        }
    }
}

impl SessionBuilder {
    /// How many requests may wait for each I/O thread to pick them up; one more fails with
    /// [`ErrorKind::QueueFull`](crate::ErrorKind::QueueFull), which
    /// [`max_in_flight`](Self::max_in_flight) prevents. Rounded up to a power of two. Default: 8192.
    /// Drivers: not cpp-rs-driver.
    pub fn queue_size(mut self, requests: u32) -> Self {
        self.settings.throughput.queue_size = Some(requests);
        self
    }

    /// How long requests are gathered before they are written together, in whole microseconds,
    /// rounded up: a [`Coalesce`] or a [`Duration`] of a second at most. Default: 200 µs, which with
    /// some drivers a task that awaits one request after the other pays **for each**: see
    /// [`Coalesce`].
    ///
    /// cpp-rs-driver takes whole milliseconds; less than one is "a little" there, zero is off.
    /// Drivers: all.
    pub fn coalesce(mut self, delay: impl Into<Coalesce>) -> Self {
        self.settings.throughput.coalesce = Some(delay.into());
        self
    }

    /// How an I/O thread shares its time between new requests and answers, in per cent for new
    /// requests, 1 to 100. Lower it if callbacks are heavy, which those of this crate are not,
    /// unless tasks run on the driver's threads. Default: 50. Drivers: not cpp-rs-driver.
    pub fn new_request_ratio(mut self, percent: u8) -> Self {
        self.settings.throughput.new_request_ratio = Some(percent);
        self
    }

    /// How many buffers for writing a connection keeps for later. Each holds on to memory that a burst
    /// of requests made it take. Default: no limit. Drivers: not cpp-rs-driver.
    pub fn reusable_writes(mut self, buffers: u32) -> Self {
        self.settings.throughput.reusable_writes = Some(buffers);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_c_refuses_and_what_nobody_means() {
        let mut wrong = Mistakes::default();
        let throughput = Throughput {
            queue_size: Some(0),
            coalesce: Some(Duration::from_secs(2).into()),
            new_request_ratio: Some(101),
            reusable_writes: Some(0),
        };
        throughput.check(&mut wrong);
        let error = wrong.or(()).unwrap_err();
        for part in ["queue_size", "coalesce: each request would wait up to 2s", "101 is not"] {
            assert!(error.message().contains(part), "{part} in {error}");
        }
        assert!(!error.message().contains("reusable_writes"), "{error}");
    }
}
