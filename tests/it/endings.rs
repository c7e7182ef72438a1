//! Close, drop, and the order of things at the end.

use std::future::IntoFuture;
use std::pin::pin;
use std::time::Duration;

use async_cassandra::ErrorKind;
use futures::future;

use crate::server::Test;

pub async fn close(test: Test) {
    let session = test.connect().await;
    session.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id) VALUES (?)").await.unwrap();
    let requests = future::join_all((0..100).map(|id| insert.bind((id,)).execute()));
    // Polled once, so all of them are in flight when the close begins.
    let mut requests = pin!(requests);
    let finished = futures::poll!(&mut requests).is_ready();
    let clone = session.clone();
    let (first, second) =
        futures::join!(session.close().into_future(), clone.close().into_future());
    first.unwrap();
    second.unwrap();
    if !finished {
        for outcome in requests.await {
            outcome.unwrap();
        }
    }
    assert!(session.is_closed());
    for error in [
        session.query("SELECT id FROM t", ()).await.unwrap_err(),
        insert.bind((1,)).await.unwrap_err(),
        session.prepare("SELECT id FROM t").await.unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::Closed, "{error}");
    }
    session.close().timeout(Duration::from_secs(30)).await.unwrap();
    let count = test.session.query("SELECT id FROM t", ()).await.unwrap().len();
    assert_eq!(count, 100, "what was in flight has finished");
}

pub async fn dropped_in_flight(test: Test) {
    let session = test.connect().await;
    session.query("CREATE TABLE t (id int PRIMARY KEY, v text)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)").await.unwrap();
    for round in 0..20 {
        let mut requests: Vec<_> =
            (0..50).map(|id| insert.bind((id, "x".repeat(round))).execute()).collect();
        for request in &mut requests {
            let _ = futures::poll!(&mut *request);
        }
        drop(requests);
    }
    // The last handles: the session closes by itself.
    drop(insert);
    drop(session);
}

/// What fails or ends takes no session with it but its own.
pub async fn each_for_itself(test: Test) {
    let (stays, ends) = (test.connect().await, test.connect().await);
    stays.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();
    let insert = stays.prepare("INSERT INTO t (id) VALUES (?)").await.unwrap();
    let mut writes = pin!(future::join_all((0..100).map(|id| insert.bind((id,)).execute())));
    let finished = futures::poll!(&mut writes).is_ready();

    ends.query("SELEC", ()).await.unwrap_err();
    ends.query("SELECT * FROM nowhere", ()).pages().await.unwrap_err();
    ends.query("SELECT id FROM t", ()).stream::<(String,)>().await.unwrap_err();
    let foreign = async_cassandra::PagingState::from_bytes(b"foreign");
    ends.query("SELECT id FROM t", ()).start_at(foreign).await.unwrap_err();
    assert!(!ends.is_closed());
    ends.close().await.unwrap();
    let lost = test.connect().await;
    let _ = futures::poll!(lost.query("SELECT id FROM t", ()).execute());
    drop(lost);

    if !finished {
        for outcome in writes.await {
            outcome.unwrap();
        }
    }
    assert!(!stays.is_closed());
    let rows = stays.query("SELECT id FROM t", ()).page_size(9).stream::<(i32,)>().await.unwrap();
    assert_eq!(futures::StreamExt::count(rows).await, 100);
}
