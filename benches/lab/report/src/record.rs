//! The file of records: JSON Lines, one object for each run.
//!
//! Fields that are not known are passed over, optional ones that are missing are null. A line that
//! cannot be read fails the whole report with its number, for a figure must not vanish unseen. The
//! last line is the exception: a run that was killed tears it, so it is left out, and that is told.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Everything that a file of records holds.
#[derive(Debug, Default)]
pub struct Records {
    /// Where and with what the runs were made; the first line of a whole file.
    pub about: Option<About>,
    /// Runs of client × work × server.
    pub runs: Vec<Run>,
    /// Runs of callbacks alone, without a server.
    pub callbacks: Vec<Callback>,
    /// What a reader of the report has to know about the file.
    pub notes: Vec<String>,
}

/// The machine and the versions.
#[derive(Debug, Clone, Deserialize)]
pub struct About {
    /// Processor, cores, memory, kernel.
    #[serde(default)]
    pub machine: Value,
    /// The day of the run.
    #[serde(default)]
    pub date: Option<String>,
    /// What was compared, with the version of each.
    #[serde(default)]
    pub versions: BTreeMap<String, Value>,
    /// `short` or `whole`.
    #[serde(default)]
    pub form: Option<String>,
}

/// One run of one client, in a process of its own.
#[derive(Debug, Clone, Deserialize)]
pub struct Run {
    /// `stub` or `cassandra`.
    pub server: String,
    /// Who asked.
    pub client: String,
    /// What was asked.
    pub work: String,
    /// Requests under way at once.
    #[serde(default)]
    pub in_flight: Option<u64>,
    /// Runs of one round were made one after another, and are compared with each other.
    pub round: u64,
    /// Open loop: the rate, in percent of the best throughput.
    #[serde(default)]
    pub share_percent: Option<u64>,
    /// Open loop: the rate at which requests were meant to start.
    #[serde(default)]
    pub rate_per_second: Option<f64>,
    /// Streams: rows a page.
    #[serde(default)]
    pub page_size: Option<u64>,
    /// Streams: pages asked for ahead.
    #[serde(default)]
    pub prefetch: Option<u64>,
    /// Requests of the timed part; rows of a stream; connects.
    pub requests: u64,
    /// Time of the timed part.
    pub wall_ns: u64,
    /// CPU of the client's process in user mode, in the timed part.
    pub user_ns: u64,
    /// CPU of the client's process in the kernel, in the timed part.
    pub system_ns: u64,
    /// Context switches: a thread waited.
    #[serde(default)]
    pub voluntary_switches: Option<u64>,
    /// Context switches: a thread was pushed aside.
    #[serde(default)]
    pub involuntary_switches: Option<u64>,
    /// A run that only counts: its times are worth nothing.
    #[serde(default)]
    pub counted: bool,
    /// System calls; counting them slows a run, so that one with them only counts.
    #[serde(default)]
    pub syscalls: Option<u64>,
    /// Calls of Rust's allocator.
    #[serde(default)]
    pub allocations: Option<u64>,
    /// Bytes asked of Rust's allocator.
    #[serde(default)]
    pub allocated_bytes: Option<u64>,
    /// The most bytes of Rust's allocator that were alive at once.
    #[serde(default)]
    pub live_bytes_peak: Option<u64>,
    /// The most memory that the process had resident.
    #[serde(default)]
    pub peak_rss_kib: Option<u64>,
    /// What the process had resident before the timed part.
    #[serde(default)]
    pub rss_before_kib: Option<u64>,
    /// Percentiles of the latency.
    #[serde(default)]
    pub latency_ns: Option<Latency>,
    /// Recorded buckets: value in ns, and count.
    #[serde(default)]
    pub latency_histogram: Option<Vec<(u64, u64)>>,
}

/// Percentiles of one run, in ns.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Latency {
    /// The median.
    #[serde(default)]
    pub p50: Option<u64>,
    /// 99 of 100 were no slower.
    #[serde(default)]
    pub p99: Option<u64>,
    /// 999 of 1,000 were no slower.
    #[serde(default)]
    pub p999: Option<u64>,
    /// The slowest.
    #[serde(default)]
    pub max: Option<u64>,
}

