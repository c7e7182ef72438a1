//! Streams of pages: what a row costs.

use crate::cell::{Cell, Cells, Series, metric};
use crate::client;
use crate::statistics::Ratio;

use super::figure::{self, MISSING};
use super::markdown::{self, Table};

fn is_stream(cell: &Cell) -> bool {
    cell.work.starts_with("stream")
}

fn versus(cells: &Cells, cell: &Cell, series: &Series, reference: &str) -> Option<Ratio> {
    series.ratio(cells.beside(cell, reference)?.1, metric::cpu_ns)
}

/// All streams, against all servers.
pub fn section(cells: &Cells) -> String {
    let mut text = String::from(
        "## Streams\n\nPages of rows `(bigint, text of 16 B, double)`, decoded one by one. A client that \
         cannot be told how far to ask ahead is compared at the same page size.\n\n",
    );
    let servers = cells.servers(is_stream);
    if servers.is_empty() {
        return text + "Not measured.\n\n";
    }
    for server in servers {
        let of = |cell: &Cell| cell.server == server && is_stream(cell);
        let mut table = Table::new(&[
            "rows a page >",
            "prefetch >",
            "work",
            "client",
            "CPU, ns a row >",
            "wall, ns a row >",
            "rows/s >",
            "CPU ÷ c",
            "CPU ÷ scylla",
            "Rust allocations a row >",
            "peak resident, MiB >",
            "rounds >",
        ]);
        let mut rows: Vec<(&Cell, &str, &Series)> = Vec::new();
        for cell in cells.iter().filter(|cell| of(cell)) {
            for name in cells.clients(|other| other == cell) {
                rows.extend(cells.series(cell, name).map(|series| (cell, name, series)));
            }
        }
        rows.sort_by_key(|(cell, name, _)| {
            (&cell.work, cell.page_size, client::rank(name), cell.prefetch)
        });
        for (cell, name, series) in rows {
            let number =
                |value: Option<u64>| value.map_or_else(|| MISSING.to_owned(), figure::count);
            let plain = |metric| figure::in_unit(series.median(metric), 1.0);
            let beside = |reference: &str| {
                let ratio = (name != reference).then(|| versus(cells, cell, series, reference));
                figure::ratio_or_missing(ratio.flatten())
            };
            table.row([
                number(cell.page_size),
                number(cell.prefetch),
                cell.work.clone(),
                name.to_owned(),
                plain(metric::cpu_ns),
                plain(metric::wall_ns),
                plain(metric::rate),
                beside(client::C),
                beside("scylla"),
                figure::in_unit(series.median_count(metric::allocations), 1.0),
                figure::in_unit(series.median(metric::peak_rss), (1 << 20) as f64),
                series.rounds().to_string(),
            ]);
        }
        text += &format!("Against {}:\n\n{}\n", client::server_name(server), table.finish());
        text += &markdown::absent(&cells.clients(of));
    }
    text
}
