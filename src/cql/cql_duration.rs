//! `duration`: months, days and nanoseconds, each counted for itself. No allocation.

use std::fmt;
use std::time::Duration;

use super::value_error::{ValueProblem, unbindable, unreadable};
use super::{ConvertError, CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell, vint};
use crate::error::{Error, Result};

/// A span of time in months, days and nanoseconds: exactly what a `duration` column holds.
///
/// Months differ in length and so do days, so the three are kept apart, and durations have no
/// order. All have the same sign, or are zero.
///
/// A [`std::time::Duration`] binds to a `duration` and reads from one that has nanoseconds only.
///
/// ```
/// use async_cassandra::cql::CqlDuration;
///
/// let span = CqlDuration::new(14, 3, 1_500_000_000)?;
/// assert_eq!(span.to_string(), "1y2mo3d1s500ms");
/// assert!(CqlDuration::new(1, -1, 0).is_err());
/// # Ok::<_, async_cassandra::cql::ConvertError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CqlDuration {
    months: i32,
    days: i32,
    nanos: i64,
}

impl CqlDuration {
    /// No time at all.
    pub const ZERO: Self = Self { months: 0, days: 0, nanos: 0 };

    /// From its three parts.
    ///
    /// # Errors
    /// One part is positive and another negative.
    pub const fn new(months: i32, days: i32, nanos: i64) -> Result<Self, ConvertError> {
        let is_negative = months < 0 || days < 0 || nanos < 0;
        let is_positive = months > 0 || days > 0 || nanos > 0;
        if is_negative && is_positive {
            return Err(ConvertError::new("the parts of a duration must have the same sign"));
        }
        Ok(Self { months, days, nanos })
    }

    /// The months.
    pub const fn months(self) -> i32 {
        self.months
    }

    /// The days beyond the months.
    pub const fn days(self) -> i32 {
        self.days
    }

    /// The nanoseconds beyond the days.
    pub const fn nanos(self) -> i64 {
        self.nanos
    }

    /// Of nanoseconds and nothing else.
    pub(super) fn of_nanos(nanos: impl TryInto<i64>) -> Result<Self, ConvertError> {
        match nanos.try_into() {
            Ok(nanos) => Ok(Self { months: 0, days: 0, nanos }),
            Err(_) => Err(ConvertError::new("a duration holds 292 years of nanoseconds at most")),
        }
    }

    /// The nanoseconds, if there is nothing else.
    pub(super) fn only_nanos(self) -> Result<i64, ConvertError> {
        match (self.months, self.days) {
            (0, 0) => Ok(self.nanos),
            _ => Err(ConvertError::new(
                "the duration has months or days, which have no fixed length",
            )),
        }
    }

    fn is_negative(self) -> bool {
        self.months < 0 || self.days < 0 || self.nanos < 0
    }

    pub(super) fn write(self, out: &mut Vec<u8>) {
        for part in self.parts() {
            vint::write(out, part);
        }
    }

    /// How many bytes that is.
    pub(super) fn length(self) -> usize {
        self.parts().into_iter().map(vint::length).sum()
    }

    fn parts(self) -> [u64; 3] {
        [self.months.into(), self.days.into(), self.nanos].map(vint::zigzag)
    }

    pub(crate) fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut part = || vint::read(&mut bytes).map(vint::unzigzag);
        let (months, days, nanos) = (part()?, part()?, part()?);
        if !bytes.is_empty() {
            return None;
        }
        Self::new(months.try_into().ok()?, days.try_into().ok()?, nanos).ok()
    }
}

/// Nanoseconds only.
impl TryFrom<Duration> for CqlDuration {
    type Error = ConvertError;

    fn try_from(duration: Duration) -> Result<Self, ConvertError> {
        Self::of_nanos(duration.as_nanos())
    }
}

/// Of nanoseconds only.
impl TryFrom<CqlDuration> for Duration {
    type Error = ConvertError;

    fn try_from(duration: CqlDuration) -> Result<Self, ConvertError> {
        match duration.only_nanos()?.try_into() {
            Ok(nanos) => Ok(Self::from_nanos(nanos)),
            Err(_) => Err(ConvertError::new("the duration is negative")),
        }
    }
}

