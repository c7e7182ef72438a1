//! Defaults of requests: of a session, and of a profile.

use std::time::Duration;

use super::{LoadBalancing, RetryPolicy, SessionBuilder, SpeculativeExecution};
use crate::statement::{Consistency, SerialConsistency};

/// What a request falls back to. `None` leaves C's default, or for a profile the session's.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RequestDefaults {
    pub(crate) consistency: Option<Consistency>,
    pub(crate) serial_consistency: Option<SerialConsistency>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) load_balancing: Option<LoadBalancing>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) speculative: Option<SpeculativeExecution>,
}

impl RequestDefaults {
    /// Tells each mistake with the name of the setting.
    pub(super) fn check(&self, mut wrong: impl FnMut(&'static str, String)) {
        if self.timeout == Some(Duration::ZERO) {
            let text = "zero would mean no limit at all: write `Duration::MAX` for that";
            wrong("request_timeout", text.to_owned());
        }
        if let Some(policy) = &self.load_balancing {
            policy.check(|text| wrong("load_balancing", text));
        }
        if let Some(policy) = &self.speculative {
            policy.check(|text| wrong("speculative", text));
        }
    }
}

impl SessionBuilder {
    /// How many replicas must answer, where neither the request nor its profile says. Default:
    /// [`LocalOne`](Consistency::LocalOne); at DataStax Astra
    /// [`LocalQuorum`](Consistency::LocalQuorum). Drivers: all.
    pub fn consistency(mut self, level: Consistency) -> Self {
        self.settings.requests.consistency = Some(level);
        self
    }

    /// The consistency of the Paxos phase of lightweight transactions, where neither the request nor
    /// its profile says. Default: the server's,
    /// [`Serial`](SerialConsistency::Serial). Drivers: all.
    pub fn serial_consistency(mut self, level: SerialConsistency) -> Self {
        self.settings.requests.serial_consistency = Some(level);
        self
    }

    /// How long the C driver waits for a request, retries included, in whole milliseconds, rounded
    /// up. It counts from the first attempt to write it, not from its submission. Default: 12 s.
    /// Drivers: all.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.settings.requests.timeout = Some(timeout);
        self
    }

    /// What C tries again by itself. Default: [`RetryPolicy::standard`]. Drivers: all.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.requests.retry = Some(policy);
        self
    }

    /// Whether idempotent requests that take long are sent to further hosts too. Default:
    /// [`SpeculativeExecution::off`]. Drivers: all.
    pub fn speculative(mut self, policy: SpeculativeExecution) -> Self {
        self.settings.requests.speculative = Some(policy);
        self
    }
}
