//! CPU a row of a stream, by page size.

use crate::cell::{Cells, metric};
use crate::client;

use super::axis::{Axis, Scale, short};
use super::frame::{Figure, Line, Panel};

const WORK: &str = "stream";

fn line(cells: &Cells, server: &str, name: &str) -> Option<Line> {
    let mut line = Line::new(name);
    for cell in cells.cheapest_streams(server, WORK, name) {
        if let Some((page_size, series)) = cell.page_size.zip(cells.series(cell, name)) {
            line.add(page_size as f64, &series.values(metric::cpu_ns));
        }
    }
    (!line.points.is_empty()).then_some(line)
}

/// Both servers side by side.
pub fn plot(cells: &Cells) -> Option<String> {
    let servers = cells.servers(|cell| cell.work == WORK && cell.page_size.is_some());
    let mut panels = Vec::new();
    for server in servers {
        let lines: Vec<Line> = cells
            .clients(|cell| cell.server == server && cell.work == WORK)
            .into_iter()
            .filter_map(|name| line(cells, server, name))
            .collect();
        let mut sizes: Vec<u64> =
            lines.iter().flat_map(|line| line.points.iter().map(|(x, _)| *x as u64)).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let ticks = sizes.iter().map(|size| (*size as f64, short(*size as f64))).collect();
        let heights: Vec<f64> =
            lines.iter().flat_map(|line| line.spread.iter().flat_map(|(a, b)| [*a, *b])).collect();
        panels.push(Panel {
            title: client::server_name(server).trim_start_matches("the ").to_owned(),
            x: Axis::with_ticks("rows a page", Scale::Logarithmic, ticks, 0.05),
            y: Axis::logarithmic("ns of CPU a row", heights),
            lines,
        });
    }
    Figure {
        title: "Client CPU a row, streams of typed rows".to_owned(),
        subtitle: "Lower is better. Each client with the prefetch that costs it least; thin bars: lowest and \
                   highest round."
            .to_owned(),
        size: (800, 360),
        columns: panels.len().max(1),
        panels,
    }
    .draw()
}
