//! The prepared statements behind `query`: who prepares, what is kept, what goes.

use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_cassandra::{ErrorKind, Execute, Page, Result, Session};
use futures::{FutureExt, future};

use crate::bombs::{On, bomb};
use crate::cell::{self, Cell, Held};
use crate::harness::until;
use crate::wakers::Count;

const ECHO: &str = "ECHO int";

fn value(page: Result<Page>) -> i32 {
    page.unwrap().rows::<(i32,)>().unwrap().next().unwrap().unwrap().0
}

/// Polls it once, with nobody to wake.
fn poll(request: &mut Execute<'_>) -> Poll<Result<Page>> {
    request.poll_unpin(&mut Context::from_waker(Waker::noop()))
}

/// Callers of one text, each polled once.
fn callers<'s>(session: &'s Session, text: &str, count: i32) -> Vec<Execute<'s>> {
    let mut all: Vec<_> = (0..count).map(|id| session.query(text, (id,)).execute()).collect();
    for caller in &mut all {
        let _ = poll(caller);
    }
    all
}

fn with_session<T: Send + 'static>(
    cell: Cell,
    body: impl FnOnce(Session) -> T + Send + 'static,
) -> T {
    body(cell.run(cell.connect()))
}

/// Many callers at a time, one prepare; later ones find it there.
pub fn one_prepare(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let before = fake_driver::callbacks_run();
        let held = Held::new();
        let requests = (0..50).map(|id| session.query(ECHO, (id,)).execute());
        let mut requests = future::join_all(requests);
        let done = match futures::poll!(&mut requests) {
            Poll::Ready(done) => done,
            Poll::Pending => {
                assert_eq!(session.in_flight(), 1);
                drop(held);
                requests.await
            }
        };
        for (id, page) in done.into_iter().enumerate() {
            assert_eq!(value(page), id as i32);
        }
        assert_eq!(fake_driver::callbacks_run() - before, 51);
        assert_eq!(value(session.query(ECHO, (7,)).await), 7);
        let now = session.metrics().statements;
        // Where C answers at once, the first has prepared before the second looks.
        let missed = if cell.is_inline() { 1 } else { 50 };
        assert_eq!((now.kept, now.hits, now.misses, now.evictions), (1, 51 - missed, missed, 0));
        assert_eq!(fake_driver::live().prepared, 1);
    });
}

/// Whoever is left drives it: each may be dropped at any point.
pub fn dropped_callers(cell: Cell) {
    with_session(cell, move |session| {
        for left in 0..4 {
            // Another text each time.
            let text = format!("ECHO {}int", " ".repeat(left));
            let before = fake_driver::callbacks_run();
            let held = Held::new();
            // Not polled, which does not count.
            drop(session.query(&text, (9,)).execute());
            let mut all = callers(&session, &text, 4);
            if cell.is_inline() {
                return;
            }
            assert_eq!(session.in_flight(), 1);
            let last = all.swap_remove(left);
            // The one that sent it among them, but for one round.
            drop(all);
            assert_eq!(cell::detached(), 0);
            drop(held);
            // Its waker is another by now.
            let last = futures::executor::block_on(last);
            assert_eq!(value(last), left as i32);
            assert_eq!(fake_driver::callbacks_run() - before, 2);
            // Dropped by all: it is left to itself, and the next prepares anew.
            let other = &format!("{text} int");
            let held = Held::new();
            drop([1, 2].map(|id| {
                let mut request = session.query(other, (id, id)).execute();
                assert!(poll(&mut request).is_pending());
                request
            }));
            assert_eq!(cell::detached(), 1);
            drop(held);
            until("it has come back", || cell::detached() == 0 && session.in_flight() == 0);
        }
    });
}

/// The one that was woken and should have looked is gone: another does.
pub fn woken_callers(cell: Cell) {
    with_session(cell, move |session| {
        let held = Held::new();
        let mut requests = [1, 2].map(|id| session.query(ECHO, (id,)).execute());
        let woken = [Arc::new(Count::default()), Arc::new(Count::default())];
        for (request, woken) in requests.iter_mut().zip(&woken) {
            let waker = Arc::clone(woken).into();
            let _ = request.poll_unpin(&mut Context::from_waker(&waker));
        }
        if cell.is_inline() {
            return;
        }
        drop(held);
        until("both are woken", || woken.iter().all(|count| count.get() > 0));
        let [first, second] = requests;
        drop(first);
        assert_eq!(value(futures::executor::block_on(second)), 2);
    });
}

