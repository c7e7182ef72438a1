//! Batches: filled, submitted, refused, dropped, closed.

use std::future::IntoFuture;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_cassandra::{BatchKind, Consistency, ErrorKind, Options, Reached, Retry, Session};
use futures::{FutureExt, future};

use crate::cell::{self, Cell, Held};
use crate::harness::until;
use crate::limits;

const KINDS: [BatchKind; 3] = [BatchKind::Logged, BatchKind::Unlogged, BatchKind::Counter];

/// Text, prepared, and text with values, in one.
pub async fn mixed(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int text").await.unwrap();
    for kind in KINDS {
        let mut batch = session
            .batch(kind)
            .add(echo.bind((1, "one")))
            .add(session.query("OK", ()))
            .add(session.query("ECHO text", ("two",)));
        batch.push(echo.clone().bind((3, "three")).into_owned());
        batch.extend((4..20).map(|id| echo.bind((id, "more"))));
        assert_eq!((batch.len(), batch.is_empty()), (20, false));
        let options = Options::new().consistency(Consistency::Quorum).timestamp(7);
        let page = batch.options(&options).await.unwrap();
        assert_eq!((page.len(), page.columns().len()), (0, 0));
    }
    session.close().await.unwrap();
}

/// Each text is prepared when the batch is executed, and once.
pub fn prepares_first(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let before = fake_driver::callbacks_run();
        let mut batch = session.batch(BatchKind::Unlogged);
        batch.extend((0..5).map(|id| session.query("ECHO int", (id,))));
        batch.push(session.query("ECHO text", ("x",)).consistency(Consistency::One));
        assert_eq!(fake_driver::callbacks_run(), before, "nothing was sent");
        batch.await.unwrap();
        assert_eq!(fake_driver::callbacks_run(), before + 3);
        assert_eq!(fake_driver::live().prepared, 2);
        session.batch(BatchKind::Logged).add(session.query("ECHO int", (1,))).await.unwrap();
        assert_eq!(fake_driver::callbacks_run(), before + 4);
    });
}

/// What cannot be executed is told at the await, and nothing is sent.
pub fn refused(cell: Cell) {
    cell.run(async move {
        let (session, other) = (cell.connect().await, cell.connect().await);
        let echo = session.prepare("ECHO int").await.unwrap();
        let foreign = other.prepare("ECHO int").await.unwrap();
        let frozen = echo.bind((1,));
        frozen.execute_ref().await.unwrap();
        let before = fake_driver::callbacks_run();
        let batch = || session.batch(BatchKind::Logged).add(echo.bind((1,)));
        for (batch, kind) in [
            (session.batch(BatchKind::Logged), ErrorKind::Batch),
            (batch().add(foreign.bind((1,))), ErrorKind::Batch),
            (batch().add(other.query("OK", ())), ErrorKind::Batch),
            (batch().add(other.query("ECHO int", (1,))), ErrorKind::Batch),
            (batch().add(frozen.consistency(Consistency::One)), ErrorKind::Frozen),
            (batch().add(session.query("USE elsewhere", ())), ErrorKind::Refused),
        ] {
            let error = batch.await.unwrap_err();
            assert_eq!(*error.kind(), kind, "{error}");
            assert_eq!((error.reached_server(), error.retry()), (Reached::No, Retry::No));
        }
        let error = batch().add(echo.bind(("one",))).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");
        assert_eq!(error.statement(), Some("ECHO int"));
        assert_eq!(fake_driver::callbacks_run(), before, "nothing was sent");

        let error = batch().add(session.query("ECHO elephant", (1,))).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Syntax);
        assert_eq!(error.statement(), Some("ECHO elephant"));
    });
}

