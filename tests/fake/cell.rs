//! One cell: a personality of the fake driver under a runtime, and whether a test has it to itself.
//!
//! The fake driver's gate and counts belong to the whole process. A test that uses them runs
//! `alone`, and then has to leave no C object behind; all others are `shared`.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, mpsc};
use std::time::{Duration, Instant};

use async_cassandra::observe::{self, Counters};
use async_cassandra::{Session, SessionBuilder};
use fake_driver::Live;

use crate::callers;
use crate::harness::{self, within_deadline};

/// How long the last objects may take to go.
const SETTLE: Duration = Duration::from_secs(10);

static TURN: RwLock<()> = RwLock::new(());

/// What is there when nothing is going on: what was left behind by design, or by a test that failed
/// and that those after it are not to blame for.
static REST: Mutex<Rest> = Mutex::new(Rest {
    detached: 0,
    leaked: 0,
    live: Live {
        clusters: 0,
        sessions: 0,
        futures: 0,
        statements: 0,
        prepared: 0,
        results: 0,
        error_results: 0,
        iterators: 0,
        batches: 0,
        payloads: 0,
        profiles: 0,
        retry_policies: 0,
        timestamp_generators: 0,
        callbacks: 0,
    },
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rest {
    detached: u64,
    leaked: u64,
    live: Live,
}

/// Sessions that never close, and their requests that are never answered.
#[derive(Clone, Copy)]
pub struct Left {
    pub sessions: u64,
    pub requests: u64,
    /// The same for prepares.
    pub prepares: u64,
    /// Of the sessions, those that count as leaked.
    pub leaked: u64,
}

const PERSONALITIES: [&str; 6] = ["inline", "late", "unset", "locked", "bursts", "threads"];

/// Runs a test that brings its own runtimes under one order of completion.
pub fn under(personality: &'static str, body: fn(Cell)) {
    Cell::new(personality, "pollster").alone(body);
}

/// Runs such a test under every order of completion.
pub fn each(body: fn(Cell)) {
    for personality in PERSONALITIES {
        under(personality, body);
    }
}

#[derive(Clone, Copy)]
pub struct Cell {
    pub personality: &'static str,
    runtime: &'static str,
}

impl Cell {
    pub const fn new(personality: &'static str, runtime: &'static str) -> Self {
        Self { personality, runtime }
    }

    /// Runs a test beside others.
    pub fn shared<F>(self, body: fn(Cell) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let _turn = shared_turn();
        within_deadline(move || self.run(body(self)));
    }

    /// Runs a test with nothing beside it, and nothing left behind it.
    pub fn alone(self, body: fn(Cell)) {
        self.alone_leaving(Left { sessions: 0, requests: 0, prepares: 0, leaked: 0 }, body);
    }

    /// Runs a test with nothing beside it, and this left behind it: by design, for good.
    pub fn alone_leaving(self, left: Left, body: fn(Cell)) {
        let _turn = lone_turn();
        settle("what tests before this one left");
        fake_driver::watch();
        within_deadline(move || body(self));
        {
            let mut rest = rest();
            rest.detached += left.requests + left.prepares;
            rest.leaked += left.leaked;
            rest.live.sessions += left.sessions;
            rest.live.futures += left.requests + left.prepares;
            rest.live.statements += left.requests;
            rest.live.callbacks += left.requests + left.prepares;
        }
        settle("what this test left");
        callers::hold(&fake_driver::watched());
    }

    /// Runs a future to its end on the runtime.
    ///
    /// In there nothing may wait for another thread: on an executor that polls inside the wake,
    /// that thread may be the one that waits.
    pub fn run<T: Send + 'static>(self, future: impl Future<Output = T> + Send + 'static) -> T {
        let (done, output) = mpsc::channel();
        (harness::runtime(self.runtime).block_on)(Box::pin(async move {
            let _ = done.send(future.await);
        }));
        output.recv().expect("the future ran to its end")
    }

    /// Settings of a session of this cell. Inside the runtime only.
    pub fn builder(self) -> SessionBuilder {
        let builder = Session::builder().contact_points([self.personality]);
        (harness::runtime(self.runtime).configure)(builder)
    }

    pub async fn connect(self) -> Session {
        self.builder().connect().await.unwrap()
    }

    /// Whether sessions are told of a runtime that runs tasks.
    pub fn has_tasks(self) -> bool {
        ["tokio_multi_thread", "tokio_current_thread", "async_std", "smol"].contains(&self.runtime)
    }

    /// Whether C answers before a call returns, gate or not.
    pub fn is_inline(self) -> bool {
        self.personality == "inline"
    }
}

fn load() {
    async_cassandra::driver::load_from(fake_driver::path()).unwrap();
}

fn shared_turn() -> RwLockReadGuard<'static, ()> {
    load();
    TURN.read().unwrap_or_else(PoisonError::into_inner)
}

fn lone_turn() -> RwLockWriteGuard<'static, ()> {
    load();
    TURN.write().unwrap_or_else(PoisonError::into_inner)
}

fn rest() -> MutexGuard<'static, Rest> {
    REST.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Requests that nobody waits for.
pub fn detached() -> u64 {
    observe::counters().detached - rest().detached
}

/// Sessions that should have closed and have not.
pub fn leaked() -> u64 {
    observe::counters().leaked - rest().leaked
}

/// C sessions that exist.
pub fn sessions() -> u64 {
    fake_driver::live().sessions - rest().live.sessions
}

/// C futures that exist.
pub fn futures() -> u64 {
    fake_driver::live().futures - rest().live.futures
}

/// Waits until nothing is detached, nothing waits to be freed, and no C object is left.
#[track_caller]
fn settle(whose: &str) {
    let mut rest = rest();
    let start = Instant::now();
    loop {
        let counters = observe::counters();
        let Counters { detached, leaked, .. } = counters;
        let now = Rest { detached, leaked, live: fake_driver::live() };
        if now == *rest && counters.reaping == 0 {
            return;
        }
        if start.elapsed() > SETTLE {
            let expected = std::mem::replace(&mut *rest, now);
            drop(rest);
            panic!("{whose}: {now:?}, not {expected:?}; {} to be freed", counters.reaping);
        }
        std::thread::yield_now();
    }
}

/// The gate of the fake driver, closed; open again when this is dropped.
pub struct Held(());

impl Held {
    pub fn new() -> Self {
        fake_driver::hold();
        Self(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        fake_driver::release();
    }
}
