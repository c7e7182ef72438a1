//! `chrono`. No allocation.
//!
//! | CQL | chrono | |
//! |---|---|---|
//! | `date` | `NaiveDate` | reading a day beyond the year 262142 is an error |
//! | `time` | `NaiveTime` | binding a leap second is an error |
//! | `timestamp` | `DateTime<Utc>` | binding what is finer than a millisecond is an error, and a leap second |
//! | `duration` | `TimeDelta` | nanoseconds only; months and days have no fixed length |

use ::chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};

use super::super::{ConvertError, CqlDuration, Date, Time, Timestamp};
use super::way::{FINER_THAN_MILLIS, by_way_of};

/// The day 0001-01-01 is number 1 of chrono's.
const EPOCH: i32 = 719_163;
const LEAP_SECOND: ConvertError = ConvertError::new("CQL has no leap seconds");
const SECOND: u32 = 1_000_000_000;

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        // All of chrono's years are within a tenth of ours.
        Self::from_days(date.num_days_from_ce() - EPOCH)
    }
}

impl TryFrom<Date> for NaiveDate {
    type Error = ConvertError;

    fn try_from(date: Date) -> Result<Self, ConvertError> {
        let day = date.as_days().checked_add(EPOCH);
        day.and_then(Self::from_num_days_from_ce_opt)
            .ok_or(ConvertError::new("the day is outside what NaiveDate can hold"))
    }
}

impl TryFrom<NaiveTime> for Time {
    type Error = ConvertError;

    fn try_from(time: NaiveTime) -> Result<Self, ConvertError> {
        if time.nanosecond() >= SECOND {
            return Err(LEAP_SECOND);
        }
        let seconds = i64::from(time.num_seconds_from_midnight());
        Self::from_nanos(seconds * i64::from(SECOND) + i64::from(time.nanosecond()))
    }
}

impl From<Time> for NaiveTime {
    fn from(time: Time) -> Self {
        let (hour, minute, second, nano) = time.to_hms_nano();
        Self::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nano)
            .expect("each part of a time is within its range")
    }
}

/// The moment; the offset is no part of it.
impl<Tz: TimeZone> TryFrom<DateTime<Tz>> for Timestamp {
    type Error = ConvertError;

    fn try_from(time: DateTime<Tz>) -> Result<Self, ConvertError> {
        match time.timestamp_subsec_nanos() {
            SECOND.. => Err(LEAP_SECOND),
            nanos if nanos % 1_000_000 != 0 => Err(FINER_THAN_MILLIS),
            _ => Ok(Self::from_millis(time.timestamp_millis())),
        }
    }
}

impl TryFrom<Timestamp> for DateTime<Utc> {
    type Error = ConvertError;

    fn try_from(timestamp: Timestamp) -> Result<Self, ConvertError> {
        Self::from_timestamp_millis(timestamp.as_millis())
            .ok_or(ConvertError::new("the timestamp is outside what DateTime can hold"))
    }
}

/// Nanoseconds only.
impl TryFrom<TimeDelta> for CqlDuration {
    type Error = ConvertError;

    fn try_from(duration: TimeDelta) -> Result<Self, ConvertError> {
        let nanos = i128::from(duration.num_seconds()) * i128::from(SECOND);
        Self::of_nanos(nanos + i128::from(duration.subsec_nanos()))
    }
}

/// Of nanoseconds only.
impl TryFrom<CqlDuration> for TimeDelta {
    type Error = ConvertError;

    fn try_from(duration: CqlDuration) -> Result<Self, ConvertError> {
        duration.only_nanos().map(Self::nanoseconds)
    }
}