/// A waker that panics is its owner's trouble.
pub fn bad_wakers(cell: Cell) {
    with_session(cell, move |session| {
        let held = Held::new();
        let mut bad = session.query(ECHO, (1,)).execute();
        let bomb = bomb(On::Wake);
        let _ = bad.poll_unpin(&mut Context::from_waker(&bomb));
        let mut good = session.query(ECHO, (2,)).execute();
        let woken = Arc::new(Count::default());
        let waker = Arc::clone(&woken).into();
        let _ = good.poll_unpin(&mut Context::from_waker(&waker));
        if cell.is_inline() {
            return;
        }
        drop(held);
        until("the other is woken", || woken.get() > 0);
        assert_eq!(value(futures::executor::block_on(good)), 2);
        assert_eq!(value(futures::executor::block_on(bad)), 1);
    });
}

/// All hear of it, and the next asks anew.
pub fn errors(cell: Cell) {
    const WRONG: &str = "ECHO elephant";
    cell.run(async move {
        let session = cell.connect().await;
        for _ in 0..2 {
            let before = fake_driver::callbacks_run();
            let held = Held::new();
            let requests = (0..10).map(|id| session.query(WRONG, (id,)).execute());
            let mut requests = future::join_all(requests);
            let done = match futures::poll!(&mut requests) {
                Poll::Ready(done) => done,
                Poll::Pending => {
                    drop(held);
                    requests.await
                }
            };
            for outcome in done {
                let error = outcome.unwrap_err();
                assert_eq!((error.kind(), error.statement()), (&ErrorKind::Syntax, Some(WRONG)));
            }
            let prepares = if cell.is_inline() { 10 } else { 1 };
            assert_eq!(fake_driver::callbacks_run() - before, prepares);
        }
        assert_eq!((session.metrics().statements.kept, fake_driver::live().prepared), (0, 0));
    });
}

/// What was not used goes, and what was stays.
pub fn evictions(cell: Cell) {
    cell.run(async move {
        let session = cell.builder().statement_cache(3).connect().await.unwrap();
        let others = ["ECHO bigint", "ECHO smallint", "ECHO tinyint"];
        let sent = async |text| {
            let before = fake_driver::callbacks_run();
            session.query(text, (1_i8,)).await.unwrap();
            fake_driver::callbacks_run() - before
        };
        for round in 0..30 {
            assert_eq!(sent(ECHO).await, if round == 0 { 2 } else { 1 }, "in round {round}");
            // Those that take turns are never there, with room for two of them.
            assert_eq!(sent(others[round % 3]).await, 2, "in round {round}");
        }
        let now = session.metrics().statements;
        assert_eq!((now.kept, now.hits, now.misses, now.evictions), (3, 29, 31, 28));
        until("what went is freed", || fake_driver::live().prepared == 3);

        let session = cell.builder().statement_cache(0).connect().await.unwrap();
        for _ in 0..3 {
            assert_eq!(value(session.query(ECHO, (1,)).await), 1);
        }
        let now = session.metrics().statements;
        assert_eq!((now.kept, now.hits, now.misses, now.evictions), (0, 0, 3, 0));
    });
}

