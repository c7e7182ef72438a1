//! Several runtimes at once: sessions that they share, futures that go from one to the other, and
//! runtimes that end with requests in flight.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use async_cassandra::{Connect, Execute, PageStream, Result, Session};
use futures::channel::mpsc;
use futures::{StreamExt, stream};
use tokio::runtime::Runtime as Tokio;

use super::{inline, until};

/// A runtime of each kind, for as long as the test goes on.
pub struct Everywhere {
    multi_thread: Tokio,
    current_thread: Tokio,
}

/// How many kinds there are.
pub const KINDS: usize = 7;

impl Everywhere {
    pub fn new() -> Self {
        Self { multi_thread: tokio_runtime(true), current_thread: tokio_runtime(false) }
    }

    /// Runs a future to its end on one of them, and from the thread of the caller.
    pub fn run<T: Send + 'static>(
        &self,
        kind: usize,
        future: impl Future<Output = T> + Send + 'static,
    ) -> T {
        match kind % KINDS {
            0 => self.multi_thread.block_on(self.multi_thread.spawn(future)).unwrap(),
            1 => smol::block_on(smol::spawn(future)),
            2 => self.current_thread.block_on(future),
            3 => async_std::task::block_on(async_std::task::spawn(future)),
            4 => pollster::block_on(future),
            5 => futures::executor::block_on(future),
            _ => {
                let (done, output) = std::sync::mpsc::channel();
                inline::block_on(Box::pin(async move {
                    let _ = done.send(future.await);
                }));
                output.recv().unwrap()
            }
        }
    }

    /// Polls a future once, as a task that is over when that is done: the waker is nobody's.
    pub fn poll_once<F>(&self, kind: usize, mut future: F) -> (F, Poll<F::Output>)
    where
        F: Future + Unpin + Send + 'static,
        F::Output: Send,
    {
        self.run(kind, async move {
            let polled = futures::poll!(&mut future);
            (future, polled)
        })
    }

    /// Polls a future once on `polls` runtimes in turn, then runs it to its end on the next, unless
    /// it ended before that.
    pub fn move_along<F>(&self, first: usize, polls: usize, mut future: F) -> F::Output
    where
        F: Future + Unpin + Send + 'static,
        F::Output: Send,
    {
        for kind in first..first + polls {
            match self.poll_once(kind, future) {
                (_, Poll::Ready(output)) => return output,
                (pending, Poll::Pending) => future = pending,
            }
        }
        self.run(first + polls, future)
    }
}

pub fn tokio_runtime(multi_thread: bool) -> Tokio {
    let mut builder = match multi_thread {
        true => tokio::runtime::Builder::new_multi_thread(),
        false => tokio::runtime::Builder::new_current_thread(),
    };
    builder.worker_threads(2).enable_all().build().unwrap()
}

/// Requests that own what they need.
pub fn requests(session: &Session, cql: &'static str, number: usize) -> Vec<Execute<'static>> {
    let prepared = futures::executor::block_on(session.prepare(cql).into_future()).unwrap();
    (0..number).map(|_| prepared.bind(()).into_owned().execute()).collect()
}

/// Requests and streams; gives the number of rows.
async fn some(session: Session, cql: &'static str) -> usize {
    let requests = (0..20).map(|_| session.query(cql, ()).execute());
    let pages = stream::iter(requests).buffer_unordered(8).map(|page| page.unwrap().len());
    let rows = pages.collect::<Vec<_>>().await;
    let pages = session.query(cql, ()).page_size(50).prefetch(1).pages().await.unwrap();
    let streamed = pages.map(|page| page.unwrap().len()).collect::<Vec<_>>().await;
    rows.iter().chain(&streamed).sum()
}

/// Each of the kinds with itself and with two others.
fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..KINDS).flat_map(|one| [0, 2, 3].map(|away| (one, (one + away) % KINDS)))
}

/// Two runtimes use one session at the same time; one ends, and the other goes on.
pub fn two_share(session: &Session, cql: &'static str) {
    for (one, other) in pairs() {
        let over = Arc::new(AtomicBool::new(false));
        let rounds = Arc::new(AtomicUsize::new(0));
        let goes_on = std::thread::spawn({
            let (session, over) = (session.clone(), Arc::clone(&over));
            let rounds = Arc::clone(&rounds);
            move || {
                let here = Everywhere::new();
                while !over.load(Ordering::SeqCst) {
                    here.run(other, some(session.clone(), cql));
                    rounds.fetch_add(1, Ordering::SeqCst);
                }
                // The other has ended.
                here.run(other, some(session, cql))
            }
        });
        let here = Everywhere::new();
        until("the other is at it", || rounds.load(Ordering::SeqCst) > 0);
        let rows = here.run(one, some(session.clone(), cql));
        drop(here);
        over.store(true, Ordering::SeqCst);
        assert_eq!(goes_on.join().unwrap(), rows, "{one} and {other}");
    }
    assert!(!session.is_closed());
}

/// Futures of every kind, each polled on one runtime after the other until it is done.
pub fn moved(connect: impl Fn() -> Connect, cql: &'static str) {
    let here = Everywhere::new();
    for (first, polls) in (0..KINDS).flat_map(|first| (0..KINDS).map(move |polls| (first, polls))) {
        let session = here.move_along(first, polls, connect()).unwrap();
        let rows = here.run(first, some(session.clone(), cql));
        for request in requests(&session, cql, 3) {
            let page = here.move_along(first, polls, request).unwrap();
            assert!(!page.is_empty());
        }
        let pages = here.run(first, pages_of(session.clone(), cql)).unwrap();
        let counted = here.move_along(first, polls, Box::pin(pages.count()));
        assert!(counted > 1, "{counted} pages");
        let last = session.clone();
        let close = Box::pin(async move { session.close().await });
        here.move_along(first, polls, close).unwrap();
        assert!(last.is_closed());
        assert!(rows > 0);
    }
}

async fn pages_of(session: Session, cql: &'static str) -> Result<PageStream> {
    session.query(cql, ()).page_size(50).prefetch(1).pages().await
}

/// How a tokio runtime ends.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Drop,
    Background,
}

impl End {
    pub fn of(self, runtime: Tokio) {
        match self {
            Self::Drop => drop(runtime),
            Self::Background => runtime.shutdown_background(),
        }
    }
}

/// Runtimes that end in the middle of it all, and the session that goes on elsewhere.
pub fn ended_at_work(session: &Session, cql: &'static str) {
    let elsewhere = Everywhere::new();
    for round in 0..8 {
        let multi_thread = round % 2 == 0;
        let end = if round % 4 < 2 { End::Drop } else { End::Background };
        let runtime = tokio_runtime(multi_thread);
        let (answered, mut answers) = mpsc::unbounded();
        for _ in 0..20 {
            let (session, answered) = (session.clone(), answered.clone());
            runtime.spawn(async move {
                loop {
                    let page = session.query(cql, ()).await.unwrap();
                    assert!(!page.is_empty());
                    let _ = answered.unbounded_send(());
                    // Where it is answered inside the call, others want their turn.
                    tokio::task::yield_now().await;
                }
            });
        }
        // A current-thread runtime polls its tasks only in here.
        runtime.block_on(async {
            for _ in 0..20 * (round + 1) {
                answers.next().await.unwrap();
            }
        });
        end.of(runtime);
        elsewhere.run(round, some(session.clone(), cql));
    }
    assert!(!session.is_closed());
}