by_way_of!(Date: NaiveDate, NaiveDate::try_from, |date| Ok((*date).into()));
by_way_of!(Time: NaiveTime, |time| Ok(time.into()), |time| (*time).try_into());
by_way_of!(CqlDuration: TimeDelta, TimeDelta::try_from, |duration| (*duration).try_into());
by_way_of!(Timestamp: DateTime<Utc>, DateTime::try_from, |time| (*time).try_into());

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::super::super::{CqlType, FromValue};
    use super::*;

    #[test]
    fn dates() {
        for (text, days) in [("1970-01-01", 0), ("1969-12-31", -1), ("2024-02-29", 19_782)] {
            let date: NaiveDate = text.parse().unwrap();
            assert_eq!(
                (Date::from(date), Date::from_days(days).to_string()),
                (Date::from_days(days), text.to_owned())
            );
            assert_eq!(NaiveDate::try_from(Date::from_days(days)), Ok(date));
        }
        for end in [NaiveDate::MIN, NaiveDate::MAX] {
            assert_eq!(NaiveDate::try_from(Date::from(end)), Ok(end));
            let (year, month, day) = Date::from(end).to_ymd();
            assert_eq!(
                (year, u32::from(month), u32::from(day)),
                (end.year(), end.month(), end.day())
            );
        }
        for out in [Date::MIN, Date::MAX] {
            let cell = out.to_wire().to_be_bytes();
            let error = NaiveDate::from_value(&CqlType::Date, Some(&cell)).unwrap_err().to_string();
            assert_eq!(error, "cannot read column (date) as NaiveDate: the value is out of range");
        }
        assert_eq!(
            bound(&NaiveDate::MIN, CqlType::Date).unwrap(),
            bound(&Date::from(NaiveDate::MIN), CqlType::Date).unwrap()
        );
        assert!(bound(&NaiveDate::MIN, CqlType::Timestamp).is_err());
    }

    #[test]
    fn times() {
        for nanos in [0, 1, 43_200_000_000_007, Time::MAX.as_nanos()] {
            let time = Time::from_nanos(nanos).unwrap();
            let theirs = NaiveTime::from(time);
            assert_eq!(Time::try_from(theirs), Ok(time));
            assert_eq!(bound(&theirs, CqlType::Time).unwrap(), format!("I64({nanos})"));
            let cell = nanos.to_be_bytes();
            assert_eq!(NaiveTime::from_value(&CqlType::Time, Some(&cell)).unwrap(), theirs);
        }
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).unwrap();
        let error = bound(&leap, CqlType::Time).unwrap_err().to_string();
        assert!(
            error.ends_with("NaiveTime to marker `v` (time): the value is out of range"),
            "{error}"
        );
    }

    #[test]
    fn moments() {
        let t = CqlType::Timestamp;
        for millis in [0, -1, 1_700_000_000_123, -62_167_219_200_001] {
            let theirs = DateTime::from_timestamp_millis(millis).unwrap();
            assert_eq!(bound(&theirs, t.clone()).unwrap(), format!("I64({millis})"));
            let cell = millis.to_be_bytes();
            assert_eq!(DateTime::<Utc>::from_value(&t, Some(&cell)).unwrap(), theirs);
        }
        let east = ::chrono::FixedOffset::east_opt(3_600).unwrap();
        let there = DateTime::from_timestamp_millis(5).unwrap().with_timezone(&east);
        assert_eq!(Timestamp::try_from(there), Ok(Timestamp::from_millis(5)));
        let finer = DateTime::from_timestamp_nanos(-1);
        let error = bound(&finer, t.clone()).unwrap_err().to_string();
        assert!(
            error.contains("DateTime<Utc> to marker `v` (timestamp): the value is finer"),
            "{error}"
        );
        let error = bound(&finer, CqlType::Int).unwrap_err().to_string();
        assert!(error.contains("(int): bind i32"), "the type comes first: {error}");
        let leap = DateTime::from_timestamp(59, 1_000_000_000).unwrap();
        assert!(bound(&leap, t.clone()).is_err());
        for end in [i64::MIN, i64::MAX] {
            assert!(DateTime::<Utc>::from_value(&t, Some(&end.to_be_bytes())).is_err());
        }
    }

    #[test]
    fn durations() {
        for nanos in [0, 1, -1, i64::MAX, i64::MIN] {
            let own = CqlDuration::new(0, 0, nanos).unwrap();
            let theirs = TimeDelta::nanoseconds(nanos);
            assert_eq!(
                (CqlDuration::try_from(theirs), TimeDelta::try_from(own)),
                (Ok(own), Ok(theirs))
            );
        }
        assert!(TimeDelta::try_from(CqlDuration::new(0, 1, 0).unwrap()).is_err());
        let error = bound(&TimeDelta::MAX, CqlType::Duration).unwrap_err().to_string();
        assert!(error.ends_with("the value is out of range"), "{error}");
    }
}
