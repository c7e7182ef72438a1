//! `time`. No allocation.
//!
//! | CQL | time | |
//! |---|---|---|
//! | `date` | `Date` | reading a day outside the years -9999 to 9999 is an error |
//! | `time` | `Time` | |
//! | `timestamp` | `OffsetDateTime` | read in UTC; binding what is finer than a millisecond is an error |
//! | `duration` | `Duration` | nanoseconds only; months and days have no fixed length |

use ::time::{Date as TheirDate, Duration, OffsetDateTime, Time as TheirTime};

use super::super::{ConvertError, CqlDuration, Date, Time, Timestamp};
use super::way::{FINER_THAN_MILLIS, by_way_of};

/// The Julian day number of 1970-01-01.
const EPOCH: i32 = 2_440_588;
const MILLI: i128 = 1_000_000;

impl From<TheirDate> for Date {
    fn from(date: TheirDate) -> Self {
        // Far from the ends of the range.
        Self::from_days(date.to_julian_day() - EPOCH)
    }
}

impl TryFrom<Date> for TheirDate {
    type Error = ConvertError;

    fn try_from(date: Date) -> Result<Self, ConvertError> {
        let day = date.as_days().checked_add(EPOCH);
        day.and_then(|day| Self::from_julian_day(day).ok())
            .ok_or(ConvertError::new("the day is outside what time::Date can hold"))
    }
}

impl From<TheirTime> for Time {
    fn from(time: TheirTime) -> Self {
        let (hour, minute, second, nano) = time.as_hms_nano();
        Self::from_hms_nano(hour, minute, second, nano).expect("each part is within its range")
    }
}

impl From<Time> for TheirTime {
    fn from(time: Time) -> Self {
        let (hour, minute, second, nano) = time.to_hms_nano();
        Self::from_hms_nano(hour, minute, second, nano).expect("each part is within its range")
    }
}

/// The moment; the offset is no part of it.
impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = ConvertError;

    fn try_from(time: OffsetDateTime) -> Result<Self, ConvertError> {
        let nanos = time.unix_timestamp_nanos();
        match i64::try_from(nanos / MILLI) {
            Ok(millis) if nanos % MILLI == 0 => Ok(Self::from_millis(millis)),
            _ => Err(FINER_THAN_MILLIS),
        }
    }
}

/// In UTC.
impl TryFrom<Timestamp> for OffsetDateTime {
    type Error = ConvertError;

    fn try_from(timestamp: Timestamp) -> Result<Self, ConvertError> {
        Self::from_unix_timestamp_nanos(i128::from(timestamp.as_millis()) * MILLI)
            .map_err(|_| ConvertError::new("the timestamp is outside what OffsetDateTime can hold"))
    }
}

/// Nanoseconds only.
impl TryFrom<Duration> for CqlDuration {
    type Error = ConvertError;

    fn try_from(duration: Duration) -> Result<Self, ConvertError> {
        Self::of_nanos(duration.whole_nanoseconds())
    }
}

/// Of nanoseconds only.
impl TryFrom<CqlDuration> for Duration {
    type Error = ConvertError;

    fn try_from(duration: CqlDuration) -> Result<Self, ConvertError> {
        duration.only_nanos().map(Self::nanoseconds)
    }
}

by_way_of!(Date: TheirDate, TheirDate::try_from, |date| Ok((*date).into()));
by_way_of!(Time: TheirTime, |time| Ok(time.into()), |time| Ok((*time).into()));
by_way_of!(Timestamp: OffsetDateTime, OffsetDateTime::try_from, |time| (*time).try_into());
by_way_of!(CqlDuration: Duration, Duration::try_from, |duration| (*duration).try_into());

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::super::super::{CqlType, FromValue};
    use super::*;

    #[test]
    fn dates() {
        for (year, days) in [(1970, 0), (1969, -365), (2024, 19_723)] {
            let theirs = TheirDate::from_ordinal_date(year, 1).unwrap();
            assert_eq!(Date::from(theirs), Date::from_days(days));
            assert_eq!(TheirDate::try_from(Date::from_days(days)), Ok(theirs));
        }
        for end in [TheirDate::MIN, TheirDate::MAX] {
            assert_eq!(TheirDate::try_from(Date::from(end)), Ok(end));
            let (year, month, day) = Date::from(end).to_ymd();
            assert_eq!((year, month, day), (end.year(), end.month().into(), end.day()));
        }
        for out in [Date::MIN, Date::MAX] {
            let cell = out.to_wire().to_be_bytes();
            let error = TheirDate::from_value(&CqlType::Date, Some(&cell)).unwrap_err().to_string();
            assert!(error.ends_with("the value is out of range"), "{error}");
        }
        assert_eq!(bound(&TheirDate::MAX, CqlType::Date).unwrap(), "U32(2150416544)");
    }

    #[test]
    fn times() {
        for nanos in [0, 1, 43_200_000_000_007, Time::MAX.as_nanos()] {
            let time = Time::from_nanos(nanos).unwrap();
            let theirs = TheirTime::from(time);
            assert_eq!(Time::from(theirs), time);
            assert_eq!(bound(&theirs, CqlType::Time).unwrap(), format!("I64({nanos})"));
            let cell = nanos.to_be_bytes();
            assert_eq!(TheirTime::from_value(&CqlType::Time, Some(&cell)).unwrap(), theirs);
        }
    }

    #[test]
    fn moments() {
        let t = CqlType::Timestamp;
        for millis in [0, -1, 1_700_000_000_123, -62_167_219_200_001] {
            let own = Timestamp::from_millis(millis);
            let theirs = OffsetDateTime::try_from(own).unwrap();
            assert_eq!(theirs.unix_timestamp_nanos(), i128::from(millis) * MILLI);
            assert_eq!(bound(&theirs, t.clone()).unwrap(), format!("I64({millis})"));
            let east = ::time::UtcOffset::from_hms(1, 0, 0).unwrap();
            assert_eq!(Timestamp::try_from(theirs.to_offset(east)), Ok(own));
        }
        let finer = OffsetDateTime::from_unix_timestamp_nanos(-1).unwrap();
        let error = bound(&finer, t.clone()).unwrap_err().to_string();
        assert!(
            error.contains("OffsetDateTime to marker `v` (timestamp): the value is finer"),
            "{error}"
        );
        for end in [i64::MIN, i64::MAX] {
            let error = OffsetDateTime::from_value(&t, Some(&end.to_be_bytes())).unwrap_err();
            assert!(error.to_string().ends_with("the value is out of range"), "{error}");
        }
    }

    #[test]
    fn durations() {
        for nanos in [0, 1, -1, i64::MAX, i64::MIN] {
            let own = CqlDuration::new(0, 0, nanos).unwrap();
            let theirs = Duration::nanoseconds(nanos);
            assert_eq!(
                (CqlDuration::try_from(theirs), Duration::try_from(own)),
                (Ok(own), Ok(theirs))
            );
        }
        assert!(Duration::try_from(CqlDuration::new(1, 0, 0).unwrap()).is_err());
        assert!(bound(&Duration::MAX, CqlType::Duration).is_err());
    }
}
