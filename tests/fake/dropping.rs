//! What is dropped before its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use async_cassandra::{Execute, Session};
use futures::FutureExt;

use crate::cell::{self, Cell, Held};
use crate::harness::until;
use crate::wakers::Count;

/// A session, with requests made from it that own what they need.
fn requests(cell: Cell, cql: &'static str, number: usize) -> (Session, Vec<Execute<'static>>) {
    cell.run(async move {
        let session = cell.connect().await;
        let prepared = session.prepare(cql).await.unwrap();
        let requests = (0..number).map(|_| prepared.bind(()).into_owned().execute());
        (session, requests.collect())
    })
}

/// Polls each once; true when they are on their way, false when they are done.
fn submit(cell: Cell, requests: &mut [Execute<'static>]) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    for request in requests {
        assert_eq!(request.poll_unpin(&mut cx).is_ready(), cell.is_inline());
    }
    !cell.is_inline()
}

pub fn session_in_flight(cell: Cell) {
    let (session, mut requests) = requests(cell, "ROWS 3 2", 20);
    let held = Held::new();
    let in_flight = submit(cell, &mut requests);
    drop(requests);
    drop(session);
    assert_eq!(cell::detached(), if in_flight { 20 } else { 0 });
    drop(held);
}

pub fn requests_keep_their_session(cell: Cell) {
    let (session, mut requests) = requests(cell, "ROWS 3 2", 20);
    let held = Held::new();
    let in_flight = submit(cell, &mut requests);
    drop(session);
    drop(held);
    if in_flight {
        for page in cell.run(futures::future::join_all(requests)) {
            assert_eq!(page.unwrap().len(), 3);
        }
    }
}

pub fn unpolled(cell: Cell) {
    let (session, requests) = requests(cell, "OK", 20);
    let before = fake_driver::callbacks_run();
    cell.run(async move {
        drop(requests);
        drop(session.query("OK", ()).execute());
        drop(session.query("ECHO int", (1,)).execute());
        drop(session.prepare("OK"));
        assert_eq!(fake_driver::callbacks_run(), before, "nothing was sent");
        session.close().await.unwrap();
    });
    assert_eq!(fake_driver::callbacks_run(), before + 1);
}

pub fn in_flight(cell: Cell) {
    for cql in ["OK", "ROWS 3 2", "ERROR 0x1100 late"] {
        let (session, mut requests) = requests(cell, cql, 20);
        let held = Held::new();
        let in_flight = submit(cell, &mut requests);
        drop(requests);
        assert_eq!(cell::detached(), if in_flight { 20 } else { 0 });
        drop(held);
        until("all have come back", || cell::detached() == 0);
        cell.run(async move { session.query("OK", ()).await.unwrap() });
    }
}

/// The drop and the callback meet, a little sooner or later each time.
pub fn as_answered(cell: Cell) {
    let prepared = cell.run(async move {
        let session = cell.connect().await;
        session.prepare("ROWS 3 2").await.unwrap()
    });
    for round in 0..300 {
        let mut request = prepared.bind(()).execute();
        let _ = request.poll_unpin(&mut Context::from_waker(Waker::noop()));
        for _ in 0..round % 50 * 20 {
            std::hint::spin_loop();
        }
        drop(request);
    }
}

/// The answer is there, and nobody has looked at it.
pub fn done(cell: Cell) {
    for cql in ["ROWS 3 2", "ERROR 0x1100 in time"] {
        let (_session, mut requests) = requests(cell, cql, 20);
        let woken = Arc::new(Count::default());
        let waker = Arc::clone(&woken).into();
        for request in &mut requests {
            // The gate is open: it may be over already.
            if request.poll_unpin(&mut Context::from_waker(&waker)).is_ready() {
                woken.add();
            }
        }
        until("each is done", || woken.get() == 20);
        drop(requests);
        assert_eq!(cell::detached(), 0);
    }
}

pub fn prepares(cell: Cell) {
    let held = cell.run(async move {
        let session = cell.connect().await;
        let held = Held::new();
        for round in 0..10 {
            let mut cached = session.query("ECHO int", (round,)).execute();
            let _ = futures::poll!(&mut cached);
            let mut prepare = session.prepare("ROWS 1 1").into_future();
            let _ = futures::poll!(&mut prepare);
        }
        held
    });
    assert_eq!(cell::detached(), if cell.is_inline() { 0 } else { 20 });
    drop(held);
}

/// The task that is woken owns the last handle, and is over with this poll.
pub fn by_a_wake(cell: Cell) {
    let in_flight = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&in_flight);
    let held = Held::new();
    let thread = std::thread::spawn(move || {
        cell.run(async move {
            // The connect passes the gate too.
            fake_driver::release();
            let session = cell.connect().await;
            fake_driver::hold();
            let mut request = session.query("ROWS 3 2", ()).execute();
            let page = std::future::poll_fn(|cx| {
                let polled = request.poll_unpin(cx);
                seen.store(true, Ordering::SeqCst);
                match polled {
                    Poll::Ready(page) => Poll::Ready(page),
                    Poll::Pending => Poll::Pending,
                }
            });
            assert_eq!(page.await.unwrap().len(), 3);
        });
    });
    until("the request is on its way", || in_flight.load(Ordering::SeqCst));
    drop(held);
    thread.join().unwrap();
}
