//! What comes beside the rows: traces, payloads, the coordinator; and statements that have died.

use async_cassandra::{BatchKind, CustomPayload, ErrorKind};
use futures::future;

use crate::cell::{Cell, Held};

pub async fn tracing_ids(cell: Cell) {
    let session = cell.connect().await;
    let prepared = session.prepare("ROWS 2 2").tracing(true).await.unwrap();
    let batch = || session.batch(BatchKind::Logged).add(prepared.bind(()));
    for page in [
        session.query("OK", ()).tracing(true).await.unwrap(),
        prepared.bind(()).await.unwrap(),
        batch().tracing(true).await.unwrap(),
    ] {
        assert_eq!(page.tracing_id().unwrap().version(), Some(1), "{page:?}");
    }
    for page in [
        session.query("OK", ()).await.unwrap(),
        prepared.bind(()).tracing(false).await.unwrap(),
        // Options of what is in a batch are not those of the batch.
        batch().await.unwrap(),
    ] {
        assert_eq!(page.tracing_id(), None, "{page:?}");
    }
    let mut pages = prepared.bind(()).prefetch(1).pages().await.unwrap();
    while let Some(page) = pages.try_next().await.unwrap() {
        assert!(page.tracing_id().is_some());
    }
    let failed = session.query("ERROR 0x1200 slow", ());
    assert!(failed.tracing(true).await.unwrap_err().tracing_id().is_some());
    let failed = session.query("ERROR 0x1200 slow", ());
    assert!(failed.await.unwrap_err().tracing_id().is_none());
}

/// A page answers questions about its request after session and request are gone.
pub async fn payloads(cell: Cell) {
    let session = cell.connect().await;
    let payload = CustomPayload::from([("zone", "a1"), ("empty", "")]);
    let prepared = session.prepare("ECHO int").custom_payload(&payload).await.unwrap();
    let pages = [
        session.query("OK", ()).custom_payload(&payload).await.unwrap(),
        session.query("ECHO int", (1,)).custom_payload(&payload).await.unwrap(),
        prepared.bind((1,)).await.unwrap(),
        session
            .batch(BatchKind::Unlogged)
            .add(prepared.bind((1,)))
            .custom_payload(&payload)
            .await
            .unwrap(),
    ];
    let none = session.query("OK", ()).await.unwrap();
    session.close().await.unwrap();
    drop((session, prepared));
    for page in pages {
        assert_eq!(page.custom_payload().unwrap(), payload);
        assert_eq!(page.custom_payload().unwrap().get("zone"), Some(&b"a1"[..]));
    }
    assert!(none.custom_payload().unwrap().is_empty());
}

pub async fn no_payloads(cell: Cell) {
    let session = cell.builder().protocol_version(3).connect().await.unwrap();
    let payload = CustomPayload::from([("zone", "a1")]);
    let batch = session.batch(BatchKind::Logged).add(session.query("OK", ()));
    for error in [
        session.query("OK", ()).custom_payload(&payload).await.unwrap_err(),
        session.query("ECHO int", (1,)).custom_payload(&payload).await.unwrap_err(),
        session.prepare("ECHO int").custom_payload(&payload).await.unwrap_err(),
        batch.custom_payload(&payload).await.unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::Setting { name: "custom_payload" }, "{error}");
    }
    session.query("OK", ()).await.unwrap();
}

/// One payload for many requests, gone before they are answered.
pub fn shared_payload(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let payload: CustomPayload = [("n", vec![7; 100])].into();
        let held = Held::new();
        let requests = (0..20).map(|_| session.query("OK", ()).custom_payload(&payload).execute());
        let mut requests = future::join_all(requests);
        let done = futures::poll!(&mut requests).is_ready();
        assert_eq!(fake_driver::live().payloads, 1);
        drop(payload);
        drop(held);
        if !done {
            for page in requests.await {
                let payload = page.unwrap().custom_payload().unwrap();
                assert_eq!(payload.get("n"), Some(&[7; 100][..]));
            }
        }
    });
}

/// The fake driver lacks the function.
pub async fn coordinator(cell: Cell) {
    let session = cell.connect().await;
    let page = session.query("OK", ()).await.unwrap();
    let error = session.coordinator(&page).await.unwrap_err();
    let missing = ErrorKind::Unsupported { function: "cass_future_coordinator" };
    assert_eq!(*error.kind(), missing, "{error}");
}

/// The server gives statements other ids: what the session keeps is prepared anew, what the program
/// keeps is for the program to prepare.
pub fn dead_statements(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let echo = session.prepare("ECHO int").await.unwrap();
        let cached = || session.query("ECHO int", (1,));
        let batch = || session.batch(BatchKind::Logged).add(cached());
        cached().await.unwrap();
        type Row = (i32,);
        fake_driver::forget();
        let is_dead = |error: async_cassandra::Error| {
            assert_eq!(*error.kind(), ErrorKind::Unprepared, "{error}");
            assert!(error.is_retryable(), "it did not run");
            assert!(error.to_string().contains("`"), "{error}");
        };
        is_dead(cached().await.unwrap_err());
        cached().await.unwrap();

        fake_driver::forget();
        is_dead(batch().await.unwrap_err());
        batch().await.unwrap();

        fake_driver::forget();
        is_dead(cached().stream::<Row>().await.unwrap_err());
        cached().stream::<Row>().await.unwrap();

        for _ in 0..2 {
            is_dead(echo.bind((1,)).await.unwrap_err());
        }
        session.prepare("ECHO int").await.unwrap().bind((1,)).await.unwrap();
    });
}
