//! A task that ticks while a session is at work on the same thread, and what keeps it from ticking.
//!
//! On a busy machine most of a gap is the time that the thread waited for a processor, which is nobody's
//! fault here. The kernel keeps account of it, so a gap is given twice: as it was, and without that
//! time. What is left is what some code did to the thread: it computed, or it slept in a call.

use std::fs::File;
use std::future::Future;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_cassandra::rt::Runtime;
use async_cassandra::{Session, SessionBuilder};
use futures::{StreamExt, TryStreamExt, future, stream};

/// From one tick to the next, when nothing is in the way.
pub const TICK: Duration = Duration::from_millis(2);

/// The largest gap between two ticks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gap {
    /// As the clock has it.
    pub wall: Duration,
    /// Without the time that the thread waited for a processor.
    pub own: Duration,
}

/// The time that the thread which made this waited for a processor.
struct Waited(File);

impl Waited {
    fn here() -> Self {
        // Three numbers: nanoseconds on a processor, nanoseconds waiting for one, turns.
        Self(File::open("/proc/thread-self/schedstat").expect("Linux, with scheduling statistics"))
    }

    fn now(&self) -> Duration {
        let mut text = [0; 96];
        let length = self.0.read_at(&mut text, 0).unwrap();
        let text = std::str::from_utf8(&text[..length]).unwrap();
        Duration::from_nanos(text.split_whitespace().nth(1).unwrap().parse().unwrap())
    }
}

/// Both ends of the task that ticks.
#[derive(Clone, Default)]
pub struct Heart(Arc<Inner>);

#[derive(Default)]
struct Inner {
    largest: Mutex<Gap>,
    stopped: AtomicBool,
}

impl Heart {
    /// The task. Stays on one thread.
    pub async fn beat<R: Runtime>(self, runtime: R) {
        let thread = std::thread::current().id();
        let waited = Waited::here();
        let mut last = (Instant::now(), waited.now());
        while !self.0.stopped.load(Ordering::SeqCst) {
            runtime.sleep(TICK).await.unwrap();
            assert_eq!(std::thread::current().id(), thread, "the account is one thread's");
            let now = (Instant::now(), waited.now());
            let wall = now.0 - last.0;
            let own = wall.saturating_sub(now.1 - last.1);
            let mut largest = self.0.largest.lock().unwrap();
            largest.wall = largest.wall.max(wall);
            largest.own = largest.own.max(own);
            drop(largest);
            last = now;
        }
    }

    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::SeqCst);
    }

    /// Runs a part of the work, and gives the largest gap of that time.
    pub async fn during<T>(
        &self,
        runtime: &impl Runtime,
        part: impl Future<Output = T>,
    ) -> (T, Gap) {
        // A gap is seen by the tick at its end.
        runtime.sleep(3 * TICK).await.unwrap();
        *self.0.largest.lock().unwrap() = Gap::default();
        let output = part.await;
        runtime.sleep(3 * TICK).await.unwrap();
        (output, *self.0.largest.lock().unwrap())
    }
}

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What the work runs on: one thread.
pub struct Here<R> {
    pub runtime: R,
    pub spawn: Box<dyn Fn(Boxed) + Send + Sync>,
}

/// The rows that are written, and read back.
pub const ROWS: i32 = 10_000;

impl<R: Runtime + Clone> Here<R> {
    /// Every part of a session's life, with the largest gap in each.
    pub async fn live(
        &self,
        heart: &Heart,
        builder: impl Fn() -> SessionBuilder,
    ) -> Vec<(&'static str, Gap)> {
        let mut parts = Vec::new();
        let (session, gap) = heart.during(&self.runtime, builder().connect()).await;
        let session = session.unwrap();
        parts.push(("connect", gap));
        let (_, gap) = heart.during(&self.runtime, self.create(&session)).await;
        parts.push(("schema change", gap));
        let (_, gap) = heart.during(&self.runtime, self.write(&session)).await;
        parts.push(("10,000 writes, 64 tasks", gap));
        let (_, gap) = heart.during(&self.runtime, read(&session)).await;
        parts.push(("10,000 reads, 256 in one task", gap));
        let (_, gap) = heart.during(&self.runtime, self.streams(&session)).await;
        parts.push(("4 streams of 10,000 rows", gap));
        let (_, gap) = heart.during(&self.runtime, drops(&session, &builder)).await;
        parts.push(("drops", gap));
        let (_, gap) = heart.during(&self.runtime, close(session)).await;
        parts.push(("close with 256 in flight", gap));
        parts
    }

