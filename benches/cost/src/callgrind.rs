//! Counts instructions: runs this program under callgrind and reads what it wrote.
//!
//! Counted is what one function calls, on its thread, without the fake driver: a call into that counts
//! for nothing, with all that it calls of the C library in turn, but for callbacks into this program,
//! which are ours again.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

/// Instructions of a run.
#[derive(Debug, Default)]
pub struct Count {
    pub ours: u64,
    /// The same by function of ours, without what it calls, and by function of the C library's that
    /// ours call, with what it calls.
    pub by_function: HashMap<String, u64>,
}

/// Runs this program with these arguments and counts what the function does.
pub fn count(function: &str, arguments: &[&str], out: &Path) -> Result<Count, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--compress-strings=no", "--compress-pos=no"])
        .args([
            format!("--toggle-collect={function}"),
            format!("--callgrind-out-file={}", out.display()),
        ])
        // What a thread frees of another's costs more, and which it gets is a matter of luck.
        .env("MALLOC_ARENA_MAX", "1")
        .arg(&program)
        .args(arguments)
        .output()
        .map_err(|error| format!("valgrind, which has to be installed: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("valgrind {arguments:?}: {}\n{said}", output.status));
    }
    let text =
        std::fs::read_to_string(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let program = program.to_string_lossy();
    // Callgrind's names have no links in them.
    let fake = fake_driver::path().canonicalize().map_err(|error| error.to_string())?;
    let count = read(&text, &program, &fake.to_string_lossy())?;
    if count.ours == 0 {
        return Err(format!("callgrind saw no function `{function}`"));
    }
    Ok(count)
}

/// Whose functions count allocations, which no program but this one does.
const COUNTER: &str = "allocation_counter::";

/// Sums up a file of callgrind's, written with full names.
fn read(text: &str, program: &str, fake: &str) -> Result<Count, String> {
    let mut count = Count::default();
    let (mut total, mut fakes, mut counters) = (0, 0, 0);
    let mut by_function: HashMap<&str, i64> = HashMap::new();
    let (mut object, mut function) = ("", "");
    let (mut to_object, mut to_function, mut is_call) = (None, "", false);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("ob=") {
            object = name;
        } else if let Some(name) = line.strip_prefix("fn=") {
            function = name;
        } else if let Some(name) = line.strip_prefix("cob=") {
            to_object = Some(name);
        } else if let Some(name) = line.strip_prefix("cfn=") {
            to_function = name;
        } else if line.starts_with("calls=") {
            is_call = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit()) {
            let cost = line.split(' ').nth(1).unwrap_or("0");
            let cost: i64 = cost.parse().map_err(|_| format!("callgrind wrote `{line}`"))?;
            if std::mem::take(&mut is_call) {
                // Without a name, the object is the caller's own.
                let to_object = to_object.take().unwrap_or(object);
                if object != fake && to_object == fake {
                    fakes += cost;
                } else if object == fake && to_object == program {
                    fakes -= cost;
                } else if object == program && to_object != program {
                    *by_function.entry(to_function).or_default() += cost;
                }
                continue;
            }
            total += cost;
            if function.contains(COUNTER) {
                counters += cost;
            } else if object == program {
                *by_function.entry(function).or_default() += cost;
            }
        }
    }
    let named = by_function.into_iter().filter(|(name, _)| !name.starts_with("__libc_start_main"));
    let named = named.map(|(name, cost)| (name.to_owned(), cost as u64));
    count.by_function = named.collect();
    count.ours = u64::try_from(total - fakes - counters).map_err(|error| error.to_string())?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// main (10) calls the fake (100), which calls malloc (7) and, back, a callback of ours (20), which calls
    /// the fake again (5) and free (3); main calls malloc (2) and the counter (4).
    const FILE: &str = "\
events: Ir
fl=a.rs
ob=/cost
fn=main
1 10
cob=/fake.so
cfn=execute
calls=1 1
1 135
cfn=allocation_counter::alloc
calls=1 1
1 6
fn=callback
2 20
cob=/fake.so
cfn=result
calls=1 2
2 5
cob=/libc.so
cfn=free
calls=1 2
2 3
fn=allocation_counter::alloc
3 4
cob=/libc.so
cfn=malloc
calls=1 1
3 2
ob=/fake.so
fn=execute
4 100
cob=/libc.so
cfn=malloc
calls=1 1
4 7
cob=/cost
cfn=callback
calls=1 1
4 28
fn=result
4 5
ob=/libc.so
fn=malloc
5 9
fn=free
5 3
totals: 151
";

    #[test]
    fn what_the_fake_driver_does_is_not_ours_and_callbacks_are() {
        let count = read(FILE, "/cost", "/fake.so").unwrap();
        assert_eq!(count.ours, 10 + 20 + 3 + 2);
        let functions = [("main", 10), ("callback", 20), ("free", 3), ("malloc", 2)];
        let expected = functions.map(|(name, cost)| (name.to_owned(), cost)).into();
        assert_eq!(count.by_function, expected);
    }
}
