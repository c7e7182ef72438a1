//! The class-data archive: Cassandra's classes as the JVM wants them in memory, which saves a
//! quarter of every start.
//!
//! A JVM can write such an archive when it ends by itself; the nodes of tests are killed. So the
//! first node that is started without an archive is asked for one right after it became ready,
//! before it is handed over, as `jcmd <pid> VM.cds dynamic_dump` does. That costs this one start
//! 2-3 s and 46 MB of disk. Java 11 cannot do that; there the first node writes down which classes it
//! loads, and another JVM makes the archive from that list, which takes 5 s and 85 MB. The archive
//! is used by every later start with the same Java, version and JVM flags.
//!
//! It never fails a start. The JVM checks an archive's sums and ignores one that does not fit; a
//! node that ends nevertheless is started again without. Either way the archive is thrown away and
//! the next start makes another. What could not be archived, or was thrown away twice, is not tried
//! again: a file `….failed` beside it says why, and removing that file gives it another try.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::attach;
use crate::java::{FOREIGN_OPTIONS, Java};
use crate::launch::{Plan, Supplies, joined};
use crate::lock;
use crate::process;

/// How long the JVM may take to write.
const DUMP_DEADLINE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(20);
/// The first Java that can be asked for an archive while it runs.
const DYNAMIC: u32 = 17;
/// Archives with an agent on the class path are a diagnostic option there. Java 11 does not mind.
const UNLOCK: [&str; 2] = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+AllowArchivingWithJavaAgent"];

/// What one start does about the archive.
pub(crate) enum Archive {
    /// Nothing.
    None,
    /// The node reads it.
    Use { archive: PathBuf, dynamic: bool },
    /// The node is asked for it once it is ready.
    Record(Recording),
}

pub(crate) struct Recording {
    target: PathBuf,
    dynamic: bool,
    /// Held until the archive is there, so that one process at a time writes it.
    _lock: File,
}

impl Archive {
    /// Decides for a node that will run on `java` with `flags`.
    pub(crate) fn choose(root: &Path, version: &str, java: &Java, flags: &[String]) -> Self {
        let target = root.join(format!("{version}-{:016x}.jsa", key(java, flags)));
        let dynamic = java.version >= DYNAMIC;
        if target.is_file() {
            return Self::Use { archive: target, dynamic };
        }
        if failure_of(&target).exists() {
            return Self::None;
        }
        // A cache that cannot be written or a lock that is busy: start without.
        match lock::open(&target.with_extension("lock")) {
            Ok(lock) if lock::try_take(&lock).unwrap_or(false) => {
                if target.is_file() {
                    return Self::Use { archive: target, dynamic };
                }
                Self::Record(Recording { target, dynamic, _lock: lock })
            }
            _ => Self::None,
        }
    }

    /// What to put on the node's command line.
    pub(crate) fn flags(&self) -> Vec<OsString> {
        let (dynamic, more) = match self {
            Self::None => return Vec::new(),
            Self::Use { archive, dynamic } => {
                let file = joined("-XX:SharedArchiveFile=", archive.as_os_str());
                // A damaged archive is found by its sums and not by a crash; costs 20 to 100 ms.
                (*dynamic, vec!["-XX:+VerifySharedSpaces".into(), "-Xshare:auto".into(), file])
            }
            Self::Record(Recording { dynamic: true, .. }) => {
                let more = ["-XX:+RecordDynamicDumpInfo", "-XX:+StartAttachListener"];
                (true, more.map(OsString::from).into())
            }
            Self::Record(recording) => {
                (false, vec![joined("-XX:DumpLoadedClassList=", recording.classes().as_os_str())])
            }
        };
        let unlocked = UNLOCK.iter().filter(|_| dynamic).map(OsString::from);
        unlocked.chain(more).collect()
    }

    /// Looks whether the running node took the archive, and throws away one that it did not. Whether
    /// it was thrown away.
    pub(crate) fn check(&self, node: u32) -> bool {
        let Self::Use { archive: path, .. } = self else { return false };
        let Ok(maps) = fs::read(format!("/proc/{node}/maps")) else { return false };
        let path = path.as_os_str().as_bytes();
        let taken = maps.windows(path.len()).any(|part| part == path);
        !taken && self.discard()
    }

    /// Throws away an archive with which a node did not start. Whether there was one.
    ///
    /// The next start makes another. A second one that is thrown away is the last.
    pub(crate) fn discard(&self) -> bool {
        let Self::Use { archive: path, .. } = self else { return false };
        let _ = fs::remove_file(path);
        let rejected = path.with_extension("rejected");
        let marker = if rejected.exists() { failure_of(path) } else { rejected };
        let _ = fs::write(marker, "the JVM did not take the archive");
        true
    }
}

impl Recording {
    /// Has the archive made from what the running node has loaded, and puts it in place.
    pub(crate) fn finish(self, node: u32, plan: &Plan) {
        let temporary = self.target.with_extension("partial");
        let made = if self.dynamic {
            request(node, plan.folder.path(), &temporary)
        } else {
            make(&plan.supplies, &self.classes(), &temporary)
        };
        let outcome = made.and_then(|()| fs::rename(&temporary, &self.target));
        let _ = fs::remove_file(self.classes());
        if let Err(error) = outcome {
            let _ = fs::remove_file(&temporary);
            let _ = fs::write(failure_of(&self.target), error.to_string());
        }
    }

    /// The list of the classes that the node has loaded.
    fn classes(&self) -> PathBuf {
        self.target.with_extension("classes")
    }
}

/// A number for what an archive depends on: the Java, and its flags but for the size of the heap
/// and system properties. FNV-1a, so that programs built by different compilers agree on it.
fn key(java: &Java, flags: &[String]) -> u64 {
    let matters = |flag: &&String| !flag.starts_with("-D") && !flag.starts_with("-Xm");
    let mut parts = vec![java.home.as_os_str().as_bytes(), java.build.as_bytes()];
    parts.extend(flags.iter().filter(matters).map(|flag| flag.as_bytes()));
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for &byte in part.iter().chain(&[0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    hash
}

fn failure_of(archive: &Path) -> PathBuf {
    archive.with_extension("failed")
}

/// Lets a JVM of its own make the archive of `classes`.
fn make(supplies: &Supplies, classes: &Path, file: &Path) -> io::Result<()> {
    let mut command = Command::new(&supplies.java.executable);
    command.args(&supplies.flags).arg("-Xshare:dump");
    command.arg(joined("-XX:SharedClassListFile=", classes.as_os_str()));
    command.arg(joined("-XX:SharedArchiveFile=", file.as_os_str()));
    command.arg("-cp").arg(supplies.class_path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for name in FOREIGN_OPTIONS {
        command.env_remove(name);
    }
    let mut child = process::spawn(command)?;
    let deadline = Instant::now() + DUMP_DEADLINE;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break status,
            None if Instant::now() >= deadline => child.kill()?,
            None => thread::sleep(POLL),
        }
    };
    if status.success() && file.is_file() {
        return Ok(());
    }
    Err(io::Error::other(format!("the JVM that was to make it ended with {status}")))
}

fn request(node: u32, folder: &Path, file: &Path) -> io::Result<()> {
    let path = file.to_str().filter(|path| !path.contains(['"', '\n']));
    let path = path.ok_or_else(|| io::Error::other("the path has characters jcmd cannot take"))?;
    let said =
        attach::jcmd(node, folder, &format!("VM.cds dynamic_dump \"{path}\""), DUMP_DEADLINE)?;
    if file.is_file() { Ok(()) } else { Err(io::Error::other(said)) }
}
