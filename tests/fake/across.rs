//! Several runtimes, one session: under each personality.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use async_cassandra::{ErrorKind, Session, rt};
use futures::StreamExt;

use crate::cell::{self, Cell, Held};
use crate::harness::across::{self, End, Everywhere, KINDS, tokio_runtime};
use crate::harness::until;

/// Rows of a page, and pages.
const ROWS: &str = "ROWS 3 2";

pub fn two_share(cell: Cell) {
    across::two_share(&cell.run(cell.connect()), ROWS);
}

pub fn moved(cell: Cell) {
    across::moved(|| cell.builder().connect(), ROWS);
}

pub fn ended_at_work(cell: Cell) {
    across::ended_at_work(&cell.run(cell.connect()), ROWS);
}

/// Polled on every runtime while nothing is answered; the last of them is woken.
pub fn moved_while_held(cell: Cell) {
    let here = Everywhere::new();
    let session = cell.run(cell.connect());
    let prepared = here.run(0, {
        let session = session.clone();
        async move { session.prepare(ROWS).await }
    });
    let prepared = prepared.unwrap();
    for last in 0..KINDS {
        woken(&here, cell, last, cell.builder().connect()).unwrap();
        let request = prepared.bind(()).into_owned().execute();
        assert_eq!(woken(&here, cell, last, request).unwrap().len(), 3);
        let own = session.clone();
        let prepare = Box::pin(async move { own.prepare("OK").await });
        woken(&here, cell, last, prepare).unwrap();
        let own = session.clone();
        let stream = Box::pin(async move {
            let pages = own.query(ROWS, ()).prefetch(2).pages().await.unwrap();
            pages.count().await
        });
        assert_eq!(woken(&here, cell, last, stream), 2);
        let own = cell.run(cell.connect());
        let close = Box::pin(async move { own.close().await });
        woken(&here, cell, last, close).unwrap();
    }
}

/// Callers on all runtimes wait for one prepare. Some are dropped, the runtimes of others have ended, and
/// whoever is left goes on elsewhere.
pub fn shared_prepare(cell: Cell) {
    let elsewhere = Everywhere::new();
    let session = cell.run(cell.connect());
    for left in 1..=KINDS {
        let here = Everywhere::new();
        let text = format!("ECHO {}int", " ".repeat(left));
        let before = fake_driver::callbacks_run();
        let held = Held::new();
        let callers = (0..KINDS).map(|kind| {
            let (session, text) = (session.clone(), text.clone());
            let caller =
                Box::pin(async move { session.query(&text, (kind as i32,)).scalar::<i32>().await });
            here.poll_once(kind, caller)
        });
        let mut callers: Vec<_> = callers.collect();
        if cell.is_inline() {
            assert_eq!(fake_driver::callbacks_run() - before, KINDS as u64 + 1);
            continue;
        }
        assert_eq!(fake_driver::callbacks_run(), before);
        assert_eq!(session.in_flight(), 1);
        // Those that came first among them.
        let left = callers.split_off(KINDS - left);
        drop(callers);
        drop(here);
        assert_eq!(cell::detached(), 0);
        drop(held);
        for (after, (caller, polled)) in left.into_iter().enumerate().rev() {
            assert!(polled.is_pending());
            let read = elsewhere.run(after, caller).unwrap() as usize;
            assert!(read < KINDS, "{read}");
        }
        until("all have left", || session.in_flight() == 0);
    }
}

/// The output of a future that goes from runtime to runtime and is woken on the one after them all.
fn woken<F>(here: &Everywhere, cell: Cell, last: usize, mut future: F) -> F::Output
where
    F: Future + Unpin + Send + 'static,
    F::Output: Send,
{
    let held = Held::new();
    for kind in last + 1..last + KINDS {
        match here.poll_once(kind, future) {
            (_, Poll::Ready(output)) => {
                assert!(cell.is_inline(), "it is held");
                return output;
            }
            (pending, Poll::Pending) => future = pending,
        }
    }
    static POLLED: AtomicBool = AtomicBool::new(false);
    POLLED.store(false, Ordering::SeqCst);
    std::thread::scope(|scope| {
        let thread = scope.spawn(move || {
            here.run(last, async move {
                let mut future = pin!(future);
                std::future::poll_fn(|cx| {
                    let polled = future.as_mut().poll(cx);
                    POLLED.store(true, Ordering::SeqCst);
                    polled
                })
                .await
            })
        });
        until("it was polled once more", || POLLED.load(Ordering::SeqCst));
        drop(held);
        thread.join().unwrap()
    })
}

/// The tasks that wait for answers go with their runtime; the session does not.
pub fn ended_in_flight(cell: Cell) {
    let elsewhere = Everywhere::new();
    for (multi_thread, end) in
        [(false, End::Drop), (true, End::Drop), (false, End::Background), (true, End::Background)]
    {
        let runtime = tokio_runtime(multi_thread);
        let session: Session = runtime.block_on(async {
            let builder = cell.builder().runtime(rt::Tokio::current());
            builder.connect().await.unwrap()
        });
        let requests = across::requests(&session, ROWS, 20);
        let held = Held::new();
        for request in requests {
            let session = session.clone();
            runtime.spawn(async move {
                let _ = request.await;
                std::future::pending::<()>().await;
                drop(session);
            });
        }
        for _ in 0..20 {
            let session = session.clone();
            runtime.spawn(async move {
                let pages = session.query(ROWS, ()).prefetch(2).pages().await.unwrap();
                let _ = pages.count().await;
            });
        }
        let waiting = if cell.is_inline() { 0 } else { 40 };
        // A current-thread runtime polls its tasks only in here.
        runtime.block_on(async {
            while session.metrics().in_flight < waiting {
                tokio::task::yield_now().await;
            }
        });
        end.of(runtime);
        until("nobody waits for them any more", || cell::detached() == waiting);
        drop(held);
        until("they have come back", || cell::detached() == 0);
        let after = session.clone();
        elsewhere.run(1, async move {
            assert_eq!(after.query(ROWS, ()).await.unwrap().len(), 3);
            let rows = after.query(ROWS, ()).stream::<(i32, String)>().await.unwrap();
            assert_eq!(rows.count().await, 6);
            // Only a deadline needs the runtime that the session was told of.
            match after.close().timeout(std::time::Duration::from_secs(30)).await {
                Ok(()) => {}
                Err(error) => assert_eq!(*error.kind(), ErrorKind::NoTimer, "{error}"),
            }
            after.close().await.unwrap();
        });
    }
}
