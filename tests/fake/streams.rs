//! Pages and streams.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_cassandra::cql::{Column, ColumnMap, FromRow, FromRowOwned, RawRow, Row};
use async_cassandra::rt::{Runtime, Threads};
use async_cassandra::{Error, ErrorKind, PagingState, Position, Result, Session};
use futures::StreamExt;

use crate::ahead::room;
use crate::cell::{self, Cell, Held};
use crate::harness::until;

pub async fn over_pages(cell: Cell) {
    let session = cell.connect().await;
    for prefetch in [0, 1, 2, 20] {
        let rows = session.query("ROWS 10 7", ()).prefetch(prefetch);
        let mut rows = rows.stream::<(i32, String)>().await.unwrap();
        let mut next = 0;
        while let Some(row) = rows.try_next().await.unwrap() {
            assert_eq!(row, (next, format!("name-{next}")));
            next += 1;
        }
        assert_eq!(next, 70);
        assert!(rows.try_next().await.unwrap().is_none(), "the end stays the end");

        let pages = session.query("ROWS 10 7", ()).prefetch(prefetch).pages().await.unwrap();
        let lengths: Vec<_> = pages.map(|page| page.unwrap().len()).collect().await;
        assert_eq!(lengths, [10; 7]);
    }
    let prepared = session.prepare("ROWS 2 50").await.unwrap();
    let rows = prepared.bind(()).prefetch(3).stream::<(i32, String)>().await.unwrap();
    // The stream keeps the session.
    drop((prepared, session));
    assert_eq!(rows.count().await, 100);
}

/// Empty and yet not the last: each is asked for, which the callbacks tell.
pub fn over_empty_pages(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        for prefetch in [0, 2] {
            let before = fake_driver::callbacks_run();
            let rows = session.query("ROWS 0 3", ()).prefetch(prefetch);
            assert_eq!(rows.stream::<(i32, String)>().await.unwrap().count().await, 0);
            assert_eq!(fake_driver::callbacks_run() - before, 3);
        }
        let mut request = session.query("ROWS 0 2", ());
        let mut pages = 0;
        loop {
            let page = request.await.unwrap();
            assert!(page.is_empty());
            pages += 1;
            match page.next_page() {
                Some(state) => request = session.query("ROWS 0 2", ()).start_at(state),
                None => break,
            }
        }
        assert_eq!(pages, 2);
    });
}

pub async fn paging_states(cell: Cell) {
    let session = cell.connect().await;
    let select = session.prepare("ROWS 4 3").await.unwrap();
    let mut seen = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut request = select.bind(());
        if let Some(token) = &token {
            request = request.start_at(token.parse::<PagingState>().unwrap());
        }
        let page = request.await.unwrap();
        seen.extend(page.rows::<(i32, &str)>().unwrap().map(|row| row.unwrap().0));
        match page.next_page() {
            Some(state) => token = Some(state.to_string()),
            None => break,
        }
    }
    assert_eq!(seen, (0..12).collect::<Vec<_>>());
    // A stream may start in the middle too; a state that is none is the server's to refuse.
    let state = token.unwrap().parse::<PagingState>().unwrap();
    let rest = select.bind(()).start_at(state).stream::<(i32, String)>().await.unwrap();
    assert_eq!(rest.count().await, 4);
    let foreign = PagingState::from_bytes(b"foreign");
    let error = select.bind(()).start_at(foreign).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Protocol);
}

