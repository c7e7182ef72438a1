//! `jiff`. No allocation.
//!
//! | CQL | jiff | |
//! |---|---|---|
//! | `date` | `civil::Date` | reading a day outside the years -9999 to 9999 is an error |
//! | `time` | `civil::Time` | |
//! | `timestamp` | `Timestamp` | binding what is finer than a millisecond is an error |
//! | `duration` | `Span` | its years are months, its weeks days, the rest nanoseconds |
//! | `duration` | `SignedDuration` | nanoseconds only; months and days have no fixed length |

use ::jiff::civil::{Date as TheirDate, Time as TheirTime};
use ::jiff::{SignedDuration, Span, Timestamp as TheirTimestamp};

use super::super::{ConvertError, CqlDuration, Date, Time, Timestamp};
use super::way::{FINER_THAN_MILLIS, by_way_of};

const MILLI: i128 = 1_000_000;

impl From<TheirDate> for Date {
    fn from(date: TheirDate) -> Self {
        // Both calendars know the same days.
        Self::from_ymd(date.year().into(), date.month() as u8, date.day() as u8)
            .expect("a day of the calendar")
    }
}

impl TryFrom<Date> for TheirDate {
    type Error = ConvertError;

    fn try_from(date: Date) -> Result<Self, ConvertError> {
        let (year, month, day) = date.to_ymd();
        let year = i16::try_from(year).ok();
        year.and_then(|year| Self::new(year, month as i8, day as i8).ok())
            .ok_or(ConvertError::new("the day is outside what jiff::civil::Date can hold"))
    }
}

impl From<TheirTime> for Time {
    fn from(time: TheirTime) -> Self {
        let (hour, minute, second) = (time.hour() as u8, time.minute() as u8, time.second() as u8);
        Self::from_hms_nano(hour, minute, second, time.subsec_nanosecond() as u32)
            .expect("each part is within its range")
    }
}

impl From<Time> for TheirTime {
    fn from(time: Time) -> Self {
        let (hour, minute, second, nano) = time.to_hms_nano();
        Self::new(hour as i8, minute as i8, second as i8, nano as i32)
            .expect("each part is within its range")
    }
}

impl TryFrom<TheirTimestamp> for Timestamp {
    type Error = ConvertError;

    fn try_from(time: TheirTimestamp) -> Result<Self, ConvertError> {
        match time.as_nanosecond() % MILLI {
            0 => Ok(Self::from_millis(time.as_millisecond())),
            _ => Err(FINER_THAN_MILLIS),
        }
    }
}

impl TryFrom<Timestamp> for TheirTimestamp {
    type Error = ConvertError;

    fn try_from(timestamp: Timestamp) -> Result<Self, ConvertError> {
        Self::from_millisecond(timestamp.as_millis()).map_err(|_| {
            ConvertError::new("the timestamp is outside what jiff::Timestamp can hold")
        })
    }
}

/// Years are twelve months and weeks seven days, which is exact; the smaller units are nanoseconds.
impl TryFrom<Span> for CqlDuration {
    type Error = ConvertError;

    fn try_from(span: Span) -> Result<Self, ConvertError> {
        // jiff's own limits keep both far from the ends of their types.
        let months = i32::from(span.get_years()) * 12 + span.get_months();
        let days = span.get_weeks() * 7 + span.get_days();
        let units = [
            (i64::from(span.get_hours()), 3_600_000_000_000),
            (span.get_minutes(), 60_000_000_000),
            (span.get_seconds(), 1_000_000_000),
            (span.get_milliseconds(), 1_000_000),
            (span.get_microseconds(), 1_000),
            (span.get_nanoseconds(), 1_i128),
        ];
        let nanos: i128 = units.iter().map(|(number, unit)| i128::from(*number) * unit).sum();
        Self::new(months, days, Self::of_nanos(nanos)?.nanos())
    }
}

impl TryFrom<CqlDuration> for Span {
    type Error = ConvertError;

    fn try_from(duration: CqlDuration) -> Result<Self, ConvertError> {
        Self::new()
            .try_months(duration.months())
            .and_then(|span| span.try_days(duration.days()))
            .and_then(|span| span.try_nanoseconds(duration.nanos()))
            .map_err(|_| ConvertError::new("the duration is outside what jiff::Span can hold"))
    }
}

/// Nanoseconds only.
impl TryFrom<SignedDuration> for CqlDuration {
    type Error = ConvertError;

