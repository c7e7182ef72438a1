//! Options of a request: a value of their own, and setters on everything that takes them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::{Consistency, CustomPayload, SerialConsistency};
use crate::cluster::{ProfileName, RetryPolicy};
use crate::driver::Configure;
use crate::error::{Error, ErrorKind, Result};
use crate::session::Session;

/// Rows a page, where nothing else was said. C's own default is one page of any size, which a large
/// table turns into one giant frame.
pub(crate) const DEFAULT_PAGE_SIZE: u32 = 5000;

/// Options that several requests share.
///
/// An option that is not set leaves what was set before: on a request, what its prepared statement
/// says; else the profile's default, else the session's.
///
/// ```
/// use async_cassandra::{Consistency, Options};
/// use std::time::Duration;
///
/// let careful = Options::new()
///     .consistency(Consistency::LocalQuorum)
///     .timeout(Duration::from_millis(200))
///     .idempotent(true);
/// ```
///
/// # What is not here
/// The keyspace of a single request: it came with protocol version 5, which no driver speaks well.
/// Write `keyspace.table`, or connect a session with that keyspace.
///
/// # Cost
/// Nothing, as long as none is set; else one allocation, which clones share.
#[derive(Debug, Clone, Default)]
pub struct Options(Option<Arc<Set>>);

/// Options of which one at least is set.
#[derive(Debug, Clone, Default)]
struct Set {
    consistency: Option<Consistency>,
    serial_consistency: Option<SerialConsistency>,
    timeout: Option<Duration>,
    idempotent: Option<bool>,
    timestamp: Option<i64>,
    deadline: Option<Duration>,
    tracing: Option<bool>,
    custom_payload: Option<CustomPayload>,
    retry: Option<RetryPolicy>,
    profile: Option<ProfileName>,
    host: Option<SocketAddr>,
}

impl Set {
    /// Takes over what `later` sets.
    fn merge(&mut self, later: &Self) {
        self.consistency = later.consistency.or(self.consistency);
        self.serial_consistency = later.serial_consistency.or(self.serial_consistency);
        self.timeout = later.timeout.or(self.timeout);
        self.idempotent = later.idempotent.or(self.idempotent);
        self.timestamp = later.timestamp.or(self.timestamp);
        self.deadline = later.deadline.or(self.deadline);
        self.tracing = later.tracing.or(self.tracing);
        if let Some(payload) = &later.custom_payload {
            self.custom_payload = Some(payload.clone());
        }
        self.retry = later.retry.or(self.retry);
        if let Some(profile) = &later.profile {
            self.profile = Some(profile.clone());
        }
        self.host = later.host.or(self.host);
    }

    fn apply(&self, to: &mut impl Configure) -> Result<()> {
        if let Some(level) = self.consistency {
            to.set_consistency(level.to_code())?;
        }
        if let Some(level) = self.serial_consistency {
            to.set_serial_consistency(level.to_code())?;
        }
        if let Some(timeout) = self.timeout {
            to.set_timeout(timeout)?;
        }
        if let Some(yes) = self.idempotent {
            to.set_idempotent(yes)?;
        }
        if let Some(micros) = self.timestamp {
            to.set_timestamp(micros)?;
        }
        if let Some(on) = self.tracing {
            to.set_tracing(on)?;
        }
        if let Some(payload) = &self.custom_payload {
            to.set_payload(payload.to_c()?)?;
        }
        if let Some(policy) = self.retry {
            to.set_retry(policy)?;
        }
        if let Some(profile) = &self.profile {
            to.set_profile(profile.as_str())?;
        }
        if let Some(host) = self.host {
            to.set_host(host)?;
        }
        Ok(())
    }
}

impl Options {
    /// No option set.
    pub fn new() -> Self {
        Self::default()
    }

    fn of(set: Set) -> Self {
        Self(Some(Arc::new(set)))
    }

    fn get<T>(&self, option: impl FnOnce(&Set) -> Option<T>) -> Option<T> {
        option(self.0.as_ref()?)
    }

    pub(crate) fn set(mut self, change: Self) -> Self {
        self.merge(&change);
        self
    }

    /// Whether no option is set.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Takes over what `later` sets.
    pub(crate) fn merge(&mut self, later: &Self) {
        match (&mut self.0, &later.0) {
            (_, None) => {}
            (Some(set), Some(later)) => Arc::make_mut(set).merge(later),
            (none, later) => none.clone_from(later),
        }
    }

