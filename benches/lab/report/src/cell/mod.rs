//! Runs sorted by what may be compared: a cell is one work against one server under one setting, and
//! holds each client's runs by round.

mod distribution;
pub mod metric;
mod series;

pub use distribution::{Distribution, Percentile};
pub use series::Series;

use std::collections::{BTreeMap, BTreeSet};

use crate::client;
use crate::record::Run;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(client: &str, page_size: u64, prefetch: Option<u64>, user_ns: u64) -> Run {
        let record = serde_json::json!({
            "server": "stub", "client": client, "work": "stream", "round": 1, "requests": 1,
            "page_size": page_size, "prefetch": prefetch,
            "wall_ns": 1, "user_ns": user_ns, "system_ns": 0,
        });
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn a_stream_is_held_against_the_same_prefetch_or_else_the_same_page_size() {
        let runs = vec![
            stream("smol", 100, Some(2), 9),
            stream("c", 100, Some(2), 8),
            stream("c", 100, Some(0), 7),
            stream("scylla", 100, None, 6),
            stream("cdrs-tokio", 1000, Some(2), 1),
        ];
        let cells = Cells::of(runs, &mut Vec::new());
        let cell = cells.cheapest_streams("stub", "stream", "smol")[0];
        let cost = |client: &str| cells.beside(cell, client)?.1.median(metric::cpu_ns);
        assert_eq!(cost("c"), Some(8.0));
        assert_eq!(cost("scylla"), Some(6.0));
        assert_eq!(cost("cdrs-tokio"), None);
    }

    #[test]
    fn the_cheapest_prefetch_of_each_page_size() {
        let runs = vec![
            stream("smol", 100, Some(0), 9),
            stream("smol", 100, Some(2), 8),
            stream("smol", 1000, Some(0), 3),
            stream("smol", 1000, Some(2), 4),
        ];
        let cells = Cells::of(runs, &mut Vec::new());
        let streams = cells.cheapest_streams("stub", "stream", "smol");
        let settings: Vec<_> = streams.iter().map(|cell| (cell.page_size, cell.prefetch)).collect();
        assert_eq!(settings, [(Some(100), Some(2)), (Some(1000), Some(0))]);
        assert!(cells.cheapest_streams("stub", "stream", "c").is_empty());
    }

    #[test]
    fn a_round_that_is_there_twice_is_told() {
        let mut notes = Vec::new();
        let runs = vec![stream("smol", 100, None, 9), stream("smol", 100, None, 7)];
        let cells = Cells::of(runs, &mut notes);
        let cell = cells.iter().next().unwrap();
        assert_eq!(cells.series(cell, "smol").unwrap().median(metric::cpu_ns), Some(7.0));
        let expected = "Round 1 of smol (stub, stream, 100 rows a page) is recorded twice; the later one \
                        was taken.";
        assert_eq!(notes, [expected]);
    }
}
