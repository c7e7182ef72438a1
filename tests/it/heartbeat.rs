//! Nothing in the library holds up the thread of an executor.

#[path = "../harness/heartbeat.rs"]
mod beat;

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use async_cassandra::rt::{self, Runtime};
use async_cassandra::{Session, SessionBuilder, driver};
use beat::{Gap, Heart, Here};

use crate::harness::alone::alone;
use crate::harness::within_deadline;
use crate::server::node;

/// The longest gap that is taken for no hold-up: ten ticks.
const LIMIT: Duration = Duration::from_millis(20);
/// What is in the code is there each time; what the machine does is not.
const ATTEMPTS: usize = 3;

/// Runs a session's life until each part of it went by without a gap, once.
fn no_gap(live: impl Fn() -> Vec<(&'static str, Gap)>) {
    // The first connect of a process would load it: the one thing that takes its time.
    driver::load().unwrap();
    let mut parts = live();
    for _ in 1..ATTEMPTS {
        if parts.iter().all(|(_, gap)| gap.own <= LIMIT) {
            break;
        }
        for (best, (_, gap)) in parts.iter_mut().zip(live()) {
            if gap.own < best.1.own {
                best.1 = gap;
            }
        }
    }
    for (part, gap) in &parts {
        println!("{part}: {gap:?}");
    }
    assert!(parts.iter().all(|(_, gap)| gap.own <= LIMIT), "{parts:#?}");
}

/// A keyspace to live in.
#[derive(Clone)]
struct Place {
    address: String,
    keyspace: String,
}

impl Place {
    fn new() -> Self {
        let keyspace = node().create_keyspace().unwrap();
        Self { address: node().address().to_string(), keyspace }
    }

    fn builder(&self) -> SessionBuilder {
        Session::builder().contact_points([self.address.as_str()]).keyspace(&self.keyspace)
    }
}

/// Beats, and lives, inside a runtime.
async fn alive<R: Runtime + Clone>(here: Here<R>, place: &Place) -> Vec<(&'static str, Gap)> {
    let heart = Heart::default();
    (here.spawn)(Box::pin(heart.clone().beat(here.runtime.clone())));
    let parts = here.live(&heart, || place.builder().runtime(here.runtime.clone())).await;
    heart.stop();
    parts
}

#[test]
fn tokio_current_thread() {
    let place = Place::new();
    within_deadline(move || {
        no_gap(|| {
            let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            tokio.block_on(async {
                let spawn = Box::new(|task| drop(tokio::spawn(task)));
                alive(Here { runtime: rt::Tokio::current(), spawn }, &place).await
            })
        });
    });
}

#[test]
fn smol_on_one_thread() {
    let place = Place::new();
    within_deadline(move || {
        no_gap(|| {
            let executor = Arc::new(smol::Executor::new());
            let spawner = Arc::clone(&executor);
            let spawn = Box::new(move |task| spawner.spawn(task).detach());
            smol::block_on(executor.run(alive(Here { runtime: rt::Smol, spawn }, &place)))
        });
    });
}

/// The number of async-std's threads is the whole process's.
#[test]
fn async_std_with_one_thread() {
    let give = |child: &mut Command| {
        let Place { address, keyspace } = Place::new();
        child.env("ASYNC_STD_THREAD_COUNT", "1").env("PLACE", format!("{address} {keyspace}"));
    };
    let output = alone("heartbeat::async_std_with_one_thread", give, || {
        let place = std::env::var("PLACE").unwrap();
        let (address, keyspace) = place.split_once(' ').unwrap();
        let place = Place { address: address.to_owned(), keyspace: keyspace.to_owned() };
        no_gap(|| {
            let place = place.clone();
            let spawn = |task| drop(async_std::task::spawn(task));
            async_std::task::block_on(async_std::task::spawn(async move {
                alive(Here { runtime: rt::AsyncStd, spawn: Box::new(spawn) }, &place).await
            }))
        });
    });
    print!("{}", String::from_utf8_lossy(&output.stdout));
}

/// What blocks the thread, or keeps it busy, is seen.
#[test]
fn a_hold_up_is_a_gap() {
    let busy = || {
        let start = std::time::Instant::now();
        while start.elapsed() < 20 * LIMIT {
            std::hint::spin_loop();
        }
    };
    let asleep = || std::thread::sleep(2 * LIMIT);
    for hold_up in [&busy as &dyn Fn(), &asleep] {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let gap = tokio.block_on(async {
            let heart = Heart::default();
            tokio::spawn(heart.clone().beat(rt::Tokio::current()));
            let ((), gap) = heart.during(&rt::Tokio::current(), async { hold_up() }).await;
            heart.stop();
            gap
        });
        assert!(gap.own > LIMIT, "{gap:?}");
    }
}