    /// Whether requests of this session can have them.
    pub(crate) fn check(&self, session: &Session) -> Result<()> {
        let Some(set) = &self.0 else { return Ok(()) };
        if set.custom_payload.is_some() && !session.has_payloads() {
            let text = "protocol version 3 has none, and this session was told to speak it";
            return Err(Error::new(ErrorKind::Setting { name: "custom_payload" }, text));
        }
        // C finds an unknown one on its own thread, when the request is under way.
        session.profiles().get(self.profile_name()).map(|_| ())
    }

    /// The name of the profile, if one was named.
    pub(crate) fn profile_name(&self) -> Option<&str> {
        self.0.as_ref()?.profile.as_ref().map(ProfileName::as_str)
    }

    /// Says which hosts a request with these options could have gone to, when it found none.
    pub(crate) fn explain(&self, error: Error, session: &Session) -> Error {
        let host = self.get(|set| set.host);
        session.profiles().explain(error, self.profile_name(), host)
    }

    /// Writes what is set to a C statement, or a C batch.
    pub(crate) fn apply(&self, to: &mut impl Configure) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |set| set.apply(to))
    }

    pub(crate) fn is_idempotent(&self) -> bool {
        self.idempotence() == Some(true)
    }

    /// What was said of it, if anything was.
    pub(crate) fn idempotence(&self) -> Option<bool> {
        self.get(|set| set.idempotent)
    }

    /// How long C waits.
    pub(crate) fn timeout_or(&self, default: Duration) -> Duration {
        self.get(|set| set.timeout).unwrap_or(default)
    }

    /// Our own deadline, which C knows nothing of. The longest time is none.
    pub(crate) fn deadline_or(&self, default: Option<Duration>) -> Option<Duration> {
        self.get(|set| set.deadline).or(default).filter(|after| *after != Duration::MAX)
    }

    pub(crate) fn with_deadline(after: Duration) -> Self {
        Self::of(Set { deadline: Some(after), ..Set::default() })
    }

    pub(crate) fn with_consistency(level: Consistency) -> Self {
        Self::of(Set { consistency: Some(level), ..Set::default() })
    }

    pub(crate) fn with_serial_consistency(level: SerialConsistency) -> Self {
        Self::of(Set { serial_consistency: Some(level), ..Set::default() })
    }

    pub(crate) fn with_timeout(timeout: Duration) -> Self {
        Self::of(Set { timeout: Some(timeout), ..Set::default() })
    }

    pub(crate) fn with_idempotent(yes: bool) -> Self {
        Self::of(Set { idempotent: Some(yes), ..Set::default() })
    }

    pub(crate) fn with_timestamp(micros: i64) -> Self {
        Self::of(Set { timestamp: Some(micros), ..Set::default() })
    }

    pub(crate) fn with_tracing(on: bool) -> Self {
        Self::of(Set { tracing: Some(on), ..Set::default() })
    }

    pub(crate) fn with_custom_payload(payload: &CustomPayload) -> Self {
        Self::of(Set { custom_payload: Some(payload.clone()), ..Set::default() })
    }

    pub(crate) fn with_retry(policy: RetryPolicy) -> Self {
        Self::of(Set { retry: Some(policy), ..Set::default() })
    }

    pub(crate) fn with_profile(profile: ProfileName) -> Self {
        Self::of(Set { profile: Some(profile), ..Set::default() })
    }

    pub(crate) fn with_host(host: SocketAddr) -> Self {
        Self::of(Set { host: Some(host), ..Set::default() })
    }
}