/// It is told before anything of it is sent, and by default nothing is.
pub fn too_large(cell: Cell) {
    cell.run(async move {
        let session = cell.builder().max_batch_bytes(100).connect().await.unwrap();
        let echo = session.prepare("ECHO int text uuid").await.unwrap();
        let batch = |kind, bytes: usize| {
            let uuid = async_cassandra::cql::Uuid::from_bytes([1; 16]);
            // 4 + 16 + the text; and the two bytes of a text without values.
            let text = "x".repeat(bytes - 22);
            session.batch(kind).add(echo.bind((1, text, uuid))).add(session.query("OK", ()))
        };
        let before = fake_driver::callbacks_run();
        for (batch, bytes, limit) in [
            (batch(BatchKind::Logged, 101), 101, 100),
            (batch(BatchKind::Unlogged, 200), 200, 100),
            (batch(BatchKind::Logged, 50).max_bytes(49), 50, 49),
            (batch(BatchKind::Logged, 201).max_bytes(200), 201, 200),
        ] {
            let error = batch.await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::BatchTooLarge { bytes, limit }, "{error}");
            assert_eq!((error.reached_server(), error.retry()), (Reached::No, Retry::No));
            let text = error.to_string();
            assert!(text.contains(&format!("{bytes} bytes, and {limit}")), "{text}");
            assert!(text.contains("BATCH of 2: ECHO int text uuid"), "{text}");
        }
        assert_eq!(fake_driver::callbacks_run(), before, "nothing was sent");
        batch(BatchKind::Logged, 100).await.unwrap();
        batch(BatchKind::Logged, 200).max_bytes(200).await.unwrap();

        let session = cell.connect().await;
        let blob = session.prepare("ECHO blob").await.unwrap();
        session.batch(BatchKind::Logged).add(blob.bind((vec![1_u8; 1 << 20],))).await.unwrap();
    });
}

/// What the protocol has no room for is refused, whatever was asked for.
pub fn no_room(cell: Cell) {
    // A quarter of a gigabyte: once will do.
    if cell.personality != "late" {
        return;
    }
    cell.run(async move {
        let session = cell.connect().await;
        let blob = session.prepare("ECHO blob").await.unwrap();
        let mut batch = session.batch(BatchKind::Logged).max_bytes(usize::MAX);
        let large = vec![1_u8; 65 << 20];
        batch.extend((0..4).map(|_| blob.bind((&large,))));
        let error = batch.await.unwrap_err();
        let (bytes, limit) = (260 << 20, 256 << 20);
        assert_eq!(*error.kind(), ErrorKind::BatchTooLarge { bytes, limit }, "{error}");
    });
}

/// A request that was executed by reference is only read by a batch, as by another execution.
pub async fn after_by_reference(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int").await.unwrap();
    let bound = echo.bind((1,));
    bound.execute_ref().await.unwrap();
    session.batch(BatchKind::Logged).add(bound).await.unwrap();
}

pub async fn errors(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int").await.unwrap();
    let fails = || session.query("ERROR 0x1100 too late", ());
    let careful = Options::new().idempotent(true);
    let batch = |kind| session.batch(kind).add(fails());
    for (batch, retryable) in [
        (batch(BatchKind::Logged).add(echo.bind((1,))), false),
        (batch(BatchKind::Logged).add(echo.bind((1,))).idempotent(true), true),
        // What each request in it says holds for all.
        (session.batch(BatchKind::Logged).add(fails().options(&careful)), true),
        (batch(BatchKind::Logged).add(echo.bind((1,)).options(&careful)), false),
        (session.batch(BatchKind::Logged).add(fails().options(&careful)).idempotent(false), false),
        (session.batch(BatchKind::Counter).add(fails().options(&careful)), false),
    ] {
        let error = batch.await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::WriteTimeout { .. }), "{error}");
        assert_eq!(error.message(), "too late");
        assert!(error.statement().unwrap().contains("BATCH of"), "{error}");
        assert!(error.statement().unwrap().ends_with(": ERROR 0x1100 too late"), "{error}");
        assert_eq!(error.is_retryable(), retryable, "{error}");
    }
}

/// Polls it once: true when it is on its way.
fn submit(batch: &mut (impl Future<Output = impl Sized> + Unpin)) -> bool {
    batch.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending()
}

fn with_session<T: Send + 'static>(
    cell: Cell,
    body: impl FnOnce(Session) -> T + Send + 'static,
) -> T {
    let session = cell.run(cell.connect());
    body(session)
}