pub async fn failing(cell: Cell) {
    let session = cell.connect().await;
    let at_once = session.query("ERROR 0x1001 busy", ()).stream::<(i32,)>().await;
    assert_eq!(*at_once.unwrap_err().kind(), ErrorKind::Overloaded);
    let unfit = session.query("ROWS 1 1", ()).stream::<(i32, i32)>().await;
    assert!(matches!(unfit.unwrap_err().kind(), ErrorKind::Decode(_)));
    // Closed in the middle: what lies ready is read, then the error, then nothing.
    let mut rows = session.query("ROWS 2 3", ()).stream::<(i32, String)>().await.unwrap();
    assert_eq!(rows.try_next().await.unwrap().unwrap().0, 0);
    session.close().await.unwrap();
    assert_eq!(rows.try_next().await.unwrap().unwrap().0, 1);
    assert_eq!(*rows.try_next().await.unwrap_err().kind(), ErrorKind::Closed);
    assert!(rows.try_next().await.unwrap().is_none());
}

pub fn dropped_in_a_page(cell: Cell) {
    for prefetch in [0, 2] {
        cell.run(async move {
            let session = cell.connect().await;
            let rows = session.query("ROWS 10 7", ()).prefetch(prefetch);
            let mut rows = rows.stream::<(i32, String)>().await.unwrap();
            for _ in 0..13 {
                rows.try_next().await.unwrap().unwrap();
            }
            drop(rows);
            session.query("OK", ()).await.unwrap();
        });
    }
}

pub fn dropped_while_fetching(cell: Cell) {
    let here = cell;
    let mut pages = cell.run(async move {
        let session = here.connect().await;
        session.query("ROWS 10 7", ()).pages().await.unwrap()
    });
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(Some(Ok(first))) = pages.poll_next_unpin(&mut cx) else {
        panic!("the first page lies ready")
    };
    let held = Held::new();
    assert_eq!(pages.poll_next_unpin(&mut cx).is_ready(), cell.is_inline());
    drop(pages);
    assert_eq!(first.len(), 10);
    assert_eq!(cell::detached(), u64::from(!cell.is_inline()));
    drop(held);
}

/// The drop meets a page that arrives, and its callback that asks for the next.
pub fn dropped_at_any_moment(cell: Cell) {
    let session = cell.run(cell.connect());
    for round in 0..200 {
        let session = session.clone();
        let (rows,) = cell.run(async move {
            (session.query("ROWS 2 30", ()).prefetch(20).stream::<(i32, String)>().await.unwrap(),)
        });
        for _ in 0..round % 50 * 40 {
            std::hint::spin_loop();
        }
        drop(rows);
    }
}

pub async fn with_progress(cell: Cell) {
    let session = cell.connect().await;
    for prefetch in [0, 3] {
        let rows = session.query("ROWS 4 5", ()).prefetch(prefetch);
        let mut rows = rows.stream::<(i32, String)>().await.unwrap();
        assert_eq!(rows.progress().bytes, Some(0));
        let mut bytes = 0;
        let mut read = 0;
        while let Some((id, name)) = rows.try_next().await.unwrap() {
            read += 1;
            bytes += 4 + name.len() as u64;
            let so_far = rows.progress();
            assert_eq!((so_far.rows, so_far.bytes), (read, Some(bytes)));
            assert_eq!(so_far.pages, id as u64 / 4 + 1);
        }
        assert_eq!((read, rows.progress().rows, rows.progress().pages), (20, 20, 5));

        let mut pages = session.query("ROWS 4 5", ()).prefetch(prefetch).pages().await.unwrap();
        assert_eq!(pages.progress().pages, 0);
        pages.try_next().await.unwrap().unwrap();
        let so_far = pages.progress();
        assert_eq!((so_far.pages, so_far.rows, so_far.bytes), (1, 4, None));
    }
}

/// The ids of the rest, with a stream that starts at the position.
async fn rest(session: &Session, cql: &str, position: Position) -> Vec<i32> {
    let request = session.query(cql, ()).prefetch(1);
    let request = match position {
        Position::Start => request,
        // By way of another process.
        Position::At(state) => request.start_at(state.to_string().parse().unwrap()),
        Position::End => return Vec::new(),
    };
    let rows = request.all::<(i32, String)>().await.unwrap();
    rows.into_iter().map(|(id, _)| id).collect()
}

