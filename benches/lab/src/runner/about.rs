//! The first line of the records: the machine, and what ran on it.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::Form;
use super::servers::CASSANDRA;
use crate::Result;

pub fn line(form: Form) -> Result<String> {
    let mut versions = serde_json::Map::new();
    for part in env!("LAB_VERSIONS").split(';') {
        let (name, version) = part.split_once('=').unwrap_or((part, ""));
        versions.insert(name.into(), version.into());
    }
    let own = versions["async-cassandra"].as_str().unwrap_or_default();
    versions.insert("async-cassandra".into(), format!("{own} {}", commit()).trim().into());
    let driver = async_cassandra::driver::load()?;
    let version = driver.version().unwrap_or("of no known version");
    versions.insert("c driver".into(), format!("{version} ({})", driver.source()).into());
    versions.insert("cassandra".into(), CASSANDRA.into());
    let rustc = env!("LAB_RUSTC").split_whitespace().nth(1).unwrap_or_default();
    versions.insert("rustc".into(), rustc.into());
    let about = json!({
        "machine": machine()?,
        "date": today()?,
        "versions": Value::Object(versions),
        "form": match form {
            Form::Short => "short",
            Form::Whole => "whole",
        },
    });
    Ok(json!({ "about": about }).to_string())
}

fn machine() -> Result<String> {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = field("/proc/meminfo", "MemTotal");
    let kib: u64 = memory.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(0);
    Ok(format!(
        "{}, {} cores, {} GiB, Linux {}",
        field("/proc/cpuinfo", "model name"),
        available_parallelism()?,
        kib.div_ceil(1 << 20),
        kernel.trim()
    ))
}

/// The commit that was built, if the source is a checkout; `+` where it was changed.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-C", env!("CARGO_MANIFEST_DIR")]).args(arguments);
        let output = command.output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(hash) = git(&["rev-parse", "--short", "HEAD"]) else { return String::new() };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]);
    let mark = if changed.is_some_and(|changed| !changed.is_empty()) { "+" } else { "" };
    format!("{hash}{mark}")
}

fn today() -> Result<String> {
    let days = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() / 86_400;
    let (year, month, day) = date(i64::try_from(days)?);
    Ok(format!("{year}-{month:02}-{day:02}"))
}

/// The date so many days after the first of January 1970, by years that begin in March: the day that is
/// put in now and then is their last.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_become_dates() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_788), (2026, 12, 1));
    }
}
