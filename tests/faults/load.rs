//! Writers that keep a log of what was acknowledged, and readers beside them.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_cassandra::{Error, ErrorKind, Prepared, Session};
use tokio::task::JoinSet;

use super::QUORUM;

/// Requests in flight: each writer has one, each reader has one.
const WRITERS: i32 = 48;
const READERS: i32 = 16;

/// Rows of one partition: a writer goes on to the next one then.
const PARTITION: i32 = 1000;

pub async fn create_table(session: &Session) {
    for cql in [
        "CREATE KEYSPACE faults WITH replication = \
         {'class': 'SimpleStrategy', 'replication_factor': 3}",
        "CREATE TABLE faults.writes (writer int, part int, number int, value bigint, \
         PRIMARY KEY ((writer, part), number))",
    ] {
        session.query(cql, ()).await.unwrap();
    }
}

/// What is in the cell of a write, to tell a row from another's.
fn value(writer: i32, number: i32) -> i64 {
    i64::from(writer) << 32 | i64::from(number)
}

#[derive(Default)]
struct Tally {
    stop: AtomicBool,
    started: AtomicU64,
    ended: AtomicU64,
    acknowledged: AtomicU64,
    errors: Mutex<BTreeMap<String, u64>>,
    unlisted: Mutex<Vec<String>>,
    wrong: AtomicU64,
}

pub struct Load {
    tally: Arc<Tally>,
    /// The numbers that each writer has acknowledged, when it stops.
    writers: JoinSet<(i32, Vec<i32>)>,
    readers: JoinSet<()>,
    start: Instant,
}

pub struct Report {
    pub started: u64,
    pub ended: u64,
    pub acknowledged: u64,
    pub unlisted: Vec<String>,
    errors: BTreeMap<String, u64>,
    took: Duration,
    log: Vec<(i32, Vec<i32>)>,
}

impl Load {
    pub async fn start(session: &Session) -> Self {
        let insert = "INSERT INTO faults.writes (writer, part, number, value) VALUES (?, ?, ?, ?)";
        let select = "SELECT value FROM faults.writes WHERE writer = ? AND part = ? AND number = ?";
        let insert = session.prepare(insert).consistency(QUORUM).await.unwrap();
        let select = session.prepare(select).consistency(QUORUM).idempotent(true).await.unwrap();
        let tally = Arc::new(Tally::default());
        let (mut writers, mut readers) = (JoinSet::new(), JoinSet::new());
        let last: Arc<Vec<Mutex<Option<i32>>>> =
            Arc::new((0..WRITERS).map(|_| Mutex::new(None)).collect());
        for writer in 0..WRITERS {
            let (tally, insert, last) = (Arc::clone(&tally), insert.clone(), Arc::clone(&last));
            writers.spawn(async move { (writer, write(writer, &tally, &insert, &last).await) });
        }
        for reader in 0..READERS {
            let (tally, select, last) = (Arc::clone(&tally), select.clone(), Arc::clone(&last));
            readers.spawn(async move { read(reader, &tally, &select, &last).await });
        }
        Self { tally, writers, readers, start: Instant::now() }
    }

    pub fn say(&self, what: impl fmt::Display) {
        println!("{:6.1} s  {what}", self.start.elapsed().as_secs_f32());
    }

    /// Acknowledged writes a second during the time to come.
    pub async fn rate_over(&self, time: Duration) -> f64 {
        let (before, start) = (self.tally.acknowledged.load(Ordering::Relaxed), Instant::now());
        tokio::time::sleep(time).await;
        let written = self.tally.acknowledged.load(Ordering::Relaxed) - before;
        written as f64 / start.elapsed().as_secs_f64()
    }

