//! What no runtime has a part in: futures polled by hand, requests answered one by one, C functions
//! that refuse.

use std::any::Any;
use std::future::IntoFuture;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use async_cassandra::{ErrorKind, Execute, Reached, Result, Retry, Session, SpeculativeExecution};
use futures::{FutureExt, StreamExt};

use crate::bombs::{On, bomb};
use crate::cell::{self, Cell, Held, Left};
use crate::harness::until;
use crate::wakers::Count;

/// C's code for a future that takes no callback.
const TAKES_NO_CALLBACK: u32 = 0x0100_0010;
const SOON: Duration = Duration::from_millis(5);

fn connect_to(cell: Cell, point: &'static str) -> Result<Session> {
    cell.run(async move { cell.builder().contact_points([point]).connect().await })
}

/// The half that C did not take comes back, and the request leaves.
pub fn deaf_requests(cell: Cell) {
    let session = connect_to(cell, "deaf-requests").unwrap();
    for _ in 0..20 {
        let here = session.clone();
        let errors = cell.run(async move {
            let streamed = here.query("ROWS 1 1", ()).pages().await.unwrap_err();
            let prepared = here.prepare("OK").await.unwrap_err();
            [here.query("OK", ()).await.unwrap_err(), streamed, prepared]
        });
        for error in errors {
            assert_eq!((error.kind(), error.code()), (&ErrorKind::Driver, Some(TAKES_NO_CALLBACK)));
        }
        assert_eq!((session.in_flight(), cell::detached()), (0, 0));
    }
    cell.run(async move { session.close().await }).unwrap();
}

/// What a session leaves behind whose connect, or close, calls nobody back.
pub const DEAF: Left = Left { sessions: 1, requests: 0, prepares: 0, leaked: 1 };

pub fn deaf_connect(cell: Cell) {
    let error = connect_to(cell, "deaf-connect").unwrap_err();
    assert_eq!(error.code(), Some(TAKES_NO_CALLBACK));
    assert_eq!(cell::leaked(), 1);
}

pub fn deaf_close(cell: Cell) {
    let session = connect_to(cell, "deaf-close").unwrap();
    let here = session.clone();
    let error = cell.run(async move {
        here.query("OK", ()).await.unwrap();
        here.close().await.unwrap_err()
    });
    assert_eq!(error.code(), Some(TAKES_NO_CALLBACK));
    assert_eq!(cell::leaked(), 1);
    assert_eq!(cell.run(async move { session.close().await }).unwrap_err().code(), error.code());
}

/// Each is answered inside the call that submits it, and none is lost.
pub fn full(cell: Cell) {
    let session = connect_to(cell, "full").unwrap();
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..20 {
        let mut requests = [session.query("OK", ()).execute(), session.query("OK", ()).execute()];
        for request in &mut requests {
            let Poll::Ready(Err(error)) = request.poll_unpin(&mut cx) else {
                panic!("not refused")
            };
            assert_eq!(*error.kind(), ErrorKind::QueueFull);
            assert_eq!((error.retry(), error.reached_server()), (Retry::Safe, Reached::No));
        }
        let Poll::Ready(Err(error)) = session.prepare("OK").into_future().poll_unpin(&mut cx)
        else {
            panic!("not refused")
        };
        assert_eq!(*error.kind(), ErrorKind::QueueFull);
        assert_eq!(session.in_flight(), 0);
    }
}

/// What `never` leaves behind.
pub const NEVER: Left = Left { sessions: 1, requests: 2, prepares: 1, leaked: 1 };

/// A session whose driver answers no request: nobody hangs, and what is out is counted.
pub fn never(cell: Cell) {
    let session = cell.run(async move {
        let builder = cell.builder().contact_points(["never"]).close_timeout(SOON);
        builder.connect().await.unwrap()
    });
    let here = session.clone();
    cell.run(async move {
        for error in [
            here.query("OK", ()).deadline(SOON).await.unwrap_err(),
            here.query("ROWS 1 1", ()).deadline(SOON).stream::<(i32,)>().await.unwrap_err(),
            here.prepare("OK").deadline(SOON).await.unwrap_err(),
        ] {
            assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
        }
        assert_eq!((here.in_flight(), cell::detached()), (3, 3));
        assert_eq!(*here.close().await.unwrap_err().kind(), ErrorKind::Deadline);
    });
    drop(session);
    until("the session counts as leaked", || cell::leaked() == 1);
}

