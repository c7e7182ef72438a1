//! Close, once and twice, in time and not.

use std::future::IntoFuture;
use std::task::Poll;
use std::time::{Duration, Instant};

use async_cassandra::ErrorKind;
use futures::future;

use crate::cell::{self, Cell, Held, Left};
use crate::harness::until;

pub fn requests_finish(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let echo = session.prepare("ECHO int").await.unwrap();
        let held = Held::new();
        let mut requests = future::join_all((0..50).map(|id| echo.bind((id,)).execute()));
        assert_eq!(futures::poll!(&mut requests).is_ready(), cell.is_inline());
        let mut close = session.close().into_future();
        let closed = futures::poll!(&mut close);
        assert!(session.is_closed());
        drop(held);
        match closed {
            Poll::Ready(outcome) => {
                assert!(cell.is_inline(), "it did not wait for the requests");
                outcome.unwrap();
            }
            Poll::Pending => close.await.unwrap(),
        }
        if !cell.is_inline() {
            for (id, page) in requests.await.into_iter().enumerate() {
                let page = page.unwrap();
                let (read,) = page.rows::<(i32,)>().unwrap().next().unwrap().unwrap();
                assert_eq!(read as usize, id);
            }
        }
    });
}

pub async fn twice(cell: Cell) {
    let session = cell.connect().await;
    session.close().await.unwrap();
    session.close().await.unwrap();
    session.clone().close().timeout(Duration::from_secs(30)).await.unwrap();
}

pub fn from_two_tasks(cell: Cell) {
    let session = cell.run(cell.connect());
    let other = session.clone();
    // Two runtimes at the same time.
    let thread = std::thread::spawn(move || cell.run(async move { other.close().await }));
    cell.run(async move { session.close().await }).unwrap();
    thread.join().unwrap().unwrap();

    cell.run(async move {
        let session = cell.connect().await;
        let (one, two) = (session.clone(), session.clone());
        let (first, second) = futures::join!(one.close().into_future(), two.close().into_future());
        first.unwrap();
        second.unwrap();
    });
}

async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Each request is taken and answered, or refused; none gets to C behind the close.
pub fn while_others_submit(cell: Cell) {
    for _ in 0..5 {
        let session = cell.run(cell.connect());
        let submit = || {
            let session = session.clone();
            std::thread::spawn(move || {
                cell.run(async move {
                    let mut answered = 0;
                    loop {
                        match session.query("OK", ()).await {
                            Ok(_) => answered += 1,
                            Err(error) => return (error, answered),
                        }
                        // Answered inline, it would keep a worker of the runtime for itself.
                        yield_now().await;
                    }
                })
            })
        };
        let threads = [submit(), submit()];
        let before = fake_driver::callbacks_run();
        until("some are answered", || fake_driver::callbacks_run() > before + 20);
        cell.run(async move { session.close().await }).unwrap();
        for thread in threads {
            let (error, answered) = thread.join().unwrap();
            assert_eq!(*error.kind(), ErrorKind::Closed, "{error} after {answered} answers");
        }
    }
}

pub fn dropped(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        let mut close = session.close().into_future();
        let _ = futures::poll!(&mut close);
        drop(close);
        assert!(session.is_closed());
        session.close().await.unwrap();
        // Unpolled, it does nothing.
        let session = cell.connect().await;
        drop(session.close().into_future());
        session.query("OK", ()).await.unwrap();
        // Polled and left alone: the counts tell that it ended.
        let mut close = session.close().into_future();
        let _ = futures::poll!(&mut close);
    });
}

/// Where C answers inside the call, no request is in flight, and no close late.
pub fn deadline(cell: Cell) {
    cell.run(async move {
        let session = cell.connect().await;
        if cell.is_inline() {
            return session.close().timeout(Duration::from_secs(30)).await.unwrap();
        }
        let held = Held::new();
        let mut request = session.query("ROWS 3 1", ()).execute();
        assert!(futures::poll!(&mut request).is_pending());
        let (start, after) = (Instant::now(), Duration::from_millis(5));
        let error = session.close().timeout(after).await.unwrap_err();
        assert!(start.elapsed() >= after);
        assert_eq!(*error.kind(), ErrorKind::Deadline, "{error}");
        drop(held);
        // It goes on in the background, and does the request no harm.
        session.close().await.unwrap();
        assert_eq!(request.await.unwrap().len(), 3);
    });
}

/// What `never_in_flight` leaves behind.
pub const NEVER: Left = Left { sessions: 1, requests: 5, prepares: 0, leaked: 1 };

/// A session with a request that never comes back never closes, and holds up no other.
pub fn never_in_flight(cell: Cell) {
    cell.run(async move {
        let builder = cell.builder().close_timeout(Duration::from_millis(5));
        let session = builder.connect().await.unwrap();
        let nevers = || future::join_all((0..2).map(|_| session.query("NEVER", ()).execute()));
        let mut dropped = nevers();
        assert!(futures::poll!(&mut dropped).is_pending());
        drop(dropped);
        let mut kept = nevers();
        let mut one = session.query("NEVER", ()).execute();
        assert!(futures::poll!(&mut kept).is_pending());
        assert!(futures::poll!(&mut one).is_pending());
        for _ in 0..2 {
            let error = session.close().timeout(Duration::from_millis(5)).await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Deadline);
            assert!(error.message().starts_with("5 requests"), "{error}");
        }
        assert!(session.is_closed());
        assert_eq!(*session.query("OK", ()).await.unwrap_err().kind(), ErrorKind::Closed);
        assert!(futures::poll!(&mut one).is_pending());
        let other = cell.connect().await;
        other.query("OK", ()).await.unwrap();
        other.close().await.unwrap();
    });
    until("the session counts as leaked", || cell::leaked() == 1);
}

pub async fn use_after(cell: Cell) {
    let session = cell.connect().await;
    let echo = session.prepare("ECHO int").await.unwrap();
    session.query("ECHO bigint", (1_i64,)).await.unwrap();
    let submitted_later = echo.bind((1,)).execute();
    session.close().await.unwrap();
    for error in [
        session.query("OK", ()).await.unwrap_err(),
        session.query("ECHO bigint", (1_i64,)).await.unwrap_err(),
        session.query("ECHO text", ("new",)).await.unwrap_err(),
        session.query("ROWS 1 1", ()).stream::<(i32,)>().await.unwrap_err(),
        session.prepare("OK").await.unwrap_err(),
        echo.bind((1,)).await.unwrap_err(),
        submitted_later.await.unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::Closed, "{error}");
        assert!(error.statement().is_some(), "{error}");
    }
}
