//! When a lost host is tried again.

use std::time::Duration;

use super::{Mistakes, SessionBuilder};

/// How long C waits between attempts to connect to a host that was lost.
///
/// ```
/// use async_cassandra::Reconnection;
/// use std::time::Duration;
///
/// let quick = Reconnection::exponential(Duration::from_millis(100), Duration::from_secs(10));
/// let steady = Reconnection::constant(Duration::from_secs(1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a reconnection policy does nothing before a builder takes it"]
pub struct Reconnection(Schedule);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schedule {
    Constant(Duration),
    Exponential { base: Duration, max: Duration },
}

impl Reconnection {
    /// The same wait each time, in whole milliseconds, rounded up.
    pub const fn constant(delay: Duration) -> Self {
        Self(Schedule::Constant(delay))
    }

    /// `base` first, then twice as long each time until `max`, with 15 % of chance either way but
    /// never outside of the two. In whole milliseconds, rounded up; `base` is 2 ms at least.
    pub const fn exponential(base: Duration, max: Duration) -> Self {
        Self(Schedule::Exponential { base, max })
    }

    pub(crate) fn schedule(&self) -> Schedule {
        self.0
    }

    pub(super) fn check(self, wrong: &mut Mistakes) {
        /// C refuses less.
        const LEAST: Duration = Duration::from_millis(2);
        match self.0 {
            Schedule::Constant(Duration::ZERO) => {
                wrong.add("reconnection", "no wait at all would try a dead host without a pause");
            }
            Schedule::Constant(_) => {}
            Schedule::Exponential { base, max } => {
                if base < LEAST {
                    wrong.add("reconnection", format!("{base:?} as the base is less than 2 ms"));
                }
                if max < base {
                    wrong.add("reconnection", format!("at most {max:?} is less than {base:?}"));
                }
            }
        }
    }
}

impl SessionBuilder {
    /// When a lost host is tried again. Default: exponential from 2 s to 10 min.
    ///
    /// Drivers: all.
    pub fn reconnection(mut self, policy: Reconnection) -> Self {
        self.settings.reconnection = Some(policy);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_c_refuses_and_what_would_spin() {
        let check = |policy: Reconnection| {
            let mut wrong = Mistakes::default();
            policy.check(&mut wrong);
            wrong.or(()).map_err(|error| error.message().to_owned())
        };
        let ms = Duration::from_millis;
        assert_eq!(check(Reconnection::constant(ms(1))), Ok(()));
        assert!(check(Reconnection::constant(ms(0))).is_err());
        assert_eq!(check(Reconnection::exponential(ms(2), ms(2))), Ok(()));
        assert!(check(Reconnection::exponential(ms(1), ms(5))).unwrap_err().contains("2 ms"));
        assert!(check(Reconnection::exponential(ms(9), ms(5))).unwrap_err().contains("5ms"));
    }
}
