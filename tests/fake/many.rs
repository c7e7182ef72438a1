//! One statement for many rows of values.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_cassandra::cql::ToRow;
use async_cassandra::{ErrorKind, Options, Prepared};
use futures::FutureExt;

use crate::cell::{self, Cell, Held};
use crate::harness::until;
use crate::limits;
use crate::wakers::Count;

pub async fn all_rows(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int text").await.unwrap();
    let rows: Vec<(i32, String)> = (0..1000).map(|id| (id, format!("n{id}"))).collect();
    for concurrency in [1, 7, 64, 100, 5000, usize::MAX] {
        // Borrowed.
        assert_eq!(echo.execute_many(&rows).concurrency(concurrency).await.unwrap(), 1000);
    }
    assert_eq!(echo.execute_many((0..300).map(|id| (id, "x"))).await.unwrap(), 300);
    assert_eq!(echo.execute_many(Vec::<(i32, &str)>::new()).await.unwrap(), 0);
    let error = echo.execute_many(&rows).concurrency(0).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Setting { name: "concurrency" });
    let ok = session.prepare("OK").await.unwrap();
    assert_eq!(ok.execute_many([(); 5]).await.unwrap(), 5);
}

/// So many at a time and no more, and the next goes out as soon as one has come back.
pub fn at_a_time(cell: Cell) {
    let session = cell.run(cell.connect());
    let echo = limits::prepare(cell, &session, "ECHO int");
    cell.run(async move {
        let held = Held::new();
        let mut many = echo.execute_many((0..100).map(|id| (id,))).concurrency(70);
        match futures::poll!(&mut many) {
            Poll::Ready(done) => assert_eq!(done.unwrap(), 100),
            Poll::Pending => {
                assert_eq!((session.in_flight(), session.waiting()), (70, 0));
                drop(held);
                assert_eq!(many.await.unwrap(), 100);
            }
        }
    });
}

/// Fewer places than it would like to have: it waits in line with one request at a time.
pub fn in_line(cell: Cell) {
    let session = cell.run(async move { cell.builder().max_in_flight(3).connect().await.unwrap() });
    let echo = limits::prepare(cell, &session, "ECHO int");
    cell.run(async move {
        let held = Held::new();
        let mut many = echo.execute_many((0..100).map(|id| (id,))).concurrency(50);
        if let Poll::Ready(done) = futures::poll!(&mut many) {
            assert_eq!(done.unwrap(), 100);
            return;
        }
        assert_eq!((session.in_flight(), session.waiting()), (3, 1));
        drop(held);
        assert_eq!(many.await.unwrap(), 100);
    });
}

fn rows() -> Vec<Box<dyn ToRow>> {
    vec![Box::new((1,)), Box::new((2,)), Box::new(("three",)), Box::new((4,))]
}

/// It ends with the first error, and not before those in flight have come back.
pub fn errors(cell: Cell) {
    let session = cell.run(cell.connect());
    let echo = limits::prepare(cell, &session, "ECHO int");
    cell.run(async move {
        let before = fake_driver::callbacks_run();
        let held = Held::new();
        let mut many = echo.execute_many(rows());
        let done = match futures::poll!(&mut many) {
            Poll::Ready(done) => done,
            Poll::Pending => {
                assert_eq!(session.in_flight(), 2);
                drop(held);
                let done = many.await;
                assert_eq!(cell::detached(), 0);
                done
            }
        };
        let error = done.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");
        assert_eq!(error.statement(), Some("ECHO int"));
        assert_eq!(fake_driver::callbacks_run() - before, 2, "the fourth was not sent");

        let fails = session.prepare("ERROR 0x1100 too late").idempotent(true).await.unwrap();
        let error = fails.execute_many([(); 200]).concurrency(4).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::WriteTimeout { .. }), "{error}");
        assert!(error.is_retryable());
        let careless = Options::new().idempotent(false);
        let error = fails.execute_many([()]).options(&careless).await.unwrap_err();
        assert!(!error.is_retryable());
        session.close().await.unwrap();
        let error = echo.execute_many([(1,)]).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Closed);
    });
}

