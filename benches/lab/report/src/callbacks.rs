//! Runs of callbacks alone, by runtime and load.

use std::collections::BTreeMap;

use crate::cell::Distribution;
use crate::client;
use crate::record::Callback;
use crate::statistics::median;

/// The loads, in the order of the tables: the two that are expected, and what else there is.
pub fn loads(callbacks: &[Callback]) -> Vec<&str> {
    let mut loads = vec!["idle", "busy"];
    for run in callbacks {
        if !loads.contains(&run.load.as_str()) {
            loads.push(&run.load);
        }
    }
    loads
}

/// The runs of one runtime under one load.
#[derive(Debug)]
pub struct Series<'a>(Vec<&'a Callback>);

impl Series<'_> {
    /// From the call back until the task runs.
    pub fn latency(&self) -> Distribution {
        Distribution::of(
            self.0.iter().map(|run| (run.latency_ns, run.latency_histogram.as_deref())),
        )
    }

    /// What one callback keeps the I/O thread busy, ns; the median of the rounds.
    pub fn io_thread_ns(&self) -> Option<f64> {
        let rounds: Vec<f64> =
            self.0.iter().filter_map(|run| run.io_thread_ns_per_callback).collect();
        median(&rounds)
    }

    /// Callbacks of all rounds.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|run| run.count).sum()
    }

    /// How many rounds.
    pub fn rounds(&self) -> usize {
        self.0.len()
    }
}

/// Sorts the runs under one load by runtime, in the order of the tables.
pub fn under<'a>(callbacks: &'a [Callback], load: &str) -> Vec<(&'a str, Series<'a>)> {
    let mut by_client: BTreeMap<(usize, &str), Vec<&Callback>> = BTreeMap::new();
    for run in callbacks.iter().filter(|run| run.load == load) {
        by_client.entry(client::rank(&run.client)).or_default().push(run);
    }
    by_client.into_iter().map(|((_, name), runs)| (name, Series(runs))).collect()
}