/// CQL's own form: `1y2mo3d4h5m6s7ms8us9ns`, with a minus before all of it where it is negative.
impl fmt::Display for CqlDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 6] = [
            (3_600_000_000_000, "h"),
            (60_000_000_000, "m"),
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
            (1, "ns"),
        ];
        if *self == Self::ZERO {
            return f.write_str("0s");
        }
        if self.is_negative() {
            f.write_str("-")?;
        }
        let months = self.months.unsigned_abs();
        let mut part = |number: u64, unit| match number {
            0 => Ok(()),
            number => write!(f, "{number}{unit}"),
        };
        part((months / 12).into(), "y")?;
        part((months % 12).into(), "mo")?;
        part(self.days.unsigned_abs().into(), "d")?;
        let mut nanos = self.nanos.unsigned_abs();
        for (length, unit) in UNITS {
            part(nanos / length, unit)?;
            nanos %= length;
        }
        Ok(())
    }
}

fn check<T>(t: &CqlType) -> Result<()> {
    match t {
        CqlType::Duration => Ok(()),
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

fn read<T>(t: &CqlType, cell: Option<&[u8]>) -> Result<CqlDuration> {
    check::<T>(t)?;
    cell::parsed::<T, _>(t, cell, CqlDuration::read)
}

impl<'r> FromValue<'r> for CqlDuration {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell)
    }
}

/// Exact: a duration with months or days, or a negative one, is out of range.
impl<'r> FromValue<'r> for Duration {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let duration = read::<Self>(t, cell)?;
        duration.try_into().map_err(|_| unreadable::<Self>(t, ValueProblem::OutOfRange))
    }
}

impl FromValueOwned for CqlDuration {}
impl FromValueOwned for Duration {}

impl ToValue for CqlDuration {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.duration(*self)
    }
}

/// As nanoseconds.
impl ToValue for Duration {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        if *to.cql_type() != CqlType::Duration {
            return Err(to.wrong_type::<Self>());
        }
        match CqlDuration::try_from(*self) {
            Ok(duration) => to.duration(duration),
            Err(_) => Err(unbindable::<Self>(to.cql_type(), ValueProblem::OutOfRange)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    fn duration(months: i32, days: i32, nanos: i64) -> CqlDuration {
        CqlDuration::new(months, days, nanos).unwrap()
    }

    #[test]
    fn prints_what_cql_reads() {
        assert_eq!(CqlDuration::ZERO.to_string(), "0s");
        assert_eq!(duration(-1, 0, -1).to_string(), "-1mo1ns");
        assert_eq!(duration(12, 1, 3_661_001_002_003).to_string(), "1y1d1h1m1s1ms2us3ns");
    }

    #[test]
    fn bytes_go_both_ways() {
        for value in [
            CqlDuration::ZERO,
            duration(1, 2, 3),
            duration(-1, 0, -3),
            duration(i32::MAX, i32::MAX, i64::MAX),
            duration(i32::MIN, i32::MIN, i64::MIN),
        ] {
            let mut bytes = Vec::new();
            value.write(&mut bytes);
            assert_eq!(CqlDuration::from_value(&CqlType::Duration, Some(&bytes)).unwrap(), value);
            bytes.push(0);
            assert!(CqlDuration::from_value(&CqlType::Duration, Some(&bytes)).is_err());
        }
        let mut mixed = Vec::new();
        CqlDuration { months: 1, days: -1, nanos: 0 }.write(&mut mixed);
        assert!(CqlDuration::from_value(&CqlType::Duration, Some(&mixed)).is_err());
    }

    #[test]
    fn std_durations_are_exact_or_refused() {
        let std = Duration::from_nanos(1_500);
        assert_eq!(CqlDuration::try_from(std), Ok(duration(0, 0, 1_500)));
        assert_eq!(Duration::try_from(duration(0, 0, 1_500)), Ok(std));
        assert!(Duration::try_from(duration(0, 1, 0)).is_err());
        assert!(Duration::try_from(duration(0, 0, -1)).is_err());
        assert!(CqlDuration::try_from(Duration::MAX).is_err());
        let t = CqlType::Duration;
        assert_eq!(
            bound(&std, t.clone()).unwrap(),
            bound(&duration(0, 0, 1_500), t.clone()).unwrap()
        );
        assert!(bound(&Duration::MAX, t).unwrap_err().to_string().contains("out of range"));
        assert!(bound(&std, CqlType::Time).is_err());
        assert!(Duration::check(&CqlType::Time).is_err());
    }
}
