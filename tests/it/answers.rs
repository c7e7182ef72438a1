//! What comes beside the rows: traces and coordinators.

use async_cassandra::cql::Uuid;
use async_cassandra::{BatchKind, CustomPayload, ErrorKind, Session};

use crate::server::{Test, node};
use crate::tap::Tap;

pub async fn traces(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, v int)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)").await.unwrap();
    assert_eq!(insert.bind((1, 1)).await.unwrap().tracing_id(), None);
    let batch = session.batch(BatchKind::Logged).add(insert.bind((2, 2)));
    for (page, word) in [
        (insert.bind((1, 1)).tracing(true).await.unwrap(), "commitlog"),
        (batch.tracing(true).await.unwrap(), "batch"),
        (
            session.query("SELECT v FROM t WHERE id = ?", (1,)).tracing(true).await.unwrap(),
            "single-partition",
        ),
    ] {
        let id = page.tracing_id().unwrap();
        let trace = session.trace(id).await.unwrap();
        assert_eq!(trace.id, id);
        assert!(trace.duration.is_some(), "{trace}");
        assert!(trace.started_at.is_some() && trace.client.is_some(), "{trace}");
        assert_eq!(trace.coordinator, Some(node().address().ip()), "{trace}");
        assert!(!trace.events.is_empty(), "{trace}");
        assert!(trace.events.iter().all(|event| event.source == trace.coordinator), "{trace}");
        assert!(trace.to_string().contains(word), "{word} in {trace}");
    }
    // A server's error has one too.
    let wrong = session.query("SELECT nothing FROM t", ()).tracing(true).await.unwrap_err();
    let id = wrong.tracing_id().expect("the server traced it");
    assert!(session.trace(id).await.is_ok());
}

pub async fn no_trace(test: Test) {
    let id = Uuid::from_u128(0x7777_7777_7777_1777_8777_7777_7777_7777);
    let error = test.session.trace(id).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoTrace);
    assert!(error.to_string().contains(&id.to_string()), "{error}");
}

pub async fn coordinator(test: Test) {
    let session = &test.session;
    let page = session.query("SELECT key FROM system.local", ()).await.unwrap();
    let coordinator = session.coordinator(&page).await.unwrap().expect("a driver that knows it");
    assert_eq!(coordinator.address, node().address().ip());
    assert_eq!(coordinator.port, Some(node().address().port()));
    assert!(!coordinator.data_center.is_empty() && !coordinator.rack.is_empty());
    assert_eq!(coordinator.host_id.version(), Some(4));
}

/// Over the wire and back.
pub async fn payloads(test: Test) {
    let tap = Tap::start();
    let builder = Session::builder().contact_points([tap.address]).keyspace(&test.keyspace);
    let session = (test.runtime.configure)(builder).connect().await.unwrap();
    session.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();
    let payload =
        CustomPayload::from([("a", vec![0, 255]), ("empty", vec![]), ("b", vec![7; 70_000])]);
    let insert = session.prepare("INSERT INTO t (id) VALUES (?)").custom_payload(&payload).await;
    let insert = insert.unwrap();
    let batch = session.batch(BatchKind::Logged).add(insert.bind((2,)));
    for page in [
        session.query("SELECT id FROM t", ()).custom_payload(&payload).await.unwrap(),
        insert.bind((1,)).await.unwrap(),
        batch.custom_payload(&payload).await.unwrap(),
    ] {
        assert_eq!(page.custom_payload().unwrap(), payload);
    }
    let page = session.query("SELECT id FROM t", ()).await.unwrap();
    assert_eq!(page.len(), 2);
    assert!(page.custom_payload().unwrap().is_empty());
}
