//! `timeuuid`: a UUID of version 1, in the server's order. No allocation.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::value_error::{ValueProblem, unreadable};
use super::{
    ConvertError, CqlType, FromValue, FromValueOwned, Timestamp, ToValue, Uuid, ValueBinder, cell,
};
use crate::error::{Error, Result};

/// A UUID of version 1, for columns of type `timeuuid`. It compares as the server orders such a
/// column: by its time first.
///
/// ```
/// use async_cassandra::cql::{TimeUuid, Timestamp};
///
/// let moment = Timestamp::from_millis(1_700_000_000_000);
/// let id: TimeUuid = "2a1b5c80-6f1e-11ee-b962-0242ac120002".parse()?;
/// assert!(id < TimeUuid::first_at(moment)?);
/// assert_eq!(id.timestamp().to_string(), "2023-10-20T07:56:24.120Z");
/// # Ok::<_, async_cassandra::cql::ConvertError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeUuid(Uuid);

/// The Gregorian calendar's first day, in milliseconds before the Unix epoch.
const GREGORIAN: i64 = 12_219_292_800_000;
/// Ticks of a UUID's clock in a millisecond.
const TICKS: u64 = 10_000;

impl TimeUuid {
    /// From a UUID of version 1.
    ///
    /// # Errors
    /// It is of another version.
    pub const fn new(uuid: Uuid) -> Result<Self, ConvertError> {
        if is_time_based(&uuid) {
            Ok(Self(uuid))
        } else {
            Err(ConvertError::new("the UUID is not of version 1"))
        }
    }

    /// The UUID itself.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// Its time in ticks of 100 nanoseconds since 1582-10-15.
    pub const fn ticks(self) -> u64 {
        let high = (self.0.as_u128() >> 64) as u64;
        ((high & 0x0FFF) << 48) | ((high >> 16 & 0xFFFF) << 32) | high >> 32
    }

    /// Its time, cut to milliseconds: what `toTimestamp` gives in CQL.
    pub const fn timestamp(self) -> Timestamp {
        // 60 bits of ticks are far less than 63 bits of milliseconds.
        Timestamp::from_millis((self.ticks() / TICKS) as i64 - GREGORIAN)
    }

    /// The first in the server's order of all that have this time: a lower bound, and nobody's own
    /// name. CQL has it as `minTimeuuid`.
    ///
    /// # Errors
    /// The time is outside what a UUID holds, 1582 to 5236.
    pub fn first_at(timestamp: Timestamp) -> Result<Self, ConvertError> {
        Self::at(timestamp, 0, 0x80)
    }

    /// The last in the server's order of all that have this time: an upper bound, and nobody's own
    /// name. CQL has it as `maxTimeuuid`.
    ///
    /// # Errors
    /// The time is outside what a UUID holds, 1582 to 5236.
    pub fn last_at(timestamp: Timestamp) -> Result<Self, ConvertError> {
        Self::at(timestamp, TICKS - 1, 0x7F)
    }

    fn at(timestamp: Timestamp, extra: u64, rest: u8) -> Result<Self, ConvertError> {
        let millis = timestamp.as_millis().checked_add(GREGORIAN);
        let millis = millis.and_then(|millis| u64::try_from(millis).ok());
        let ticks = millis.and_then(|millis| millis.checked_mul(TICKS)?.checked_add(extra));
        let Some(ticks) = ticks.filter(|ticks| *ticks < 1 << 60) else {
            return Err(ConvertError::new("the time is outside what a UUID holds"));
        };
        let high = ticks << 32 | (ticks >> 32 & 0xFFFF) << 16 | 0x1000 | ticks >> 48;
        let low = u64::from_be_bytes([rest; 8]);
        Ok(Self(Uuid::from_u128(u128::from(high) << 64 | u128::from(low))))
    }

    /// What the server compares: the time, then the other bytes as signed ones.
    fn order(self) -> (u64, [i8; 8]) {
        let bytes = self.0.as_bytes();
        (self.ticks(), std::array::from_fn(|at| bytes[8 + at] as i8))
    }
}

