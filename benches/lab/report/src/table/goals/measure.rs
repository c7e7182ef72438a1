//! What was measured of a goal, and what was not.

use crate::cell::{Cell, Cells, Series, metric};
use crate::client;
use crate::statistics::Ratio;
use crate::table::{figure, memory};

use super::list::{Against, Goal};

/// A candidate that was measured.
pub struct Measured {
    /// Whose, and under which settings where there are several.
    pub who: String,
    /// What its goal bounds.
    pub value: Ratio,
    /// What it was held against.
    pub beside: String,
}

/// The peer that needs the least CPU in a cell.
fn best_peer(cells: &Cells, cell: &Cell) -> Option<&'static str> {
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

/// One client under one setting. `None` when it, or what it is held against, has no runs.
pub fn measure(cells: &Cells, goal: &Goal, cell: &Cell, name: &str) -> Option<Measured> {
    let series = cells.series(cell, name)?;
    let (value, beside) = match goal.against {
        Against::Client(reference) => cpu_ratio(cells, cell, series, reference)?,
        Against::BestPeer => cpu_ratio(cells, cell, series, best_peer(cells, cell)?)?,
        Against::Allocations => {
            let each: Vec<f64> =
                series.counts(metric::allocations).iter().map(|all| all - 1.0).collect();
            (Ratio::of(&each)?, String::new())
        }
        Against::Memory => memory::a_request(cells, cell, name)?,
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

/// What of a goal has no runs: of ours, and peers among which the best was sought.
pub fn missing(cells: &Cells, goal: &Goal) -> Vec<String> {
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
        let timed = |cell: &Cell, peer: &str| {
            cells.series(cell, peer).is_some_and(|series| series.rounds() > 0)
        };
        let absent = |peer: &&str| !goal.cells.iter().any(|cell| timed(cell, peer));
        missing.extend(client::PEERS.iter().copied().filter(absent).map(str::to_owned));
    }
    missing
}
