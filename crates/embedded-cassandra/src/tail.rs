//! The end of a node's logs, as an error shows it.

use std::fs;
use std::path::Path;

use crate::launch::{output_log, system_log};

/// Lines shown of each file, and characters of each line.
const LINES: usize = 30;
const WIDTH: usize = 400;

/// The last lines of what the node printed and logged, without the frames of stack traces.
pub(crate) fn of(folder: &Path) -> String {
    let printed = last_lines(&output_log(folder));
    let logged = last_lines(&system_log(folder));
    match (printed.is_empty(), logged.is_empty()) {
        (true, true) => "(it neither printed nor logged anything)".into(),
        (true, false) => logged,
        (false, true) => printed,
        (false, false) => format!("{logged}\n-- printed:\n{printed}"),
    }
}

fn last_lines(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let telling = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("at ");
    let lines: Vec<&str> = text.lines().filter(telling).collect();
    let shown = &lines[lines.len().saturating_sub(LINES)..];
    let cut = |line: &&str| line.chars().take(WIDTH).collect::<String>();
    shown.iter().map(cut).collect::<Vec<_>>().join("\n")
}