/// What `speculation` leaves behind.
pub const LOST: Left = Left { sessions: 1, requests: 1, prepares: 0, leaked: 1 };

/// C loses a request where it may ask several hosts: the deadline comes without being asked for.
pub fn speculation(cell: Cell) {
    let again = SpeculativeExecution::constant(SOON, 3);
    cell.run(async move {
        let builder = cell.builder().speculative(again).request_timeout(SOON).close_timeout(SOON);
        let session = builder.connect().await.unwrap();
        let error = session.query("NEVER", ()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
        assert_eq!((session.in_flight(), cell::detached()), (1, 1));
    });
    until("the session counts as leaked", || cell::leaked() == 1);
}

/// A session that counts as leaked, and whose last request comes back after all.
pub fn come_back(cell: Cell) {
    for kept in [true, false] {
        let session =
            cell.run(async move { cell.builder().close_timeout(SOON).connect().await.unwrap() });
        let woken = Arc::new(Count::default());
        let here = session.clone();
        let mut request =
            Some(Box::pin(async move { here.query("HELD 7", ()).await.map(|page| page.len()) }));
        let waker = Arc::clone(&woken).into();
        let pending = request.as_mut().unwrap().poll_unpin(&mut Context::from_waker(&waker));
        assert!(pending.is_pending());
        request = request.filter(|_| kept);
        assert_eq!(cell::detached(), u64::from(!kept));
        let here = session.clone();
        cell.run(async move { here.close().await }).unwrap_err();
        until("the session counts as leaked", || cell::leaked() == 1);
        until("the driver has it", || fake_driver::let_go(7) == 1);
        if let Some(request) = request {
            until("it is woken", || woken.get() == 1);
            assert_eq!(cell.run(request).unwrap(), 0);
        }
        until("the session is gone", || (cell::leaked(), cell::sessions()) == (0, 0));
        assert_eq!(cell::detached(), 0);
        cell.run(async move { session.close().await }).unwrap();
    }
}

/// A close starts behind the last request, and one on its way holds up no other session.
pub fn close_on_its_way(cell: Cell) {
    let mut cx = Context::from_waker(Waker::noop());
    for busy in [true, false] {
        let session = cell.run(cell.connect());
        let held = Held::new();
        let mut request = session.query("ROWS 3 1", ()).execute();
        let in_flight = busy && request.poll_unpin(&mut cx).is_pending();
        let _ = session.close().into_future().poll_unpin(&mut cx);
        // Connected by the courier, after what it had to do for the close.
        let other = connect_to(cell, "inline").unwrap();
        let used = cell.run(async move {
            other.query("OK", ()).await.unwrap();
            other.close().await
        });
        used.unwrap();
        if in_flight {
            until("the request is all that is on its way", || cell::futures() == 1);
        }
        drop(held);
        let here = session.clone();
        cell.run(async move { here.close().await }).unwrap();
        if in_flight {
            let Poll::Ready(page) = request.poll_unpin(&mut cx) else {
                panic!("closed before it was answered")
            };
            assert_eq!(page.unwrap().len(), 3);
        }
    }
}

/// Answers come in an order of their own, and each goes to its request.
pub fn answered_one_by_one(cell: Cell) {
    let session = cell.run(cell.connect());
    let mut requests: Vec<_> = ["HELD 0", "HELD 1", "HELD 2", "HELD 3"]
        .map(|cql| (session.query(cql, ()).execute(), Arc::new(Count::default())))
        .into();
    for (request, woken) in &mut requests {
        let waker = Arc::clone(woken).into();
        assert!(request.poll_unpin(&mut Context::from_waker(&waker)).is_pending());
    }
    let mut cx = Context::from_waker(Waker::noop());
    let mut done = Vec::new();
    for number in [2, 0, 3, 1] {
        until("the driver has it", || fake_driver::let_go(number) == 1);
        until("it is woken", || requests[number as usize].1.get() == 1);
        done.push(number as usize);
        for (at, (_, woken)) in requests.iter().enumerate() {
            assert_eq!(woken.get(), usize::from(done.contains(&at)));
        }
        assert!(requests[number as usize].0.poll_unpin(&mut cx).is_ready());
    }
}

/// A future that is polled by its own wake, which finds it done.
struct PollsItself<T: 'static> {
    future: Mutex<Option<Pin<Box<dyn Future<Output = T> + Send>>>>,
    output: Mutex<Option<T>>,
}