/// Whether the server takes it as a `timeuuid`: it looks at the version alone.
pub(super) const fn is_time_based(uuid: &Uuid) -> bool {
    uuid.as_bytes()[6] >> 4 == 1
}

impl Ord for TimeUuid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for TimeUuid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<TimeUuid> for Uuid {
    fn from(uuid: TimeUuid) -> Self {
        uuid.0
    }
}

impl TryFrom<Uuid> for TimeUuid {
    type Error = ConvertError;

    fn try_from(uuid: Uuid) -> Result<Self, ConvertError> {
        Self::new(uuid)
    }
}

impl fmt::Display for TimeUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for TimeUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TimeUuid {
    type Err = ConvertError;

    fn from_str(text: &str) -> Result<Self, ConvertError> {
        match text.parse() {
            Ok(uuid) => Self::new(uuid),
            Err(_) => Err(ConvertError::new("not a UUID")),
        }
    }
}

impl<'r> FromValue<'r> for TimeUuid {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::TimeUuid => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        let uuid = Uuid::from_bytes(cell::fixed::<Self, 16>(t, cell)?);
        Self::new(uuid).map_err(|_| unreadable::<Self>(t, ValueProblem::NotTimeUuid))
    }
}

impl FromValueOwned for TimeUuid {}

/// To `uuid` markers as well.
impl ToValue for TimeUuid {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.uuid(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    fn id(text: &str) -> TimeUuid {
        text.parse().unwrap()
    }

    #[test]
    fn ordered_by_time_then_by_signed_bytes() {
        let sorted = [
            "ffffffff-0000-1000-8000-000000000000",
            "00000000-0001-1000-8000-000000000000",
            "00000000-0000-1001-8000-000000000000",
            "00000000-0000-1001-bfff-ffffffffffff",
            "00000000-0000-1001-0000-000000000000",
            "00000000-0000-1001-7f00-000000000080",
            "00000000-0000-1001-7f00-00000000007f",
            "00000000-0000-1002-8000-000000000000",
        ];
        for pair in sorted.windows(2) {
            assert!(id(pair[0]) < id(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn times_are_those_of_the_server() {
        let moment = Timestamp::from_millis(1_700_000_000_123);
        let (first, last) =
            (TimeUuid::first_at(moment).unwrap(), TimeUuid::last_at(moment).unwrap());
        assert!(first < last);
        assert_eq!((first.timestamp(), last.timestamp()), (moment, moment));
        assert_eq!(last.ticks() - first.ticks(), 9_999);
        assert!(TimeUuid::first_at(Timestamp::from_millis(-GREGORIAN)).is_ok());
        assert!(TimeUuid::first_at(Timestamp::from_millis(-GREGORIAN - 1)).is_err());
        assert!(TimeUuid::last_at(Timestamp::from_millis(i64::MAX)).is_err());
    }

    #[test]
    fn reads_and_binds_version_one_only() {
        let one = id("2a1b5c80-6f1e-11ee-b962-0242ac120002");
        let (t, bytes) = (CqlType::TimeUuid, *one.uuid().as_bytes());
        assert_eq!(TimeUuid::from_value(&t, Some(&bytes)).unwrap(), one);
        assert!(TimeUuid::from_value(&t, Some(&[0; 16])).is_err());
        assert!(TimeUuid::check(&CqlType::Uuid).is_err());
        assert!("f47ac10b-58cc-4372-a567-0e02b2c3d479".parse::<TimeUuid>().is_err());
        assert!(bound(&one, t.clone()).is_ok() && bound(&one, CqlType::Uuid).is_ok());
        let last = TimeUuid::last_at(Timestamp::EPOCH).unwrap();
        assert!(bound(&last, t).is_ok(), "no UUID of the common variant, and the server takes it");
        assert_eq!(TimeUuid::try_from(Uuid::from(one)), Ok(one));
    }
}
