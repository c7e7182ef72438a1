//! The plots: SVG files that stand beside the report.
//!
//! Each draws its own white ground, so that it reads the same on a page that is dark. A client has the
//! same colour, marker and dash in all of them; colours are told apart by those who do not see all.

mod axis;
mod callback;
mod cpu;
mod frame;
mod latency;
mod look;
mod stream;

use crate::cell::Cells;
use crate::record::Callback;

/// One file.
#[derive(Debug)]
pub struct Plot {
    /// Its name in the folder of the report.
    pub file: &'static str,
    /// The drawing; `None` when the records have nothing to draw.
    pub svg: Option<String>,
}

/// Every plot.
pub fn all(cells: &Cells, callbacks: &[Callback]) -> Vec<Plot> {
    vec![
        Plot { file: "cpu.svg", svg: cpu::overview(cells) },
        Plot { file: "cpu-stub.svg", svg: cpu::of_server(cells, "stub") },
        Plot { file: "cpu-cassandra.svg", svg: cpu::of_server(cells, "cassandra") },
        Plot { file: "stream.svg", svg: stream::plot(cells) },
        Plot { file: "latency-open.svg", svg: latency::plot(cells) },
        Plot { file: "callback.svg", svg: callback::plot(callbacks) },
    ]
}
