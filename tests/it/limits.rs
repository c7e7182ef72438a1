//! The limit of requests in flight, and requests that are dropped, against a real node.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use async_cassandra::{ErrorKind, Session};
use futures::future;

use crate::proxy::Proxy;
use crate::server::{self, Test, cell};

/// A session with a queue of so many, and as many places.
async fn narrow(test: &Test, places: u32) -> Session {
    let builder = server::builder(test).queue_size(places).max_in_flight(places as usize);
    builder.connect().await.unwrap()
}

pub async fn ten_thousand_at_once(test: Test) {
    let session = narrow(&test, 1000).await;
    session.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id) VALUES (?)").await.unwrap();
    let mut requests = pin!(future::join_all((0..10_000).map(|id| insert.bind((id,)).execute())));
    let mut most = 0;
    let answers = poll_fn(|cx| {
        let polled = requests.as_mut().poll(cx);
        most = most.max(session.in_flight());
        polled
    });
    let failed: Vec<_> = answers.await.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{} failed: {}", failed.len(), failed[0]);
    assert!(most <= 1000, "{most} in flight");
    let count = session.query("SELECT count(*) FROM t", ()).await.unwrap();
    assert_eq!(count.rows::<(i64,)>().unwrap().next().unwrap().unwrap().0, 10_000);
}

pub async fn deadlines(test: Test) {
    let proxy = Proxy::start(server::node().address());
    let builder = (test.runtime.configure)(Session::builder().contact_points([proxy.address]));
    let session = builder.max_in_flight(1).connect().await.unwrap();
    session.query(LOCAL, ()).deadline(MINUTE).await.unwrap();
    proxy.fall_silent();
    // The first is sent, and not answered; the second gets no place.
    let mut errors = Vec::new();
    for _ in 0..2 {
        errors.push(session.query(LOCAL, ()).deadline(SOON).await.unwrap_err());
    }
    let [late, waiting] = &errors[..] else { unreachable!("two") };
    assert_eq!(*waiting.kind(), ErrorKind::Busy, "{waiting}");
    // Where the task runs inside the wake, the one before still has the place.
    assert!(matches!(late.kind(), ErrorKind::Deadline | ErrorKind::Busy), "{late}");
    assert!(late.to_string().contains(LOCAL), "{late}");
    proxy.cut();
}

const LOCAL: &str = "SELECT key FROM system.local";
const SOON: Duration = Duration::from_millis(20);
const MINUTE: Duration = Duration::from_secs(60);

/// Dropped when they have been sent, or wait, or are nearly done: the stream ids come back, which a
/// connection has 32,768 of.
pub async fn a_hundred_thousand_dropped(test: Test) {
    let session = server::builder(&test).connect().await.unwrap();
    session.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id) VALUES (?)").await.unwrap();
    for round in 0..1000 {
        let requests = (0..100).map(|id| insert.bind((id,)).execute());
        let mut requests = pin!(future::join_all(requests));
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            match requests.as_mut().poll(cx) {
                Poll::Pending if polls <= round % 4 => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })
        .await;
    }
    let answers = future::join_all((0..1000).map(|id| insert.bind((id,)).execute())).await;
    assert_eq!(answers.into_iter().filter(Result::is_err).count(), 0);
    session.close().await.unwrap();
}

#[test]
fn dropped() {
    cell("tokio_multi_thread", a_hundred_thousand_dropped);
}
