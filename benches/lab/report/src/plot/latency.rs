//! Latency at a fixed rate, by share of the best throughput.

use crate::cell::{Cells, Distribution, Percentile};
use crate::client;

use super::axis::{Axis, Scale};
use super::frame::{Figure, Line, Panel};

const WORK: &str = "open-select";

type At = fn(&Distribution) -> Option<Percentile>;

fn lines(cells: &Cells, server: &str, at: At) -> Vec<Line> {
    let of = |cell: &crate::cell::Cell| cell.server == server && cell.work == WORK;
    let mut lines = Vec::new();
    for name in cells.clients(of) {
        let points: Vec<(f64, f64)> = cells
            .iter()
            .filter(|cell| of(cell))
            .filter_map(|cell| {
                let latency = cells.series(cell, name)?.latency();
                Some((cell.share_percent? as f64, at(&latency)?.ns / 1e3))
            })
            .collect();
        if !points.is_empty() {
            lines.push(Line { points, ..Line::new(name) });
        }
    }
    lines
}

/// A row for each server, a column for each percentile.
pub fn plot(cells: &Cells) -> Option<String> {
    let percentiles: [(&str, At); 3] =
        [("p50", Distribution::p50), ("p99", Distribution::p99), ("p99.9", Distribution::p999)];
    let servers = cells.servers(|cell| cell.work == WORK && cell.share_percent.is_some());
    let mut panels = Vec::new();
    for server in servers {
        let row: Vec<Vec<Line>> =
            percentiles.iter().map(|(_, at)| lines(cells, server, *at)).collect();
        let points = || row.iter().flatten().flat_map(|line| line.points.iter());
        let mut shares: Vec<u64> = points().map(|(x, _)| *x as u64).collect();
        shares.sort_unstable();
        shares.dedup();
        let ticks: Vec<(f64, String)> =
            shares.iter().map(|share| (*share as f64, format!("{share} %"))).collect();
        // One scale for the row: its panels are read beside each other.
        let y = Axis::logarithmic("latency, µs", points().map(|(_, y)| *y));
        for ((name, _), lines) in percentiles.iter().zip(row) {
            panels.push(Panel {
                title: format!(
                    "{name}, {}",
                    client::server_name(server).trim_start_matches("the ")
                ),
                x: Axis::with_ticks(
                    "rate, share of the best throughput",
                    Scale::Linear,
                    ticks.clone(),
                    0.1,
                ),
                y: y.clone(),
                lines,
            });
        }
    }
    Figure {
        title: "Latency at a fixed rate, prepared one-row select".to_owned(),
        subtitle: "From the time at which a request was meant to start; lower is better."
            .to_owned(),
        size: (900, 310),
        columns: percentiles.len(),
        panels,
    }
    .draw()
}
