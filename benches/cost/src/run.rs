//! The commands.

use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::baseline::Baseline;
use crate::figures::{self, Figures};
use crate::operations::{OPERATIONS, Operation};

/// How much more, or less, than the baseline is still the same.
const TOLERANCE: f64 = 0.03;

/// How callgrind knows [`measured`].
pub const MEASURED: &str = "cost::run::measured";

/// Calls, so many times: what is counted.
#[inline(never)]
pub fn measured(call: &mut dyn FnMut(), times: u64) {
    for _ in 0..times {
        call();
    }
}

pub fn main() -> ExitCode {
    async_cassandra::driver::load_from(fake_driver::path()).expect("the fake driver loads");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        [] => compare(),
        ["update"] => update(),
        ["profile", name] => operation(name).and_then(profile),
        ["run", name, times] => operation(name).and_then(|operation| {
            figures::run(operation, times.parse().map_err(|_| "how many times?")?);
            Ok(true)
        }),
        _ => Err("usage: cost [update | profile OPERATION]".into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn operation(name: &str) -> Result<&'static Operation, String> {
    let found = OPERATIONS.iter().find(|operation| operation.name == name);
    found.ok_or_else(|| format!("there is no operation `{name}`"))
}

fn compiler() -> Result<String, String> {
    let output = Command::new("rustc").arg("--version").output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A folder of our own, for what callgrind writes.
fn scratch() -> Result<std::path::PathBuf, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = program.with_extension("callgrind");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

fn all(folder: &Path) -> Result<Vec<(&'static Operation, Figures)>, String> {
    OPERATIONS.iter().map(|one| Ok((one, figures::figures(one, folder)?))).collect()
}

fn update() -> Result<bool, String> {
    let measured = all(&scratch()?)?;
    for (operation, figures) in &measured {
        line(operation, *figures, "");
    }
    let figures = measured.into_iter().map(|(one, figures)| (one.name.to_owned(), figures));
    Baseline { compiler: compiler()?, figures: figures.collect() }.save()?;
    Ok(true)
}

fn compare() -> Result<bool, String> {
    let baseline = Baseline::load()?;
    let compiler = compiler()?;
    if compiler != baseline.compiler {
        println!("the baseline is of {}, this is {compiler}", baseline.compiler);
    }
    let mut same = true;
    for (operation, figures) in all(&scratch()?)? {
        let verdict = match baseline.of(operation.name) {
            None => Some("is not in the baseline".to_owned()),
            Some(before) => differs(before, figures),
        };
        same &= verdict.is_none();
        line(
            operation,
            figures,
            &verdict.map_or_else(String::new, |text| format!("  FAILED: {text}")),
        );
    }
    for (name, _) in &baseline.figures {
        if operation(name).is_err() {
            println!("{name} is in the baseline only");
            same = false;
        }
    }
    if !same {
        println!(
            "If that is meant, say `cargo run --profile cost -p cost -- update` and commit it."
        );
    }
    Ok(same)
}

/// What is not as it was. Less is told too: the next rise would hide in it.
fn differs(before: Figures, now: Figures) -> Option<String> {
    let change = now.instructions / before.instructions - 1.0;
    if change.abs() > TOLERANCE {
        let (change, before) = (change * 100.0, before.instructions);
        return Some(format!("{change:+.1} % instructions, from {before:.2}"));
    }
    if (now.allocations, now.bytes) != (before.allocations, before.bytes) {
        let Figures { allocations, bytes, .. } = before;
        return Some(format!("allocations, from {allocations} of {bytes} bytes"));
    }
    None
}

fn line(operation: &Operation, figures: Figures, verdict: &str) {
    let Figures { instructions, allocations, bytes } = figures;
    println!(
        "{:<14} {instructions:>9.2} instructions {allocations:>6} allocations {bytes:>7} bytes a {}{verdict}",
        operation.name, operation.unit,
    );
}

fn profile(operation: &Operation) -> Result<bool, String> {
    let functions = figures::by_function(operation, &scratch()?)?;
    let sum: f64 = functions.iter().map(|(instructions, _)| instructions).sum();
    let mut text = format!("{sum:>9.2}  in all, a {}\n", operation.unit);
    for (instructions, name) in functions.iter().filter(|(instructions, _)| *instructions >= 1.0) {
        text.push_str(&format!("{instructions:>9.2}  {name}\n"));
    }
    // Whoever reads may have seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(true)
}
