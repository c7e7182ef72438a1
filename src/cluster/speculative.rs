//! Sending a request to a second host before the first has answered.

use std::time::Duration;

/// Whether a request that takes long is sent to further hosts too; the first answer counts.
///
/// Only requests that are [`idempotent`](crate::Options::idempotent) are sent twice.
///
/// C loses the answer of some such requests: once it runs out of hosts, it stops the request's
/// timeout and gives up retrying. So allow fewer executions than there are hosts. Where speculation
/// is on, each request and each prepare has a [`deadline`](crate::Options::deadline) in any case,
/// on the session's [`Runtime`](crate::rt::Runtime): its timeout and a second more, or a minute
/// when it has none. What C has lost keeps its place among the requests in flight, and the session
/// from closing: it then counts as [leaked](crate::observe::Counters::leaked).
///
/// ```
/// use async_cassandra::SpeculativeExecution;
/// use std::time::Duration;
///
/// let second_try = SpeculativeExecution::constant(Duration::from_millis(50), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a speculative execution does nothing before a builder or a profile takes it"]
pub struct SpeculativeExecution(Option<Plan>);

/// A host more each `delay`, `max` hosts beside the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) delay: Duration,
    pub(crate) max: u32,
}

impl SpeculativeExecution {
    /// None: for a profile, where the session's default is another.
    pub const fn off() -> Self {
        Self(None)
    }

    /// One more host each `delay` without an answer, `max` times. In whole milliseconds, rounded up;
    /// without any delay all of them are asked at once.
    pub const fn constant(delay: Duration, max: u32) -> Self {
        Self(Some(Plan { delay, max }))
    }

    pub(crate) fn plan(&self) -> Option<Plan> {
        self.0
    }

    pub(super) fn check(&self, mut wrong: impl FnMut(String)) {
        match self.0 {
            Some(Plan { max: 0, .. }) => {
                wrong("0 further hosts are none: write `SpeculativeExecution::off()`".to_owned());
            }
            // C recurses that deep when there is no delay.
            Some(Plan { max, .. }) if max > MOST => {
                wrong(format!("{max} further hosts are more than {MOST}"));
            }
            _ => {}
        }
    }
}

/// More hosts than this answer nobody sooner.
const MOST: u32 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_said_so() {
        let mistakes = |policy: SpeculativeExecution| {
            let mut count = 0;
            policy.check(|_| count += 1);
            count
        };
        assert_eq!(mistakes(SpeculativeExecution::off()), 0);
        assert_eq!(mistakes(SpeculativeExecution::constant(Duration::ZERO, 1)), 0);
        assert_eq!(mistakes(SpeculativeExecution::constant(Duration::ZERO, 0)), 1);
        assert_eq!(mistakes(SpeculativeExecution::constant(Duration::ZERO, 101)), 1);
    }
}