pub async fn resumed(cell: Cell) {
    const ROWS: &str = "ROWS 4 5";
    let session = cell.connect().await;
    for prefetch in [0, 3] {
        for read in 0..=20 {
            let mut rows =
                session.query(ROWS, ()).prefetch(prefetch).stream::<(i32, String)>().await.unwrap();
            for id in 0..read {
                assert_eq!(rows.try_next().await.unwrap().unwrap().0, id);
            }
            // A page that was not read to its end comes again.
            let expected: Vec<_> = (read / 4 * 4..20).collect();
            assert_eq!(rest(&session, ROWS, rows.position()).await, expected, "{read} rows");
            rows.cancel();
            assert_eq!(rest(&session, ROWS, rows.position()).await, expected, "{read} rows");
            assert_eq!(rows.try_next().await.unwrap(), None);
            assert_eq!(rows.progress().rows, read as u64);
        }
        let mut pages = session.query(ROWS, ()).prefetch(prefetch).pages().await.unwrap();
        for read in 0..5 {
            let expected: Vec<_> = (read * 4..20).collect();
            assert_eq!(rest(&session, ROWS, pages.position()).await, expected);
            pages.try_next().await.unwrap().unwrap();
        }
        assert_eq!(pages.position(), Position::End);
        assert!(pages.try_next().await.unwrap().is_none());
    }
    // One that started in the middle.
    let first = session.query(ROWS, ()).await.unwrap();
    let second = first.next_page().unwrap();
    let started = session.query(ROWS, ()).start_at(second.clone()).pages().await.unwrap();
    assert_eq!(started.position(), Position::At(second));
    // Past pages without rows too.
    let mut empty = session.query("ROWS 0 5", ()).pages().await.unwrap();
    assert_eq!((empty.position(), empty.progress().pages), (Position::Start, 0));
    assert!(empty.try_next().await.unwrap().is_none());
    assert_eq!((empty.position(), empty.progress().pages), (Position::End, 5));
}

pub async fn retried(cell: Cell) {
    let session = cell.connect().await;
    for prefetch in [0, 3] {
        let rows = session.query("ROWS 2 3 0x1001 2", ()).prefetch(prefetch);
        let mut rows = rows.stream::<(i32, String)>().await.unwrap();
        assert!(!rows.retry(), "nothing has failed");
        for id in 0..4 {
            assert_eq!(rows.try_next().await.unwrap().unwrap().0, id);
        }
        for _ in 0..2 {
            assert!(!rows.retry(), "nothing was told");
            let error = rows.try_next().await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Overloaded);
            assert!(rows.try_next().await.unwrap().is_none());
            assert!(matches!(rows.position(), Position::At(_)));
            assert!(rows.retry());
        }
        assert_eq!(rows.try_next().await.unwrap().unwrap().0, 4);
        assert_eq!(rows.count().await, 1);

        let mut pages =
            session.query("ROWS 2 3 0x1001", ()).prefetch(prefetch).pages().await.unwrap();
        for _ in 0..2 {
            pages.try_next().await.unwrap().unwrap();
        }
        pages.try_next().await.unwrap_err();
        pages.cancel();
        assert!(!pages.retry(), "it has ended");
        assert!(pages.try_next().await.unwrap().is_none());
    }
}

