//! How long does a session hold up the thread of its executor? A task ticks every 2 ms on a
//! current-thread tokio runtime, or on one thread of smol, while a session on the same thread does
//! everything that sessions do; the largest gaps between two ticks are printed.
//!
//! ```text
//! cargo run --release --example heartbeat
//! cargo run --release --example heartbeat -- smol
//! ```
//!
//! `wall` is the gap by the clock. `own` is what is left of it without the time that the thread waited for
//! a processor: on a machine that has other things to do, that is the figure to look at. Both
//! include the 2 ms to the next tick.

#[path = "../tests/harness/heartbeat.rs"]
mod heartbeat;

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use async_cassandra::rt::{self, Runtime};
use async_cassandra::{Session, driver};
use embedded_cassandra::Cassandra;
use heartbeat::{Gap, Heart, Here};

fn main() -> Result<(), Box<dyn Error>> {
    let on_smol = match std::env::args().nth(1).as_deref() {
        None | Some("tokio") => false,
        Some("smol") => true,
        Some(other) => return Err(format!("no runtime `{other}`: tokio, smol").into()),
    };
    let node = embedded_cassandra::shared()?;
    let keyspace = node.create_keyspace()?;
    let start = Instant::now();
    driver::load()?;
    println!("loading the C driver, once and blocking: {:.1?}", start.elapsed());

    let parts = if on_smol {
        let executor = Arc::new(smol::Executor::new());
        let spawner = Arc::clone(&executor);
        let spawn = Box::new(move |task| spawner.spawn(task).detach());
        let here = Here { runtime: rt::Smol, spawn };
        smol::block_on(executor.run(alive(here, node, &keyspace)))
    } else {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        tokio.block_on(async {
            let spawn = Box::new(|task| drop(tokio::spawn(task)));
            alive(Here { runtime: rt::Tokio::current(), spawn }, node, &keyspace).await
        })
    };
    println!("{:<32} {:>10} {:>10}", "largest gap in ms", "wall", "own");
    for (part, Gap { wall, own }) in parts {
        let [wall, own] = [wall, own].map(|time| time.as_secs_f64() * 1000.0);
        println!("{part:<32} {wall:>10.1} {own:>10.1}");
    }
    Ok(())
}

async fn alive<R: Runtime + Clone>(
    here: Here<R>,
    node: &Cassandra,
    keyspace: &str,
) -> Vec<(&'static str, Gap)> {
    let heart = Heart::default();
    (here.spawn)(Box::pin(heart.clone().beat(here.runtime.clone())));
    let builder = || Session::builder().contact_points([node.address()]).keyspace(keyspace);
    let parts = here.live(&heart, || builder().runtime(here.runtime.clone())).await;
    heart.stop();
    parts
}