    async fn create(&self, session: &Session) {
        session.query("DROP TABLE IF EXISTS beats", ()).await.unwrap();
        let table = "CREATE TABLE beats (part int, n int, note text, PRIMARY KEY (part, n))";
        session.query(table, ()).await.unwrap();
    }

    /// Runs tasks, and waits for all of them.
    async fn tasks<F>(&self, tasks: impl Iterator<Item = F>)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let ends = tasks.map(|task| {
            let (done, end) = futures::channel::oneshot::channel();
            (self.spawn)(Box::pin(async move {
                task.await;
                let _ = done.send(());
            }));
            end
        });
        for end in future::join_all(ends).await {
            end.expect("a task ended before its time");
        }
    }

    async fn write(&self, session: &Session) {
        const TASKS: i32 = 64;
        let insert = session.prepare("INSERT INTO beats (part, n, note) VALUES (?, ?, ?)");
        let insert = insert.await.unwrap();
        self.tasks((0..TASKS).map(|task| {
            let insert = insert.clone();
            async move {
                for n in (task..ROWS).step_by(TASKS as usize) {
                    insert.bind((n % 10, n, format!("note {n}"))).await.unwrap();
                }
            }
        }))
        .await;
    }

    async fn streams(&self, session: &Session) {
        self.tasks((0..4).map(|prefetch| {
            let session = session.clone();
            async move {
                let all = session.query("SELECT part, n, note FROM beats", ());
                let all = all.page_size(500).prefetch(prefetch);
                let mut rows = all.stream::<(i32, i32, String)>().await.unwrap();
                let mut seen = 0;
                while rows.try_next().await.unwrap().is_some() {
                    seen += 1;
                }
                assert_eq!(seen, ROWS);
            }
        }))
        .await;
    }
}

async fn read(session: &Session) {
    let select = session.prepare("SELECT note FROM beats WHERE part = ? AND n = ?").await.unwrap();
    let reads = (0..ROWS).map(|n| select.bind((n % 10, n)).execute());
    let pages = stream::iter(reads).buffer_unordered(256);
    let rows = pages.try_fold(0, async |rows, page| Ok(rows + page.len()));
    assert_eq!(rows.await.unwrap(), ROWS as usize);
}

/// Requests, streams, connects and sessions, each dropped in the middle of what it does.
async fn drops(session: &Session, builder: &impl Fn() -> SessionBuilder) {
    const SOME: &str = "SELECT part, n, note FROM beats LIMIT 10";
    let select = session.prepare(SOME).await.unwrap();
    for _ in 0..10 {
        let mut requests: Vec<_> = (0..64).map(|_| select.bind(()).execute()).collect();
        for request in &mut requests {
            let _ = futures::poll!(request);
        }
        drop(requests);
        let all = session.query("SELECT part, n, note FROM beats", ()).page_size(100).prefetch(2);
        let mut rows = all.stream::<(i32, i32, String)>().await.unwrap();
        rows.try_next().await.unwrap();
        drop(rows);
        let other = builder().connect().await.unwrap();
        let mut requests: Vec<_> = (0..64).map(|_| other.query(SOME, ()).execute()).collect();
        for request in &mut requests {
            let _ = futures::poll!(request);
        }
        drop(requests);
        drop(other);
        let _ = futures::poll!(builder().connect());
    }
}

async fn close(session: Session) {
    let requests = (0..256).map(|n| {
        session.query("SELECT note FROM beats WHERE part = ? AND n = ?", (n % 10, n)).execute()
    });
    let mut requests = future::join_all(requests);
    let _ = futures::poll!(&mut requests);
    session.close().await.unwrap();
}
