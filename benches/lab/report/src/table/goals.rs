//! What was to be reached, and whether it was.
//!
//! A goal holds for every run that it names, so the one that is furthest from it is printed. The
//! median decides; where the interval holds the bound, "within noise" says that another session may
//! decide otherwise. A goal that lacks a run is never reached.

use crate::cell::{Cell, Cells, Series, metric};
use crate::client;
use crate::statistics::Ratio;

use super::figure::{self, NOT_MEASURED};
use super::markdown::{self, Table};

/// What a goal is held against.
#[derive(Debug, Clone, Copy)]
enum Against {
    /// CPU a request of this client.
    Client(&'static str),
    /// CPU a request of the peer that needs the least.
    BestPeer,
    /// Rust allocations a request, less the one of the decoded `String`.
    Allocations,
    /// Bytes of memory a request in flight.
    Memory,
}

/// One line of the table.
struct Goal {
    what: String,
    clients: &'static [&'static str],
    cells: Vec<Cell>,
    against: Against,
    at_most: f64,
}

/// A candidate that was measured.
struct Measured {
    who: String,
    value: Ratio,
    beside: String,
}

/// Whether a goal was reached.
fn verdict(measured: &[Measured], at_most: f64, missing: &[String]) -> String {
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
fn most(measured: &[Measured]) -> Option<&Measured> {
    measured.iter().max_by(|a, b| a.value.median.total_cmp(&b.value.median))
}

fn goals(cells: &Cells) -> Vec<Goal> {
    const DRIVER_THREADS: &[&str] = &["driver-threads"];
    const TOKIO_MT: &[&str] = &["tokio-mt"];
    let select = |server: &str, in_flight| Cell::requests(server, "select", in_flight);
    let mut goals = Vec::new();
    let mut add = |what: String, clients, cells: Vec<Cell>, against, at_most| {
        goals.push(Goal { what, clients, cells, against, at_most });
    };
    let named = |who: &str, server: &str, in_flight: u64| {
        format!("{who}, {server}, select, {} in flight", figure::count(in_flight))
    };
    for in_flight in [64, 1024] {
        let (what, cell) = (named("driver-threads", "stub", in_flight), select("stub", in_flight));
        add(what.clone(), DRIVER_THREADS, vec![cell.clone()], Against::Client(client::C), 1.05);
        add(what, DRIVER_THREADS, vec![cell], Against::BestPeer, 0.95);
    }
    for in_flight in [64, 256] {
        let what = named("driver-threads", "cassandra", in_flight);
        let cell = select("cassandra", in_flight);
        add(what, DRIVER_THREADS, vec![cell], Against::Client(client::C), 1.05);
    }
    for in_flight in [64, 1024] {
        let what = named("tokio-mt", "stub", in_flight);
        add(what, TOKIO_MT, vec![select("stub", in_flight)], Against::BestPeer, 0.9);
    }
    let what = named("tokio-mt", "cassandra", 64);
    add(what, TOKIO_MT, vec![select("cassandra", 64)], Against::Client("cassandra-cpp"), 0.9);
    for server in ["stub", "cassandra"] {
        let cell = select(server, 1);
        let what = named("every runtime", server, 1);
        add(what, &client::OURS, vec![cell.clone()], Against::Client("cassandra-cpp"), 1.0);
        let what = named("driver-threads", server, 1);
        add(what, DRIVER_THREADS, vec![cell], Against::Client(client::C), 1.05);
    }
    for server in ["stub", "cassandra"] {
        for (name, clients) in [("driver-threads", DRIVER_THREADS), ("tokio-mt", TOKIO_MT)] {
            let streams: Vec<Cell> =
                cells.cheapest_streams(server, "stream", name).into_iter().cloned().collect();
            let what = format!("{name}, {server}, streams of typed rows, every page size");
            add(what.clone(), clients, streams.clone(), Against::Client(client::C), 1.1);
            add(what, clients, streams, Against::Client("scylla"), 0.9);
        }
    }
    let levels: Vec<Cell> = cells
        .iter()
        .filter(|cell| cell.server == "stub" && cell.work == "select")
        .cloned()
        .collect();
    let what = "Rust allocations a prepared one-row select, the decoded String not counted, stub";
    add(what.to_owned(), &client::OURS, levels, Against::Allocations, 2.0);
    for server in ["stub", "cassandra"] {
        let what = format!("bytes of memory a request, {server}, select, 4,096 in flight");
        add(what, &client::OURS, vec![select(server, 4096)], Against::Memory, 1024.0);
    }
    goals
}

/// The peer that needs the least CPU in a cell.
pub fn best_peer(cells: &Cells, cell: &Cell) -> Option<&'static str> {
    client::PEERS
        .into_iter()
        .filter_map(|peer| Some((peer, cells.series(cell, peer)?.median(metric::cpu_ns)?)))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(peer, _)| peer)
}

fn cpu_ratio(
    cells: &Cells,
    cell: &Cell,
    series: &Series,
    reference: &str,
) -> Option<(Ratio, String)> {
    let (other_cell, other) = cells.beside(cell, reference)?;
    let ratio = series.ratio(other, metric::cpu_ns)?;
    let prefetch = (other_cell != cell)
        .then(|| other_cell.prefetch.map(|pages| format!(", prefetch {pages}")))
        .flatten()
        .unwrap_or_default();
    Some((ratio, format!("{reference}{prefetch}")))
}

