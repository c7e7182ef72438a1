//! What requests and the end of a session are held to, by us and not by C.

use std::time::Duration;

use super::{Mistakes, SessionBuilder};
use crate::driver;
use crate::session::Defaults;

/// The C driver's own default for the requests that may wait for an I/O thread.
const QUEUE_SIZE: u32 = 8192;
const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);
/// A program has hundreds of texts, unless it writes values into them, and then no size would help.
const STATEMENTS: usize = 1000;
/// No limit but the batch's own.
const BATCH_BYTES: usize = usize::MAX;

/// Limits as the user gave them.
#[derive(Debug, Default)]
pub(super) struct Limits {
    max_in_flight: Option<usize>,
    deadline: Option<Duration>,
    close_timeout: Option<Duration>,
    statement_cache: Option<usize>,
    max_batch_bytes: Option<usize>,
}

impl SessionBuilder {
    /// How many requests of this session may be in flight at a time: sent, and not answered yet,
    /// whether somebody still waits for them or not. Further ones wait for a place, first come, first
    /// served; [`try_execute`](crate::Query::try_execute) fails instead. A request that is dropped
    /// while it waits gives up its turn. Statements being prepared and pages of streams need a
    /// place as well.
    ///
    /// Default: the [`queue_size`](Self::queue_size), so that the C driver's queue never is full.
    /// More makes sense with several [`io_threads`](Self::io_threads), which have a queue each;
    /// `usize::MAX` switches it off. Ours: works with every driver, and costs nothing while
    /// places are free.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.limits.max_in_flight = Some(requests);
        self
    }

    /// How long a request may take by our own clock, the session's [`runtime`](Self::runtime); see
    /// [`deadline`](crate::Query::deadline) on a request, which says it for one.
    ///
    /// Beside the driver's [`request_timeout`](Self::request_timeout) it bounds what that does not:
    /// waiting for a place, and the rare answer that a driver never gives. Default: none.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.limits.deadline = Some(after);
        self
    }

    /// How long a [`close`](crate::Session::close) waits for requests in flight, unless it says
    /// something else. A session that was closed or dropped and still has a request in flight
    /// after this time counts as [leaked](crate::observe::Counters::leaked), until that request
    /// comes back. `Duration::MAX` for no limit. Default: 30 s.
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.limits.close_timeout = Some(timeout);
        self
    }

    /// How many bytes the values of a batch may have together, as they go over the wire; the texts of
    /// requests without values count as well. A larger one fails with
    /// [`ErrorKind::BatchTooLarge`](crate::ErrorKind::BatchTooLarge) before anything is sent.
    /// [`max_bytes`](crate::Batch::max_bytes) says it for one batch. Ours: works with every driver.
    ///
    /// Default: the 256 MiB that the protocol has for a frame, which no server accepts more than. A
    /// server's own limit is `batch_size_fail_threshold`, 50 KiB unless somebody changed it, and it
    /// counts otherwise: neither partition keys nor batches of one partition, but timestamps. So
    /// nothing lower is refused unless it was asked for: `50 << 10` suits a cluster that has the default.
    pub fn max_batch_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_batch_bytes = Some(bytes);
        self
    }

    /// How many prepared statements [`query`](crate::Session::query) keeps, each for its text. When
    /// there is no room for one more, one goes that was not used for long; it is prepared again at
    /// its next use. [`Metrics::statements`](crate::observe::Metrics::statements) says how it goes. Zero
    /// keeps none: each request prepares, together with those of the same text at that moment.
    /// Default: 1000. Ours: works with every driver.
    ///
    /// Texts are told apart byte by byte. Bind values: a text that has them written into it is another
    /// each time, here and in the server's own cache.
    pub fn statement_cache(mut self, statements: usize) -> Self {
        self.limits.statement_cache = Some(statements);
        self
    }
}

impl Limits {
    pub(super) fn check(&self, wrong: &mut Mistakes) {
        if self.max_in_flight == Some(0) {
            wrong.add("max_in_flight", "0 lets no request in");
        }
        if self.deadline == Some(Duration::ZERO) {
            wrong.add("deadline", "zero leaves no time for any request");
        }
    }

    pub(super) fn of_driver(&self, queue_size: Option<u32>) -> driver::Limits {
        let queue = queue_size.unwrap_or(QUEUE_SIZE).checked_next_power_of_two();
        let in_flight = self.max_in_flight.or(queue.map(|size| size as usize));
        driver::Limits {
            in_flight: in_flight.unwrap_or(usize::MAX),
            close_timeout: self.close_timeout.unwrap_or(CLOSE_TIMEOUT),
        }
    }

    pub(super) fn defaults(&self, protocol_version: u8) -> Defaults {
        Defaults {
            protocol_version,
            deadline: self.deadline,
            close_timeout: self.close_timeout.unwrap_or(CLOSE_TIMEOUT),
            statement_cache: self.statement_cache.unwrap_or(STATEMENTS),
            max_batch_bytes: self.max_batch_bytes.unwrap_or(BATCH_BYTES),
        }
    }
}
