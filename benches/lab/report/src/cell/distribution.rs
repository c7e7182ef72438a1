//! The latency of several runs as one.

use crate::record::Latency;
use crate::statistics::{Histogram, median};

/// Percentiles of several runs.
#[derive(Debug, Clone, Default)]
pub struct Distribution {
    /// All requests of all rounds, where every round kept its histogram.
    pub histogram: Option<Histogram>,
    rounds: Vec<Latency>,
}

/// One percentile, in ns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// The value.
    pub ns: f64,
    /// Of all requests together; otherwise the median of the rounds' percentiles.
    pub merged: bool,
}

impl Distribution {
    /// From each run's percentiles and histogram.
    pub fn of<'a>(
        runs: impl IntoIterator<Item = (Option<Latency>, Option<&'a [(u64, u64)]>)>,
    ) -> Self {
        let mut histogram = Some(Histogram::default());
        let mut rounds = Vec::new();
        for (latency, buckets) in runs {
            match (&mut histogram, buckets) {
                (Some(all), Some(buckets)) if !buckets.is_empty() => all.add(buckets),
                _ => histogram = None,
            }
            rounds.extend(latency);
        }
        Self { histogram: histogram.filter(|all| all.total() > 0), rounds }
    }

    fn percentile(&self, share: f64, of: fn(&Latency) -> Option<u64>) -> Option<Percentile> {
        if let Some(ns) = self.histogram.as_ref().and_then(|all| all.percentile(share)) {
            return Some(Percentile { ns: ns as f64, merged: true });
        }
        let rounds: Vec<f64> = self.rounds.iter().filter_map(of).map(|ns| ns as f64).collect();
        median(&rounds).map(|ns| Percentile { ns, merged: false })
    }

    /// The median.
    pub fn p50(&self) -> Option<Percentile> {
        self.percentile(0.5, |latency| latency.p50)
    }

    /// 99 of 100 were no slower.
    pub fn p99(&self) -> Option<Percentile> {
        self.percentile(0.99, |latency| latency.p99)
    }

    /// 999 of 1,000 were no slower.
    pub fn p999(&self) -> Option<Percentile> {
        self.percentile(0.999, |latency| latency.p999)
    }

    /// The slowest of all.
    pub fn max(&self) -> Option<Percentile> {
        let kept = self.histogram.as_ref().and_then(Histogram::max);
        let slowest = self.rounds.iter().filter_map(|latency| latency.max).chain(kept).max()?;
        Some(Percentile { ns: slowest as f64, merged: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Kept<'a> = Option<&'a [(u64, u64)]>;

    fn latency(p50: u64) -> Option<Latency> {
        Some(Latency { p50: Some(p50), p99: None, p999: None, max: Some(p50 * 10) })
    }

    #[test]
    fn histograms_of_all_rounds_are_merged() {
        let runs: [(_, Kept<'_>); 2] =
            [(latency(1), Some(&[(1, 100)])), (latency(9), Some(&[(9, 101)]))];
        let both = Distribution::of(runs);
        assert_eq!(both.p50(), Some(Percentile { ns: 9.0, merged: true }));
        assert_eq!(both.max(), Some(Percentile { ns: 90.0, merged: true }));
    }

    #[test]
    fn a_round_without_a_histogram_leaves_the_median_of_the_rounds() {
        // Merging what there is would pass one round off as all.
        let runs: [(_, Kept<'_>); 3] =
            [(latency(1), Some(&[(1, 100)])), (latency(4), None), (latency(9), Some(&[(9, 101)]))];
        let all = Distribution::of(runs);
        assert_eq!(all.p50(), Some(Percentile { ns: 4.0, merged: false }));
        assert_eq!(all.p99(), None);
        assert!(all.histogram.is_none());
    }

    #[test]
    fn nothing_was_measured() {
        assert_eq!(Distribution::of([(None, None)]).p50(), None);
        assert_eq!(Distribution::of([]).max(), None);
    }
}
