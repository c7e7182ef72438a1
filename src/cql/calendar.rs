//! Days and dates of the proleptic Gregorian calendar. No allocation.

use std::fmt;

const ERA: i64 = 146_097; // days in 400 years
const MARCH_OF_YEAR_0: i64 = 719_468; // days from there to the epoch

/// Year, month and day of a day counted from the epoch.
///
/// Counted in years that begin in March, so that the leap day is the last of its year, within the
/// 400 years after which the calendar repeats.
pub(super) fn date(days: i64) -> (i64, i64, i64) {
    let days = days + MARCH_OF_YEAR_0;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    // Without the leap days before it, each year has 365 days.
    let year = (day - day / 1_460 + day / 36_524 - day / (ERA - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Five months from March on have 153 days, and so again from August on.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

/// The inverse of [`date`]: none where there is no such day.
pub(super) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_month = (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    // Far beyond every type, and small enough to count with.
    if !is_month || !(-10_000_000..=10_000_000).contains(&year) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day = (153 * month + 2) / 5 + day - 1 + 365 * year + year / 4 - year / 100;
    Some(era * ERA + day - MARCH_OF_YEAR_0)
}

/// Days of a month.
fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// ISO 8601; years outside 0000 to 9999 carry a sign.
pub(super) fn write(f: &mut fmt::Formatter<'_>, year: i64, month: i64, day: i64) -> fmt::Result {
    match year {
        0..=9999 => write!(f, "{year:04}")?,
        _ => write!(f, "{year:+05}")?,
    }
    write!(f, "-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_follows_the_one_before() {
        let (mut year, mut month, mut day) = date(-800_000);
        for at in -799_999..800_000 {
            day += 1;
            if day > length(year, month) {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
            assert_eq!(date(at), (year, month, day));
            assert_eq!(days(year, month, day), Some(at));
        }
        assert_eq!(date(0), (1970, 1, 1));
    }

    #[test]
    fn days_that_are_not() {
        for (year, month, day) in [
            (2023, 2, 29),
            (1900, 2, 29),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 4, 31),
            (i64::MAX, 1, 1),
        ] {
            assert_eq!(days(year, month, day), None, "{year} {month} {day}");
        }
        assert!(days(2000, 2, 29).is_some());
    }
}
