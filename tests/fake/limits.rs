//! The limit of requests in flight, and our own deadline.

use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use async_cassandra::{ErrorKind, Execute, Options, Prepared, Reached, Retry, Session};
use futures::{FutureExt, StreamExt, future};

use crate::cell::{self, Cell, Held, Left};
use crate::harness::until;

/// A session with two places.
pub async fn narrow(cell: Cell) -> Session {
    cell.builder().max_in_flight(2).connect().await.unwrap()
}

/// Polls each once, with nobody to wake: true when they are on their way or wait, false when done.
fn poll_all(cell: Cell, requests: &mut [Execute<'static>]) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    for request in requests {
        assert_eq!(request.poll_unpin(&mut cx).is_ready(), cell.is_inline());
    }
    !cell.is_inline()
}

/// The request before this has been answered, and is out of the gate a moment later.
fn left(session: &Session) {
    until("all have left", || (session.in_flight(), session.waiting()) == (0, 0));
}

pub fn prepare(cell: Cell, session: &Session, cql: &'static str) -> Prepared {
    let here = session.clone();
    let prepared = cell.run(async move { here.prepare(cql).await.unwrap() });
    left(session);
    prepared
}

/// More requests than the queue holds, all at once: each waits for its place, none fails.
pub fn more_than_the_queue_holds(cell: Cell) {
    let builder = move || cell.builder().queue_size(1000).max_in_flight(1000);
    let session = cell.run(async move { builder().connect().await.unwrap() });
    let echo = prepare(cell, &session, "ECHO int");
    let held = Held::new();
    let requests = (0..10_000).map(|id| echo.bind((id,)).into_owned().execute());
    let mut requests: Vec<_> = requests.collect();
    if poll_all(cell, &mut requests) {
        assert_eq!((session.in_flight(), session.waiting()), (1000, 9000));
        drop(held);
        let answers = cell.run(future::join_all(requests));
        for (id, page) in answers.into_iter().enumerate() {
            let page = page.unwrap();
            assert_eq!(page.rows::<(i32,)>().unwrap().next().unwrap().unwrap().0 as usize, id);
        }
    }
    left(&session);
}

/// The default keeps the queue from being full, whatever its size.
pub fn no_full_queue(cell: Cell) {
    let session = cell.run(async move { cell.builder().queue_size(3).connect().await.unwrap() });
    let ok = prepare(cell, &session, "OK");
    let held = Held::new();
    let mut requests: Vec<_> = (0..50).map(|_| ok.bind(()).into_owned().execute()).collect();
    if poll_all(cell, &mut requests) {
        // Three are rounded up to four.
        assert_eq!(session.in_flight(), 4);
        drop(held);
        let answers = cell.run(future::join_all(requests));
        assert_eq!(answers.into_iter().filter(Result::is_err).count(), 0);
    }
}

/// Tasks of their own, some of which give up: the others are served in order.
pub fn first_come_first_served(cell: Cell) {
    let session = cell.run(narrow(cell));
    let prepared = prepare(cell, &session, "OK");
    let held = Held::new();
    let served = Arc::new(Mutex::new(Vec::new()));
    struct Serve(usize, Arc<Mutex<Vec<usize>>>);
    impl std::task::Wake for Serve {
        fn wake(self: Arc<Self>) {
            self.1.lock().unwrap().push(self.0);
        }
    }
    let mut requests: Vec<Option<Execute<'_>>> = Vec::new();
    for number in 0..12 {
        let mut request = prepared.bind(()).execute();
        let waker = Arc::new(Serve(number, Arc::clone(&served))).into();
        let polled = request.poll_unpin(&mut std::task::Context::from_waker(&waker));
        if cell.is_inline() {
            polled.map(Result::unwrap).is_ready().then_some(()).unwrap();
            continue;
        }
        assert!(polled.is_pending());
        requests.push(Some(request));
    }
    if cell.is_inline() {
        return;
    }
    assert_eq!((session.in_flight(), session.waiting()), (2, 10));
    // One that has a place gives nothing up: it is in C's hands. Two that wait leave the line.
    for gone in [1, 4, 7] {
        requests[gone] = None;
    }
    assert_eq!(cell::detached(), 1);
    drop(held);
    // A turn that comes is taken by the next poll, which sends.
    let expected = [2, 3, 5, 6, 8, 9, 10, 11];
    for number in expected {
        until("the next in line is woken", || served.lock().unwrap().contains(&number));
        let request = requests[number].as_mut().unwrap();
        let waker = std::task::Waker::noop();
        until("it is answered", || {
            request.poll_unpin(&mut std::task::Context::from_waker(waker)).is_ready()
        });
        requests[number] = None;
    }
    let mut order = served.lock().unwrap().clone();
    order.retain(|number| expected.contains(number));
    order.dedup();
    let mut sorted = order.clone();
    sorted.sort_unstable();
    // Two places may be handed over at the same time by two I/O threads.
    let slack = usize::from(cell.personality == "threads");
    for (turn, number) in order.iter().enumerate() {
        let due = sorted.iter().position(|one| one == number).unwrap();
        assert!(due.abs_diff(turn) <= slack, "served out of order: {order:?}");
    }
    requests.clear();
    left(&session);
}

