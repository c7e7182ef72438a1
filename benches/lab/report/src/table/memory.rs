//! The library's share of the memory at many requests in flight.

use crate::cell::{Cell, Cells, metric};
use crate::client;
use crate::statistics::Ratio;

use super::figure;
use super::markdown::Table;

const IN_FLIGHT: u64 = 4096;

/// Bytes a request in flight of a cell, and what they were taken from: the peak of living Rust bytes;
/// where that was not counted, how much more the process had resident than that of raw C callbacks.
pub fn a_request(cells: &Cells, cell: &Cell, name: &str) -> Option<(Ratio, String)> {
    let in_flight = cell.in_flight? as f64;
    let series = cells.series(cell, name)?;
    let live: Vec<f64> =
        series.counts(metric::live_bytes).iter().map(|bytes| bytes / in_flight).collect();
    if let Some(share) = Ratio::of(&live) {
        return Some((share, "living Rust bytes".to_owned()));
    }
    let c = cells.series(cell, client::C)?.by_round(metric::peak_rss);
    let more: Vec<f64> = series
        .by_round(metric::peak_rss)
        .iter()
        .filter_map(|(round, rss)| Some((rss - c.get(round)?) / in_flight))
        .collect();
    Some((Ratio::of(&more)?, "resident, less that of c".to_owned()))
}

/// The table of memory.
pub fn section(cells: &Cells) -> String {
    let mut text = String::from(
        "## Memory at 4,096 in flight\n\n*Living Rust bytes* are the most that were allocated and not \
         yet freed in Rust at one time, over 4,096: the client's, the tasks' and this laboratory's own. \
         *Growth* is the same from 1 to 4,096 in flight, which leaves out what is there anyway. \
         *Resident, less c* is how much more memory the process had resident than that of raw C \
         callbacks, over 4,096; the weak one of the three, for it has the stacks and arenas of the \
         runtime's threads in it and what the allocator keeps, and a difference of two large numbers \
         can be negative.\n\n",
    );
    let of = |cell: &Cell| {
        cell.work == "select" && cell.in_flight == Some(IN_FLIGHT) && cell.page_size.is_none()
    };
    let servers = cells.servers(of);
    if servers.is_empty() {
        return text + "Not measured.\n\n";
    }
    for server in servers {
        let cell = Cell::requests(server, "select", IN_FLIGHT);
        let single = Cell::requests(server, "select", 1);
        let mut table = Table::new(&[
            "client",
            "living Rust bytes a request >",
            "growth, bytes a request >",
            "resident, less c, bytes a request >",
            "peak resident, MiB >",
        ]);
        for name in cells.clients(|other| *other == cell) {
            let Some(series) = cells.series(&cell, name) else { continue };
            let live = series.median_count(metric::live_bytes);
            let at_one =
                cells.series(&single, name).and_then(|one| one.median_count(metric::live_bytes));
            let growth = live.zip(at_one).map(|(all, one)| (all - one) / (IN_FLIGHT - 1) as f64);
            let rss = series.median(metric::peak_rss);
            let c = cells.series(&cell, client::C).and_then(|c| c.median(metric::peak_rss));
            let more = rss.zip(c).filter(|_| name != client::C).map(|(rss, c)| rss - c);
            table.row([
                name.to_owned(),
                figure::in_unit(live, IN_FLIGHT as f64),
                figure::in_unit(growth, 1.0),
                figure::in_unit(more, IN_FLIGHT as f64),
                figure::in_unit(rss, (1 << 20) as f64),
            ]);
        }
        text += &format!("Against {}:\n\n{}\n", client::server_name(server), table.finish());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Run;

    fn run(client: &str, round: u64, rss_kib: u64, live: Option<u64>) -> Run {
        let record = serde_json::json!({
            "server": "stub", "client": client, "work": "select", "in_flight": 4096, "round": round,
            "requests": 1, "wall_ns": 1, "user_ns": 1, "system_ns": 1, "peak_rss_kib": rss_kib,
            "live_bytes_peak": live,
        });
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn living_bytes_before_resident_ones() {
        let runs = vec![
            run("c", 1, 10_000, None),
            run("c", 2, 20_000, None),
            run("smol", 1, 14_096, Some(2 * 4096)),
            run("tokio-mt", 1, 14_096, None),
            run("tokio-mt", 2, 28_192, None),
            run("threads", 3, 14_096, None),
        ];
        let cells = Cells::of(runs, &mut Vec::new());
        let cell = Cell::requests("stub", "select", 4096);
        let of = |name| a_request(&cells, &cell, name).map(|(share, of)| (share.median, of));
        assert_eq!(of("smol"), Some((2.0, "living Rust bytes".to_owned())));
        // By round: 4,096 KiB and 8,192 KiB more, so 1 KiB and 2 KiB a request.
        assert_eq!(of("tokio-mt"), Some((1536.0, "resident, less that of c".to_owned())));
        // No round of C to take away.
        assert_eq!(of("threads"), None);
    }
}
