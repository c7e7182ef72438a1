//! Runs sorted by what may be compared: a cell is one work against one server under one setting, and
//! holds each client's runs by round.

use std::collections::{BTreeMap, BTreeSet};

use crate::client;
use crate::record::{Latency, Run};
use crate::statistics::{Histogram, Ratio, median};

/// What the compared runs have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Against what.
    pub server: String,
    /// What was asked.
    pub work: String,
    /// Requests under way at once.
    pub in_flight: Option<u64>,
    /// Rows a page.
    pub page_size: Option<u64>,
    /// Pages asked for ahead.
    pub prefetch: Option<u64>,
    /// Percent of the best throughput.
    pub share_percent: Option<u64>,
}

impl Cell {
    /// The cell of closed-loop requests.
    pub fn requests(server: &str, work: &str, in_flight: u64) -> Self {
        Self {
            server: server.to_owned(),
            work: work.to_owned(),
            in_flight: Some(in_flight),
            page_size: None,
            prefetch: None,
            share_percent: None,
        }
    }

    fn of(run: &Run) -> Self {
        Self {
            server: run.server.clone(),
            work: run.work.clone(),
            in_flight: run.in_flight,
            page_size: run.page_size,
            prefetch: run.prefetch,
            share_percent: run.share_percent,
        }
    }

    /// The cell in words.
    pub fn name(&self) -> String {
        let mut name = format!("{}, {}", self.server, self.work);
        let settings = [
            (self.in_flight, "in flight"),
            (self.page_size, "rows a page"),
            (self.prefetch, "prefetched"),
            (self.share_percent, "% of the best throughput"),
        ];
        for (value, what) in settings {
            if let Some(value) = value {
                name += &format!(", {value} {what}");
            }
        }
        name
    }
}

/// A figure of one run, where it was measured.
pub type Metric = fn(&Run) -> Option<f64>;

/// The figures of a run, each a request where that makes sense.
pub mod metric {
    use super::Run;

    fn each(run: &Run, value: Option<u64>) -> Option<f64> {
        value.map(|value| value as f64 / run.requests as f64)
    }

    /// CPU of the client's process, ns a request.
    pub fn cpu_ns(run: &Run) -> Option<f64> {
        each(run, Some(run.user_ns + run.system_ns))
    }

    /// The part of it in user mode.
    pub fn user_ns(run: &Run) -> Option<f64> {
        each(run, Some(run.user_ns))
    }

    /// The part of it in the kernel.
    pub fn system_ns(run: &Run) -> Option<f64> {
        each(run, Some(run.system_ns))
    }

    /// Time, ns a request.
    pub fn wall_ns(run: &Run) -> Option<f64> {
        each(run, Some(run.wall_ns))
    }

    /// Requests a second.
    pub fn rate(run: &Run) -> Option<f64> {
        (run.wall_ns > 0).then(|| run.requests as f64 * 1e9 / run.wall_ns as f64)
    }

    /// The rate that an open loop meant to keep.
    pub fn intended_rate(run: &Run) -> Option<f64> {
        run.rate_per_second
    }

    /// Context switches a request, of both kinds.
    pub fn switches(run: &Run) -> Option<f64> {
        each(run, Some(run.voluntary_switches? + run.involuntary_switches?))
    }

    /// System calls a request.
    pub fn syscalls(run: &Run) -> Option<f64> {
        each(run, run.syscalls)
    }

    /// Rust allocations a request.
    pub fn allocations(run: &Run) -> Option<f64> {
        each(run, run.allocations)
    }

    /// Bytes allocated in Rust a request.
    pub fn allocated_bytes(run: &Run) -> Option<f64> {
        each(run, run.allocated_bytes)
    }

    /// Peak resident memory, bytes.
    pub fn peak_rss(run: &Run) -> Option<f64> {
        run.peak_rss_kib.map(|kib| kib as f64 * 1024.0)
    }

    /// Peak of living Rust bytes.
    pub fn live_bytes(run: &Run) -> Option<f64> {
        run.live_bytes_peak.map(|bytes| bytes as f64)
    }
}