    fn try_from(duration: SignedDuration) -> Result<Self, ConvertError> {
        Self::of_nanos(duration.as_nanos())
    }
}

/// Of nanoseconds only.
impl TryFrom<CqlDuration> for SignedDuration {
    type Error = ConvertError;

    fn try_from(duration: CqlDuration) -> Result<Self, ConvertError> {
        duration.only_nanos().map(Self::from_nanos)
    }
}

by_way_of!(Date: TheirDate, TheirDate::try_from, |date| Ok((*date).into()));
by_way_of!(Time: TheirTime, |time| Ok(time.into()), |time| Ok((*time).into()));
by_way_of!(Timestamp: TheirTimestamp, TheirTimestamp::try_from, |time| (*time).try_into());
by_way_of!(CqlDuration: Span, Span::try_from, |span| (*span).try_into());
by_way_of!(CqlDuration: SignedDuration, SignedDuration::try_from, |span| (*span).try_into());

#[cfg(test)]
mod tests {
    use ::jiff::ToSpan;

    use super::super::super::recorder::bound;
    use super::super::super::{CqlType, FromValue};
    use super::*;

    #[test]
    fn dates() {
        for (text, days) in [("1970-01-01", 0), ("1969-12-31", -1), ("2024-02-29", 19_782)] {
            let date: TheirDate = text.parse().unwrap();
            assert_eq!(Date::from(date), Date::from_days(days));
            assert_eq!(TheirDate::try_from(Date::from_days(days)), Ok(date));
        }
        for end in [TheirDate::MIN, TheirDate::MAX] {
            assert_eq!(TheirDate::try_from(Date::from(end)), Ok(end));
        }
        for out in [Date::MIN, Date::MAX, Date::from_ymd(10_000, 1, 1).unwrap()] {
            let cell = out.to_wire().to_be_bytes();
            let error = TheirDate::from_value(&CqlType::Date, Some(&cell)).unwrap_err().to_string();
            assert!(error.ends_with("the value is out of range"), "{error}");
        }
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
            let theirs = TheirTimestamp::from_millisecond(millis).unwrap();
            assert_eq!(bound(&theirs, t.clone()).unwrap(), format!("I64({millis})"));
            let cell = millis.to_be_bytes();
            assert_eq!(TheirTimestamp::from_value(&t, Some(&cell)).unwrap(), theirs);
        }
        let finer = TheirTimestamp::from_nanosecond(-1).unwrap();
        let error = bound(&finer, t.clone()).unwrap_err().to_string();
        assert!(
            error.contains("Timestamp to marker `v` (timestamp): the value is finer"),
            "{error}"
        );
        for end in [i64::MIN, i64::MAX] {
            assert!(TheirTimestamp::from_value(&t, Some(&end.to_be_bytes())).is_err());
        }
    }

    #[test]
    fn spans() {
        let own = |months, days, nanos| CqlDuration::new(months, days, nanos).unwrap();
        let span = 1.year().months(2).weeks(1).days(3).hours(1).minutes(1).nanoseconds(5);
        assert_eq!(CqlDuration::try_from(span), Ok(own(14, 10, 3_660_000_000_005)));
        for duration in [own(0, 0, 0), own(14, 10, 5), own(-1, -2, -3), own(0, 0, i64::MAX)] {
            let span = Span::try_from(duration).unwrap();
            assert_eq!(CqlDuration::try_from(span), Ok(duration));
        }
        for out in [own(i32::MAX, 0, 0), own(0, i32::MIN, 0)] {
            assert!(Span::try_from(out).is_err(), "{out}");
        }
        let long = 631_107_417_600_i64.seconds();
        assert!(
            bound(&long, CqlType::Duration).unwrap_err().to_string().contains("Span to marker")
        );
    }

    #[test]
    fn durations() {
        for nanos in [0, 1, -1, i64::MAX, i64::MIN] {
            let own = CqlDuration::new(0, 0, nanos).unwrap();
            let theirs = SignedDuration::from_nanos(nanos);
            assert_eq!(CqlDuration::try_from(theirs), Ok(own));
            assert_eq!(SignedDuration::try_from(own), Ok(theirs));
        }
        assert!(SignedDuration::try_from(CqlDuration::new(1, 0, 0).unwrap()).is_err());
        assert!(bound(&SignedDuration::MAX, CqlType::Duration).is_err());
    }
}