impl<T: Send + 'static> Wake for PollsItself<T> {
    fn wake(self: Arc<Self>) {
        let Some(mut future) = self.future.lock().unwrap().take() else { return };
        match future.poll_unpin(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => *self.output.lock().unwrap() = Some(output),
            Poll::Pending => panic!("woken, and not done"),
        }
    }
}

fn polled_by_its_wake<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let mut future: Pin<Box<dyn Future<Output = T> + Send>> = Box::pin(future);
    let task = Arc::new(PollsItself { future: Mutex::new(None), output: Mutex::new(None) });
    let waker = Waker::from(Arc::clone(&task));
    // Held, so that the wake comes after the future lies where the wake looks for it.
    let held = Held::new();
    if let Poll::Ready(output) = future.poll_unpin(&mut Context::from_waker(&waker)) {
        return output;
    }
    *task.future.lock().unwrap() = Some(future);
    drop(held);
    until("its wake has polled it", || task.output.lock().unwrap().is_some());
    task.output.lock().unwrap().take().unwrap()
}

pub fn polled_inside_wake(cell: Cell) {
    // A future as it is, and not what an `async` block makes of it: awaits are ready at once.
    let (connect,) = cell.run(async move { (cell.builder().connect(),) });
    let Ok(session) = connected(cell, connect) else { panic!("it does not connect") };
    let prepared = cell.run({
        let session = session.clone();
        async move { session.prepare("ROWS 3 1").await.unwrap() }
    });
    for _ in 0..20 {
        let request = prepared.bind(()).into_owned().execute();
        assert_eq!(polled_by_its_wake(request).unwrap().len(), 3);
    }
    let here = session.clone();
    polled_by_its_wake(async move { here.prepare("OK").await.map(drop) }).unwrap();
}

/// An inline connect is polled by the courier's wake, held or not.
fn connected(
    cell: Cell,
    connect: impl Future<Output = Result<Session>> + Send + 'static,
) -> Result<Session> {
    match cell.is_inline() {
        true => cell.run(connect),
        false => polled_by_its_wake(connect),
    }
}

/// Polled by two wakers in turn while the callback comes: the last one is woken, or finds it done.
pub fn two_wakers_in_turn(cell: Cell) {
    let session = cell.run(cell.connect());
    for round in 0..300 {
        let counts = [(); 2].map(|()| Arc::new(Count::default()));
        let wakers = counts.each_ref().map(|count| Waker::from(Arc::clone(count)));
        let mut request = session.query("ROWS 3 1", ()).execute();
        let mut answer = None;
        for turn in 0..=round % 60 {
            let polled = request.poll_unpin(&mut Context::from_waker(&wakers[turn % 2]));
            if let Poll::Ready(page) = polled {
                answer = Some(page);
                break;
            }
        }
        let answer = answer.unwrap_or_else(|| {
            until("the last is woken", || counts[round % 60 % 2].get() == 1);
            request.now_or_never().expect("woken, and not done")
        });
        assert_eq!(answer.unwrap().len(), 3);
        let woken: usize = counts.iter().map(|count| count.get()).sum();
        assert!(woken <= 1, "woken twice");
        drop(wakers);
        until("no waker is left", || counts.iter().all(|count| Arc::strong_count(count) == 1));
    }
}

/// Panics in its drop, without a word on stderr.
struct DropPanics(Arc<Count>);

impl Wake for DropPanics {
    fn wake(self: Arc<Self>) {}
}

impl Drop for DropPanics {
    fn drop(&mut self) {
        self.0.add();
        if !std::thread::panicking() {
            resume_unwind(Box::new("a waker whose drop panics"));
        }
    }
}

/// Polls, and takes a panic for an answer that does not come yet.
fn poll_with(request: &mut Execute<'static>, waker: &Waker) -> Option<usize> {
    let poll = || request.poll_unpin(&mut Context::from_waker(waker));
    match catch_unwind(AssertUnwindSafe(poll)) {
        Ok(Poll::Ready(page)) => Some(page.unwrap().len()),
        Ok(Poll::Pending) | Err(_) => None,
    }
}

