//! Histograms of several runs as one, and percentiles of it.
//!
//! A percentile of all requests of all rounds is none that could be had from the rounds' percentiles:
//! it takes the counts. Exact to the bucket in which a value was recorded.

use std::collections::BTreeMap;

/// Values in ns, each with its count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: BTreeMap<u64, u64>,
    total: u64,
}

impl Histogram {
    /// Adds the recorded buckets of one run.
    pub fn add(&mut self, buckets: &[(u64, u64)]) {
        for (value, count) in buckets {
            if *count > 0 {
                *self.counts.entry(*value).or_default() += count;
                self.total += count;
            }
        }
    }

    /// How many values.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The smallest recorded value that at least this share of all do not exceed. `None` when empty.
    pub fn percentile(&self, share: f64) -> Option<u64> {
        let wanted = ((share * self.total as f64).ceil() as u64).clamp(1, self.total.max(1));
        let mut seen = 0;
        self.counts.iter().find_map(|(value, count)| {
            seen += count;
            (seen >= wanted).then_some(*value)
        })
    }

    /// The largest value.
    pub fn max(&self) -> Option<u64> {
        self.counts.last_key_value().map(|(value, _)| *value)
    }

    /// Each recorded value with the share of all that are greater.
    pub fn above(&self) -> Vec<(u64, f64)> {
        let mut seen = 0;
        self.counts
            .iter()
            .map(|(value, count)| {
                seen += count;
                (*value, (self.total - seen) as f64 / self.total as f64)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(runs: &[&[(u64, u64)]]) -> Histogram {
        let mut histogram = Histogram::default();
        for run in runs {
            histogram.add(run);
        }
        histogram
    }

    #[test]
    fn percentiles_of_one_to_a_thousand() {
        let all: Vec<_> = (1..=1000).map(|value| (value, 1)).collect();
        let histogram = histogram(&[&all]);
        assert_eq!(histogram.percentile(0.5), Some(500));
        assert_eq!(histogram.percentile(0.99), Some(990));
        assert_eq!(histogram.percentile(0.999), Some(999));
        assert_eq!(histogram.percentile(1.0), Some(1000));
        assert_eq!(histogram.percentile(0.0), Some(1));
    }

    #[test]
    fn a_merged_percentile_is_no_mean_of_percentiles() {
        // p99 of the runs: 1 and 100. Of both together 100 of 1,100 are slow, so p99 is 100, p50 is 1.
        let histogram = histogram(&[&[(1, 1000)], &[(100, 100)]]);
        assert_eq!(histogram.percentile(0.5), Some(1));
        assert_eq!(histogram.percentile(0.99), Some(100));
        assert_eq!((histogram.total(), histogram.max()), (1100, Some(100)));
    }

    #[test]
    fn empty_has_no_percentile() {
        assert_eq!(histogram(&[&[(5, 0)]]).percentile(0.5), None);
        assert_eq!(histogram(&[]).max(), None);
    }

    #[test]
    fn shares_above() {
        assert_eq!(histogram(&[&[(1, 3), (2, 1)]]).above(), [(1, 0.25), (2, 0.0)]);
    }
}
