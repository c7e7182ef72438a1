//! How a figure is written: three digits that carry, its unit in the head of the table.

use crate::cell::Percentile;
use crate::statistics::Ratio;

/// What stands where there is no figure.
pub const MISSING: &str = "–";

/// What stands where a whole client or cell has no run.
pub const NOT_MEASURED: &str = "not measured";

/// A figure with three significant digits, thousands apart.
pub fn figure(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        0.0 => 0,
        _ if size < 0.1 => 3,
        _ if size < 10.0 => 2,
        _ if size < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.split_at(whole.len() - whole.trim_start_matches('-').len());
    match digits.parse() {
        Ok(number) => format!("{sign}{}{rest}", count(number)),
        // Not a number, or one that is larger than any that is counted.
        Err(_) => text,
    }
}

/// A number that was chosen or counted, thousands apart: 4,096.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

/// A figure divided into the unit of its column, or the sign that there is none.
pub fn in_unit(value: Option<f64>, unit: f64) -> String {
    value.map_or_else(|| MISSING.to_owned(), |value| figure(value / unit))
}

/// A percentile in µs. `~` marks one that is not of all requests together.
pub fn percentile_us(percentile: Option<Percentile>) -> String {
    percentile.map_or_else(
        || MISSING.to_owned(),
        |at| format!("{}{}", if at.merged { "" } else { "~" }, figure(at.ns / 1e3)),
    )
}

/// A ratio with its interval.
pub fn ratio(ratio: &Ratio) -> String {
    match &ratio.interval {
        Some(interval) => {
            format!("{:.2} [{:.2}, {:.2}]", ratio.median, interval.low, interval.high)
        }
        None => format!("{:.2} (one round)", ratio.median),
    }
}

/// A ratio, or the sign that there is none.
pub fn ratio_or_missing(value: Option<Ratio>) -> String {
    value.map_or_else(|| MISSING.to_owned(), |value| ratio(&value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Interval;

    #[test]
    fn digits() {
        let known = [
            (0.0, "0"),
            (0.0123, "0.012"),
            (1.325, "1.32"),
            (28.45, "28.4"),
            (999.6, "1,000"),
            (1234567.0, "1,234,567"),
            (-1234.0, "-1,234"),
            (-0.5, "-0.50"),
        ];
        for (value, text) in known {
            assert_eq!(figure(value), text);
        }
        assert_eq!([count(1), count(64), count(4096)], ["1", "64", "4,096"]);
        assert_eq!(figure(f64::NAN), "NaN");
        assert_eq!(in_unit(None, 1e3), "–");
        assert_eq!(in_unit(Some(2050.0), 1e3), "2.05");
    }

    #[test]
    fn ratios() {
        let interval = Some(Interval { low: 0.981, high: 1.149, coverage: 0.9375 });
        assert_eq!(ratio(&Ratio { median: 1.0, interval, rounds: 5 }), "1.00 [0.98, 1.15]");
        assert_eq!(ratio(&Ratio { median: 1.0, interval: None, rounds: 1 }), "1.00 (one round)");
    }
}