/// The setters that a type with `fn set(self, change: Options) -> Self` offers. A macro, since
/// inherent methods on several types is what users find in the documentation and type-complete.
macro_rules! option_setters {
    ($($type:ty),+) => { $(impl $type {
        /// How many replicas must answer. Default: the profile's or the session's `consistency`,
        /// and that is `LOCAL_ONE`.
        pub fn consistency(self, level: $crate::Consistency) -> Self {
            self.set($crate::Options::with_consistency(level))
        }

        /// The consistency of the Paxos phase of a lightweight transaction. Default: the profile's or
        /// the session's `serial_consistency`, and that is the server's, `SERIAL`.
        pub fn serial_consistency(self, level: $crate::SerialConsistency) -> Self {
            self.set($crate::Options::with_serial_consistency(level))
        }

        /// How long the C driver waits for the whole request, retries included, in whole
        /// milliseconds, rounded up. Default: the profile's `timeout` or the session's
        /// `request_timeout`.
        pub fn timeout(self, timeout: std::time::Duration) -> Self {
            self.set($crate::Options::with_timeout(timeout))
        }

        /// How long the whole request may take by our own clock, the session's
        /// [`Runtime`](crate::rt::Runtime): waiting for a place, preparing, the driver's
        /// [`timeout`](Self::timeout). After that it fails with
        /// [`ErrorKind::Deadline`](crate::ErrorKind::Deadline) and is left to itself, or with
        /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) when it never got a place. In a stream it
        /// holds for each page. `Duration::MAX` for none. Default: the session's `deadline`.
        pub fn deadline(self, after: std::time::Duration) -> Self {
            self.set($crate::Options::with_deadline(after))
        }

        /// Whether running the request twice does no harm. Only then the driver retries after a lost
        /// connection or a write timeout and speculates, and `Error::is_retryable` says yes more
        /// often; see [`RetryPolicy`](crate::RetryPolicy). Default: `false`.
        pub fn idempotent(self, yes: bool) -> Self {
            self.set($crate::Options::with_idempotent(yes))
        }

        /// The timestamp of the write, in microseconds since the epoch. Default: as the session's
        /// `timestamps` say, the driver's monotonic clock at the time of sending.
        pub fn timestamp(self, micros: i64) -> Self {
            self.set($crate::Options::with_timestamp(micros))
        }

        /// Whether the server traces the request: `Page::tracing_id` then names the trace, and
        /// `Session::trace` reads it. It costs the cluster a write for each step of the request, and
        /// a SELECT may come up to 15 ms later, since the C driver waits for the trace's first row.
        /// Default: `false`.
        pub fn tracing(self, on: bool) -> Self {
            self.set($crate::Options::with_tracing(on))
        }

        /// Named bytes beside the request, for servers that read them. Default: none. Not every
        /// driver has it: `ErrorKind::Unsupported` then, at the await.
        pub fn custom_payload(self, payload: &$crate::CustomPayload) -> Self {
            self.set($crate::Options::with_custom_payload(payload))
        }

        /// What C tries again by itself. Default: the profile's or the session's `retry`. Not every
        /// driver has it: `ErrorKind::Unsupported` then, at the await.
        pub fn retry(self, policy: $crate::RetryPolicy) -> Self {
            self.set($crate::Options::with_retry(policy))
        }

        /// The execution profile whose defaults the request has, as a `Profile` or by its name. One
        /// that the session's builder was not given is `ErrorKind::UnknownProfile` at the await,
        /// before anything is sent. Default: none, the session's own defaults.
        pub fn profile(self, profile: impl Into<$crate::ProfileName>) -> Self {
            self.set($crate::Options::with_profile(profile.into()))
        }

        /// The one host that is asked, with the port of all of them; no other is, whatever the load
        /// balancing or the retry policy says. It must be one that the session is connected to:
        /// else `ErrorKind::NoHosts`. Not for a batch: C pins none. Default: as the load balancing
        /// says. Not every driver has it: `ErrorKind::Unsupported` then, at the await.
        pub fn host(self, host: std::net::SocketAddr) -> Self {
            self.set($crate::Options::with_host(host))
        }
    })+ };
}
pub(crate) use option_setters;

option_setters!(Options);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_wins_and_the_unset_stays() {
        let mut options = Options::new().idempotent(true).consistency(Consistency::One);
        options.merge(&Options::new().consistency(Consistency::All).timestamp(7));
        assert!(options.is_idempotent());
        assert_eq!(options.get(|set| set.consistency), Some(Consistency::All));
        assert_eq!(options.get(|set| set.timestamp), Some(7));
    }

    #[test]
    fn a_change_is_not_seen_by_clones() {
        let shared = Options::new().idempotent(true);
        let mut own = shared.clone();
        own.merge(&Options::new().idempotent(false));
        assert!(shared.is_idempotent() && !own.is_idempotent());
        assert!(Options::new().is_none() && !shared.is_none());
    }
}