fn measure(cells: &Cells, goal: &Goal, cell: &Cell, name: &str) -> Option<Measured> {
    let series = cells.series(cell, name)?;
    let (value, beside) = match goal.against {
        Against::Client(reference) => cpu_ratio(cells, cell, series, reference)?,
        Against::BestPeer => cpu_ratio(cells, cell, series, best_peer(cells, cell)?)?,
        Against::Allocations => {
            let each: Vec<f64> =
                series.counts(metric::allocations).iter().map(|all| all - 1.0).collect();
            (Ratio::of(&each)?, String::new())
        }
        Against::Memory => super::memory::a_request(cells, cell, name)?,
    };
    let who = match (goal.clients.len(), goal.cells.len()) {
        (_, 0 | 1) => name.to_owned(),
        (1, _) => settings(cell),
        _ => at(name, cell),
    };
    Some(Measured { who, value, beside })
}

/// A client under the settings of a cell.
fn at(name: &str, cell: &Cell) -> String {
    format!("{name} ({})", settings(cell))
}

/// The settings in which the cells of a goal differ.
fn settings(cell: &Cell) -> String {
    let settings = [
        (cell.in_flight.filter(|_| cell.page_size.is_none()), "in flight"),
        (cell.page_size, "rows a page"),
        (cell.prefetch, "prefetched"),
    ];
    let written = settings
        .into_iter()
        .filter_map(|(value, what)| value.map(|value| format!("{} {what}", figure::count(value))));
    written.collect::<Vec<_>>().join(", ")
}

/// A value as its goal counts it: a ratio, or a figure.
fn written(against: Against, value: &Ratio) -> String {
    match against {
        Against::Client(_) | Against::BestPeer => figure::ratio(value),
        Against::Allocations | Against::Memory => match &value.interval {
            Some(interval) => format!(
                "{} [{}, {}]",
                figure::figure(value.median),
                figure::figure(interval.low),
                figure::figure(interval.high)
            ),
            None => format!("{} (one round)", figure::figure(value.median)),
        },
    }
}

fn bound(goal: &Goal, beside: &str) -> String {
    let times = if goal.at_most == 1.0 { String::new() } else { format!("{} × ", goal.at_most) };
    match goal.against {
        Against::Client(reference) => {
            let beside = if beside.is_empty() { reference } else { beside };
            format!("≤ {times}{beside}")
        }
        Against::BestPeer if beside.is_empty() => format!("≤ {times}the best peer"),
        Against::BestPeer => format!("≤ {times}the best peer, {beside}"),
        Against::Allocations | Against::Memory => {
            format!("≤ {}", figure::count(goal.at_most as u64))
        }
    }
}

/// What of a goal has no runs: of ours, and peers among which the best was sought.
fn missing(cells: &Cells, goal: &Goal) -> Vec<String> {
    let mut missing = Vec::new();
    for name in goal.clients {
        let lacks = |cell: &&Cell| measure(cells, goal, cell, name).is_none();
        let lacking: Vec<&Cell> = goal.cells.iter().filter(lacks).collect();
        if lacking.len() == goal.cells.len() {
            missing.push((*name).to_owned());
        } else {
            missing.extend(lacking.into_iter().map(|cell| at(name, cell)));
        }
    }
    if let Against::BestPeer = goal.against {
        let absent =
            |peer: &&str| !goal.cells.iter().any(|cell| cells.series(cell, peer).is_some());
        missing.extend(client::PEERS.iter().copied().filter(absent).map(str::to_owned));
    }
    missing
}

/// One line of the table.
fn row(cells: &Cells, goal: &Goal) -> [String; 4] {
    let candidates =
        goal.cells.iter().flat_map(|cell| goal.clients.iter().map(move |name| (cell, *name)));
    let measured: Vec<Measured> =
        candidates.filter_map(|(cell, name)| measure(cells, goal, cell, name)).collect();
    let missing = missing(cells, goal);
    let worst = most(&measured);
    let mut figure =
        worst.map_or_else(|| NOT_MEASURED.to_owned(), |worst| written(goal.against, &worst.value));
    if let Some(worst) = worst {
        if let Against::Memory = goal.against {
            figure += &format!(" ({})", worst.beside);
        }
        if measured.len() > 1 {
            figure += &format!(", the most of {}: {}", measured.len(), worst.who);
        }
        if !missing.is_empty() {
            figure += &format!("; {NOT_MEASURED}: {}", markdown::list(&missing));
        }
    }
    let beside = worst.map(|worst| worst.beside.as_str()).unwrap_or_default();
    let verdict = verdict(&measured, goal.at_most, &missing);
    [goal.what.clone(), bound(goal, beside), figure, verdict]
}

/// The table of goals.
pub fn section(cells: &Cells) -> String {
    let mut table = Table::new(&["what", "to reach", "measured", "result"]);
    for goal in goals(cells) {
        table.row(row(cells, &goal));
    }
    format!(
        "## What was to be reached\n\nRatios are of the client's CPU a request (of a stream: a row), \
         paired by round, in this session, with an interval in brackets. The median decides; *within noise* \
         is said where the bound is inside the interval. Where a goal is for several runs, all have to \
         reach it, and the one furthest from it is printed. Streams are those with the prefetch that costs \
         the client least.\n\n{}\n",
        table.finish()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Interval;

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
