//! The way of log lines to the program's logger.
//!
//! # Contract
//! - A logger is foreign code: it may be slow, block, panic, or call a session. It runs on this
//!   module's thread alone, so whoever logs never waits for it, C's threads least of all.
//! - At most [`LIMIT`] lines wait. One more is dropped and counted, and a line tells how many
//!   were, as soon as the logger has caught up.
//!
//! Cost: a copy of the text, a push to a [worker](crate::driver::worker)'s queue and a thread
//! switch a line. At the default level a healthy session logs nothing.

use std::collections::BTreeSet;
use std::fmt::Arguments;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::driver::{counters, worker::Worker};
use crate::error::{Error, ErrorKind, Result};

/// Lines that may wait for the logger: about a megabyte at the longest.
const LIMIT: usize = 1024;
/// The target of the C driver's lines.
const DRIVER: &str = "async_cassandra::driver";
/// The target of this crate's own.
const CLIENT: &str = "async_cassandra";

/// How much the C driver says: lines of this severity and worse.
///
/// There is none for its trace: C++ drivers crash on some failed requests while that is on.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing.
    Off,
    /// What the driver calls errors, and what it calls critical.
    Error,
    /// Failed connections, hosts that are down, warnings of the server. The default.
    Warn,
    /// Hosts and connections that come and go, and every connect.
    Info,
    /// Much more, some of it for each request.
    Debug,
}

impl Level {
    /// C's number for it (`CassLogLevel`).
    fn severity(self) -> u32 {
        match self {
            Self::Off => 0,
            Self::Error => 2,
            Self::Warn => 3,
            Self::Info => 4,
            Self::Debug => 5,
        }
    }

    /// The level of a line; C has more of them.
    fn of(severity: u32) -> Self {
        match severity {
            0..=2 => Self::Error,
            3 => Self::Warn,
            4 => Self::Info,
            _ => Self::Debug,
        }
    }
}

/// C's number of the level that was chosen.
static CHOSEN: AtomicU32 = AtomicU32::new(3);
/// Whether C was told. Held while that changes.
static SETTLED: Mutex<bool> = Mutex::new(false);

/// Chooses how much of the C driver's log goes to `tracing` or `log`, for the whole process. The
/// program's logger filters once more, by the target `async_cassandra::driver`. Default:
/// [`Level::Warn`].
///
/// Call it before the first connect is polled: C keeps its level in a plain variable, which may not
/// change under its threads. To choose the level that is chosen already is fine at any time.
///
/// ```
/// use async_cassandra::observe;
///
/// observe::driver_log(observe::Level::Info)?;
/// # Ok::<(), async_cassandra::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Setting`] when it comes too late.
pub fn driver_log(level: Level) -> Result<()> {
    let settled = SETTLED.lock().unwrap_or_else(PoisonError::into_inner);
    // ORDERING: written under the lock only.
    if *settled && CHOSEN.load(Ordering::Relaxed) != level.severity() {
        let kind = ErrorKind::Setting { name: "driver_log" };
        let text =
            "the level of the C driver's log is chosen before the first connect of the process";
        return Err(Error::new(kind, text));
    }
    // ORDERING: C's threads start later, and read it for a filter alone.
    CHOSEN.store(level.severity(), Ordering::Relaxed);
    Ok(())
}

/// What was chosen, by C's number. It stays.
pub(super) fn settled_level() -> u32 {
    let mut settled = SETTLED.lock().unwrap_or_else(PoisonError::into_inner);
    *settled = true;
    // ORDERING: written under the lock only.
    CHOSEN.load(Ordering::Relaxed)
}

struct Line {
    level: Level,
    text: String,
    origin: Origin,
}

enum Origin {
    /// The C driver: a place in its source.
    Driver { file: String, number: u32 },
    /// This crate.
    Client,
}

static WORKER: Worker<Line> = Worker::new("cass-log", work);
/// Lines that the worker has not taken yet.
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// Dropped lines that the logger was not told of yet.
static UNTOLD: AtomicU64 = AtomicU64::new(0);