pub async fn lent(cell: Cell) {
    let session = cell.connect().await;
    for prefetch in [0, 2] {
        let pages = session.query("ROWS 3 4", ()).prefetch(prefetch).pages().await.unwrap();
        let mut rows = pages.into_borrowed_rows();
        let (mut read, mut bytes) = (0, 0);
        while let Some((id, name)) = rows.try_next::<(i32, &str)>().await.unwrap() {
            assert_eq!((id, name), (read, &*format!("name-{read}")));
            bytes += 4 + name.len() as u64;
            read += 1;
        }
        let so_far = rows.progress();
        assert_eq!((so_far.pages, so_far.rows, so_far.bytes), (4, 12, Some(bytes)));
        assert!(rows.try_next::<(i32, &str)>().await.unwrap().is_none());
        assert_eq!(rows.position(), Position::End);
    }
    let mut rows =
        session.query("ROWS 3 2 0x1001 1", ()).pages().await.unwrap().into_borrowed_rows();
    let row = rows.try_next::<Row<'_>>().await.unwrap().unwrap();
    assert_eq!(row.get::<&str>("name").unwrap(), "name-0");
    // Another type: its columns are looked at, and the row stays.
    let error = rows.try_next::<(i32, i32)>().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error}");
    assert!(rows.try_next::<(i32,)>().await.is_err());
    assert_eq!(rows.try_next::<(i64, String)>().await.unwrap().unwrap().0, 1);
    assert_eq!((rows.progress().rows, rows.position()), (2, Position::Start));
    assert_eq!(
        rows.try_next::<(i64, &[u8])>().await.unwrap_err().statement(),
        Some("ROWS 3 2 0x1001 1")
    );
    assert_eq!(rows.try_next::<(i32, &str)>().await.unwrap().unwrap(), (2, "name-2"));
    assert!(matches!(rows.position(), Position::At(_)));
    assert_eq!(*rows.try_next::<(i32, &str)>().await.unwrap_err().kind(), ErrorKind::Overloaded);
    assert!(rows.try_next::<(i32, &str)>().await.unwrap().is_none());
    assert!(rows.retry());
    assert_eq!(rows.try_next::<(i32, &str)>().await.unwrap().unwrap(), (3, "name-3"));
    rows.cancel();
    assert!(rows.try_next::<(i32, &str)>().await.unwrap().is_none());
    assert!(matches!(rows.position(), Position::At(_)));
}

/// What a future gives that is made anew for each poll, and dropped after it: nothing is lost with it,
/// neither an item nor a wake.
async fn dropped_each_time<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<Result<T>>) -> T {
    poll_fn(|cx| poll(cx)).await.unwrap()
}

pub async fn cancelled_at_each_next(cell: Cell) {
    let session = cell.connect().await;
    for prefetch in [0, 2] {
        let request = || session.query("ROWS 3 8", ()).prefetch(prefetch);
        let mut rows = request().stream::<(i32, String)>().await.unwrap();
        for n in 0..24 {
            let row = dropped_each_time(|cx| pin!(rows.try_next()).poll(cx)).await;
            assert_eq!(row.map(|(id, _)| id), Some(n));
        }
        assert!(dropped_each_time(|cx| pin!(rows.try_next()).poll(cx)).await.is_none());

        let mut pages = request().pages().await.unwrap();
        for n in 0..8 {
            let page = dropped_each_time(|cx| pin!(pages.try_next()).poll(cx)).await.unwrap();
            assert_eq!(page.rows::<(i32, &str)>().unwrap().next().unwrap().unwrap().0, 3 * n);
        }
        assert!(dropped_each_time(|cx| pin!(pages.try_next()).poll(cx)).await.is_none());

        let mut rows = request().pages().await.unwrap().into_borrowed_rows();
        for n in 0..24 {
            let next = |cx: &mut Context<'_>| {
                let row = pin!(rows.try_next::<(i32, &str)>()).poll(cx);
                row.map_ok(|row| row.map(|(id, _)| id))
            };
            assert_eq!(dropped_each_time(next).await, Some(n));
        }
        assert_eq!(rows.progress().rows, 24);
    }
}

/// A row that counts how often its columns are looked up.
struct Counted(i32);

static LOOKED_UP: AtomicU64 = AtomicU64::new(0);

impl<'r> FromRow<'r> for Counted {
    fn plan(columns: &[Column]) -> Result<ColumnMap> {
        LOOKED_UP.fetch_add(1, Ordering::SeqCst);
        <(i32, String)>::plan(columns)
    }

