//! Whether a goal was reached.
//!
//! The median decides; where the interval holds the bound, "within noise" says that another session may
//! decide otherwise. A goal that lacks a run is never reached.

use crate::table::figure::NOT_MEASURED;

use super::measure::Measured;

/// In words.
pub fn verdict(measured: &[Measured], at_most: f64, missing: &[String]) -> String {
    let Some(worst) = most(measured) else { return NOT_MEASURED.to_owned() };
    let noise = match &worst.value.interval {
        Some(interval) if interval.holds(at_most) => ", within noise",
        Some(_) => "",
        None => ", one round",
    };
    let missed = measured.iter().filter(|measured| measured.value.median > at_most).count();
    match (missed, missing.is_empty()) {
        (0, true) => format!("reached{noise}"),
        (0, false) => format!("{NOT_MEASURED} in full{noise}"),
        _ if measured.len() == 1 => format!("**missed**{noise}"),
        _ => format!("**missed** by {missed} of {}{noise}", measured.len()),
    }
}

/// The run that is furthest from its goal.
pub fn most(measured: &[Measured]) -> Option<&Measured> {
    measured.iter().max_by(|a, b| a.value.median.total_cmp(&b.value.median))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{Interval, Ratio};

    fn measured(median: f64, low: f64, high: f64) -> Measured {
        let interval = Some(Interval { low, high, coverage: 0.9375 });
        Measured {
            who: String::new(),
            value: Ratio { median, interval, rounds: 5 },
            beside: String::new(),
        }
    }

    #[test]
    fn the_median_decides_and_the_interval_is_told() {
        let of = |measured: Measured| verdict(&[measured], 1.05, &[]);
        assert_eq!(of(measured(1.00, 0.98, 1.04)), "reached");
        assert_eq!(of(measured(1.05, 0.98, 1.07)), "reached, within noise");
        assert_eq!(of(measured(1.06, 1.04, 1.07)), "**missed**, within noise");
        assert_eq!(of(measured(1.10, 1.06, 1.20)), "**missed**");
    }

    #[test]
    fn one_that_misses_is_enough() {
        let all = [measured(0.5, 0.4, 0.6), measured(1.5, 1.4, 1.6), measured(1.2, 1.1, 1.3)];
        assert_eq!(verdict(&all, 1.0, &[]), "**missed** by 2 of 3");
        assert_eq!(verdict(&all, 1.45, &["smol".to_owned()]), "**missed** by 1 of 3, within noise");
    }

    #[test]
    fn what_lacks_a_run_is_not_reached() {
        let missing = ["smol".to_owned()];
        assert_eq!(verdict(&[], 1.0, &missing), "not measured");
        assert_eq!(verdict(&[measured(0.5, 0.4, 0.6)], 1.0, &missing), "not measured in full");
        assert_eq!(verdict(&[measured(1.5, 1.4, 1.6)], 1.0, &missing), "**missed**");
        let one = Ratio { median: 0.9, interval: None, rounds: 1 };
        let one = Measured { who: String::new(), value: one, beside: String::new() };
        assert_eq!(verdict(&[one], 1.0, &[]), "reached, one round");
    }
}