    /// Lets every request end.
    pub async fn stop(mut self) -> Report {
        self.tally.stop.store(true, Ordering::Relaxed);
        let mut log = Vec::new();
        while let Some(writer) = self.writers.join_next().await {
            log.push(writer.unwrap());
        }
        while let Some(reader) = self.readers.join_next().await {
            reader.unwrap();
        }
        let tally = &self.tally;
        assert_eq!(tally.wrong.load(Ordering::Relaxed), 0, "acknowledged and not read at QUORUM");
        Report {
            started: tally.started.load(Ordering::Relaxed),
            ended: tally.ended.load(Ordering::Relaxed),
            acknowledged: tally.acknowledged.load(Ordering::Relaxed),
            unlisted: std::mem::take(&mut tally.unlisted.lock().unwrap()),
            errors: std::mem::take(&mut tally.errors.lock().unwrap()),
            took: self.start.elapsed(),
            log,
        }
    }
}

impl Tally {
    fn running(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    fn end(&self, error: Option<&Error>) {
        self.ended.fetch_add(1, Ordering::Relaxed);
        let Some(error) = error else { return };
        let kind = format!("{:?}", error.kind());
        let kind = kind.split([' ', '{', '(']).next().unwrap_or_default().to_owned();
        *self.errors.lock().unwrap().entry(kind).or_default() += 1;
        // What may come of a node that dies, is gone, or keeps silent, with the other two alive.
        let listed = matches!(
            error.kind(),
            ErrorKind::Timeout
                | ErrorKind::ConnectionLost
                | ErrorKind::WriteTimeout { .. }
                | ErrorKind::ReadTimeout { .. }
                | ErrorKind::WriteFailure { .. }
                | ErrorKind::ReadFailure { .. }
                | ErrorKind::Unavailable { .. }
                | ErrorKind::NoHosts
                | ErrorKind::Overloaded
                | ErrorKind::Bootstrapping
        );
        if !listed {
            self.unlisted.lock().unwrap().push(error.to_string());
        }
    }
}

async fn write(
    writer: i32,
    tally: &Tally,
    insert: &Prepared,
    last: &[Mutex<Option<i32>>],
) -> Vec<i32> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if !tally.running() {
            break;
        }
        tally.begin();
        let row = (writer, number / PARTITION, number, value(writer, number));
        let written = insert.bind(row).await;
        tally.end(written.as_ref().err());
        if written.is_ok() {
            tally.acknowledged.fetch_add(1, Ordering::Relaxed);
            acknowledged.push(number);
            *last[writer as usize].lock().unwrap() = Some(number);
        }
    }
    acknowledged
}

/// Reads what was acknowledged last: at QUORUM it has to be there.
async fn read(reader: i32, tally: &Tally, select: &Prepared, last: &[Mutex<Option<i32>>]) {
    let mut writer = reader;
    while tally.running() {
        writer = (writer + 7) % WRITERS;
        let number = *last[writer as usize].lock().unwrap();
        let Some(number) = number else {
            tokio::task::yield_now().await;
            continue;
        };
        tally.begin();
        let page = select.bind((writer, number / PARTITION, number)).await;
        tally.end(page.as_ref().err());
        let Ok(page) = page else { continue };
        let read = page.rows::<(i64,)>().unwrap().next().map(Result::unwrap);
        if read != Some((value(writer, number),)) {
            tally.wrong.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Report {
    /// The acknowledged writes that cannot be read back.
    pub async fn lost(&self, session: &Session) -> Vec<(i32, i32)> {
        let select = "SELECT number, value FROM faults.writes WHERE writer = ? AND part = ?";
        let select = session.prepare(select).consistency(QUORUM).idempotent(true).await.unwrap();
        let mut lost = Vec::new();
        for (writer, numbers) in &self.log {
            let mut there = HashSet::new();
            for part in 0..=numbers.last().map_or(0, |last| last / PARTITION) {
                let mut rows = select.bind((*writer, part)).stream::<(i32, i64)>().await.unwrap();
                while let Some((number, read)) = rows.try_next().await.unwrap() {
                    assert_eq!(read, value(*writer, number), "a row of writer {writer}");
                    there.insert(number);
                }
            }
            lost.extend(numbers.iter().filter(|n| !there.contains(n)).map(|n| (*writer, *n)));
        }
        lost
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} requests in {:.0} s, {} in flight at a time; {} writes acknowledged",
            self.ended,
            self.took.as_secs_f32(),
            WRITERS + READERS,
            self.acknowledged
        )?;
        write!(f, "errors: {:?}", self.errors)
    }
}
