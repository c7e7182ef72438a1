//! The report of a whole made-up session, and of sessions that lack something.

mod synthetic;

use std::fs;
use std::path::{Path, PathBuf};

use lab_report::Written;
use serde_json::Value;

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

/// The rows of the table of goals, cell by cell.
fn goals(markdown: &str) -> Vec<Vec<&str>> {
    let from = markdown.find("## What was to be reached").unwrap();
    let section = &markdown[from..];
    let section = &section[..section[3..].find("\n## ").unwrap()];
    section
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

#[test]
fn a_whole_session() {
    let text = markdown("whole", &synthetic::session(7, 5));
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
    println!("{}", heads.join("\n"));
}
