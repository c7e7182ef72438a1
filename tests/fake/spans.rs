//! A span for each request. The subscriber is the process's, so each test has one of its own.

use async_cassandra::{BatchKind, Session};
use futures::executor::block_on;
use futures::{FutureExt, StreamExt};
use tracing::Level;

use crate::harness::alone::alone;
use crate::harness::recorder::{Recorder, Seen, seen};

const TARGET: &str = "async_cassandra::request";

fn connect() -> Session {
    async_cassandra::driver::load_from(fake_driver::path()).unwrap();
    tracing::subscriber::set_global_default(Recorder).unwrap();
    let builder = Session::builder().contact_points(["late"]).keyspace("shop");
    let session = block_on(builder.connect()).unwrap();
    assert_eq!(session.keyspace(), Some("shop"));
    session
}

/// The spans so far: all of them are over.
fn spans() -> Vec<Seen> {
    let spans = seen(TARGET);
    for span in &spans {
        assert!(span.closed, "{span:?}");
        assert_eq!(span.level, Some(Level::DEBUG));
        assert_eq!(span.field("db.system.name"), Some("cassandra"));
        assert_eq!(span.field("db.namespace"), Some("shop"));
        assert_eq!(span.field("otel.kind"), Some("client"));
        assert_eq!(span.field("otel.name"), span.field("db.operation.name"));
    }
    spans
}

/// Operations and texts.
fn said(spans: &[Seen]) -> Vec<(&str, &str)> {
    let field = |span: &'static str| move |seen| Seen::field(seen, span).unwrap();
    spans.iter().map(|s| (field("db.operation.name")(s), field("db.query.text")(s))).collect()
}

#[test]
fn requests_pages_and_prepares() {
    alone(
        "spans::requests_pages_and_prepares",
        |_| {},
        || {
            let session = connect();
            block_on(session.query("ROWS 3 2", ()).execute()).unwrap();
            block_on(session.query("ECHO text", ("secret",)).execute()).unwrap();
            block_on(session.query("echo text", ("secret",)).execute()).unwrap();
            block_on(session.query("ECHO text", ("secret",)).execute()).unwrap();
            block_on(async {
                let pages = session.query("ROWS 2 3", ()).pages().await.unwrap();
                assert_eq!(pages.count().await, 3);
            });
            let spans = spans();
            let expected = [
                ("ROWS", "ROWS 3 2"),
                ("PREPARE", "ECHO text"),
                ("ECHO", "ECHO text"),
                ("PREPARE", "echo text"),
                ("ECHO", "echo text"),
                ("ECHO", "ECHO text"),
                ("ROWS", "ROWS 2 3"),
                ("ROWS", "ROWS 2 3"),
                ("ROWS", "ROWS 2 3"),
            ];
            assert_eq!(said(&spans), expected);
            for span in &spans {
                assert!(!format!("{span:?}").contains("secret"), "{span:?}");
                assert_eq!((span.field("error.type"), span.parent), (None, None), "{span:?}");
            }
        },
    );
}

#[test]
fn batches_say_how_many() {
    alone(
        "spans::batches_say_how_many",
        |_| {},
        || {
            let session = connect();
            let mut batch = session.batch(BatchKind::Logged);
            for _ in 0..3 {
                batch = batch.add(session.query("OK", ()));
            }
            block_on(batch.execute()).unwrap();
            let spans = spans();
            assert_eq!(said(&spans), [("BATCH", "OK")]);
            assert_eq!(spans[0].field("db.operation.batch.size"), Some("3"));
        },
    );
}

#[test]
fn failures_are_named() {
    alone(
        "spans::failures_are_named",
        |_| {},
        || {
            let session = connect();
            block_on(session.query("ERROR 0x1001 busy", ()).execute()).unwrap_err();
            block_on(session.query("ERROR 0x1100 late", ()).execute()).unwrap_err();
            block_on(session.prepare("nonsense").into_future()).unwrap_err();
            block_on(session.query("ERROR 0x0100000E lost", ()).execute()).unwrap_err();
            block_on(session.close().into_future()).unwrap();
            block_on(session.query("OK", ()).execute()).unwrap_err();
            let spans = spans();
            let failures: Vec<_> = spans
                .iter()
                .map(|span| (span.field("error.type"), span.field("db.response.status_code")))
                .collect();
            let expected = [
                (Some("Overloaded"), Some("0x1001")),
                (Some("WriteTimeout"), Some("0x1100")),
                (Some("Syntax"), Some("0x2000")),
                (Some("Timeout"), None),
                (Some("Closed"), None),
            ];
            assert_eq!(failures, expected);
            assert!(spans.iter().all(|span| span.field("otel.status_code") == Some("ERROR")));
        },
    );
}

#[test]
fn what_is_dropped_was_abandoned() {
    alone(
        "spans::what_is_dropped_was_abandoned",
        |_| {},
        || {
            let session = connect();
            drop(session.query("OK", ()).execute());
            assert!(spans().is_empty(), "nothing was sent");
            fake_driver::hold();
            let mut request = session.query("ROWS 3 2", ()).execute();
            assert!((&mut request).now_or_never().is_none());
            assert!(!seen(TARGET)[0].closed);
            drop(request);
            fake_driver::release();
            let spans = spans();
            assert_eq!(spans[0].field("error.type"), Some("abandoned"));
            assert_eq!(spans[0].field("otel.status_code"), None);
        },
    );
}

#[test]
fn they_belong_to_the_task() {
    alone(
        "spans::they_belong_to_the_task",
        |_| {},
        || {
            let session = connect();
            let outer = tracing::info_span!(target: "task", "task");
            let mut request = session.query("ROWS 3 2", ()).execute();
            fake_driver::hold();
            assert!(outer.in_scope(|| (&mut request).now_or_never().is_none()));
            drop(outer);
            fake_driver::release();
            // Wherever it is polled afterwards.
            block_on(request).unwrap();
            let spans = spans();
            assert_eq!((spans.len(), spans[0].parent), (1, Some(1)));
        },
    );
}
