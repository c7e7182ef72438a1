//! Sessions whose wakes go through a completion queue.

use std::future::IntoFuture;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread::{self, ThreadId};

use async_cassandra::{ErrorKind, Execute, Session, rt};
use futures::FutureExt;
use futures::future::join_all;

use crate::cell::{Cell, each, under};
use crate::harness::across::tokio_runtime;
use crate::harness::until;

/// Requests, batches, prepares and pages come back, whoever waits; a runtime without tasks is told.
pub async fn all_that_waits(cell: Cell) {
    let session = match cell.builder().completion_queue(true).connect().await {
        Ok(session) => session,
        Err(error) => {
            assert_eq!(*error.kind(), ErrorKind::Setting { name: "completion_queue" });
            assert!(error.to_string().contains("rt::Tokio"), "{error}");
            assert!(!cell.has_tasks());
            return;
        }
    };
    assert!(cell.has_tasks());
    let prepared = session.prepare("ECHO int").await.unwrap();
    for page in join_all((0..100).map(|n| prepared.bind((n,)).execute())).await {
        assert_eq!(page.unwrap().len(), 1);
    }
    for prefetch in [0, 2] {
        let request = session.query("ROWS 10 20", ()).prefetch(prefetch);
        assert_eq!(request.all::<(i32, String)>().await.unwrap().len(), 200);
    }
    session.query("ERROR 0x1100 as asked", ()).await.unwrap_err();
    session.close().await.unwrap();
}

/// A session on a runtime of tokio, with a queue.
async fn gathering(cell: Cell) -> Session {
    let builder = cell.builder().runtime(rt::Tokio::current()).completion_queue(true);
    builder.connect().await.unwrap()
}

/// Keeps the thread that it was woken on.
#[derive(Default)]
struct WokenOn(Mutex<Option<ThreadId>>);

impl Wake for WokenOn {
    fn wake(self: Arc<Self>) {
        *self.0.lock().unwrap() = Some(thread::current().id());
    }
}

/// A request that was polled with such a waker, and then answered.
fn answered(session: &Session) -> (Execute<'_>, Arc<WokenOn>) {
    let woken = Arc::<WokenOn>::default();
    let waker = Waker::from(Arc::clone(&woken));
    let mut request = session.query("HELD 7", ()).execute();
    assert!(request.poll_unpin(&mut Context::from_waker(&waker)).is_pending());
    until("the driver has it", || fake_driver::let_go(7) == 1);
    (request, woken)
}

/// The callback is on this thread, and the wake on the runtime's.
#[test]
fn wakes_are_the_runtimes() {
    each(|cell| {
        let tokio = tokio_runtime(true);
        let session = tokio.block_on(gathering(cell));
        let (request, woken) = answered(&session);
        until("it is woken", || woken.0.lock().unwrap().is_some());
        assert_ne!(*woken.0.lock().unwrap(), Some(thread::current().id()));
        assert!(request.now_or_never().unwrap().is_ok());
        tokio.block_on(session.close().into_future()).unwrap();
    });
}

/// A queue whose runtime ends hands over what it has, and the session goes on without it.
#[test]
fn the_runtime_ends_first() {
    each(|cell| {
        let tokio = tokio_runtime(false);
        let session = tokio.block_on(gathering(cell));
        let (request, woken) = answered(&session);
        // Nobody runs the runtime, so that it lies in the queue.
        drop(tokio);
        until("it is woken", || woken.0.lock().unwrap().is_some());
        assert!(request.now_or_never().unwrap().is_ok());
        assert!(futures::executor::block_on(session.query("OK", ()).into_future()).is_ok());
        futures::executor::block_on(session.close().into_future()).unwrap();
    });
}

/// The queue leaves no task behind.
#[test]
fn the_session_ends_first() {
    each(|cell| {
        let tokio = tokio_runtime(true);
        let session = tokio.block_on(gathering(cell));
        tokio.block_on(session.query("OK", ()).into_future()).unwrap();
        assert_eq!(tokio.metrics().num_alive_tasks(), 1);
        drop(session);
        until("the task is gone", || tokio.metrics().num_alive_tasks() == 0);
    });
}

/// Tasks on C's threads stay there.
#[test]
fn driver_threads_keep_their_wakes() {
    // Lets go on the thread that says so.
    under("inline", |cell| {
        let tokio = tokio_runtime(true);
        let session = tokio.block_on(gathering(cell));
        let (here, is_here) = (thread::current().id(), Arc::new(AtomicBool::new(false)));
        let (own, polled) = (session.clone(), Arc::clone(&is_here));
        let task = session.driver_threads().spawn(async move {
            while own.query("HELD 7", ()).await.is_ok() {
                polled.store(thread::current().id() == here, Ordering::Relaxed);
            }
        });
        // Its first poll comes on another thread. Once it was polled on this one, it stays here.
        until("it is polled in its callback", || {
            fake_driver::let_go(7);
            is_here.load(Ordering::Relaxed)
        });
        for _ in 0..100 {
            is_here.store(false, Ordering::Relaxed);
            if fake_driver::let_go(7) == 1 {
                assert!(is_here.load(Ordering::Relaxed));
            }
        }
        drop(task);
        until("its last request is answered", || {
            fake_driver::let_go(7);
            session.in_flight() == 0
        });
        tokio.block_on(session.close().into_future()).unwrap();
    });
}