    fn from_row(row: RawRow<'_, 'r>) -> Result<Self> {
        row.get(0).map(Self)
    }
}

impl FromRowOwned for Counted {}

/// Once a page and not once a row; a stream also looks at its first page when it starts.
#[test]
fn columns_are_looked_up_once_a_page() {
    Cell::new("late", "futures_executor").shared(columns_looked_up);
}

async fn columns_looked_up(cell: Cell) {
    let session = cell.connect().await;
    let request = || session.query("ROWS 100 5", ());
    let looked_up = || LOOKED_UP.swap(0, Ordering::SeqCst);
    let mut rows = request().stream::<Counted>().await.unwrap();
    while rows.try_next().await.unwrap().is_some() {}
    assert_eq!((rows.progress().rows, looked_up()), (500, 5 + 1));
    let mut rows = request().pages().await.unwrap().into_borrowed_rows();
    while rows.try_next::<Counted>().await.unwrap().is_some() {}
    assert_eq!((rows.progress().rows, looked_up()), (500, 5));
    let page = request().await.unwrap();
    assert_eq!(page.rows::<Counted>().unwrap().map(|row| row.unwrap().0).sum::<i32>(), 4950);
    assert_eq!(looked_up(), 1);
    let rows = page.indexed::<Counted>().unwrap();
    assert_eq!((0..100).map(|n| rows.get(n).unwrap().unwrap().0).sum::<i32>(), 4950);
    assert_eq!(looked_up(), 1);
}

/// Rows of one page, in any order, by reference, by value.
pub async fn pages_in_any_order(cell: Cell) {
    let session = cell.connect().await;
    let page = session.query("ROWS 50 1", ()).await.unwrap();
    let rows = page.indexed::<(i32, &str)>().unwrap();
    assert_eq!((rows.len(), rows.is_empty()), (50, false));
    for number in (0..50).rev().chain([7, 7, 49, 0]) {
        let (id, name) = rows.get(number).unwrap().unwrap();
        assert_eq!((id as usize, name), (number, &*format!("name-{number}")));
    }
    assert!(rows.get(50).is_none() && rows.get(usize::MAX).is_none());
    assert!(page.indexed::<(i32,)>().is_err() && page.indexed::<(i32, i32)>().is_err());
    let mut ids = 0..;
    for row in &page {
        let row = row.unwrap();
        assert_eq!(row.get::<i32>("id").unwrap(), ids.next().unwrap());
        assert_eq!(row.columns().len(), 2);
    }
    assert_eq!(ids.next(), Some(50));
    let rows = page.into_rows::<(i32, String)>().unwrap();
    assert_eq!(rows.size_hint(), (1, Some(50)));
    assert_eq!(rows.map(|row| row.unwrap().0).sum::<i32>(), 49 * 50 / 2);

    // One that ends before its time, and one without columns.
    let page = session.query("SHORT 5 3", ()).await.unwrap();
    let rows = page.indexed::<(i32, String)>().unwrap();
    assert_eq!(rows.get(2).unwrap().unwrap().0, 2);
    for number in [3, 4] {
        let error = rows.get(number).unwrap().unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Malformed, "{error}");
        assert!(error.to_string().contains(&format!("row {number}")), "{error}");
    }
    assert!(rows.get(5).is_none());
    assert_eq!((&page).into_iter().filter(Result::is_err).count(), 1);
    let owned: Vec<_> = page.into_rows::<(i32, String)>().unwrap().collect();
    assert_eq!((owned.len(), owned[3].is_err()), (4, true));
    let page = session.query("OK", ()).await.unwrap();
    assert_eq!((&page).into_iter().count(), 0);
    assert_eq!(*page.indexed::<(i32,)>().unwrap_err().kind(), ErrorKind::NotRows);
    assert_eq!(*page.into_rows::<(i32,)>().unwrap_err().kind(), ErrorKind::NotRows);
}