/// Wakers whose clone or drop panics: their caller hears of it, and the request goes on.
pub fn bad_wakers(cell: Cell) {
    let session = cell.run(cell.connect());
    let prepared = cell.run(async move { session.prepare("ROWS 3 1").await.unwrap() });
    let request = || prepared.bind(()).into_owned().execute();
    for on in [On::Clone, On::Drop] {
        let bad = ManuallyDrop::new(bomb(on));
        let good = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&good));
        let held = Held::new();
        let (mut one, mut other) = (request(), request());
        let mut answer = poll_with(&mut one, &bad);
        // Where the old waker's drop panics, the new one is not in place yet.
        for _ in 0..2 {
            answer = answer.or_else(|| poll_with(&mut one, &waker));
        }
        let _ = poll_with(&mut other, &bad);
        let _ = catch_unwind(AssertUnwindSafe(|| drop(other)));
        drop(held);
        if answer.is_none() {
            until("the good one is woken", || good.get() == 1);
            answer = poll_with(&mut one, Waker::noop());
        }
        assert_eq!(answer, Some(3));
        until("both have come back", || cell::detached() == 0);
    }
    // The callback has the last reference.
    for _ in 0..10 {
        let dropped = Arc::new(Count::default());
        let waker = Waker::from(Arc::new(DropPanics(Arc::clone(&dropped))));
        let held = Held::new();
        let mut request = request();
        let answer = poll_with(&mut request, &waker);
        let _ = catch_unwind(AssertUnwindSafe(|| drop(waker)));
        drop(held);
        until("the waker is gone", || dropped.get() == 1);
        assert_eq!(answer.or_else(|| poll_with(&mut request, Waker::noop())), Some(3));
    }
}

/// Drops what it holds when it is woken.
struct DropsAll(Mutex<Vec<Box<dyn Any + Send>>>);

impl Wake for DropsAll {
    fn wake(self: Arc<Self>) {
        let all = std::mem::take(&mut *self.0.lock().unwrap());
        drop(all);
    }
}

/// Whose callback is woken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Of {
    Connect,
    Request,
    Prepare,
    Close,
}

/// Last handles and requests in flight, dropped inside the callback of every kind of future, by the
/// wake and by the waker's own drop.
pub fn session_dropped_in_a_callback(cell: Cell) {
    for of in [Of::Connect, Of::Request, Of::Prepare, Of::Close] {
        let session = cell.run(cell.connect());
        let other = cell.run(cell.connect());
        let mut cx = Context::from_waker(Waker::noop());
        let (connect,) = cell.run(async move { (cell.builder().connect(),) });
        let held = Held::new();
        let mut on_its_way = owned(other.clone(), Of::Request);
        let _ = on_its_way.poll_unpin(&mut cx);
        let mut future = match of {
            Of::Connect => Box::pin(connect.map(drop)),
            of => owned(session.clone(), of),
        };
        let all = Arc::new(DropsAll(Mutex::new(Vec::new())));
        let waker = Waker::from(Arc::clone(&all));
        let polled = future.poll_unpin(&mut Context::from_waker(&waker));
        let things: Vec<Box<dyn Any + Send>> =
            vec![Box::new(on_its_way), Box::new(session), Box::new(other), Box::new(future)];
        match polled {
            Poll::Pending => *all.0.lock().unwrap() = things,
            Poll::Ready(()) => drop(things),
        }
        // The waker's clone in the slot is the last to know of `all`.
        drop((waker, all));
        drop(held);
        until(&format!("all sessions are gone: {of:?}"), || cell::sessions() == 0);
        until("all have come back", || cell::detached() == 0);
    }
}

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future that owns the handle it works with.
fn owned(session: Session, of: Of) -> Job {
    Box::pin(async move {
        match of {
            Of::Request => drop(session.query("ROWS 3 1", ()).await),
            Of::Prepare => drop(session.prepare("OK").await),
            Of::Close => drop(session.close().await),
            Of::Connect => unreachable!("it has no session"),
        }
    })
}

