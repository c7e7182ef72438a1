//! Callback latency: what stands between the C driver's call and the task.

use crate::callbacks;
use crate::client;
use crate::record::Callback;

use super::figure::{self, NOT_MEASURED};
use super::markdown::Table;

/// Every runtime, idle and busy.
pub fn section(callbacks: &[Callback]) -> String {
    let mut text = String::from(
        "## Callback latency\n\nFrom the moment at which the C driver calls back until the task runs, \
         with a driver that has no network. *Busy*: the runtime has other tasks to run. The I/O thread's \
         column is what one callback keeps that thread from its sockets.\n\n",
    );
    if callbacks.is_empty() {
        return text + "Not measured.\n\n";
    }
    for load in callbacks::loads(callbacks) {
        let runs = callbacks::under(callbacks, load);
        let mut table = Table::new(&[
            "runtime",
            "median, µs >",
            "p99, µs >",
            "p99.9, µs >",
            "max, µs >",
            "I/O thread, ns a callback >",
            "callbacks >",
            "rounds >",
        ]);
        let mut names: Vec<&str> = client::OURS.to_vec();
        names.extend(runs.iter().map(|(name, _)| *name));
        names.sort_by_key(|name| client::rank(name));
        names.dedup();
        for name in names {
            let Some((_, series)) = runs.iter().find(|(known, _)| *known == name) else {
                table.row([name.to_owned(), NOT_MEASURED.to_owned()]);
                continue;
            };
            let latency = series.latency();
            table.row([
                name.to_owned(),
                figure::percentile_us(latency.p50()),
                figure::percentile_us(latency.p99()),
                figure::percentile_us(latency.p999()),
                figure::percentile_us(latency.max()),
                figure::in_unit(series.io_thread_ns(), 1.0),
                figure::count(series.count()),
                series.rounds().to_string(),
            ]);
        }
        text += &format!("Runtime {load}:\n\n{}\n", table.finish());
    }
    text
}
