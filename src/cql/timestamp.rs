//! `timestamp`: milliseconds since the Unix epoch. No allocation.
//!
//! | from | to | |
//! |---|---|---|
//! | `timestamp` | [`Timestamp`], and back | exact |
//! | `timestamp` | [`SystemTime`] | exact, refused where the system's clock does not reach |
//! | [`SystemTime`] | [`Timestamp`] | cut to the millisecond before |
//! | [`SystemTime`] | `timestamp` | exact, refused where it has a part of a millisecond |

use std::fmt;
use std::time::{Duration, SystemTime};

use super::value_error::{ValueProblem, unbindable, unreadable};
use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, calendar, cell};
use crate::error::{Error, Result};

/// A moment in milliseconds since the Unix epoch: exactly what a `timestamp` column holds.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use async_cassandra::cql::Timestamp;
///
/// let moment = Timestamp::from_millis(1_000);
/// assert_eq!(moment.to_string(), "1970-01-01T00:00:01.000Z");
/// assert_eq!(SystemTime::try_from(moment)?, SystemTime::UNIX_EPOCH + Duration::from_secs(1));
/// assert!(Timestamp::now() > moment);
/// # Ok::<_, async_cassandra::cql::TimestampRangeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The current time of the system's clock, cut to milliseconds.
    pub fn now() -> Self {
        SystemTime::now().into()
    }
}

/// Cut to the millisecond before, also before the epoch. What does not fit, some 292 million years
/// from now, becomes the first or the last timestamp there is.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let millis = |length: Duration| i64::try_from(length.as_millis());
        Self(match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => millis(after).unwrap_or(i64::MAX),
            Err(error) => {
                let before = error.duration();
                let is_cut = u32::from(before.subsec_nanos() % 1_000_000 != 0);
                let whole = millis(before).map_or(i64::MIN, |millis| -millis);
                whole.saturating_sub(is_cut.into())
            }
        })
    }
}

/// A [`Timestamp`] outside what [`SystemTime`] can hold on this system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampRangeError(());

impl fmt::Display for TimestampRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timestamp is outside what SystemTime can hold")
    }
}

impl std::error::Error for TimestampRangeError {}

/// Exact.
impl TryFrom<Timestamp> for SystemTime {
    type Error = TimestampRangeError;

    fn try_from(timestamp: Timestamp) -> Result<Self, TimestampRangeError> {
        let length = Duration::from_millis(timestamp.0.unsigned_abs());
        let time = if timestamp.0 < 0 {
            Self::UNIX_EPOCH.checked_sub(length)
        } else {
            Self::UNIX_EPOCH.checked_add(length)
        };
        time.ok_or(TimestampRangeError(()))
    }
}

/// ISO 8601 in UTC with milliseconds, in the proleptic Gregorian calendar. Years outside 0000 to
/// 9999 carry a sign.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: i64 = 86_400_000;
        let (year, month, day) = calendar::date(self.0.div_euclid(DAY));
        let millis = self.0.rem_euclid(DAY);
        let (hour, minute) = (millis / 3_600_000, millis / 60_000 % 60);
        let (second, millis) = (millis / 1_000 % 60, millis % 1_000);
        calendar::write(f, year, month, day)?;
        write!(f, "T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

fn check<T>(t: &CqlType) -> Result<()> {
    match t {
        CqlType::Timestamp => Ok(()),
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

fn read<T>(t: &CqlType, cell: Option<&[u8]>) -> Result<Timestamp> {
    check::<T>(t)?;
    cell::fixed::<T, 8>(t, cell).map(|bytes| Timestamp(i64::from_be_bytes(bytes)))
}

impl<'r> FromValue<'r> for Timestamp {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell)
    }
}

/// Exact.
impl<'r> FromValue<'r> for SystemTime {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let timestamp = read::<Self>(t, cell)?;
        timestamp.try_into().map_err(|_| unreadable::<Self>(t, ValueProblem::OutOfRange))
    }
}

impl FromValueOwned for Timestamp {}
impl FromValueOwned for SystemTime {}

impl ToValue for Timestamp {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.timestamp(*self)
    }
}

/// Exact: a time with a part of a millisecond is refused. [`Timestamp::from`] cuts it.
impl ToValue for SystemTime {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        let timestamp = Timestamp::from(*self);
        match to.cql_type() {
            CqlType::Timestamp if Self::try_from(timestamp).as_ref() == Ok(self) => {
                to.timestamp(timestamp)
            }
            CqlType::Timestamp => Err(unbindable::<Self>(to.cql_type(), ValueProblem::Inexact)),
            _ => Err(to.wrong_type::<Self>()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn prints_dates() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+10000-01-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-0001-12-31T23:59:59.999Z"),
            (i64::MAX, "+292278994-08-17T07:12:55.807Z"),
            (i64::MIN, "-292275055-05-16T16:47:04.192Z"),
        ];
        for (millis, text) in cases {
            assert_eq!(Timestamp::from_millis(millis).to_string(), text);
        }
    }

    #[test]
    fn system_times_are_cut_downwards() {
        let epoch = SystemTime::UNIX_EPOCH;
        let nano = Duration::from_nanos(1);
        let millis = |time| Timestamp::from(time).as_millis();
        assert_eq!(millis(epoch), 0);
        assert_eq!(millis(epoch + Duration::from_millis(5) + nano), 5);
        assert_eq!(millis(epoch + Duration::from_millis(5) - nano), 4);
        assert_eq!(millis(epoch - nano), -1);
        assert_eq!(millis(epoch - Duration::from_millis(5)), -5);
        for millis in [0, 1, -1, 1_700_000_000_123, -1_700_000_000_123] {
            let timestamp = Timestamp::from_millis(millis);
            assert_eq!(Timestamp::from(SystemTime::try_from(timestamp).unwrap()), timestamp);
        }
    }

    #[test]
    fn reads_and_binds() {
        let bytes = 1_500_i64.to_be_bytes();
        let t = CqlType::Timestamp;
        assert_eq!(Timestamp::from_value(&t, Some(&bytes)).unwrap(), Timestamp::from_millis(1_500));
        let time = SystemTime::from_value(&t, Some(&bytes)).unwrap();
        assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::from_millis(1_500));
        assert!(Timestamp::from_value(&t, Some(&bytes[1..])).is_err());
        assert!(SystemTime::from_value(&t, None).is_err());
        assert!(Timestamp::check(&CqlType::BigInt).is_err());
        assert_eq!(bound(&Timestamp::from_millis(-1), t).unwrap(), "I64(-1)");
        assert!(bound(&Timestamp::EPOCH, CqlType::BigInt).is_err());
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(5);
        assert_eq!(bound(&time, CqlType::Timestamp).unwrap(), "I64(5)");
        assert!(bound(&time, CqlType::BigInt).is_err());
        let finer = bound(&(time + Duration::from_micros(1)), CqlType::Timestamp);
        assert!(finer.unwrap_err().to_string().contains("finer than the type"));
    }
}