/// Each request has the deadline to itself.
pub fn late(cell: Cell) {
    cell.run(async move {
        let session = limits::narrow(cell).await;
        let echo = session.prepare("ECHO int").await.unwrap();
        if cell.is_inline() {
            return;
        }
        let held = Held::new();
        let soon = Options::new().deadline(Duration::from_millis(2));
        let error = echo.execute_many([(1,), (2,), (3,)]).options(&soon).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Deadline | ErrorKind::Busy), "{error}");
        drop(held);
    });
}

pub fn dropped(cell: Cell) {
    let echo = cell.run(async move { cell.connect().await.prepare("ECHO int").await.unwrap() });
    let rows: Vec<_> = (0..100).map(|id| (id,)).collect();
    let before = fake_driver::callbacks_run();
    drop(echo.execute_many(&rows));
    assert_eq!(fake_driver::callbacks_run(), before);
    let held = Held::new();
    let mut many = echo.execute_many(&rows).concurrency(10);
    let sent = many.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending();
    assert_eq!(sent, !cell.is_inline());
    drop(many);
    assert_eq!(cell::detached(), if sent { 10 } else { 0 });
    drop(held);
    until("all have come back", || cell::detached() == 0);
    // The drop and the callbacks meet.
    for round in 0..100 {
        let mut many = echo.execute_many(&rows).concurrency(5);
        let _ = many.poll_unpin(&mut Context::from_waker(Waker::noop()));
        for _ in 0..round * 10 {
            std::hint::spin_loop();
        }
        let _ = many.poll_unpin(&mut Context::from_waker(Waker::noop()));
    }
}

/// Answers that come one by one, each of which wakes.
pub fn wakes(cell: Cell) {
    let echo = cell.run(async move { cell.connect().await.prepare("HELD 7").await.unwrap() });
    let woken = Arc::new(Count::default());
    let waker = Arc::clone(&woken).into();
    let mut many = echo.execute_many([(); 150]).concurrency(100);
    assert!(many.poll_unpin(&mut Context::from_waker(&waker)).is_pending());
    let mut gone = 0;
    let mut seen = 0;
    until("all are done", || {
        gone += fake_driver::let_go(7);
        // Not polled unless it was woken.
        let now = woken.get();
        now > std::mem::replace(&mut seen, now)
            && matches!(many.poll_unpin(&mut Context::from_waker(&waker)), Poll::Ready(Ok(150)))
    });
    assert_eq!(gone, 150);
}

/// What a row costs beside its own request: nothing that stays, nothing that grows.
pub fn allocations(cell: Cell) {
    // Elsewhere the answers come while it counts.
    if !cell.is_inline() {
        return;
    }
    let echo = cell.run(async move { cell.connect().await.prepare("ECHO int").await.unwrap() });
    let polled = |rows: i32| {
        let mut many = echo.execute_many((0..rows).map(|id| (id,))).concurrency(8);
        let mut done = None;
        let info = allocation_counter::measure(|| {
            let mut cx = Context::from_waker(Waker::noop());
            while done.is_none() {
                if let Poll::Ready(outcome) = many.poll_unpin(&mut cx) {
                    done = Some(outcome.unwrap());
                }
            }
        });
        assert_eq!(done, Some(rows as u64));
        info.count_total
    };
    polled(10);
    let (few, many) = (polled(100), polled(1100));
    // The slot of each request.
    assert_eq!(many - few, 1000, "{few} and {many} allocations");
}

/// It may leave its thread, with borrowed rows.
#[allow(dead_code, reason = "it has to compile")]
fn is_send<'a>(echo: &'a Prepared, rows: &'a [(i32, &'a str)]) -> impl Future + Send + Unpin + 'a {
    echo.execute_many(rows).concurrency(2)
}
