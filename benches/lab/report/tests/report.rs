//! The report of a whole made-up session, and of sessions that lack something.

mod synthetic;

use std::fs;
use std::path::{Path, PathBuf};

use lab_report::Written;
use serde_json::{Value, json};

/// Writes the report of these lines into a folder of the test's own; it is left there to be looked at.
fn report(name: &str, records: &[u8]) -> (std::io::Result<Written>, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("records.jsonl");
    fs::write(&file, records).unwrap();
    (lab_report::write(&file, &folder), folder)
}

fn markdown(name: &str, lines: &[Value]) -> String {
    let (written, folder) = report(name, synthetic::text(lines).as_bytes());
    assert!(written.unwrap().notes.is_empty());
    fs::read_to_string(folder.join("README.md")).unwrap()
}

/// What stands under a head, up to the next of its kind.
fn section<'a>(markdown: &'a str, head: &str) -> &'a str {
    let from = markdown.find(&format!("## {head}")).unwrap();
    let body = &markdown[from..];
    body[2..].find("\n## ").map_or(body, |end| &body[..end + 2])
}

/// The rows of the table of goals, cell by cell.
fn goals(markdown: &str) -> Vec<Vec<&str>> {
    section(markdown, "What was to be reached")
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"))
        .skip(1)
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

fn goal<'a>(goals: &'a [Vec<&'a str>], what: &str, bound: &str) -> &'a [&'a str] {
    goals
        .iter()
        .find(|row| row[0] == what && row[1].starts_with(bound))
        .unwrap_or_else(|| panic!("no goal {what} {bound} in {goals:#?}"))
}

/// Lines of a session with a few clients, at 64 in flight against the stub, that cost what is said.
fn few(costs_us: &[(&str, f64)]) -> Vec<Value> {
    let mut lines = Vec::new();
    for round in 1..=5_u64 {
        for (client, us) in costs_us {
            // A round that is slow is slow for all.
            let ns = us * 1e3 * 1_000.0 * (1.0 + round as f64);
            lines.push(
                json!({"server": "stub", "client": client, "work": "select", "in_flight": 64,
                "round": round, "requests": 1_000, "wall_ns": 1_000_000,
                "user_ns": ns as u64, "system_ns": 0}),
            );
        }
    }
    lines
}

#[test]
fn a_whole_session() {
    let lines = synthetic::session(7, 5);
    let text = markdown("whole", &lines);
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    let works = ["select", "select-1k", "insert"];
    let meant = ["one row, text of 16 B", "one row, text of 1 KiB", "text of 16 B"];
    let mut expected = vec!["# The client beside others".to_owned()];
    expected.push("## What was to be reached".to_owned());
    expected.push("## Requests".to_owned());
    for server in ["the stub server", "Cassandra"] {
        for (work, meaning) in works.iter().zip(meant) {
            let kind = if *work == "insert" { "insert" } else { "select of" };
            let comma = if *work == "insert" { "," } else { "" };
            expected
                .push(format!("### `{work}` against {server}: a prepared {kind}{comma} {meaning}"));
        }
    }
    expected.extend(["Streams", "Connect and close", "Prepare", "Latency at a fixed rate"].map(h2));
    for server in ["the stub server", "Cassandra"] {
        for share in [25, 50, 75] {
            expected.push(format!("### Against {server}, {share} % of the best throughput"));
        }
    }
    expected.extend(
        [
            "Callback latency",
            "Memory at 4,096 in flight",
            "Machine and versions",
            "How to read it",
            "Run it again",
        ]
        .map(h2),
    );
    assert_eq!(heads, expected);

    // Everything was measured, so nothing is said to be missing.
    let figures = &text[..text.find("## How to read it").unwrap()];
    assert!(!figures.to_lowercase().contains("not measured"));
    assert!(!figures.contains("NaN") && !figures.contains(" inf "));
    let goals = goals(&text);
    assert_eq!(goals.len(), 24);
    assert!(goals.iter().all(|row| row[3].contains("reached") || row[3].contains("missed")));

    for table in [
        "| what | to reach | measured | result |\n",
        "| client | 1 in flight | 16 in flight | 64 in flight | 256 in flight | 1,024 in flight | \
         4,096 in flight |\n",
        "| client | CPU, µs | user + system | CPU ÷ c | wall, µs | requests/s | p50, µs | p99, µs | p99.9, µs | \
         switches | system calls | Rust allocations | Rust bytes | peak resident, MiB | rounds |\n",
        "| rows a page | prefetch | work | client | CPU, ns a row |",
        "| runtime | median, µs | p99, µs | p99.9, µs | max, µs | I/O thread, ns a callback |",
        "| machine | a made-up processor, 2 cores, 8 GiB, Linux 6.1 |\n",
        "| scylla | 1.9.0 |\n",
    ] {
        assert!(text.contains(table), "no {table}");
    }
    // Ten clients in each of six levels of three works against two servers, and every row is whole.
    let rows = text.lines().filter(|line| line.starts_with("| tokio-ct | ")).collect::<Vec<_>>();
    let details = rows.iter().filter(|row| row.matches(" | ").count() == 14);
    assert_eq!(details.count(), 36);
}

fn h2(title: &str) -> String {
    format!("## {title}")
}

#[test]
fn every_plot_is_shown_and_has_a_ground() {
    let (written, folder) = report("plots", synthetic::text(&synthetic::session(8, 2)).as_bytes());
    let files = written.unwrap().files;
    let text = fs::read_to_string(&files[0]).unwrap();
    let plots = ["cpu.svg", "cpu-stub.svg", "cpu-cassandra.svg", "stream.svg", "latency-open.svg"];
    for plot in plots.into_iter().chain(["callback.svg"]) {
        assert!(text.contains(&format!("]({plot})")), "{plot} is not shown");
        assert!(files.contains(&folder.join(plot)));
        let svg = fs::read_to_string(folder.join(plot)).unwrap();
        let ground = svg.lines().find(|line| line.starts_with("<rect")).unwrap();
        assert!(ground.contains("fill=\"#FFFFFF\""), "{plot}: {ground}");
        assert!(!svg.contains("NaN"));
    }
    assert_eq!(files.len(), 7);
}

#[test]
fn the_same_records_give_the_same_bytes() {
    let lines = synthetic::text(&synthetic::session(9, 2));
    let all = |name| {
        let (written, _) = report(name, lines.as_bytes());
        let files = written.unwrap().files;
        files.iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(all("same-1"), all("same-2"));
}

#[test]
fn goals_are_paired_and_name_the_best_peer() {
    let lines = few(&[
        ("c", 1.0),
        ("driver-threads", 1.1),
        ("tokio-mt", 1.5),
        ("cassandra-cpp", 2.0),
        ("scylla", 1.25),
        ("cdrs-tokio", 3.0),
    ]);
    let text = markdown("paired", &lines);
    let goals = goals(&text);
    let what = "driver-threads, stub, select, 64 in flight";
    // Rounds differ threefold, their ratios not at all.
    let row = goal(&goals, what, "≤ 1.05 × c");
    assert_eq!(row[1..], ["≤ 1.05 × c", "1.10 [1.10, 1.10]", "**missed**"]);
    let row = goal(&goals, what, "≤ 0.95 ×");
    assert_eq!(row[1..], ["≤ 0.95 × the best peer, scylla", "0.88 [0.88, 0.88]", "reached"]);
    let row = goal(&goals, "tokio-mt, stub, select, 64 in flight", "≤ 0.9");
    assert_eq!(row[1..], ["≤ 0.9 × the best peer, scylla", "1.20 [1.20, 1.20]", "**missed**"]);
}

#[test]
fn what_was_not_measured_is_said_and_never_invented() {
    let mut lines = few(&[("c", 1.0), ("driver-threads", 1.0), ("scylla", 2.0)]);
    // Raw C callbacks were not run in the rounds of another client: nothing to pair.
    lines.push(
        json!({"server": "cassandra", "client": "c", "work": "select", "in_flight": 64, "round": 1,
        "requests": 10, "wall_ns": 1, "user_ns": 1, "system_ns": 1}),
    );
    lines.push(json!({"server": "cassandra", "client": "driver-threads", "work": "select",
        "in_flight": 64, "round": 2, "requests": 10, "wall_ns": 1, "user_ns": 1, "system_ns": 1}));
    let text = markdown("missing", &lines);
    let goals = goals(&text);
    let here = "driver-threads, stub, select, 64 in flight";
    assert_eq!(goal(&goals, here, "≤ 1.05")[3], "reached");
    // Better than the best of those that were run, but not all were.
    let row = goal(&goals, here, "≤ 0.95");
    assert_eq!(row[2], "0.50 [0.50, 0.50]; not measured: cassandra-cpp, cdrs-tokio");
    assert_eq!(row[3], "not measured in full");
    for row in &goals {
        if row[0] != here {
            assert_eq!(row[2..], ["not measured", "not measured"], "{row:?}");
        }
    }
    assert!(text.contains("Of 24: 1 reached, 0 missed, 23 not measured, or not in full."));
    assert!(text.contains(
        "Not measured: tokio-mt, tokio-ct, async-std, smol, threads, cassandra-cpp, cdrs-tokio, \
         1 in flight, 16 in flight, 256 in flight, 1,024 in flight, 4,096 in flight.\n"
    ));
    // In the details: no row is left out, and none has figures that its runs did not keep.
    assert!(text.contains(
        "| tokio-mt | not measured | – | – | – | – | – | – | – | – | – | – | – | – | – |\n"
    ));
    let kept = "| c | 4.00 | 4.00 + 0 | – | 1.00 | 1,000,000 | – | – | – | – | – | – | – | – | 5 |";
    assert!(text.contains(kept), "{text}");
    for head in ["Streams", "Connect and close", "Prepare", "Latency at", "Callback", "Memory at"] {
        let section = section(&text, head);
        assert!(section.trim_end().ends_with("Not measured."), "{section}");
    }
    assert!(text.contains("The records do not say on which machine"));
}

#[test]
fn no_records_are_no_figures() {
    let (_, folder) = report("none", synthetic::text(&synthetic::session(1, 1)).as_bytes());
    assert!(folder.join("cpu.svg").exists());
    let (written, _) = report("none", b"");
    assert_eq!(written.unwrap().files, [folder.join("README.md")]);
    // Plots of the earlier report would be taken for plots of this one.
    assert!(!folder.join("cpu.svg").exists());
    let text = fs::read_to_string(folder.join("README.md")).unwrap();
    assert!(!text.contains(".svg"));
    assert!(goals(&text).iter().all(|row| row[3] == "not measured"));
}

#[test]
fn a_torn_last_line_is_told_in_the_report() {
    let mut lines = synthetic::text(&few(&[("c", 1.0)]));
    lines.truncate(lines.len() - 20);
    let (written, folder) = report("torn", lines.as_bytes());
    let notes = written.unwrap().notes;
    assert!(notes[0].starts_with("Line 5, the last one of the records, is torn"), "{notes:?}");
    assert!(fs::read_to_string(folder.join("README.md")).unwrap().contains(&notes[0]));
}

#[test]
fn a_torn_line_elsewhere_names_file_and_line() {
    let (written, _) = report("broken", b"{\"about\":{}}\n{\"server\":\n{\"about\":{}}\n");
    let error = written.unwrap_err().to_string();
    assert!(error.contains("records.jsonl, line 2: "), "{error}");
}

#[test]
fn a_run_that_counts_lends_its_times_to_none() {
    let mut lines = few(&[("c", 1.0), ("smol", 1.0)]);
    let slow = |line: &Value| {
        let mut slow = line.clone();
        slow["user_ns"] = json!(900_000_000);
        slow
    };
    // By its system calls, by its allocations beside runs without, by what it says of itself.
    let mut counted = slow(&lines[0]);
    counted["syscalls"] = json!(250);
    let mut allocated = slow(&lines[1]);
    allocated["allocations"] = json!(3_000);
    let mut said = slow(&lines[0]);
    said["counted"] = json!(true);
    // And where no other runs are, there are no times.
    let mut alone = slow(&lines[0]);
    alone["client"] = json!("scylla");
    alone["syscalls"] = json!(500);
    lines.extend([counted, allocated, said, alone]);
    let text = markdown("counted", &lines);
    for row in [
        "| c | 4.00 | 4.00 + 0 | – | 1.00 | 1,000,000 | – | – | – | – | 0.25 | – | – | – | 5 |",
        "| smol | 4.00 | 4.00 + 0 | 1.00 [1.00, 1.00] | 1.00 | 1,000,000 | – | – | – | – | – | 3.00 | – | – | 5 |",
        "| scylla | – | – + – | – | – | – | – | – | – | – | 0.50 | – | – | – | 0 |",
    ] {
        assert!(text.contains(row), "no {row} in {text}");
    }
}

#[test]
fn allocations_of_timed_runs_count_too() {
    let mut lines = few(&[("c", 1.0), ("tokio-mt", 1.0)]);
    for line in lines.iter_mut().filter(|line| line["client"] == "tokio-mt") {
        line["allocations"] = json!(3_000);
    }
    let text = markdown("allocations", &lines);
    let row = goals(&text).into_iter().find(|row| row[0].starts_with("Rust allocations")).unwrap();
    assert!(row[2].starts_with("2.00 [2.00, 2.00]; not measured: driver-threads, "), "{row:?}");
    assert!(text.contains("| tokio-mt | 4.00 | 4.00 + 0 | 1.00 [1.00, 1.00] |"));
}
