//! One cell: a personality of the fake driver under a runtime, and whether a test has it to itself.
//!
//! The fake driver's gate and counts belong to the whole process. A test that uses them runs
//! `alone`, and then has to leave no C object behind; all others are `shared`.

use std::future::Future;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, mpsc};
use std::time::{Duration, Instant};

use async_cassandra::{Session, SessionBuilder, observe};
use fake_driver::Live;

use crate::harness::{self, within_deadline};

/// How long the last objects may take to go.
const SETTLE: Duration = Duration::from_secs(10);

static TURN: RwLock<()> = RwLock::new(());

/// What is there when nothing is going on: zero, or what a failed test has left.
static REST: Mutex<Live> = Mutex::new(Live {
    clusters: 0,
    sessions: 0,
    futures: 0,
    statements: 0,
    prepared: 0,
    results: 0,
    error_results: 0,
    iterators: 0,
});

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
        let _turn = lone_turn();
        settle("what tests before this one left");
        let leaked = observe::counters().leaked;
        within_deadline(move || body(self));
        settle("what this test left");
        assert_eq!(observe::counters().leaked, leaked, "leaked sessions");
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

/// Waits until nothing is detached, nothing waits to be freed, and no C object is left.
#[track_caller]
fn settle(whose: &str) {
    let mut rest = REST.lock().unwrap_or_else(PoisonError::into_inner);
    let start = Instant::now();
    loop {
        let (live, counters) = (fake_driver::live(), observe::counters());
        if live == *rest && counters.detached == 0 && counters.reaping == 0 {
            return;
        }
        if start.elapsed() > SETTLE {
            // The tests that follow are not to blame.
            let expected = std::mem::replace(&mut *rest, live);
            drop(rest);
            panic!("{whose}: {live:?} and {counters:?}, not {expected:?}");
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
