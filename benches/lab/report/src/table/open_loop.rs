//! Open loop: latency at a rate that does not wait for the answers.

use crate::cell::{Cell, Cells, metric};
use crate::client;

use super::figure;
use super::markdown::{self, Table};

/// All open loops, against all servers.
pub fn section(cells: &Cells) -> String {
    let mut text = String::from(
        "## Latency at a fixed rate\n\nPrepared one-row selects start at a fixed rate, a share of the best \
         throughput, whether or not earlier ones are answered. Latency counts from the time at which a \
         request was *meant* to start, so that a pause shows in every request that it held up. A client \
         that completes less than its rate is overloaded, and its latency says only that.\n\n",
    );
    let is_open = |cell: &Cell| cell.work == "open-select";
    let servers = cells.servers(is_open);
    if servers.is_empty() {
        return text + "Not measured.\n\n";
    }
    for server in servers {
        let of = |cell: &Cell| cell.server == server && is_open(cell);
        for cell in cells.iter().filter(|cell| of(cell)) {
            let mut table = Table::new(&[
                "client",
                "rate, requests/s >",
                "completed/s >",
                "p50, µs >",
                "p99, µs >",
                "p99.9, µs >",
                "max, µs >",
                "CPU, µs a request >",
                "rounds >",
            ]);
            for name in cells.clients(|other| other == cell) {
                let Some(series) = cells.series(cell, name) else { continue };
                let latency = series.latency();
                table.row([
                    name.to_owned(),
                    figure::in_unit(series.median(metric::intended_rate), 1.0),
                    figure::in_unit(series.median(metric::rate), 1.0),
                    figure::percentile_us(latency.p50()),
                    figure::percentile_us(latency.p99()),
                    figure::percentile_us(latency.p999()),
                    figure::percentile_us(latency.max()),
                    figure::in_unit(series.median(metric::cpu_ns), 1e3),
                    series.rounds().to_string(),
                ]);
            }
            let share = match cell.share_percent {
                Some(percent) => format!("{percent} % of the best throughput"),
                None => "share of the best throughput not said".to_owned(),
            };
            text += &format!(
                "### Against {}, {share}\n\n{}\n",
                client::server_name(server),
                table.finish()
            );
            text += &markdown::absent(&cells.clients(|other| other == cell));
        }
    }
    text
}
