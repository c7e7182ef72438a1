//! Requests that succeed.

use async_cassandra::cql::CqlType;
use async_cassandra::{Consistency, ErrorKind};
use futures::{StreamExt, future};

use crate::cell::{Cell, Held};

pub async fn void(cell: Cell) {
    let session = cell.connect().await;
    let page = session.query("OK", ()).await.unwrap();
    assert_eq!((page.len(), page.columns().len(), page.next_page()), (0, 0, None));
    let prepared = session.prepare("OK").await.unwrap();
    assert!(prepared.bind(()).await.unwrap().is_empty());
    session.close().await.unwrap();
}

pub async fn rows_borrow(cell: Cell) {
    let session = cell.connect().await;
    let page = session.query("ROWS 3 1", ()).await.unwrap();
    session.close().await.unwrap();
    drop(session);
    // The page outlives its session, and the names outlive the iterator.
    let rows: Vec<(i32, &str)> = page.rows().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows, [(0, "name-0"), (1, "name-1"), (2, "name-2")]);
    let columns: Vec<_> = page.columns().iter().map(|c| (c.name(), c.cql_type())).collect();
    assert_eq!(columns.len(), 2);
    assert_eq!((columns[0].0, columns[1].0), ("id", "name"));
    assert_eq!((columns[0].1, columns[1].1), (&CqlType::Int, &CqlType::Text));
}

pub async fn prepared(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int text").await.unwrap();
    drop(session);
    assert_eq!(echo.cql(), "ECHO int text");
    assert_eq!(echo.markers()[1].name(), "p1");
    for id in 0..20 {
        let page = echo.bind((id, format!("n{id}"))).await.unwrap();
        let row: (i32, &str) = page.rows().unwrap().next().unwrap().unwrap();
        assert_eq!(row, (id, format!("n{id}").as_str()));
    }
    let error = echo.bind(("one", "two")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");
    let again = echo.clone().bind((1, "x")).into_owned();
    drop(echo);
    assert_eq!(again.await.unwrap().len(), 1);
}

/// C copies what is bound, and keeps what was read: nothing here copies it once more.
#[test]
fn large_values_are_not_copied() {
    Cell::new("late", "futures_executor").shared(not_copied);
}

async fn not_copied(cell: Cell) {
    const LARGE: usize = 1 << 20;
    let echo = cell.connect().await.prepare("ECHO blob text").await.unwrap();
    let (bytes, text) = (vec![7_u8; LARGE], "x".repeat(LARGE));
    let mut bound = None;
    let binding = allocation_counter::measure(|| bound = Some(echo.bind((&bytes, &text))));
    let page = bound.unwrap().await.unwrap();
    let reading = allocation_counter::measure(|| {
        let (read, said) = page.rows::<(&[u8], &str)>().unwrap().next().unwrap().unwrap();
        assert_eq!((read.len(), said.len()), (LARGE, LARGE));
    });
    for allocated in [binding, reading] {
        assert!(allocated.bytes_total < 4096, "{allocated:?}");
    }
}

/// A text with values is prepared at its first use; one without never is.
pub fn cached(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let mut before = fake_driver::callbacks_run();
        let mut grown = || {
            let now = fake_driver::callbacks_run();
            now - std::mem::replace(&mut before, now)
        };
        session.query("ECHO int", (1,)).await.unwrap();
        assert_eq!(grown(), 2);
        session.query("ECHO int", (2,)).await.unwrap();
        session.query("ECHO int", (3,)).await.unwrap();
        assert_eq!(grown(), 2);
        session.query("OK", ()).await.unwrap();
        assert_eq!(grown(), 1);
        assert_eq!(fake_driver::live().prepared, 1);
    });
}

