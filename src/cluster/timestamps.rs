//! Who gives a write its timestamp.

use std::time::Duration;

use super::SessionBuilder;

/// Who gives a write its timestamp, unless the request or its CQL names one.
///
/// ```
/// use async_cassandra::Timestamps;
/// use std::time::Duration;
///
/// let patient = Timestamps::monotonic().warn_after(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "this does nothing before a builder takes it"]
pub struct Timestamps(Generator);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generator {
    ServerSide,
    Monotonic {
        /// Not at all, if none.
        warn_after: Option<Duration>,
        warn_every: Duration,
    },
}

impl Timestamps {
    /// The coordinator's clock. Two writes of one client that go to two coordinators may then be
    /// ordered otherwise than they were sent.
    pub const fn server_side() -> Self {
        Self(Generator::ServerSide)
    }

    /// This machine's clock in microseconds, and never the same or an earlier one twice in a session,
    /// whatever the clock does. Two sessions know nothing of each other.
    ///
    /// C logs a warning when it is a second ahead of the clock, once a second at most.
    pub const fn monotonic() -> Self {
        let second = Duration::from_secs(1);
        Self(Generator::Monotonic { warn_after: Some(second), warn_every: second })
    }

    /// How far ahead of the clock the timestamps may be before C logs a warning, in whole
    /// microseconds, rounded up; with `None` it never does. Means something only for
    /// [`monotonic`](Self::monotonic). Default: 1 s.
    pub fn warn_after(mut self, ahead: impl Into<Option<Duration>>) -> Self {
        if let Generator::Monotonic { warn_after, .. } = &mut self.0 {
            *warn_after = ahead.into();
        }
        self
    }

    /// How long C is silent after such a warning, in whole milliseconds, rounded up. Default: 1 s.
    pub fn warn_every(mut self, interval: Duration) -> Self {
        if let Generator::Monotonic { warn_every, .. } = &mut self.0 {
            *warn_every = interval;
        }
        self
    }

    pub(crate) fn generator(&self) -> Generator {
        self.0
    }
}

impl Default for Timestamps {
    fn default() -> Self {
        Self::monotonic()
    }
}

impl SessionBuilder {
    /// Who gives a write its timestamp. Default: [`Timestamps::monotonic`].
    ///
    /// Drivers: all.
    pub fn timestamps(mut self, by: Timestamps) -> Self {
        self.settings.timestamps = Some(by);
        self
    }
}
