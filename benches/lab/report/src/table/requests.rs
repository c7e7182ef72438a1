//! Requests in a closed loop: CPU first, by requests in flight; everything else folded away.

use crate::cell::{Cell, Cells, metric};
use crate::client;

use super::figure::{self, MISSING, NOT_MEASURED};
use super::markdown::{self, Table};

/// The numbers in flight that a whole session measures.
const LEVELS: [u64; 6] = [1, 16, 64, 256, 1024, 4096];

/// The works that have sections of their own.
fn elsewhere(work: &str) -> bool {
    work.starts_with("stream") || ["connect", "prepare", "open-select"].contains(&work)
}

/// What a work is, in words.
fn meaning(work: &str) -> &str {
    match work {
        "select" => "a prepared select of one row, text of 16 B",
        "select-1k" => "a prepared select of one row, text of 1 KiB",
        "select-100k" => "a prepared select of one row, text of 100 KiB",
        "insert" => "a prepared insert, text of 16 B",
        "insert-1k" => "a prepared insert, text of 1 KiB",
        "insert-100k" => "a prepared insert, text of 100 KiB",
        "fan-out" => "requests joined in one task",
        other => other,
    }
}

/// All works, against all servers.
pub fn section(cells: &Cells) -> String {
    let mut text = String::from(
        "## Requests\n\nµs of CPU of the client's process a request, user and system, the median of the \
         rounds. Unfold a work for the rest.\n\n",
    );
    let servers = cells.servers(|cell| !elsewhere(&cell.work));
    if servers.is_empty() {
        return text + "Not measured.\n\n";
    }
    for server in servers {
        let mut works: Vec<&str> = cells
            .iter()
            .filter(|cell| cell.server == server && !elsewhere(&cell.work))
            .map(|cell| cell.work.as_str())
            .collect();
        works.dedup();
        works.sort_by_key(|work| (!work.starts_with("select"), work.starts_with("fan"), *work));
        for work in works {
            text += &one_work(cells, server, work);
        }
    }
    text
}

fn one_work(cells: &Cells, server: &str, work: &str) -> String {
    let of = |cell: &Cell| cell.server == server && cell.work == work;
    let levels: Vec<&Cell> = cells.iter().filter(|cell| of(cell)).collect();
    let clients = cells.clients(of);
    let heads: Vec<String> = levels.iter().map(|cell| level(cell)).collect();

    let mut head = vec!["client".to_owned()];
    head.extend(heads.iter().map(|name| format!("{name} >")));
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for name in &clients {
        let row = levels.iter().map(|cell| {
            let median = cells.series(cell, name).and_then(|series| series.median(metric::cpu_ns));
            median.map_or_else(|| NOT_MEASURED.to_owned(), |ns| figure::figure(ns / 1e3))
        });
        table.row(std::iter::once((*name).to_owned()).chain(row));
    }

    let mut text = format!(
        "### `{work}` against {}: {}\n\n{}\n",
        client::server_name(server),
        meaning(work),
        table.finish()
    );
    let absent: Vec<String> = client::all()
        .filter(|name| !clients.contains(name))
        .map(str::to_owned)
        .chain(
            LEVELS
                .iter()
                .filter(|level| !levels.iter().any(|cell| cell.in_flight == Some(**level)))
                .map(|level| format!("{} in flight", figure::count(*level))),
        )
        .collect();
    if !absent.is_empty() {
        text += &format!("Not measured: {}.\n\n", markdown::list(&absent));
    }
    let details: String = levels.iter().map(|cell| every_figure(cells, cell)).collect();
    text + &markdown::folded(
        &format!("<code>{work}</code> against {server}, every figure"),
        &details,
    )
}

fn level(cell: &Cell) -> String {
    match cell.in_flight {
        Some(in_flight) => format!("{} in flight", figure::count(in_flight)),
        None => "in flight: not said".to_owned(),
    }
}

/// Every figure of every client in one cell.
fn every_figure(cells: &Cells, cell: &Cell) -> String {
    let mut table = Table::new(&[
        "client",
        "CPU, µs >",
        "user + system >",
        "CPU ÷ c",
        "wall, µs >",
        "requests/s >",
        "p50, µs >",
        "p99, µs >",
        "p99.9, µs >",
        "switches >",
        "system calls >",
        "Rust allocations >",
        "Rust bytes >",
        "peak resident, MiB >",
        "rounds >",
    ]);
    let c = cells.series(cell, client::C);
    let mut names: Vec<&str> = client::all().collect();
    names.extend(cells.clients(|other| other == cell));
    names.sort_by_key(|name| client::rank(name));
    names.dedup();
    for name in names {
        let Some(series) = cells.series(cell, name) else {
            table.row([name.to_owned(), NOT_MEASURED.to_owned()]);
            continue;
        };
        let us = |metric| figure::in_unit(series.median(metric), 1e3);
        let plain = |metric| figure::in_unit(series.median(metric), 1.0);
        let counted = |metric| figure::in_unit(series.median_count(metric), 1.0);
        let latency = series.latency();
        let versus_c = match c {
            Some(c) if name != client::C => {
                figure::ratio_or_missing(series.ratio(c, metric::cpu_ns))
            }
            _ => MISSING.to_owned(),
        };
        table.row([
            name.to_owned(),
            us(metric::cpu_ns),
            format!("{} + {}", us(metric::user_ns), us(metric::system_ns)),
            versus_c,
            us(metric::wall_ns),
            plain(metric::rate),
            figure::percentile_us(latency.p50()),
            figure::percentile_us(latency.p99()),
            figure::percentile_us(latency.p999()),
            plain(metric::switches),
            counted(metric::syscalls),
            counted(metric::allocations),
            counted(metric::allocated_bytes),
            figure::in_unit(series.median(metric::peak_rss), (1 << 20) as f64),
            series.rounds().to_string(),
        ]);
    }
    format!("{}, a request:\n\n{}\n", level(cell), table.finish())
}
