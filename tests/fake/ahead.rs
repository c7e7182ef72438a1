//! Pages that are asked for where the page before arrives. Polled by hand, so that nothing else can
//! have asked for them.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use async_cassandra::{ErrorKind, Page, PageStream, Position, Result, RowStream, Session};
use futures::{FutureExt, StreamExt};

use crate::cell::{self, Cell, Held};
use crate::harness::until;

type Rows = RowStream<(i32, String)>;

/// A stream whose first page is there.
fn start(cell: Cell, session: &Session, cql: &'static str, prefetch: usize) -> PageStream {
    let session = session.clone();
    cell.run(async move { session.query(cql, ()).prefetch(prefetch).pages().await.unwrap() })
}

fn poll(pages: &mut PageStream) -> Poll<Option<Result<Page>>> {
    pages.poll_next_unpin(&mut Context::from_waker(Waker::noop()))
}

/// How many pages C may have with this prefetch. Each of several I/O threads looks at a result for a
/// moment longer than we do.
pub fn room(cell: Cell, prefetch: usize) -> u64 {
    prefetch as u64 + 1 + if cell.personality == "threads" { 2 } else { 0 }
}

/// How many requests were sent.
fn sent(since: u64) -> u64 {
    fake_driver::callbacks_run() - since
}

/// Nobody polls, and yet as many pages come as there is room for; each place that becomes free is
/// used at once.
pub fn unpolled(cell: Cell) {
    let session = cell.run(cell.connect());
    for prefetch in [0, 1, 4] {
        let asked = prefetch as u64 + 1;
        let before = fake_driver::callbacks_run();
        fake_driver::most_results();
        let mut pages = start(cell, &session, "ROWS 2 40", prefetch);
        until("there is no room", || sent(before) == asked && session.in_flight() == 0);
        for _ in 0..10 {
            // What was given out has its room until the next is asked of the stream.
            if let Poll::Ready(Some(page)) = poll(&mut pages) {
                assert_eq!(page.unwrap().len(), 2);
            }
            until("what has room is there", || session.in_flight() == 0);
            let most = fake_driver::most_results();
            assert!(most <= room(cell, prefetch), "{most} pages with prefetch {prefetch}");
        }
        assert!(sent(before) >= pages.progress().pages + prefetch as u64);
        let given = pages.progress().pages;
        let left = cell.run(async move { pages.count().await as u64 });
        assert_eq!((sent(before), given + left), (40, 40));
    }
}

/// Answers that come after whatever was asked for before: the pages that have room, and those that
/// have none and should not have been asked for, are there by then.
async fn others_come(session: &Session) {
    for _ in 0..3 {
        session.query("OK", ()).await.unwrap();
    }
}

/// Never more pages than there is room for, whichever way they are read, and however slowly.
pub fn memory(cell: Cell) {
    const ROWS: &str = "ROWS 3 15";
    for prefetch in [0, 1, 4] {
        let session = cell.run(cell.connect());
        let most = |read: &str| {
            let most = fake_driver::most_results();
            // Of others, one answer at a time.
            let room = room(cell, prefetch) + 1;
            assert!(most <= room, "{most} pages with prefetch {prefetch}: {read}");
        };
        fake_driver::most_results();
        let here = session.clone();
        cell.run(async move {
            let rows = here.query(ROWS, ()).prefetch(prefetch);
            let mut rows: Rows = rows.stream().await.unwrap();
            let mut next = 0;
            while let Some((id, _)) = rows.try_next().await.unwrap() {
                assert_eq!(id, next);
                next += 1;
                others_come(&here).await;
            }
            assert_eq!(next, 45);
        });
        most("rows");
        let here = session.clone();
        cell.run(async move {
            let mut pages = here.query(ROWS, ()).prefetch(prefetch).pages().await.unwrap();
            while let Some(page) = pages.try_next().await.unwrap() {
                others_come(&here).await;
                assert_eq!(page.rows::<(i32, &str)>().unwrap().count(), 3);
            }
        });
        most("pages");
        let here = session.clone();
        cell.run(async move {
            let pages = here.query(ROWS, ()).prefetch(prefetch).pages().await.unwrap();
            let mut rows = pages.into_borrowed_rows();
            while let Some((_, name)) = rows.try_next::<(i32, &str)>().await.unwrap() {
                assert!(name.starts_with("name-"));
                others_come(&here).await;
            }
            assert_eq!(rows.progress().rows, 45);
        });
        most("borrowed rows");
    }
}

/// A table of 100,000 rows.
pub fn large_table(cell: Cell) {
    let session = cell.run(cell.connect());
    for prefetch in [0, 1, 4] {
        fake_driver::most_results();
        let here = session.clone();
        cell.run(async move {
            let rows = here.query("ROWS 100 1000", ()).prefetch(prefetch);
            let mut rows: Rows = rows.stream().await.unwrap();
            let mut next = 0;
            while let Some((id, _)) = rows.try_next().await.unwrap() {
                assert_eq!(id, next);
                next += 1;
            }
            assert_eq!(next, 100_000);
        });
        let most = fake_driver::most_results();
        println!("{}, prefetch {prefetch}: {most} pages at most", cell.personality);
        assert!(most <= room(cell, prefetch), "{most} pages with prefetch {prefetch}");
    }
}