/// A prepare waits for its place, and whoever has no patience does not wait with it.
pub fn in_line(cell: Cell) {
    let session = cell.run(async move { cell.builder().max_in_flight(1).connect().await });
    let session = session.unwrap();
    {
        let held = Held::new();
        let mut before = session.query("OK", ()).execute();
        if poll(&mut before).is_ready() {
            return;
        }
        let mut all = callers(&session, ECHO, 3);
        assert_eq!((session.in_flight(), session.waiting()), (1, 1));
        let mut impatient = session.query(ECHO, (5,)).try_execute();
        let Poll::Ready(Err(error)) = poll(&mut impatient) else { panic!("not refused") };
        assert_eq!(*error.kind(), ErrorKind::Busy);
        assert_eq!(error.statement(), Some(ECHO));
        // Alone it would be the same.
        let mut impatient = session.query("ECHO text", ("x",)).try_execute();
        let Poll::Ready(Err(error)) = poll(&mut impatient) else { panic!("not refused") };
        assert_eq!(*error.kind(), ErrorKind::Busy);
        drop(all.remove(0));
        assert_eq!(session.waiting(), 1);
        // Whoever nobody waits for leaves the line.
        let mut other = session.query("ECHO text", ("x",)).execute();
        assert!(poll(&mut other).is_pending());
        assert_eq!(session.waiting(), 2);
        drop(other);
        drop(held);
        let all = futures::executor::block_on(future::join_all(all));
        for (id, page) in all.into_iter().enumerate() {
            assert_eq!(value(page), id as i32 + 1);
        }
        futures::executor::block_on(before).unwrap();
        until("all have left", || (session.in_flight(), session.waiting()) == (0, 0));
        assert_eq!(value(futures::executor::block_on(session.query(ECHO, (8,)).execute())), 8);
    }
}

/// The time of one caller is up, and the others' is not.
pub fn late_callers(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let held = Held::new();
        let mut patient = session.query(ECHO, (1,)).execute();
        if futures::poll!(&mut patient).is_ready() {
            return;
        }
        let hurried = session.query(ECHO, (2,)).deadline(Duration::from_millis(2));
        let error = hurried.await.unwrap_err();
        assert_eq!((error.kind(), error.statement()), (&ErrorKind::Deadline, Some(ECHO)));
        let hurried = session.query(ECHO, (2,)).deadline(Duration::from_millis(2));
        let error = hurried.stream::<(i32,)>().await.unwrap_err();
        assert_eq!((error.kind(), error.statement()), (&ErrorKind::Deadline, Some(ECHO)));
        drop(held);
        assert_eq!(value(patient.await), 1);
    });
}

/// The close waits for the prepare, and what would follow it comes too late.
pub fn closed(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let held = Held::new();
        let mut all = future::join_all((0..5).map(|id| session.query(ECHO, (id,)).execute()));
        if futures::poll!(&mut all).is_ready() {
            return;
        }
        let mut close = session.close().into_future();
        assert!(futures::poll!(&mut close).is_pending());
        let error = session.query("ECHO text", ("x",)).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Closed);
        drop(held);
        for outcome in all.await {
            assert_eq!(*outcome.unwrap_err().kind(), ErrorKind::Closed);
        }
        close.await.unwrap();
    });
}

/// Many threads, many callers, each dropped or not, a moment sooner or later.
pub fn storm(cell: Cell) {
    let session =
        cell.run(async move { cell.builder().statement_cache(1).connect().await.unwrap() });
    let work = |seed: usize| {
        for round in 0..200 {
            let (text, id) = (["ECHO int", "ECHO bigint"][round / 3 % 2], (seed + round) as i32);
            let mut request = session.query(text, (id,)).execute();
            match (seed + round) % 3 {
                0 => {
                    if poll(&mut request).is_pending() {
                        for _ in 0..round % 50 * 20 {
                            std::hint::spin_loop();
                        }
                        let _ = poll(&mut request);
                    }
                }
                _ => {
                    let page = futures::executor::block_on(request).unwrap();
                    let row = page.rows::<(i64,)>().unwrap().next().unwrap();
                    assert_eq!(row.unwrap().0, i64::from(id));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for seed in 0..4 {
            scope.spawn(move || work(seed));
        }
    });
    until("all have come back", || session.in_flight() == 0);
    let now = session.metrics().statements;
    assert_eq!(now.kept, 1);
    assert!(now.hits + now.misses >= 4 * 200 * 2 / 3, "{now:?}");
}

/// Nothing of a request is there that would have to be sent.
#[allow(dead_code, reason = "it has to compile")]
fn is_send(session: &Session) -> impl Future + Send + '_ {
    session.query(ECHO, (1,)).execute()
}