/// One run of callbacks: from the C driver's call back until the task runs.
#[derive(Debug, Clone, Deserialize)]
pub struct Callback {
    /// The runtime.
    pub client: String,
    /// `idle` or `busy`.
    pub load: String,
    /// Which round.
    pub round: u64,
    /// Callbacks.
    pub count: u64,
    /// Percentiles of the latency.
    #[serde(default)]
    pub latency_ns: Option<Latency>,
    /// Recorded buckets: value in ns, and count.
    #[serde(default)]
    pub latency_histogram: Option<Vec<(u64, u64)>>,
    /// What one callback keeps the I/O thread busy.
    #[serde(default)]
    pub io_thread_ns_per_callback: Option<f64>,
}

/// Reads a file of records.
pub fn read(path: &Path) -> io::Result<Records> {
    let text = fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    parse(&text).map_err(|error| invalid(format!("{}, {error}", path.display())))
}

/// Reads the text of a file of records. An error names the line.
pub fn parse(text: &[u8]) -> io::Result<Records> {
    let mut records = Records::default();
    // Bytes, not characters: a torn line may end inside one.
    let lines: Vec<(usize, &[u8])> = text
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_ascii()))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    let last = lines.last().map(|(number, _)| *number);
    for (number, line) in lines {
        match serde_json::from_slice::<Value>(line) {
            Ok(value) => add(&mut records, number, value)?,
            Err(error) if Some(number) == last => records.notes.push(format!(
                "Line {number}, the last one of the records, is torn and was left out ({error})."
            )),
            Err(error) => return Err(invalid(format!("line {number}: {error}"))),
        }
    }
    Ok(records)
}

fn add(records: &mut Records, number: usize, mut value: Value) -> io::Result<()> {
    if let Some(about) = value.get_mut("about").map(Value::take) {
        let about = typed(number, about)?;
        if records.about.is_some() {
            records.notes.push(format!(
                "Line {number} names a machine and versions a second time: the records are of more \
                 than one session. What is printed below is the first."
            ));
        } else {
            records.about = Some(about);
        }
    } else if value.get("callback") == Some(&Value::Bool(true)) {
        records.callbacks.push(typed(number, value)?);
    } else {
        let run: Run = typed(number, value)?;
        if run.requests == 0 {
            records.notes.push(format!(
                "Line {number}: {} completed no request ({}, {}), so the run was left out.",
                run.client, run.server, run.work
            ));
        } else {
            records.runs.push(run);
        }
    }
    Ok(())
}

fn typed<T: DeserializeOwned>(number: usize, value: Value) -> io::Result<T> {
    serde_json::from_value(value).map_err(|error| invalid(format!("line {number}: {error}")))
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = r#"{"server":"stub","client":"c","work":"select","in_flight":1,"round":1,"requests":10,"wall_ns":5,"user_ns":3,"system_ns":2,"of_tomorrow":[1]}"#;

    #[test]
    fn unknown_fields_are_passed_over_and_missing_ones_null() {
        let records = parse(RUN.as_bytes()).unwrap();
        let run = &records.runs[0];
        assert_eq!((run.requests, run.in_flight), (10, Some(1)));
        assert_eq!((run.allocations, run.syscalls, run.page_size), (None, None, None));
        assert!(run.latency_ns.is_none() && run.latency_histogram.is_none());
        assert!(records.notes.is_empty());
    }

    #[test]
    fn a_torn_last_line_is_told_by_its_number() {
        // The tear is inside a character of two bytes.
        let mut text = format!("{RUN}\n{RUN}\n{{\"server\":\"st").into_bytes();
        text.push(0xc3);
        let records = parse(&text).unwrap();
        assert_eq!(records.runs.len(), 2);
        assert_eq!(records.notes.len(), 1);
        assert!(records.notes[0].starts_with("Line 3,"), "{}", records.notes[0]);
    }

    #[test]
    fn a_torn_line_elsewhere_fails_with_its_number() {
        let text = format!("{RUN}\n\n{{\"server\":\"st\n{RUN}\n");
        let error = parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().starts_with("line 3: "), "{error}");
    }

    #[test]
    fn a_missing_required_field_fails_even_on_the_last_line() {
        let text = format!("{RUN}\n{{\"server\":\"stub\"}}\n");
        let error = parse(text.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("line 2: missing field"), "{error}");
    }

    #[test]
    fn a_run_without_requests_is_left_out_and_told() {
        let records = parse(RUN.replace(":10,", ":0,").as_bytes()).unwrap();
        assert!(records.runs.is_empty());
        assert!(records.notes[0].starts_with("Line 1: c completed no request"));
    }
}