pub async fn so_many_rows(cell: Cell) {
    type User = (i32, String);
    let session = cell.connect().await;
    let query = |cql| session.query(cql, ());
    let first = (0, "name-0".to_owned());
    for cql in ["ROWS 0 1", "ROWS 0 3"] {
        assert_eq!(query(cql).maybe_one::<User>().await.unwrap(), None);
        let error = query(cql).one::<User>().await.unwrap_err();
        assert_eq!((error.kind(), error.statement()), (&ErrorKind::NoRows, Some(cql)));
        assert_eq!(query(cql).all::<User>().await.unwrap(), []);
    }
    assert_eq!(query("ROWS 1 1").one::<User>().await.unwrap(), first);
    assert_eq!(query("ROWS 1 1").maybe_one::<User>().await.unwrap(), Some(first));
    // The second row may be on the next page.
    for cql in ["ROWS 2 1", "ROWS 1 2"] {
        let prepared = session.prepare(cql).await.unwrap();
        for error in [
            query(cql).one::<User>().await.unwrap_err(),
            query(cql).maybe_one::<User>().await.unwrap_err(),
            prepared.bind(()).one::<User>().await.unwrap_err(),
            prepared.bind(()).maybe_one::<User>().await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.statement()), (&ErrorKind::TooManyRows, Some(cql)));
        }
    }
    let ids: Vec<i32> =
        query("ROWS 3 4").all::<User>().await.unwrap().into_iter().map(|u| u.0).collect();
    assert_eq!(ids, (0..12).collect::<Vec<_>>());

    let echo = session.prepare("ECHO int").await.unwrap();
    assert_eq!(echo.bind((7,)).scalar::<i64>().await.unwrap(), 7);
    assert_eq!(echo.bind((None::<i32>,)).scalar::<Option<i32>>().await.unwrap(), None);
    assert_eq!(echo.bind((8,)).all::<(i32,)>().await.unwrap(), [(8,)]);
    let error = query("ROWS 1 1").scalar::<i32>().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error}");
    assert_eq!(*query("OK").one::<User>().await.unwrap_err().kind(), ErrorKind::NotRows);
}

pub async fn many_at_once(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int").await.unwrap();
    let requests = (0..500).map(|id| {
        let execute = echo.bind((id,)).execute();
        async move { (id, execute.await) }
    });
    let mut answers: Vec<_> = futures::stream::iter(requests).buffer_unordered(64).collect().await;
    answers.sort_by_key(|(id, _)| *id);
    assert_eq!(answers.len(), 500);
    for (id, page) in answers {
        let (read,) = page.unwrap().rows::<(i32,)>().unwrap().next().unwrap().unwrap();
        assert_eq!(read, id);
    }
    session.close().await.unwrap();
}

/// On an executor that polls inside the wake, each goes out from the callback of the one before.
pub async fn one_after_the_other(cell: Cell) {
    let session = cell.connect().await;
    for id in 0..200 {
        let page = session.query("ECHO int", (id,)).await.unwrap();
        assert_eq!(page.rows::<(i32,)>().unwrap().next().unwrap().unwrap().0, id);
    }
}

pub async fn by_reference(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int").await.unwrap();
    let bound = echo.bind((7,)).consistency(Consistency::One);
    let (first, second) = future::join(bound.execute_ref(), bound.execute_ref()).await;
    for page in [first, second, (&bound).await] {
        assert_eq!(page.unwrap().rows::<(i32,)>().unwrap().next().unwrap().unwrap().0, 7);
    }
    let error = bound.consistency(Consistency::All).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Frozen);
    let bound = echo.bind((7,));
    bound.execute_ref().await.unwrap();
    let error = bound.stream::<(i32,)>().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Frozen);
    // One that was never polled has frozen nothing.
    let bound = echo.bind((7,));
    drop(bound.execute_ref());
    bound.consistency(Consistency::All).await.unwrap();
}

/// What C refuses at once calls back on the thread that submits, whatever the personality.
pub fn full_queue(cell: Cell) {
    cell.run(async move {
        let session = cell.builder().queue_size(2).max_in_flight(usize::MAX);
        let session = session.connect().await.unwrap();
        let held = Held::new();
        let requests = (0..8).map(|_| session.query("OK", ()).execute());
        let mut requests = future::join_all(requests);
        // All are submitted; the refused ones are over.
        assert_eq!(futures::poll!(&mut requests).is_ready(), cell.is_inline());
        if cell.is_inline() {
            return;
        }
        drop(held);
        let mut done = requests.await.into_iter();
        let full = done.by_ref().filter_map(Result::err).collect::<Vec<_>>();
        // Two are in the queue, and each I/O thread may have taken one out.
        let out = if cell.personality == "threads" { 3 } else { 1 };
        assert!((6 - out..=6).contains(&full.len()), "{full:?}");
        for error in full {
            assert_eq!(*error.kind(), ErrorKind::QueueFull);
            assert!(error.is_retryable());
        }
        session.query("OK", ()).await.unwrap();
    });
}
