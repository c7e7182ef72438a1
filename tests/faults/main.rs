//! Three nodes under load at QUORUM, each killed, restarted, paused and resumed in turn.
//!
//! Every request ends; nothing that was acknowledged is lost, the log of writes against what is read
//! back; errors are of listed kinds only; and the full rate is there again soon after each node's
//! return. The figures are printed: `cargo test --test faults -- --nocapture`.

mod load;

use std::time::{Duration, Instant};

use async_cassandra::{Consistency, Session, observe, rt};
use embedded_cassandra::{Cassandra, Cluster};
use load::Load;

/// How soon after a node's return the load must be at its full rate again.
const RECOVERY: Duration = Duration::from_secs(15);
/// What counts as the full rate, as a part of the rate with nothing wrong.
const FULL: f64 = 0.8;
/// How long a node is paused: longer than a request may take.
const PAUSE: Duration = Duration::from_secs(12);

#[test]
fn each_node_in_turn() {
    let cluster = Cassandra::builder().start_cluster(3).unwrap_or_else(|error| panic!("{error}"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run(&cluster));
    drop(runtime);
    let counters = observe::counters();
    assert_eq!((counters.in_flight, counters.detached, counters.leaked), (0, 0, 0), "{counters:?}");
}

async fn run(cluster: &Cluster) {
    let session = connect(cluster).await;
    let mut load = Load::start(&session).await;
    let calm = load.rate_over(Duration::from_secs(8)).await;
    println!("calm: {calm:.0} writes a second");

    for (number, node) in cluster.nodes().iter().enumerate() {
        load.say(format!("node {number}: kill -9"));
        blocking(|| node.kill());
        load.rate_over(Duration::from_secs(5)).await;
        load.say(format!("node {number}: restart"));
        blocking(|| node.restart());
        back_to_full(&mut load, calm, &format!("node {number}: restarted")).await;
        blocking(|| cluster.wait_until_ready());

        load.say(format!("node {number}: pause"));
        blocking(|| node.pause());
        load.rate_over(PAUSE).await;
        load.say(format!("node {number}: resume"));
        blocking(|| node.resume());
        back_to_full(&mut load, calm, &format!("node {number}: resumed")).await;
        blocking(|| cluster.wait_until_ready());
    }

    let report = load.stop().await;
    println!("{report}");
    assert_eq!(report.started, report.ended, "requests that did not end");
    assert!(report.unlisted.is_empty(), "errors of other kinds: {:?}", report.unlisted);
    let lost = report.lost(&session).await;
    assert!(lost.is_empty(), "{} acknowledged writes are lost: {:?}", lost.len(), &lost[..1]);
    println!("read back: all {} acknowledged writes are there", report.acknowledged);
    session.close().await.unwrap();
}

async fn connect(cluster: &Cluster) -> Session {
    let session = Session::builder()
        .contact_points(cluster.addresses())
        .request_timeout(Duration::from_secs(5))
        .runtime(rt::Tokio::current())
        .connect()
        .await
        .unwrap();
    load::create_table(&session).await;
    session
}

/// Waits until the full rate is there again.
async fn back_to_full(load: &mut Load, calm: f64, what: &str) {
    let start = Instant::now();
    let mut best = 0.0_f64;
    while start.elapsed() < RECOVERY {
        let rate = load.rate_over(Duration::from_secs(1)).await;
        best = best.max(rate);
        if rate >= FULL * calm {
            println!(
                "{what}: {rate:.0} writes a second {:.1} s later",
                start.elapsed().as_secs_f32()
            );
            return;
        }
    }
    panic!(
        "{what}: {best:.0} writes a second at best within {RECOVERY:?}, not {FULL} of {calm:.0}"
    );
}

/// Calls what blocks; the load goes on, on the runtime's other threads.
fn blocking<T>(call: impl FnOnce() -> embedded_cassandra::Result<T>) -> T {
    tokio::task::block_in_place(call).unwrap_or_else(|error| panic!("{error}"))
}

const QUORUM: Consistency = Consistency::Quorum;
