//! CPU of the client a request, by requests in flight.

use crate::cell::{Cell, Cells, metric};
use crate::client;

use super::axis::{Axis, Scale, short};
use super::frame::{Figure, Line, Panel};

const WORK: &str = "select";
const TITLE: &str = "Client CPU a request, prepared one-row select";
const SUBTITLE: &str =
    "User and system, lower is better. Median of the rounds; thin bars: lowest and highest round.";

/// Those of the overview: the limit, two of ours, the peers.
const FEW: [&str; 6] = ["c", "driver-threads", "tokio-mt", "cassandra-cpp", "scylla", "cdrs-tokio"];

fn line(cells: &Cells, server: &str, name: &str) -> Option<Line> {
    let mut line = Line::new(name);
    for cell in cells.iter().filter(|cell| cell.server == server && cell.work == WORK) {
        if let Some((in_flight, series)) = cell.in_flight.zip(cells.series(cell, name)) {
            let us: Vec<f64> = series.values(metric::cpu_ns).iter().map(|ns| ns / 1e3).collect();
            line.add(in_flight as f64, &us);
        }
    }
    (!line.points.is_empty()).then_some(line)
}

fn panel(cells: &Cells, server: &str, title: &str, clients: &[&str]) -> Panel {
    let lines: Vec<Line> = clients.iter().filter_map(|name| line(cells, server, name)).collect();
    let mut levels: Vec<u64> =
        lines.iter().flat_map(|line| line.points.iter().map(|(x, _)| *x as u64)).collect();
    levels.sort_unstable();
    levels.dedup();
    let ticks = levels.iter().map(|level| (*level as f64, short(*level as f64))).collect();
    let heights =
        lines.iter().flat_map(|line| line.spread.iter().flat_map(|(low, high)| [*low, *high]));
    Panel {
        title: title.to_owned(),
        x: Axis::with_ticks("requests in flight", Scale::Logarithmic, ticks, 0.05),
        y: Axis::logarithmic("µs of CPU a request", heights),
        lines,
    }
}

fn has_select(cells: &Cells, server: &str) -> bool {
    cells.iter().any(|cell: &Cell| cell.server == server && cell.work == WORK)
}

/// Both servers side by side, a few clients.
pub fn overview(cells: &Cells) -> Option<String> {
    let panels: Vec<Panel> = [("stub", "stub server"), ("cassandra", "Cassandra")]
        .into_iter()
        .filter(|(server, _)| has_select(cells, server))
        .map(|(server, title)| panel(cells, server, title, &FEW))
        .collect();
    let columns = panels.len().max(1);
    Figure {
        title: TITLE.to_owned(),
        subtitle: SUBTITLE.to_owned(),
        size: (800, 340),
        columns,
        panels,
    }
    .draw()
}

/// One server, all clients.
pub fn of_server(cells: &Cells, server: &str) -> Option<String> {
    if !has_select(cells, server) {
        return None;
    }
    let all = cells.clients(|cell| cell.server == server && cell.work == WORK);
    Figure {
        title: format!("{TITLE}, against {}", client::server_name(server)),
        subtitle: SUBTITLE.to_owned(),
        size: (800, 460),
        columns: 1,
        panels: vec![panel(cells, server, "", &all)],
    }
    .draw()
}
