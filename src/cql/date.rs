//! `date`: a day without a time. No allocation.

use std::fmt;
use std::str::FromStr;

use super::{
    ConvertError, CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, calendar, cell,
};
use crate::error::{Error, Result};

/// A day, counted from the Unix epoch: exactly what a `date` column holds, from the year -5877641
/// to 5881580 of the proleptic Gregorian calendar.
///
/// ```
/// use async_cassandra::cql::Date;
///
/// let day = Date::from_ymd(2024, 2, 29)?;
/// assert_eq!(day.to_string(), "2024-02-29");
/// assert_eq!("2024-02-29".parse::<Date>()?, day);
/// assert_eq!(Date::from_days(0), Date::EPOCH);
/// # Ok::<_, async_cassandra::cql::ConvertError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Date(i32);

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Self = Self(0);
    /// The first day there is.
    pub const MIN: Self = Self(i32::MIN);
    /// The last day there is.
    pub const MAX: Self = Self(i32::MAX);

    /// From days since the Unix epoch.
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since the Unix epoch.
    pub const fn as_days(self) -> i32 {
        self.0
    }

    /// From a year, a month (1 to 12) and a day of the month (from 1).
    ///
    /// # Errors
    /// There is no such day, or it is outside the range.
    pub fn from_ymd(year: i32, month: u8, day: u8) -> Result<Self, ConvertError> {
        let days = calendar::days(year.into(), month.into(), day.into());
        let days = days.and_then(|days| i32::try_from(days).ok());
        days.map(Self).ok_or(ConvertError::new("there is no such day"))
    }

    /// The year, the month (1 to 12) and the day of the month (from 1).
    pub fn to_ymd(self) -> (i32, u8, u8) {
        let (year, month, day) = calendar::date(self.0.into());
        // Within the range of days, so are the years.
        (year as i32, month as u8, day as u8)
    }

    /// The day as the server encodes it: the epoch is in the middle.
    pub(super) const fn to_wire(self) -> u32 {
        (self.0 as u32) ^ (1 << 31)
    }

    pub(super) const fn from_wire(days: u32) -> Self {
        Self((days ^ (1 << 31)) as i32)
    }
}

/// ISO 8601: `2024-02-29`. Years outside 0000 to 9999 carry a sign.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = calendar::date(self.0.into());
        calendar::write(f, year, month, day)
    }
}

/// Reads the form that `Display` writes.
impl FromStr for Date {
    type Err = ConvertError;

    fn from_str(text: &str) -> Result<Self, ConvertError> {
        const REASON: ConvertError = ConvertError::new("not a date: YYYY-MM-DD expected");
        let (digits, sign) = match text.as_bytes().first() {
            Some(b'-') => (&text[1..], -1),
            Some(b'+') => (&text[1..], 1),
            _ => (text, 1),
        };
        let mut parts = digits.split('-');
        let mut number = |least: usize, most: usize| {
            let part = parts.next().filter(|part| (least..=most).contains(&part.len()))?;
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse::<i32>().ok())?
        };
        let date = (number(4, 7), number(2, 2), number(2, 2));
        match date {
            (Some(year), Some(month), Some(day)) if parts.next().is_none() => {
                // Two digits each.
                Self::from_ymd(sign * year, month as u8, day as u8)
            }
            _ => Err(REASON),
        }
    }
}

impl<'r> FromValue<'r> for Date {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::Date => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        cell::fixed::<Self, 4>(t, cell).map(|bytes| Self::from_wire(u32::from_be_bytes(bytes)))
    }
}

impl FromValueOwned for Date {}

impl ToValue for Date {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.date(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn text_goes_both_ways() {
        let cases = [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (19_782, "2024-02-29"),
            (2_932_896, "9999-12-31"),
            (2_932_897, "+10000-01-01"),
            (-719_529, "-0001-12-31"),
            (i32::MIN, "-5877641-06-23"),
            (i32::MAX, "+5881580-07-11"),
        ];
        for (days, text) in cases {
            assert_eq!(Date::from_days(days).to_string(), text);
            assert_eq!(text.parse(), Ok(Date::from_days(days)), "{text}");
            let (year, month, day) = Date::from_days(days).to_ymd();
            assert_eq!(Date::from_ymd(year, month, day), Ok(Date::from_days(days)));
        }
        for text in [
            "",
            "2024",
            "2024-2-3",
            "2024-02-30",
            "2024-02-03-",
            "2024-02-+3",
            "-5877641-06-22",
            "é",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn reads_and_binds() {
        let t = CqlType::Date;
        let read = |bytes: [u8; 4]| Date::from_value(&t, Some(&bytes)).unwrap();
        assert_eq!(read([0x80, 0, 0, 0]), Date::EPOCH);
        assert_eq!(read([0; 4]), Date::MIN);
        assert_eq!(read([0xFF; 4]), Date::MAX);
        assert!(Date::from_value(&t, Some(&[0; 3])).is_err());
        assert!(Date::check(&CqlType::Timestamp).is_err());
        assert_eq!(bound(&Date::from_days(1), t).unwrap(), "U32(2147483649)");
        assert!(bound(&Date::EPOCH, CqlType::Int).is_err());
    }
}
