//! An interval for a median, from order statistics.
//!
//! Of n independent values, the k-th smallest and the k-th largest enclose the median of what they
//! were drawn from with probability 1 - 2·P(Bin(n, ½) < k), whatever the distribution. That is exact
//! and needs no random numbers. A bootstrap would gain nothing here: of five values, its 95 %
//! interval for the median is the smallest and the largest too (either is the median of a resample
//! with probability 0.058), and it promises more than these give.

/// Two values that enclose the median, and how surely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability that the median is inside: 0.9375 for five values.
    pub coverage: f64,
}

impl Interval {
    /// The narrowest interval that covers at least 95 %; with fewer than six values there is none, and
    /// it is the smallest and the largest, with the coverage that these have. `None` for fewer than two.
    pub fn of_median(values: &[f64]) -> Option<Self> {
        if values.len() < 2 {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let rank = (1..=n / 2).rev().find(|rank| coverage(n, *rank) >= 0.95).unwrap_or(1);
        Some(Self { low: sorted[rank - 1], high: sorted[n - rank], coverage: coverage(n, rank) })
    }

    /// Whether `bound` is inside.
    pub fn holds(&self, bound: f64) -> bool {
        self.low <= bound && bound <= self.high
    }
}

/// The probability that the `rank`-th smallest and the `rank`-th largest of `n` enclose the median.
pub fn coverage(n: usize, rank: usize) -> f64 {
    let mut term = 0.5_f64.powi(n as i32);
    let mut below = 0.0;
    for i in 0..rank {
        below += term;
        term *= (n - i) as f64 / (i + 1) as f64;
    }
    1.0 - 2.0 * below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_is_that_of_the_binomial_tables() {
        let known = [(2, 1, 0.5), (5, 1, 0.9375), (6, 1, 0.96875), (9, 2, 0.9609), (20, 6, 0.9586)];
        for (n, rank, expected) in known {
            assert!((coverage(n, rank) - expected).abs() < 5e-5, "{n} {rank}");
        }
    }

    #[test]
    fn five_values_give_their_ends() {
        let interval = Interval::of_median(&[3.0, 1.0, 5.0, 2.0, 4.0]).unwrap();
        assert_eq!(interval, Interval { low: 1.0, high: 5.0, coverage: 0.9375 });
        assert!(interval.holds(1.0) && interval.holds(5.0) && !interval.holds(5.1));
    }

    #[test]
    fn more_values_leave_the_outer_ones_out() {
        let values: Vec<f64> = (1..=9).map(f64::from).collect();
        let interval = Interval::of_median(&values).unwrap();
        assert_eq!((interval.low, interval.high), (2.0, 8.0));
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        let interval = Interval::of_median(&values).unwrap();
        assert_eq!((interval.low, interval.high), (6.0, 15.0));
    }

    #[test]
    fn one_value_gives_none() {
        assert_eq!(Interval::of_median(&[1.0]), None);
        assert_eq!(Interval::of_median(&[]), None);
    }
}
