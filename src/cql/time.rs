//! `time`: nanoseconds of a day. No allocation.

use std::fmt;
use std::str::FromStr;

use super::value_error::{ValueProblem, unreadable};
use super::{ConvertError, CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

/// A time of day in nanoseconds since midnight: exactly what a `time` column holds. A day has 24
/// hours, without leap seconds.
///
/// ```
/// use async_cassandra::cql::Time;
///
/// let time = Time::from_hms_nano(22, 13, 20, 5)?;
/// assert_eq!(time.to_string(), "22:13:20.000000005");
/// assert_eq!("22:13".parse::<Time>()?, Time::from_hms_nano(22, 13, 0, 0)?);
/// # Ok::<_, async_cassandra::cql::ConvertError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

const SECOND: i64 = 1_000_000_000;

impl Time {
    /// The first moment of a day.
    pub const MIDNIGHT: Self = Self(0);
    /// The last nanosecond of a day.
    pub const MAX: Self = Self(86_400 * SECOND - 1);

    /// From nanoseconds since midnight.
    ///
    /// # Errors
    /// They are negative, or a day or more.
    pub const fn from_nanos(nanos: i64) -> Result<Self, ConvertError> {
        if nanos < 0 || nanos > Self::MAX.0 {
            return Err(ConvertError::new("the nanoseconds are not within a day"));
        }
        Ok(Self(nanos))
    }

    /// Nanoseconds since midnight.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// From hours, minutes, seconds and nanoseconds.
    ///
    /// # Errors
    /// One of them is out of its range; second 60 is.
    pub fn from_hms_nano(
        hour: u8,
        minute: u8,
        second: u8,
        nano: u32,
    ) -> Result<Self, ConvertError> {
        let nano = i64::from(nano);
        if hour > 23 || minute > 59 || second > 59 || nano >= SECOND {
            return Err(ConvertError::new("there is no such time of day"));
        }
        let (hour, minute, second) = (i64::from(hour), i64::from(minute), i64::from(second));
        Ok(Self((hour * 3_600 + minute * 60 + second) * SECOND + nano))
    }

    /// Hours, minutes, seconds and nanoseconds.
    pub fn to_hms_nano(self) -> (u8, u8, u8, u32) {
        let (seconds, nano) = (self.0 / SECOND, self.0 % SECOND);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        // Each is within its range.
        (hour as u8, minute as u8, second as u8, nano as u32)
    }
}

/// ISO 8601 with nine digits of the second: `22:13:20.000000005`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second, nano) = self.to_hms_nano();
        write!(f, "{hour:02}:{minute:02}:{second:02}.{nano:09}")
    }
}

/// Reads `HH:MM`, `HH:MM:SS`, and that with one to nine digits of the second.
impl FromStr for Time {
    type Err = ConvertError;

    fn from_str(text: &str) -> Result<Self, ConvertError> {
        const REASON: ConvertError = ConvertError::new("not a time: HH:MM:SS.nnnnnnnnn expected");
        let (text, fraction) = match text.split_once('.') {
            Some((text, fraction)) => (text, Some(fraction)),
            None => (text, None),
        };
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let two = |text: &str| {
            if text.len() == 2 && is_number(text) {
                text.parse().map_err(|_| REASON)
            } else {
                Err(REASON)
            }
        };
        let mut parts = text.split(':');
        let (hour, minute) = (two(parts.next().unwrap_or(""))?, two(parts.next().unwrap_or(""))?);
        let second = match parts.next() {
            Some(second) => two(second)?,
            None if fraction.is_none() => 0,
            None => return Err(REASON),
        };
        let nano = match fraction {
            Some(digits) if (1..=9).contains(&digits.len()) && is_number(digits) => {
                format!("{digits:0<9}").parse().map_err(|_| REASON)?
            }
            Some(_) => return Err(REASON),
            None => 0,
        };
        match parts.next() {
            None => Self::from_hms_nano(hour, minute, second, nano),
            Some(_) => Err(REASON),
        }
    }
}

impl<'r> FromValue<'r> for Time {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::Time => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        let nanos = i64::from_be_bytes(cell::fixed::<Self, 8>(t, cell)?);
        Self::from_nanos(nanos).map_err(|_| unreadable::<Self>(t, ValueProblem::OutOfRange))
    }
}

impl FromValueOwned for Time {}

impl ToValue for Time {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.time(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn text_goes_both_ways() {
        for nanos in [0, 1, SECOND - 1, SECOND, 3_600 * SECOND, 43_200 * SECOND + 7, Time::MAX.0] {
            let time = Time::from_nanos(nanos).unwrap();
            assert_eq!(time.to_string().parse(), Ok(time));
            let (hour, minute, second, nano) = time.to_hms_nano();
            assert_eq!(Time::from_hms_nano(hour, minute, second, nano), Ok(time));
        }
        assert_eq!(Time::MAX.to_string(), "23:59:59.999999999");
        assert_eq!("01:02:03.5".parse(), Time::from_hms_nano(1, 2, 3, 500_000_000));
        assert_eq!("01:02".parse(), Time::from_hms_nano(1, 2, 0, 0));
        for text in [
            "",
            "1:02",
            "01",
            "01:02:03.",
            "01:02.5",
            "24:00",
            "01:60",
            "01:02:60",
            "01:02:03:04",
            "01:02:03.0000000001",
            "01:02:+3",
            "é",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_what_is_within_a_day() {
        assert!(Time::from_nanos(-1).is_err() && Time::from_nanos(Time::MAX.0 + 1).is_err());
        assert!(Time::from_hms_nano(23, 59, 60, 0).is_err());
        assert!(Time::from_hms_nano(23, 59, 59, 1_000_000_000).is_err());
        let t = CqlType::Time;
        for nanos in [i64::MIN, -1, Time::MAX.0 + 1] {
            let error = Time::from_value(&t, Some(&nanos.to_be_bytes())).unwrap_err();
            assert!(error.to_string().ends_with("the value is out of range"), "{error}");
        }
        assert_eq!(Time::from_value(&t, Some(&[0; 8])).unwrap(), Time::MIDNIGHT);
        assert!(Time::check(&CqlType::BigInt).is_err());
        assert_eq!(bound(&Time(7), t).unwrap(), "I64(7)");
        assert!(bound(&Time(7), CqlType::BigInt).is_err());
    }
}