/// Damaged pages: what is there is read, then comes an error, then nothing.
pub fn damaged_pages(cell: Cell) {
    let session = cell.run(cell.connect());
    cell.run(async move {
        for (cql, there) in [("SHORT 5 3", 3), ("SHORT 5 0", 0), ("SHORT 1 0", 0)] {
            let page = session.query(cql, ()).await.unwrap();
            let mut rows = page.rows::<(i32, &str)>().unwrap();
            for id in 0..there {
                assert_eq!(rows.next().unwrap().unwrap().0, id);
            }
            let error = rows.next().unwrap().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Malformed, "{error}");
            assert!(rows.next().is_none());
            let rows = session.query(cql, ()).stream::<(i32, String)>().await.unwrap();
            let rows: Vec<_> = rows.collect().await;
            assert_eq!(rows.len() as i32, there + 1);
            let error = rows.last().unwrap().as_ref().unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Malformed, "{error}");
        }
        let page = session.query("SHORT 5 5", ()).await.unwrap();
        assert_eq!(page.rows::<(i32, &str)>().unwrap().map(Result::unwrap).count(), 5);
    });
}

/// The last of the pages fails: all rows before it come, then the error, then nothing.
pub fn last_page_fails(cell: Cell) {
    let session = cell.run(cell.connect());
    cell.run(async move {
        for (prefetch, rows_per_page) in [(0, 2), (2, 2), (0, 0), (2, 0)] {
            let cql = format!("ROWS {rows_per_page} 4 0x1200");
            let rows = session.query(&cql, ()).prefetch(prefetch).stream::<(i32, String)>();
            let rows: Vec<_> = rows.await.unwrap().collect().await;
            let (error, before) = rows.split_last().unwrap();
            assert_eq!(before.len(), 3 * rows_per_page);
            assert!(before.iter().all(Result::is_ok));
            let error = error.as_ref().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::ReadTimeout { .. }), "{error}");
        }
    });
}

/// Every code that C knows, their neighbours, and what no list has: each comes through as it is.
pub fn every_code(cell: Cell) {
    let session = cell.run(cell.connect());
    cell.run(async move {
        let lib = (1..=64).map(|code| 0x0100_0000 | code);
        let server = (0..0x2600).step_by(0x20).flat_map(|code| [code, code + 1, code + 0xA]);
        let server = server.map(|code| 0x0200_0000 | code);
        let tls = (1..=16).map(|code| 0x0300_0000 | code);
        let strange = [0x0400_0001, 0x0100_FFFF, 0x02FF_FFFF, 0x7F00_ABCD, 0x8000_0000, u32::MAX];
        let (mut driver, mut unknown) = (0, 0);
        for code in lib.chain(server).chain(tls).chain(strange) {
            let cql = format!("ERROR {code:#x} as sent");
            let error = session.query(&cql, ()).await.unwrap_err();
            assert_eq!((error.code(), error.message()), (Some(code), "as sent"));
            match (error.kind(), code >> 24) {
                (ErrorKind::Driver, 1) => driver += 1,
                (ErrorKind::Unknown, 2) => unknown += 1,
                (ErrorKind::Tls, 3) => {}
                (ErrorKind::Unknown, source) => assert!(source == 0 || source > 3),
                (ErrorKind::Driver | ErrorKind::Tls, _) => panic!("{error:?}"),
                _ => {}
            }
        }
        assert!(driver > 50 && unknown > 500, "{driver} {unknown}");
        session.query("OK", ()).await.unwrap();
    });
}

/// Of a session that does not come about, nothing is called but its connect and its end.
pub fn no_use_of_the_unconnected(cell: Cell) {
    fake_driver::watch();
    let points = ["refused", "badauth", "nowhere"];
    for point in points {
        connect_to(cell, point).unwrap_err();
    }
    cell.run(async move {
        cell.builder().keyspace("missing").connect().await.unwrap_err();
        let mut connect = cell.builder().contact_points(["slow", "refused"]).connect();
        assert!(futures::poll!(&mut connect).is_pending());
    });
    fake_driver::release();
    until("the sessions are gone", || cell::sessions() == 0);
    until("all have come back", || cell::detached() == 0);
    for call in fake_driver::watched() {
        let function = call.function.as_str();
        let fits = function.starts_with("cass_session_connect") || function == "cass_session_free";
        assert!(fits || !function.starts_with("cass_session_"), "{call:?}");
    }
}