/// The runs of one client in one cell.
#[derive(Debug, Default)]
pub struct Series {
    timed: BTreeMap<u64, Run>,
    counted: Vec<Run>,
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

fn only_counts(run: &Run) -> bool {
    run.counted || run.syscalls.is_some()
}

/// All runs, by cell and client.
#[derive(Debug, Default)]
pub struct Cells(BTreeMap<Cell, BTreeMap<String, Series>>);

impl Cells {
    /// Sorts the runs. What is odd about them is added to the notes.
    pub fn of(runs: Vec<Run>, notes: &mut Vec<String>) -> Self {
        // Counting slows a run. Where a client has runs with allocations and without, the former only count.
        let of = |run: &Run| (Cell::of(run), run.client.clone());
        let plain: BTreeSet<(Cell, String)> = runs
            .iter()
            .filter(|run| !only_counts(run) && run.allocations.is_none())
            .map(of)
            .collect();
        let mut cells = Self::default();
        for run in runs {
            if only_counts(&run) || (run.allocations.is_some() && plain.contains(&of(&run))) {
                cells.entry(&run).counted.push(run);
            } else {
                cells.add(run, notes);
            }
        }
        cells
    }

    fn entry(&mut self, run: &Run) -> &mut Series {
        self.0.entry(Cell::of(run)).or_default().entry(run.client.clone()).or_default()
    }

    fn add(&mut self, run: Run, notes: &mut Vec<String>) {
        let (cell, client, round) = (Cell::of(&run), run.client.clone(), run.round);
        if self.entry(&run).timed.insert(round, run).is_some() {
            notes.push(format!(
                "Round {round} of {client} ({}) is recorded twice; the later one was taken.",
                cell.name()
            ));
        }
    }

    /// Every cell.
    pub fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.0.keys()
    }

    /// The runs of a client in a cell.
    pub fn series(&self, cell: &Cell, client: &str) -> Option<&Series> {
        self.0.get(cell)?.get(client)
    }

    /// Whether there are no runs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The clients that were run in any of the cells that `of` takes, in the order of the tables.
    pub fn clients(&self, of: impl Fn(&Cell) -> bool) -> Vec<&str> {
        let mut clients: Vec<&str> = self
            .0
            .iter()
            .filter(|(cell, _)| of(cell))
            .flat_map(|(_, clients)| clients.keys().map(String::as_str))
            .collect();
        clients.sort_by_key(|name| client::rank(name));
        clients.dedup();
        clients
    }

    /// The servers that were asked in any of the cells that `of` takes, the stub first.
    pub fn servers(&self, of: impl Fn(&Cell) -> bool) -> Vec<&str> {
        let mut servers: Vec<&str> =
            self.iter().filter(|cell| of(cell)).map(|cell| cell.server.as_str()).collect();
        servers.sort_by_key(|name| client::server_rank(name));
        servers.dedup();
        servers
    }

    /// The streams of a client: for each page size the cell whose prefetch costs the client least.
    pub fn cheapest_streams(&self, server: &str, work: &str, client: &str) -> Vec<&Cell> {
        let mut cheapest: BTreeMap<u64, (&Cell, f64)> = BTreeMap::new();
        for cell in self.iter().filter(|cell| cell.server == server && cell.work == work) {
            let cost = self.series(cell, client).and_then(|series| series.median(metric::cpu_ns));
            let (Some(page_size), Some(cost)) = (cell.page_size, cost) else { continue };
            let kept = cheapest.entry(page_size).or_insert((cell, cost));
            if cost < kept.1 {
                *kept = (cell, cost);
            }
        }
        cheapest.into_values().map(|(cell, _)| cell).collect()
    }

    /// The runs of a client that a cell of another client is held against: of the same cell; for
    /// streams, where not all clients can be told how far to ask ahead, else of the same page size.
    /// With them, the cell they are of.
    pub fn beside(&self, cell: &Cell, client: &str) -> Option<(&Cell, &Series)> {
        let same =
            self.0.get_key_value(cell).and_then(|(cell, all)| Some((cell, all.get(client)?)));
        if same.is_some() || cell.page_size.is_none() {
            return same;
        }
        self.0
            .iter()
            .filter(|(other, _)| Cell { prefetch: cell.prefetch, ..(*other).clone() } == *cell)
            .filter_map(|(other, all)| Some((other, all.get(client)?)))
            .min_by(|(_, a), (_, b)| {
                let cost = |series: &Series| series.median(metric::cpu_ns).unwrap_or(f64::INFINITY);
                cost(a).total_cmp(&cost(b))
            })
    }
}