/// The deadline of a page: what comes later is not lost.
pub fn late_pages(cell: Cell) {
    const SOON: Duration = Duration::from_millis(5);
    /// With a busy machine any page may be late.
    fn is_late(error: &Error) -> bool {
        assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
        true
    }
    cell.run(async move {
        let session = cell.connect().await;
        let mut rows = loop {
            let rows = session.query("ROWS 2 3", ()).deadline(SOON);
            match rows.stream::<(i32, String)>().await {
                Ok(rows) => break rows,
                Err(error) => assert!(is_late(&error)),
            }
        };
        for id in 0..2 {
            assert_eq!(rows.try_next().await.unwrap().unwrap().0, id);
        }
        let held = Held::new();
        for _ in 0..if cell.is_inline() { 0 } else { 2 } {
            assert!(is_late(&rows.try_next().await.unwrap_err()));
            assert!(rows.try_next().await.unwrap().is_none());
            assert_eq!(session.in_flight() as u64, 1 + cell::detached(), "it is still waited for");
            assert!(rows.retry());
        }
        drop(held);
        let mut rest = Vec::new();
        loop {
            match rows.try_next().await {
                Ok(Some((id, _))) => rest.push(id),
                Ok(None) => break,
                Err(error) => assert!(is_late(&error) && rows.retry()),
            }
        }
        assert_eq!(rest, [2, 3, 4, 5]);
    });
}

/// The deadline of the whole, while it waits and while pages lie ready.
pub fn late_streams(cell: Cell) {
    const SOON: Duration = Duration::from_millis(20);
    cell.run(async move {
        let session = cell.connect().await;
        let of = |prefetch| session.query("ROWS 2 4", ()).prefetch(prefetch).stream_deadline(SOON);
        // With a busy machine the first page may be late too.
        let mut rows = loop {
            if let Ok(rows) = of(0).stream::<(i32, String)>().await {
                break rows;
            }
        };
        let held = Held::new();
        let error = loop {
            match rows.try_next().await {
                // No page is late in an inline driver.
                Ok(None) if cell.is_inline() => break None,
                Ok(row) => assert!(row.unwrap().0 < if cell.is_inline() { 8 } else { 2 }),
                Err(error) => break Some(error),
            }
        };
        if let Some(error) = error {
            assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
            assert!(error.message().contains("20ms"), "{error}");
            assert!(rows.try_next().await.unwrap().is_none());
            assert!(!rows.retry(), "it has ended");
        }
        drop(held);

        let mut ready = loop {
            if let Ok(rows) = of(3).stream::<(i32, String)>().await {
                break rows;
            }
        };
        // Not blocking: some runtimes look at their clock between two polls only.
        Threads.sleep(SOON * 4).await.unwrap();
        let error = ready.try_next().await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
        assert!(ready.try_next().await.unwrap().is_none());
    });
}

/// Pages without rows and without end: other tasks run, and it can be ended.
pub fn empty_without_end(cell: Cell) {
    for prefetch in [0, 5] {
        let session = cell.run(cell.connect());
        let (mut rows,) = cell.run(async move {
            let rows = session.query("ROWS 0 4000000000", ()).prefetch(prefetch);
            (rows.stream::<(i32, String)>().await.unwrap(),)
        });
        fake_driver::most_results();
        // A stack that would not take a few hundred frames.
        let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(move || {
            let mut cx = Context::from_waker(Waker::noop());
            until("a thousand pages", || {
                assert!(rows.poll_next_unpin(&mut cx).is_pending());
                rows.progress().pages >= 1000
            });
            rows.cancel();
            assert!(matches!(rows.poll_next_unpin(&mut cx), Poll::Ready(None)));
        });
        thread.unwrap().join().unwrap();
        let most = fake_driver::most_results();
        assert!(most <= room(cell, prefetch), "{most} pages with prefetch {prefetch}");
    }
}
