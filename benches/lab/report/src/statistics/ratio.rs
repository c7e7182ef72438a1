//! The ratio of two clients, paired by round.
//!
//! The runs of a round were made one after another, so that what slows the machine for a while slows
//! both, and falls out of their ratio. A round that lacks either is left out.

use std::collections::BTreeMap;

use super::{Interval, median};

/// The median of the rounds' ratios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// The median.
    pub median: f64,
    /// An interval for it; `None` with one round.
    pub interval: Option<Interval>,
    /// How many rounds had both.
    pub rounds: usize,
}

impl Ratio {
    /// The ratio of `a` to `b`, each by round. `None` when no round has both.
    pub fn paired(a: &BTreeMap<u64, f64>, b: &BTreeMap<u64, f64>) -> Option<Self> {
        let ratios: Vec<f64> = a
            .iter()
            .filter_map(|(round, a)| b.get(round).map(|b| a / b))
            .filter(|ratio| ratio.is_finite())
            .collect();
        Self::of(&ratios)
    }

    /// The median and interval of values that were divided before.
    pub fn of(values: &[f64]) -> Option<Self> {
        Some(Self {
            median: median(values)?,
            interval: Interval::of_median(values),
            rounds: values.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_by_round_and_not_by_place() {
        // The second round was twice as slow for both; the fourth and fifth lack one.
        let a = BTreeMap::from([(1, 11.0), (2, 24.0), (3, 10.0), (5, 1.0)]);
        let b = BTreeMap::from([(1, 10.0), (2, 20.0), (3, 10.0), (4, 99.0)]);
        let ratio = Ratio::paired(&a, &b).unwrap();
        assert_eq!((ratio.median, ratio.rounds), (1.1, 3));
        let interval = ratio.interval.unwrap();
        assert_eq!((interval.low, interval.high, interval.coverage), (1.0, 1.2, 0.75));
    }

    #[test]
    fn nothing_in_common_is_no_ratio() {
        let a = BTreeMap::from([(1, 1.0)]);
        assert_eq!(Ratio::paired(&a, &BTreeMap::from([(2, 1.0)])), None);
        assert_eq!(Ratio::paired(&a, &BTreeMap::from([(1, 0.0)])), None);
    }
}
