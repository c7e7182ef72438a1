//! A session's figures, as a caller reads them.

use std::time::Duration;

/// The figures of one session at one moment, made by [`Session::metrics`](crate::Session::metrics).
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// Requests and prepares that were submitted and not answered yet, those whose future was
    /// dropped included.
    pub in_flight: u64,
    /// How long requests took that succeeded, as the C driver measures it: from the moment that its
    /// I/O thread takes the request up until the answer is read.
    pub requests: Latencies,
    /// How many requests succeeded.
    pub rates: Rates,
    /// Open connections to all hosts, without the one that watches the cluster.
    pub connections: u64,
    /// Connections that were not made in time.
    pub connection_timeouts: u64,
    /// Requests that were not answered in time.
    pub request_timeouts: u64,
    /// Speculative executions; `None` when the C driver does not tell.
    pub speculative: Option<Speculative>,
    /// The prepared statements behind [`query`](crate::Session::query).
    pub statements: StatementCache,
}

/// What became of the texts with values that [`query`](crate::Session::query) was given. Counts since
/// the session connected.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatementCache {
    /// Prepared statements that are kept now, at most as many as
    /// [`statement_cache`](crate::SessionBuilder::statement_cache) says.
    pub kept: u64,
    /// Requests whose statement was there.
    pub hits: u64,
    /// Requests that waited for a prepare, their own or one that was on its way.
    pub misses: u64,
    /// Statements that went for lack of room. Many of them tell of more texts than there is room for,
    /// or of values that are written into the texts.
    pub evictions: u64,
}

/// Latencies since the session connected. A microsecond is the unit of the C++ drivers, a
/// millisecond that of cpp-rs-driver; three digits are exact. All zero before the first request.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Latencies {
    /// The shortest.
    pub min: Duration,
    /// The longest.
    pub max: Duration,
    /// The mean.
    pub mean: Duration,
    /// The standard deviation.
    pub stddev: Duration,
    /// The median.
    pub median: Duration,
    /// Three out of four were no longer than this.
    pub p75: Duration,
    /// 95 % were no longer than this.
    pub p95: Duration,
    /// 98 % were no longer than this.
    pub p98: Duration,
    /// 99 % were no longer than this.
    pub p99: Duration,
    /// 99.9 % were no longer than this.
    pub p999: Duration,
}

/// Requests a second. The averages that move are brought up to date every five seconds, by the
/// next request: they are zero before, and stand still while nothing goes on.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rates {
    /// Since the session connected.
    pub mean: f64,
    /// The moving average of a minute.
    pub one_minute: f64,
    /// The moving average of five minutes.
    pub five_minutes: f64,
    /// The moving average of a quarter of an hour.
    pub fifteen_minutes: f64,
}

/// Executions that were sent because an earlier one took long, and that the earlier one then
/// outran.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speculative {
    /// How many there were.
    pub aborted: u64,
    /// Their share of all executions, in per cent.
    pub percentage: f64,
    /// How long they took.
    pub latencies: Latencies,
}
