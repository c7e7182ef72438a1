//! The private folder of one node: its configuration, its log, what Java unpacks, and its data
//! unless the user named a place for that. Nothing of it is left behind.
//!
//! It is removed when the node is dropped or stopped. For programs that end otherwise, SIGKILL
//! included, a janitor waits at the end of a pipe that the kernel closes with the program: a
//! sleeping `sh` in a process group of its own, which removes the folder and ends. Should even the
//! janitor be killed, the next start of any node finds the folder without an owner and removes it.
//!
//! All folders lie in one folder per user, `embedded-cassandra-<uid>` in the system's temporary
//! folder (`TMPDIR`), which nobody else can read.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::getuid;

use crate::error::{Error, Result};
use crate::lock;
use crate::random;

const PREFIX: &str = "node-";
const LOCK: &str = "lock";
/// Creating and sweeping takes milliseconds; whoever holds the lock for longer is stuck.
const LOCK_DEADLINE: Duration = Duration::from_secs(30);

/// `$1` is the node, `$2` the folder. The loop gives the kernel time to end the node, which would
/// otherwise write into what is being removed; it is bounded, since the number may be used again. A
/// zombie, which nobody may be in a hurry to reap, has no `exe`.
const JANITOR: &str = r#"
trap '' INT TERM HUP
read -r _
i=0
while [ $i -lt 100 ] && [ -e "/proc/$1/exe" ]; do sleep 0.05; i=$((i + 1)); done
rm -rf -- "$2"
"#;

pub(crate) struct Folder {
    path: PathBuf,
    janitor: Mutex<Option<Child>>,
    /// Held as long as this process lives: it is what tells the folder of a node from garbage.
    _lock: File,
}

impl Folder {
    /// Creates a folder, and removes those whose owners are gone.
    pub(crate) fn create() -> Result<Self> {
        let base = base()?;
        let failed = |e: io::Error| Error::io(format!("locking {}", base.display()), &e);
        let guard = lock::open(&base.join(LOCK)).map_err(failed)?;
        if !lock::take(&guard, Instant::now() + LOCK_DEADLINE).map_err(failed)? {
            return Err(failed(io::ErrorKind::TimedOut.into()));
        }
        sweep(&base);
        let path = base.join(format!("{PREFIX}{:016x}", random::number()));
        let failed = |e: io::Error| Error::io(format!("creating {}", path.display()), &e);
        fs::create_dir(&path).map_err(failed)?;
        let lock = lock::open(&path.join(LOCK)).map_err(failed)?;
        lock::try_take(&lock).map_err(failed)?;
        for part in ["conf", "logs", "tmp"] {
            fs::create_dir(path.join(part)).map_err(failed)?;
        }
        Ok(Self { path, janitor: Mutex::default(), _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// From now on the folder is removed even if this process ends without a word: once `node` has
    /// ended, which takes the place of the node before it.
    ///
    /// Where no `sh` can be started, the next start of a node does the removing.
    pub(crate) fn guard(&self, node: u32) {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new("/bin/sh");
        command.args(["-c", JANITOR, "embedded-cassandra-janitor", &node.to_string()]);
        command.arg(&self.path).current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(janitor) = command.spawn() else { return };
        let mut current = self.janitor.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut former) = current.replace(janitor) {
            // Before its pipe is closed, or it would do its work.
            let _ = former.kill();
            let _ = former.wait();
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by a later start.
        let _ = fs::remove_dir_all(&self.path);
        let janitor = self.janitor.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut janitor) = janitor.take() {
            drop(janitor.stdin.take());
            let _ = janitor.wait();
        }
    }
}

/// The folder of all nodes of this user.
fn base() -> Result<PathBuf> {
    let uid = getuid().as_raw();
    let path = std::path::absolute(env::temp_dir())
        .map_err(|e| Error::io("finding the temporary folder", &e))?
        .join(format!("embedded-cassandra-{uid}"));
    let failed = |e: io::Error| {
        let what = format!("using {} (TMPDIR names another place)", path.display());
        Error::io(what, &e)
    };
    match DirBuilder::new().mode(0o700).create(&path) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(failed(e)),
        _ => {}
    }
    // In a folder that everybody writes to, somebody else may have been here first.
    let found = fs::symlink_metadata(&path).map_err(failed)?;
    if !found.is_dir() || found.uid() != uid || found.mode() & 0o077 != 0 {
        return Err(failed(io::Error::other("it belongs to somebody else")));
    }
    Ok(path)
}

/// Removes the folders whose owners are gone. The caller holds the lock of `base`, so a folder
/// without a lock file is not a new one but one that was half removed.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let owned = match File::open(entry.path().join(LOCK)) {
            Ok(lock) => !lock::try_take(&lock).unwrap_or(false),
            Err(_) => false,
        };
        if !owned {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
