//! What was to be reached, and whether it was.
//!
//! A goal holds for every run that it names, so the one that is furthest from it is printed.

mod list;
mod measure;
mod verdict;

use crate::cell::Cells;
use crate::statistics::Ratio;

use super::figure::{self, NOT_MEASURED};
use super::markdown::{self, Table};
use list::{Against, Goal};
use measure::{Measured, measure, missing};
use verdict::{most, verdict};

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
    let rows: Vec<[String; 4]> = list::goals(cells).iter().map(|goal| row(cells, goal)).collect();
    let results = |of: &str| rows.iter().filter(|[.., result]| result.starts_with(of)).count();
    let mut sum = format!(
        "Of {}: {} reached, {} missed",
        rows.len(),
        results("reached"),
        results("**missed**")
    );
    match results(NOT_MEASURED) {
        0 => sum.push('.'),
        some => sum += &format!(", {some} not measured, or not in full."),
    }
    for row in rows {
        table.row(row);
    }
    format!(
        "## What was to be reached\n\nRatios are of the client's CPU a request (of a stream: a row), \
         paired by round, in this session, with an interval in brackets. The median decides; *within noise* \
         is said where the bound is inside the interval. Where a goal is for several runs, all have to \
         reach it, and the one furthest from it is printed. Streams are those with the prefetch that costs \
         the client least.\n\n{sum}\n\n{}\n",
        table.finish()
    )
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
