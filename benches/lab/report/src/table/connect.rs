//! Connecting and preparing: what a program pays once.

use crate::cell::{Cell, Cells, metric};
use crate::client;

use super::figure::{self, MISSING};
use super::markdown::{self, Table};

fn section_of(cells: &Cells, work: &str, title: &str, what: &str) -> String {
    let mut text = format!("## {title}\n\n{what}\n\n");
    let servers = cells.servers(|cell| cell.work == work);
    if servers.is_empty() {
        return text + "Not measured.\n\n";
    }
    for server in servers {
        let of = |cell: &Cell| cell.server == server && cell.work == work;
        let mut table = Table::new(&[
            "client",
            "CPU, µs >",
            "CPU ÷ c",
            "wall, µs >",
            "p50, µs >",
            "p99, µs >",
            "switches >",
            "Rust allocations >",
            "peak resident, MiB >",
            "rounds >",
        ]);
        for cell in cells.iter().filter(|cell| of(cell)) {
            for name in cells.clients(|other| other == cell) {
                let Some(series) = cells.series(cell, name) else { continue };
                let latency = series.latency();
                let c = cells.series(cell, client::C).filter(|_| name != client::C);
                table.row([
                    match cell.in_flight {
                        Some(many) if many > 1 => {
                            format!("{name}, {} at once", figure::count(many))
                        }
                        _ => name.to_owned(),
                    },
                    figure::in_unit(series.median(metric::cpu_ns), 1e3),
                    c.map_or_else(
                        || MISSING.to_owned(),
                        |c| figure::ratio_or_missing(series.ratio(c, metric::cpu_ns)),
                    ),
                    figure::in_unit(series.median(metric::wall_ns), 1e3),
                    figure::percentile_us(latency.p50()),
                    figure::percentile_us(latency.p99()),
                    figure::in_unit(series.median(metric::switches), 1.0),
                    figure::in_unit(series.median_count(metric::allocations), 1.0),
                    figure::in_unit(series.median(metric::peak_rss), (1 << 20) as f64),
                    series.rounds().to_string(),
                ]);
            }
        }
        text += &format!("Against {}:\n\n{}\n", client::server_name(server), table.finish());
        text += &markdown::absent(&cells.clients(of));
    }
    text
}

/// Both.
pub fn section(cells: &Cells) -> String {
    section_of(cells, "connect", "Connect and close", "One session opened and closed, a time.")
        + &section_of(cells, "prepare", "Prepare", "One statement prepared, a time.")
}
