//! PyPI's `cassandra-driver` reads what ours wrote, and ours what it writes: the same meaning, and
//! the same bytes.
//!
//! pip installs the pinned wheels of `requirements.txt` into a folder under `target/tmp`, once;
//! where it finds them is pip's own configuration (`PIP_FIND_LINKS` and `PIP_NO_INDEX` do without a
//! network). A machine on which that fails fails the test, and says why: Python with pip is among
//! what this repository needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::round_trip::{Everything, read};
use crate::shapes::sorted;
use crate::{Test, plain};

/// Lets the other client read all that was bound and write it again, and compares. Gives the number
/// of values.
pub async fn reads_and_writes(test: &Test, written: &Everything) -> usize {
    let client = client().unwrap_or_else(|reason| {
        panic!("the other client, `cassandra-driver` for Python, cannot be had: {reason}")
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types/client.py");
    let mut command = Command::new("python3");
    command.arg("-IB").arg(script).arg(client).arg(test.address.ip().to_string());
    run(command.arg(test.address.port().to_string()).arg(&test.keyspace))
        .unwrap_or_else(|reason| panic!("{reason}"));

    let mut values = 0;
    for column in &written.columns {
        let ours = read(&test.session, column, "bound").await;
        for theirs in read(&test.session, column, "python").await {
            let ours = ours.iter().find(|ours| ours.n == theirs.n).expect("it wrote what it read");
            assert_eq!(sorted(&theirs.value), sorted(&ours.value), "{column} {}", ours.n);
            // The elements of a set inside of another value stay in the order in which they came.
            if !plain::has_inner_set(&ours.value) {
                assert_eq!(theirs.bytes, ours.bytes, "{column}: {}", ours.value);
            }
            values += 1;
        }
    }
    let said = "SELECT count(*) FROM plain";
    let said: i64 = test.session.query(said, ()).scalar().await.unwrap();
    assert_eq!(values as i64, said, "it wrote all that it was told of");
    values
}

/// The folder with the client's packages, for this Python.
fn client() -> Result<PathBuf, String> {
    let tag = "import sys; print(sys.implementation.cache_tag)";
    let tag = run(Command::new("python3").args(["-I", "-c", tag]))?;
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = root.join(format!("cassandra-driver-3.30.1-{}", tag.trim()));
    if folder.is_dir() {
        return Ok(folder);
    }
    // Complete, or not there.
    let partial = root.join(format!("cassandra-driver.partial-{}", std::process::id()));
    let _ = fs::remove_dir_all(&partial);
    let fixed = "-m pip install --quiet --disable-pip-version-check --no-input --no-deps \
                 --no-compile --only-binary :all: --require-hashes --root-user-action ignore";
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types/requirements.txt");
    let mut command = Command::new("python3");
    command.args(fixed.split_whitespace()).arg("--requirement").arg(requirements);
    run(command.arg("--target").arg(&partial))?;
    match fs::rename(&partial, &folder) {
        Ok(()) => Ok(folder),
        Err(_) if folder.is_dir() => Ok(folder),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}

/// What the command printed, or the last of what it complained of.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("python3: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    Err(format!("{}: {}", output.status, lines[lines.len().saturating_sub(45)..].join("\n")))
}
