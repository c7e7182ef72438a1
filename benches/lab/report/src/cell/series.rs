//! The runs of one client in one cell, by round.

use std::collections::BTreeMap;

use crate::record::Run;
use crate::statistics::{Ratio, median};

use super::Distribution;
use super::metric::Metric;

/// The runs of one client in one cell.
#[derive(Debug, Default)]
pub struct Series {
    pub(super) timed: BTreeMap<u64, Run>,
    pub(super) counted: Vec<Run>,
}

impl Series {
    /// A figure by round.
    pub fn by_round(&self, metric: Metric) -> BTreeMap<u64, f64> {
        self.timed.iter().filter_map(|(round, run)| Some((*round, metric(run)?))).collect()
    }

    /// The figures of all rounds.
    pub fn values(&self, metric: Metric) -> Vec<f64> {
        self.timed.values().filter_map(metric).collect()
    }

    /// The median of a figure over the rounds.
    pub fn median(&self, metric: Metric) -> Option<f64> {
        median(&self.values(metric))
    }

    /// What was counted and not timed, such as allocations: also of the runs that only count.
    pub fn counts(&self, metric: Metric) -> Vec<f64> {
        self.timed.values().chain(&self.counted).filter_map(metric).collect()
    }

    /// The median of what was counted.
    pub fn median_count(&self, metric: Metric) -> Option<f64> {
        median(&self.counts(metric))
    }

    /// The ratio of a figure to that of another client.
    pub fn ratio(&self, other: &Self, metric: Metric) -> Option<Ratio> {
        Ratio::paired(&self.by_round(metric), &other.by_round(metric))
    }

    /// How many rounds were timed.
    pub fn rounds(&self) -> usize {
        self.timed.len()
    }

    /// The latency of all rounds.
    pub fn latency(&self) -> Distribution {
        Distribution::of(
            self.timed.values().map(|run| (run.latency_ns, run.latency_histogram.as_deref())),
        )
    }
}