/// Dropped with a turn that came and was not taken: it goes to the next.
pub fn a_turn_not_taken_goes_on(cell: Cell) {
    let session = cell.run(narrow(cell));
    let ok = prepare(cell, &session, "OK");
    let held = Held::new();
    let mut requests: Vec<_> = (0..4).map(|_| ok.bind(()).into_owned().execute()).collect();
    if !poll_all(cell, &mut requests) {
        return;
    }
    assert_eq!((session.in_flight(), session.waiting()), (2, 2));
    drop(held);
    until("both turns came", || session.waiting() == 0);
    // Neither was taken: nobody polled.
    assert_eq!(session.in_flight(), 2);
    drop(requests.remove(2));
    for page in cell.run(future::join_all(requests)) {
        page.unwrap();
    }
    left(&session);
}

/// Pages, prepares and text need a place like all others, and get one.
pub fn everything_needs_a_place(cell: Cell) {
    cell.run(async move {
        let session = cell.builder().max_in_flight(1).connect().await.unwrap();
        let streams = (0..5).map(|_| async {
            let stream = session.query("ROWS 10 3", ()).prefetch(2).stream::<(i32, String)>();
            stream.await.unwrap().map(Result::unwrap).count().await
        });
        let prepares = (0..5).map(|_| session.prepare("ECHO int").into_future());
        let cached = (0..5).map(|n| session.query("ECHO bigint", (i64::from(n),)).execute());
        let (rows, prepared, pages) = futures::join!(
            future::join_all(streams),
            future::join_all(prepares),
            future::join_all(cached)
        );
        assert_eq!(rows, [30; 5]);
        assert_eq!(prepared.into_iter().filter(Result::is_err).count(), 0);
        assert_eq!(pages.into_iter().filter(Result::is_err).count(), 0);
    });
}

pub fn refused_rather_than_late(cell: Cell) {
    let session = cell.run(narrow(cell));
    let echo = prepare(cell, &session, "ECHO int");
    let bound = echo.bind((1,)).into_owned();
    cell.run(bound.try_execute()).unwrap();
    left(&session);
    let held = Held::new();
    let sent = (0..2).map(|id| echo.bind((id,)).into_owned().try_execute());
    let mut sent: Vec<_> = sent.collect();
    if !poll_all(cell, &mut sent) {
        return;
    }
    for error in cell.run(async move {
        [
            echo.bind((2,)).try_execute().await.unwrap_err(),
            session.query("OK", ()).try_execute().await.unwrap_err(),
            session.query("ECHO text", ("new",)).try_execute().await.unwrap_err(),
        ]
    }) {
        assert_eq!(*error.kind(), ErrorKind::Busy, "{error}");
        assert_eq!((error.retry(), error.reached_server()), (Retry::Safe, Reached::No));
        assert!(error.statement().is_some() && error.to_string().contains("2 requests"));
    }
    drop(held);
    for page in cell.run(future::join_all(sent)) {
        page.unwrap();
    }
}

/// Those in line are sent away by a close, those with a place finish.
pub fn close_sends_the_line_away(cell: Cell) {
    let session = cell.run(narrow(cell));
    let ok = prepare(cell, &session, "OK");
    let held = Held::new();
    let mut requests: Vec<_> = (0..5).map(|_| ok.bind(()).into_owned().execute()).collect();
    if !poll_all(cell, &mut requests) {
        return;
    }
    let mut close = session.close().into_future();
    assert!(close.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(session.waiting(), 0);
    drop(held);
    drop(close);
    let answers = cell.run(future::join_all(requests));
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 2);
    for error in refused {
        assert_eq!(*error.unwrap_err().kind(), ErrorKind::Closed);
    }
    cell.run(async move { session.close().await }).unwrap();
}

/// What `deadlines` leaves behind: requests that C never answers, and so their session.
pub const NEVER: Left = Left { sessions: 1, requests: 3, prepares: 0, leaked: 1 };

pub fn deadlines(cell: Cell) {
    const SOON: Duration = Duration::from_millis(5);
    cell.run(async move {
        let patient = cell.builder().deadline(Duration::from_secs(30)).connect().await.unwrap();
        patient.query("OK", ()).await.unwrap();

        let builder = cell.builder().max_in_flight(3).close_timeout(SOON);
        let session = builder.connect().await.unwrap();
        let soon = Options::new().deadline(SOON);
        for error in [
            session.query("NEVER", ()).options(&soon).await.unwrap_err(),
            session.query("NEVER", ()).deadline(SOON).await.unwrap_err(),
            session.query("NEVER", ()).deadline(SOON).stream::<(i32,)>().await.unwrap_err(),
        ] {
            assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
            assert_eq!(error.retry(), Retry::IfIdempotent);
            assert_eq!(error.statement(), Some("NEVER"));
            assert!(error.message().contains("5ms"), "{error}");
        }
        assert_eq!((session.in_flight(), cell::detached()), (3, 3));
        // No place is left, nor will be.
        for error in [
            session.query("OK", ()).deadline(SOON).await.unwrap_err(),
            session.prepare("OK").deadline(SOON).await.unwrap_err(),
            session.query("ECHO int", (1,)).deadline(SOON).await.unwrap_err(),
            session.query("ECHO int", (1,)).deadline(SOON).pages().await.unwrap_err(),
        ] {
            assert_eq!(*error.kind(), ErrorKind::Busy, "{error}");
            assert_eq!(error.reached_server(), Reached::No);
        }
        let error = session.close().await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Deadline);
        assert!(error.message().starts_with("3 requests"), "{error}");
    });
    until("the session counts as leaked", || cell::leaked() == 1);
}