/// So many pages that lie ready that no stack would hold one drop inside the other.
pub fn many_dropped(cell: Cell) {
    const PAGES: u64 = 4000;
    let session = cell.run(cell.connect());
    let before = fake_driver::callbacks_run();
    let pages = start(cell, &session, "ROWS 1 4000", usize::MAX);
    if !cell.is_inline() {
        until("all are there", || sent(before) == PAGES && session.in_flight() == 0);
    }
    let small = std::thread::Builder::new().stack_size(64 << 10);
    small.spawn(move || drop(pages)).unwrap().join().unwrap();
    // And some that are taken in first.
    let mut pages = start(cell, &session, "ROWS 1 4000", usize::MAX);
    let small = std::thread::Builder::new().stack_size(256 << 10);
    let taken = small.spawn(move || {
        let taken = poll(&mut pages);
        drop(pages);
        taken
    });
    assert!(matches!(taken.unwrap().join().unwrap(), Poll::Ready(Some(Ok(_)))));
}

/// A stream that waits for its first page, which is held.
fn held_at_first(session: &Session, prefetch: usize) -> Pin<Box<Start>> {
    let session = session.clone();
    let mut start: Pin<Box<Start>> =
        Box::pin(async move { session.query("ROWS 2 9", ()).prefetch(prefetch).pages().await });
    assert!(start.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
    start
}

type Start = dyn Future<Output = Result<PageStream>> + Send;

/// Others wait for the only place: a page that arrives gives it to them.
pub fn others_first(cell: Cell) {
    if cell.is_inline() {
        return;
    }
    let session = cell.run(async move { cell.builder().max_in_flight(1).connect().await.unwrap() });
    let held = Held::new();
    let before = fake_driver::callbacks_run();
    let start = held_at_first(&session, 8);
    let mut other = session.query("OK", ()).execute();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(other.poll_unpin(&mut cx).is_pending());
    assert_eq!((session.in_flight(), session.waiting()), (1, 1));
    drop(held);
    until("the place is the other's", || session.waiting() == 0);
    assert_eq!((session.in_flight(), sent(before)), (1, 1), "asked past the line");
    until("the other is answered", || other.poll_unpin(&mut cx).is_ready());
    until("all have left", || session.in_flight() == 0);
    assert_eq!(sent(before), 2, "nobody polled the stream");
    let pages = cell.run(async move { start.await.unwrap().count().await });
    assert_eq!((pages, sent(before)), (9, 10));
}

/// The close waits for the page that is on its way, and no other is asked for.
pub fn closed(cell: Cell) {
    if cell.is_inline() {
        return;
    }
    let session = cell.run(cell.connect());
    let held = Held::new();
    let before = fake_driver::callbacks_run();
    let start = held_at_first(&session, 8);
    let mut close = session.close().into_future();
    assert!(close.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(close);
    drop(held);
    let here = session.clone();
    cell.run(async move { here.close().await.unwrap() });
    assert_eq!(sent(before), 2, "the page and the close");
    let position = cell.run(async move {
        let mut pages = start.await.unwrap();
        assert_eq!(pages.try_next().await.unwrap().unwrap().len(), 2);
        for _ in 0..2 {
            assert_eq!(*pages.try_next().await.unwrap_err().kind(), ErrorKind::Closed);
            assert!(pages.try_next().await.unwrap().is_none());
            assert!(pages.retry());
        }
        pages.position()
    });
    // On another session.
    let Position::At(state) = position else { panic!("{position:?}") };
    let pages = cell.run(async move {
        let session = cell.connect().await;
        let rest = session.query("ROWS 2 9", ()).prefetch(2).start_at(state).pages().await.unwrap();
        rest.count().await
    });
    assert_eq!(pages, 8);
}

/// Dropped with the session, while pages ask for pages.
pub fn dropped_with_its_session(cell: Cell) {
    for dropped_first in ["the session", "the stream"] {
        let session = cell.run(cell.connect());
        let mut pages = start(cell, &session, "ROWS 2 4000000000", 3);
        for _ in 0..20 {
            let _ = poll(&mut pages);
        }
        if dropped_first == "the session" {
            drop(session);
            drop(pages);
        } else {
            drop(pages);
            drop(session);
        }
        until("the session is gone", || cell::sessions() == 0);
    }
}

/// A driver that fails requests on the spot, or takes no callback.
pub fn failed_on_the_spot(cell: Cell) {
    for (trait_of_all, kind) in
        [("full", ErrorKind::QueueFull), ("deaf-requests", ErrorKind::Driver)]
    {
        cell.run(async move {
            let points = [cell.personality, trait_of_all];
            let session = cell.builder().contact_points(points).connect().await.unwrap();
            for prefetch in [0, 3] {
                let pages = session.query("ROWS 2 9", ()).prefetch(prefetch).pages();
                assert_eq!(*pages.await.unwrap_err().kind(), kind);
            }
        });
    }
}