pub(super) fn start() -> Result<()> {
    WORKER.start()
}

pub(super) fn driver_line(severity: u32, text: &str, file: &str, number: u32) {
    // ORDERING: a filter; it was settled before C's first line.
    if severity > CHOSEN.load(Ordering::Relaxed) {
        return;
    }
    let origin = Origin::Driver { file: file.to_owned(), number };
    push(Line { level: Level::of(severity), text: text.to_owned(), origin });
}

/// Texts that are remembered. A program has hundreds, unless it writes values into them: enough was
/// said by then.
const REMEMBERED: usize = 1000;

/// Whether nothing was said of this statement yet.
pub(super) fn is_news(cql: &str) -> bool {
    static SAID: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
    let mut hasher = DefaultHasher::new();
    cql.hash(&mut hasher);
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    said.len() < REMEMBERED && said.insert(hasher.finish())
}

pub(super) fn own_line(level: Level, text: Arguments<'_>) {
    // Without a thread there is nobody to hear it; the connect that comes next says why.
    if start().is_ok() {
        push(Line { level, text: text.to_string(), origin: Origin::Client });
    }
}

fn push(line: Line) {
    // ORDERING: a count; the queue publishes the lines.
    if WAITING.fetch_add(1, Ordering::Relaxed) >= LIMIT {
        // ORDERING: as above, and in the next lines.
        WAITING.fetch_sub(1, Ordering::Relaxed);
        UNTOLD.fetch_add(1, Ordering::Relaxed);
        counters::LOG_DROPPED.add();
        return;
    }
    WORKER.send(line);
}

fn work(line: Line) {
    // ORDERING: counts, as in `push`.
    WAITING.fetch_sub(1, Ordering::Relaxed);
    deliver(&line);
    // ORDERING: as above.
    match UNTOLD.swap(0, Ordering::Relaxed) {
        0 => {}
        dropped => {
            let text =
                format!("{dropped} log lines were dropped: the program's logger is too slow");
            deliver(&Line { level: Level::Warn, text, origin: Origin::Client });
        }
    }
}

/// Runs foreign code.
fn deliver(line: &Line) {
    #[cfg(all(feature = "log", feature = "tracing"))]
    match tracing::level_filters::LevelFilter::current() {
        tracing::level_filters::LevelFilter::OFF => to_log(line),
        _ => to_tracing(line),
    }
    #[cfg(all(feature = "log", not(feature = "tracing")))]
    to_log(line);
    #[cfg(all(feature = "tracing", not(feature = "log")))]
    to_tracing(line);
}

/// An event for each level and target: `tracing` wants both to be constants.
#[cfg(feature = "tracing")]
fn to_tracing(Line { level, text, origin }: &Line) {
    use tracing::{debug, error, info, warn};
    match origin {
        Origin::Driver { file, number: line } => match level {
            Level::Off => {}
            Level::Error => error!(target: DRIVER, file, line, "{text}"),
            Level::Warn => warn!(target: DRIVER, file, line, "{text}"),
            Level::Info => info!(target: DRIVER, file, line, "{text}"),
            Level::Debug => debug!(target: DRIVER, file, line, "{text}"),
        },
        Origin::Client if *level <= Level::Warn => warn!(target: CLIENT, "{text}"),
        Origin::Client => info!(target: CLIENT, "{text}"),
    }
}

#[cfg(feature = "log")]
fn to_log(Line { level, text, origin }: &Line) {
    let level = match level {
        Level::Off => return,
        Level::Error => log::Level::Error,
        Level::Warn => log::Level::Warn,
        Level::Info => log::Level::Info,
        Level::Debug => log::Level::Debug,
    };
    if level > log::max_level() {
        return;
    }
    let mut record = log::Record::builder();
    record.level(level);
    match origin {
        Origin::Driver { file, number } => {
            record.target(DRIVER).file(Some(file)).line(Some(*number));
        }
        Origin::Client => {
            record.target(CLIENT);
        }
    }
    log::logger().log(&record.args(format_args!("{text}")).build());
}