pub fn dropped(cell: Cell) {
    with_session(cell, move |session| {
        let prepared = cell.run({
            let session = session.clone();
            async move { session.prepare("ECHO int").await.unwrap() }
        });
        let before = fake_driver::callbacks_run();
        let batch = || session.batch(BatchKind::Logged).add(prepared.bind((1,)));
        // Not executed, not polled.
        drop(batch());
        drop(batch().execute());
        assert_eq!(fake_driver::callbacks_run(), before);

        let held = Held::new();
        let mut in_flight = batch().add(session.query("OK", ())).execute();
        let mut preparing = batch().add(session.query("ECHO text", ("x",))).execute();
        let sent = submit(&mut in_flight) && submit(&mut preparing);
        assert_eq!(sent, !cell.is_inline());
        drop((in_flight, preparing));
        assert_eq!(cell::detached(), if sent { 2 } else { 0 });
        drop(held);
        until("both have come back", || cell::detached() == 0);
        // The callback and the drop meet.
        for round in 0..100 {
            let mut batch = batch().execute();
            let _ = submit(&mut batch);
            for _ in 0..round * 10 {
                std::hint::spin_loop();
            }
        }
    });
}

/// A batch needs one place, however many are in it.
pub fn in_line(cell: Cell) {
    cell.run(async move {
        let session = limits::narrow(cell).await;
        let ok = || session.query("OK", ());
        let batch = || session.batch(BatchKind::Logged).add(ok()).add(ok());
        if cell.is_inline() {
            batch().try_execute().await.unwrap();
            return;
        }
        let held = Held::new();
        let mut in_flight = future::join(batch().execute(), batch().execute());
        assert!(futures::poll!(&mut in_flight).is_pending());
        let mut waiting = batch().execute();
        assert!(futures::poll!(&mut waiting).is_pending());
        assert_eq!((session.in_flight(), session.waiting()), (2, 1));
        drop(batch().execute());
        let error = batch().try_execute().await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Busy);
        let error = batch().deadline(Duration::from_millis(2)).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Busy, "{error}");
        assert!(error.statement().unwrap().contains("BATCH of 2"), "{error}");
        drop(held);
        let (first, second) = in_flight.await;
        for outcome in [first, second, waiting.await] {
            outcome.unwrap();
        }
    });
}

/// The deadline holds for all of it: preparing and executing.
pub fn late(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        if cell.is_inline() {
            return;
        }
        let held = Held::new();
        let batch = || session.batch(BatchKind::Logged).add(session.query("OK", ()));
        let after = Duration::from_millis(2);
        let preparing = batch().add(session.query("ECHO text", ("x",)));
        let error = preparing.deadline(after).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
        assert_eq!(error.statement(), Some("ECHO text"));
        let error = batch().deadline(after).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
        assert_eq!(error.statement(), Some("LOGGED BATCH of 1: OK"));
        drop(held);
    });
}

/// The session waits for batches as for all requests, and takes no more behind them.
pub fn closed(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let echo = session.prepare("ECHO int").await.unwrap();
        let held = Held::new();
        let batches =
            (0..10).map(|id| session.batch(BatchKind::Unlogged).add(echo.bind((id,))).execute());
        let mut batches = future::join_all(batches);
        assert_eq!(futures::poll!(&mut batches).is_ready(), cell.is_inline());
        let mut close = session.close().into_future();
        let closed = futures::poll!(&mut close);
        drop(held);
        match closed {
            Poll::Ready(outcome) => outcome.unwrap(),
            Poll::Pending => close.await.unwrap(),
        }
        if !cell.is_inline() {
            for outcome in batches.await {
                outcome.unwrap();
            }
        }
        for late in [
            session.batch(BatchKind::Logged).add(echo.bind((1,))),
            session.batch(BatchKind::Logged).add(session.query("ECHO text", ("new",))),
        ] {
            let error = late.await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Closed, "{error}");
            assert!(error.statement().is_some(), "{error}");
        }
    });
}

/// A batch that is not answered before the close has its end there.
pub fn session_dropped(cell: Cell) {
    with_session(cell, move |session| {
        let held = Held::new();
        let mut batch = session.batch(BatchKind::Logged).add(session.query("OK", ())).execute();
        let sent = submit(&mut batch);
        drop(batch);
        drop(session);
        assert_eq!(cell::detached(), u64::from(sent));
        drop(held);
    });
}
