//! The machine, the versions, how to read the report and how to have it again.

use serde_json::Value;

use crate::record::About;
use crate::statistics::interval;

use super::markdown::Table;

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "not recorded".to_owned(),
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect();
            fields.join(", ")
        }
        other => other.to_string(),
    }
}

/// The line under the title.
pub fn headline(about: Option<&About>) -> String {
    let Some(about) = about else {
        return "The records do not say on which machine, when and with which versions they were made.\n\n"
            .to_owned();
    };
    let form = match about.form.as_deref() {
        Some(form) => format!("The {form} form"),
        None => "Form not recorded".to_owned(),
    };
    format!(
        "{form}, {}, on {}.\n\n",
        about.date.as_deref().unwrap_or("date not recorded"),
        plain(&about.machine)
    )
}

/// Machine and versions.
pub fn section(about: Option<&About>) -> String {
    let mut text = String::from("## Machine and versions\n\n");
    let Some(about) = about else { return text + "Not recorded.\n\n" };
    let mut table = Table::new(&["what", "which"]);
    table.row(["machine".to_owned(), plain(&about.machine)]);
    for (name, version) in &about.versions {
        table.row([name.clone(), plain(version)]);
    }
    text += &table.finish();
    text + "\n"
}

/// How to read the figures.
pub fn reading(rounds: usize) -> String {
    let interval = match rounds {
        0 => String::new(),
        1 => "Here most had one round, so there are none. ".to_owned(),
        _ => {
            let rank =
                (1..=rounds / 2).rev().find(|rank| interval::coverage(rounds, *rank) >= 0.95);
            let ends = match rank {
                None | Some(1) => "the smallest and the largest of the rounds".to_owned(),
                Some(rank) => format!("number {rank} from below and from above of the rounds"),
            };
            format!(
                "Here a comparison has {rounds} rounds at most, and the interval is {ends}, which encloses \
                 the median of all rounds that could have been run in {:.1} % of sessions. ",
                100.0 * interval::coverage(rounds, rank.unwrap_or(1))
            )
        }
    };
    format!(
        "## How to read it\n\n\
         - **CPU a request** is user and system time of the client's process over its requests, for each \
         run is a process of its own. It is what a request costs whoever pays for the machine. The server's \
         CPU is not in it.\n\
         - **Rounds are interleaved**: each round runs every client once, one after another, and a ratio is \
         taken within its round, then the median of these. So a slow minute of the machine falls out.\n\
         - **Intervals** in brackets are order statistics of the rounds' ratios: exact, whatever the \
         distribution, and without random numbers. {interval}They say how much this session scatters, not \
         what another machine would show. Rounds of one session share its build, its placement in memory \
         and its machine.\n\
         - **Percentiles** are of all requests that were timed, of all rounds together; a cheap request may be timed \
         only now and then, for reading the clock is not free. With `~` they are the median of the \
         rounds' percentiles, where histograms were not kept.\n\
         - **–** is a figure that was not measured, or that does not exist for a client: Rust allocations \
         of C. What is counted, system calls and allocations, may be of runs of its own, for counting slows; \
         no time is taken from these.\n\
         - **Loopback flatters batching.** Without a network, answers come in bursts, and one system call \
         reads many: a client's cost here is nearer to its cost at full load than to that of a quiet service. \
         Server and client also share the processor's cores, so wall time, rates and latency say less than \
         CPU, and with two cores the tail of the latency is the scheduler's as much as the client's.\n\
         - **Not comparable**: stub with Cassandra (the stub answers in bursts, and its rows are always the \
         same); the closed loop's latency with the open loop's (a closed loop stops asking while it waits); \
         peak resident memory across languages' allocators; this session with another.\n\n"
    )
}

/// How to have it again.
pub fn again(records: &str) -> String {
    format!(
        "## Run it again\n\n\
         On a quiet machine, from the root of the repository; the first time a Cassandra and a C driver are \
         downloaded:\n\n\
         ```sh\n\
         cargo run --release --manifest-path benches/lab/Cargo.toml -- short   # ten minutes\n\
         cargo run --release --manifest-path benches/lab/Cargo.toml -- whole   # as here\n\
         ```\n\n\
         This report alone, from the raw data in `{records}`:\n\n\
         ```sh\n\
         cargo run --release --manifest-path benches/lab/Cargo.toml -p lab-report -- {records} FOLDER\n\
         ```\n"
    )
}
