//! Gets Cassandra's jars through Maven, once per version and user.
//!
//! The first caller holds a lock and lets `mvn` fill a folder beside the final one, which is then
//! renamed into place: others wait for the lock and find it done, and a download that was killed
//! leaves nothing that could be taken for a complete one. Costs 6 s on a fast network and 67 MB of
//! disk; with the jars in place it costs a `stat` per jar (100).

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::cache;
use crate::error::{Error, Result};
use crate::java::Java;
use crate::lock;
use crate::process;
use crate::progress::Progress;

/// The full coordinates: Maven does not resolve the short prefix under every configuration.
const GOAL: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const TRIES: u32 = 2;
const DEADLINE: Duration = Duration::from_secs(15 * 60);
/// How many of Maven's last lines an error shows.
const SHOWN: usize = 25;
/// The list of a version's jars, one `size name` a line; it is written last.
const LIST: &str = "jars";

/// The jars of `version`, in the order of the class path; downloads them if need be.
pub(crate) fn jars(version: &str, java: &Java, report: &dyn Fn(Progress)) -> Result<Vec<PathBuf>> {
    let root = cache::folder()?;
    let target = root.join(version);
    if let Some(jars) = complete(&target) {
        return Ok(jars);
    }
    cache::create(&root)?;
    let path = root.join(format!("{version}.lock"));
    let guard = lock::open(&path).map_err(|e| Error::cache(&path, e))?;
    wait_for(&guard, &path, || report(Progress::Waiting { version: version.into() }))?;
    if let Some(jars) = complete(&target) {
        return Ok(jars);
    }
    let partial = root.join(format!("{version}.partial"));
    prepare(&partial, version)?;
    download(&partial, version, java, report)?;
    seal(&partial, version)?;
    remove(&target)?;
    fs::rename(&partial, &target).map_err(|e| Error::cache(&target, e))?;
    complete(&target).ok_or_else(|| Error::cache(&target, "the jars vanished"))
}

/// The jars of a folder, if it is there and every listed jar has its size.
fn complete(folder: &Path) -> Option<Vec<PathBuf>> {
    let list = fs::read_to_string(folder.join(LIST)).ok()?;
    list.lines()
        .map(|line| {
            let (size, name) = line.split_once(' ')?;
            let jar = folder.join("lib").join(name);
            (fs::metadata(&jar).ok()?.len() == size.parse::<u64>().ok()?).then_some(jar)
        })
        .collect()
}

fn wait_for(guard: &File, path: &Path, waiting: impl Fn()) -> Result<()> {
    let failed = |e: io::Error| Error::cache(path, e);
    if lock::try_take(guard).map_err(failed)? {
        return Ok(());
    }
    waiting();
    if lock::take(guard, Instant::now() + DEADLINE * TRIES).map_err(failed)? {
        return Ok(());
    }
    Err(Error::cache(path, "another process has been downloading for too long"))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::cache(folder, e)),
        _ => Ok(()),
    }
}

fn prepare(partial: &Path, version: &str) -> Result<()> {
    remove(partial)?;
    cache::create(partial)?;
    let pom = partial.join("pom.xml");
    let text = format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n\
         <modelVersion>4.0.0</modelVersion>\n\
         <groupId>embedded-cassandra</groupId>\n\
         <artifactId>jars</artifactId>\n\
         <version>1</version>\n\
         <dependencies><dependency>\n\
         <groupId>org.apache.cassandra</groupId>\n\
         <artifactId>cassandra-all</artifactId>\n\
         <version>{version}</version>\n\
         </dependency></dependencies>\n\
         </project>\n"
    );
    fs::write(&pom, text).map_err(|e| Error::cache(&pom, e))
}

fn download(partial: &Path, version: &str, java: &Java, report: &dyn Fn(Progress)) -> Result<()> {
    let mut output = String::new();
    for attempt in 0..TRIES {
        let mut command = Command::new("mvn");
        command.args(["-B", GOAL, "-DoutputDirectory=lib"]).current_dir(partial);
        command.stdin(Stdio::null());
        // A Java from pip knows the public certificates only; the machine's own may know those of a
        // mirror or a proxy.
        if !java.downloaded {
            command.env("JAVA_HOME", &java.home);
        }
        if attempt > 0 {
            // Maven remembers what it could not find; ask again.
            command.arg("-U");
        }
        let (status, lines) = run(command, version, report)?;
        if status.success() {
            return Ok(());
        }
        output = lines;
    }
    Err(Error::Download { version: version.into(), output })
}

/// Runs Maven to its end and returns its last lines.
fn run(
    mut command: Command,
    version: &str,
    report: &dyn Fn(Progress),
) -> Result<(ExitStatus, String)> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child =
        process::spawn(command).map_err(|e| Error::Maven { reason: format!("mvn: {e}") })?;
    let (sender, lines) = channel();
    let reading = [
        child.stdout.take().map(|pipe| read_lines(pipe, sender.clone())),
        child.stderr.take().map(|pipe| read_lines(pipe, sender)),
    ];
    let last = follow(&lines, &mut child, version, report);
    let status = child.wait().map_err(|e| Error::io("waiting for Maven", &e))?;
    drop(lines);
    for thread in reading.into_iter().flatten() {
        let _ = thread.join();
    }
    let mut text: Vec<String> = last.into();
    if let Some(signal) = status.signal() {
        text.push(format!("(Maven was ended by signal {signal})"));
    }
    Ok((status, text.join("\n")))
}

fn read_lines(pipe: impl Read + Send + 'static, lines: Sender<String>) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(io::Result::ok) {
            if lines.send(line).is_err() {
                break;
            }
        }
    })
}

/// Reads Maven's lines until it has ended, and kills it at the deadline.
fn follow(
    lines: &Receiver<String>,
    child: &mut Child,
    version: &str,
    report: &dyn Fn(Progress),
) -> VecDeque<String> {
    let deadline = Instant::now() + DEADLINE;
    let mut last = VecDeque::new();
    let mut files = 0;
    let progress = |files| report(Progress::Downloading { version: version.into(), files });
    progress(files);
    while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        if line.contains("Downloaded from ") {
            files += 1;
            progress(files);
        } else if !line.contains("Downloading from ") {
            if last.len() == SHOWN {
                last.pop_front();
            }
            last.push_back(line);
        }
    }
    if Instant::now() >= deadline {
        // It may have ended by itself in the meantime; then there is nothing to kill.
        let _ = child.kill();
    }
    last
}

/// Checks what Maven copied and writes the list that makes it complete.
fn seal(partial: &Path, version: &str) -> Result<()> {
    let lib = partial.join("lib");
    let mut jars = Vec::new();
    for entry in fs::read_dir(&lib).map_err(|e| Error::cache(&lib, e))? {
        let entry = entry.map_err(|e| Error::cache(&lib, e))?;
        let size = entry.metadata().map_err(|e| Error::cache(&entry.path(), e))?.len();
        match entry.file_name().into_string() {
            Ok(name) if name.ends_with(".jar") => jars.push((name, size)),
            _ => {}
        }
    }
    // A fixed order: a class-data archive is good for one class path only.
    jars.sort();
    let server = format!("cassandra-all-{version}.jar");
    if !jars.iter().any(|(name, _)| *name == server) {
        let output = format!("(Maven ended well, but there is no {server} in what it copied)");
        return Err(Error::Download { version: version.into(), output });
    }
    let list: String = jars.iter().map(|(name, size)| format!("{size} {name}\n")).collect();
    let path = partial.join(LIST);
    fs::write(&path, list).map_err(|e| Error::cache(&path, e))
}
