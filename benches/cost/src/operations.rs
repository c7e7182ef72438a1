//! What is measured.

use std::future::{Future, IntoFuture};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use async_cassandra::{Page, Prepared, Session};

/// Something that is done again and again.
pub struct Operation {
    pub name: &'static str,
    /// What the figures are for one of.
    pub unit: &'static str,
    /// How many of these one call does.
    pub units: u64,
    /// Calls that are counted.
    pub calls: u64,
    /// Makes what is measured, with a session of its own.
    pub start: fn() -> Box<dyn FnMut()>,
}

/// Rows of a page.
const ROWS: u64 = 100;

pub const OPERATIONS: [Operation; 9] = [
    Operation { name: "select", unit: "request", units: 1, calls: 1000, start: select },
    Operation { name: "insert", unit: "request", units: 1, calls: 1000, start: insert },
    Operation { name: "query-cached", unit: "request", units: 1, calls: 1000, start: query_cached },
    Operation { name: "woken", unit: "request", units: 1, calls: 1000, start: woken },
    Operation {
        name: "driver-threads",
        unit: "request",
        units: 1,
        calls: 1000,
        start: driver_threads,
    },
    Operation { name: "page", unit: "page of 100 rows", units: 1, calls: 100, start: page },
    Operation { name: "rows", unit: "row", units: ROWS, calls: 50, start: rows },
    Operation { name: "stream", unit: "row", units: 10 * ROWS, calls: 10, start: stream },
    Operation { name: "bridge", unit: "callback", units: 1, calls: 1000, start: bridge },
];

/// A row by its key: one value bound, one row of two columns read.
fn select() -> Box<dyn FnMut()> {
    let (_session, prepared) = prepared("LOOKUP");
    Box::new(move || read_one(&now(prepared.bind((black_box(7_i64),)))))
}

/// Two values bound, and no rows.
fn insert() -> Box<dyn FnMut()> {
    let (_session, prepared) = prepared("STORE bigint text");
    Box::new(move || {
        let page = now(prepared.bind((black_box(7_i64), black_box("sixteen letters."))));
        assert!(page.is_empty());
    })
}

/// As `select`, by its text, which the session has prepared before.
fn query_cached() -> Box<dyn FnMut()> {
    let session = connect();
    Box::new(move || read_one(&now(session.query("LOOKUP", (black_box(7_i64),)))))
}

/// A request that is answered after its first poll, as in life: its waker is kept, and woken.
fn woken() -> Box<dyn FnMut()> {
    let (_session, prepared) = prepared("HELD 1");
    Box::new(move || {
        let mut request = pin!(prepared.bind(()).execute());
        assert!(poll(request.as_mut()).is_pending());
        assert_eq!(fake_driver::let_go(1), 1);
        match poll(request) {
            Poll::Ready(page) => assert!(page.expect("an answer").is_empty()),
            Poll::Pending => unreachable!("it was let go"),
        }
    })
}

/// The same in a task on the C driver's threads, which this thread is while it answers: it polls the
/// task there, which sends its next request.
fn driver_threads() -> Box<dyn FnMut()> {
    let (session, prepared) = prepared("HELD 1");
    let threads = session.driver_threads();
    let here = std::thread::current().id();
    let is_polled_here = Arc::new(AtomicBool::new(false));
    let polled = Arc::clone(&is_polled_here);
    let task = threads.spawn(async move {
        loop {
            let page = prepared.bind(()).await.expect("an answer");
            assert!(page.is_empty());
            let is_here = std::thread::current().id() == here;
            polled.store(is_here, Ordering::Relaxed);
        }
    });
    task.detach();
    // Its first poll comes on another thread. Once it was polled on this one, it stays here.
    while !is_polled_here.load(Ordering::Relaxed) {
        fake_driver::let_go(1);
        std::thread::yield_now();
    }
    Box::new(|| assert_eq!(fake_driver::let_go(1), 1))
}

/// A page with all its rows read.
fn page() -> Box<dyn FnMut()> {
    let (_session, prepared) = prepared("ROWS 100 1");
    Box::new(move || read_all(&now(prepared.bind(()))))
}

/// The rows of a page that is there.
fn rows() -> Box<dyn FnMut()> {
    let (_session, prepared) = prepared("ROWS 100 1");
    let page = now(prepared.bind(()));
    Box::new(move || read_all(black_box(&page)))
}

/// Ten pages, their rows as values of their own.
fn stream() -> Box<dyn FnMut()> {
    let (_session, prepared) = prepared("ROWS 100 10");
    Box::new(move || {
        let mut rows = now(prepared.bind(()).stream::<(i32, String)>());
        let mut count = 0;
        while let Some(row) = now(rows.try_next()) {
            black_box(row);
            count += 1;
        }
        assert_eq!(count, 10 * ROWS);
    })
}

/// The bridge alone: a pair, a poll too early, the callback, a poll that has the value.
fn bridge() -> Box<dyn FnMut()> {
    Box::new(|| {
        let (completer, mut completion) = callback_bridge::pair::<u64>();
        assert!(poll(Pin::new(&mut completion)).is_pending());
        assert!(completer.complete(black_box(7)).is_ok());
        assert_eq!(poll(Pin::new(&mut completion)), Poll::Ready(Ok(7)));
    })
}

fn connect() -> Session {
    let session = Session::builder().contact_points(["inline"]).connect();
    pollster::block_on(session.into_future()).expect("the fake driver connects")
}

fn prepared(text: &str) -> (Session, Prepared) {
    let session = connect();
    let prepared = now(session.prepare(text));
    (session, prepared)
}

fn read_one(page: &Page) {
    let mut rows = page.rows::<(i64, &str)>().expect("the columns fit");
    let (id, name) = rows.next().expect("a row").expect("its values fit");
    assert_eq!(id, 7);
    black_box(name);
}

fn read_all(page: &Page) {
    let mut count = 0;
    for row in page.rows::<(i32, &str)>().expect("the columns fit") {
        black_box(row.expect("its values fit"));
        count += 1;
    }
    assert_eq!(count, ROWS);
}

/// The output of a future that is ready at its first poll and went well.
fn now<T>(future: impl IntoFuture<Output = async_cassandra::Result<T>>) -> T {
    match poll(pin!(future.into_future())) {
        Poll::Ready(output) => output.expect("the fake driver does as it is told"),
        Poll::Pending => unreachable!("the fake driver answers inside the call"),
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}
