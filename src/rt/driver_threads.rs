//! Tasks on the C driver's own threads. See [`DriverThreads`] for what they cost.

use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use super::{AnyRuntime, Runtime, Task};
use crate::driver;
use crate::error::Result;

/// Runs tasks on the C driver's own I/O threads: a task that waits for an answer goes on where the
/// answer came in, with no other thread in between.
///
/// On any other executor each answer that is awaited costs two thread switches: to the executor's thread,
/// and back to the driver's with the next request. A task here makes the next request from where it
/// was answered, as a C program would in its callback.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session, ids: Vec<i32>) -> async_cassandra::Result<()> {
/// let own = session.clone();
/// let task = session.driver_threads().spawn(async move {
///     let insert = own.prepare("INSERT INTO seen (id) VALUES (?)").await?;
///     for id in ids {
///         insert.bind((id,)).await?;
///     }
///     Ok::<_, async_cassandra::Error>(())
/// });
/// task.await?; // on any executor: woken once, when all is done
/// # Ok(()) }
/// ```
///
/// # When to use it, and when not
/// For work that is many requests and little else: loads, scans, fan-outs, a chain of requests that
/// depend on each other. Spawn the whole piece of work, and await its result where you are.
///
/// Not for a single request, whose two hops stay the same; not for work that computes for long between
/// requests, since the driver's other requests wait meanwhile, nor for anything that blocks. With one
/// I/O thread, the default, all tasks share it:
/// [`io_threads`](crate::SessionBuilder::io_threads) gives more.
///
/// # What runs where
/// A task is polled first on a helper thread, one a process; then on the thread of C that woke it, when the
/// driver's own work for this answer is done. A task that something else wakes (a timer, a
/// channel, another thread) is polled on the helper, until its next answer comes. So are tasks that
/// the [courier](crate::observe::Counters::courier) wakes: all of them with drivers that call back before a future is set, 2.17.1 for
/// one, where this works and gains nothing.
///
/// # Fairness
/// After an answer C's thread polls 64 times at most; the rest goes to the helper, and a
/// task that keeps waking itself with it. Within one poll, requests that are answered without waiting yield
/// every 128 answers.
///
/// # What may block
/// Nothing may: a task that does holds up every request of its session, its own first.
/// [`block_on`](Self::block_on) refuses to in there. In debug builds, a poll that takes 100 ms is logged
/// as a warning (features `tracing` and `log`) that names where the task was spawned, once each place.
///
/// # With another runtime
/// Tasks are polled inside the context of the runtime that the session was given, so with `rt::Tokio`
/// they may use tokio's timers and sockets, and `tokio::spawn`. What these wake is polled on the
/// helper. No runtime is looked for: one that happens to be around the spawn is not entered.
///
/// # Ending
/// Tasks belong to no session: they run on when it closes, on the helper, and may close it or drop its last
/// handle themselves. The process does not wait for them.
///
/// # Cost
/// One allocation a task; a wake on C's thread is a push to its own queue and a pop, and neither a lock
/// nor a system call. A poll inside tokio's context clones tokio's handle besides. The helper starts with
/// the first [connect](crate::SessionBuilder::connect), or with [`new`](Self::new), and stays.
///
/// # Cancel safety
/// A task is cancelled when its [`Task`] is dropped, and only then: a request that it had made runs on,
/// as everywhere.
#[derive(Debug, Clone)]
pub struct DriverThreads {
    runtime: AnyRuntime,
}

impl DriverThreads {
    /// Without a session, to make the first one there. Tasks are polled inside the context of `runtime`;
    /// [`Threads`](super::Threads) has none.
    ///
    /// # Errors
    /// If the system gives no thread for the helper.
    pub fn new(runtime: impl Runtime) -> Result<Self> {
        driver::start_tasks()?;
        Ok(Self { runtime: AnyRuntime::new(runtime) })
    }

    /// Those of a session, which has started the helper.
    pub(crate) fn inside(runtime: &AnyRuntime) -> Self {
        Self { runtime: runtime.clone() }
    }

    /// Makes a task. It runs whether or not its handle is polled, and is cancelled when that is dropped.
    /// May be called anywhere, inside tasks too.
    ///
    /// Never blocks and never polls.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Task::new(driver::spawn_task(future, self.runtime.clone(), Location::caller()))
    }

    /// Runs a future to its end as a task, and blocks this thread until then: the entry of a program that
    /// has no other runtime.
    ///
    /// ```no_run
    /// use async_cassandra::rt::{DriverThreads, Threads};
    /// use async_cassandra::{Result, Session};
    ///
    /// fn main() -> Result<()> {
    ///     DriverThreads::new(Threads)?.block_on(async {
    ///         let session = Session::builder().contact_points(["127.0.0.1"]).connect().await?;
    ///         session.query("INSERT INTO shop.users (id) VALUES (?)", (1,)).await?;
    ///         session.close().await
    ///     })
    /// }
    /// ```
    ///
    /// # Panics
    /// If the future does, with its payload. Inside a task, and in a waker that the driver calls: that
    /// thread must not block.
    #[track_caller]
    pub fn block_on<F>(&self, future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        assert!(
            !driver::must_not_block(),
            "DriverThreads::block_on was called inside a task or a callback of the C driver, whose \
             thread must not block: await there, or call it on a thread of your own"
        );
        let mut task = pin!(self.spawn(future));
        let waker = Waker::from(Arc::new(Parked(thread::current())));
        let mut cx = Context::from_waker(&waker);
        loop {
            match task.as_mut().poll(&mut cx) {
                Poll::Ready(output) => return output,
                // Others may unpark this thread too: then it is polled once more.
                Poll::Pending => thread::park(),
            }
        }
    }
}

/// The thread of a [`DriverThreads::block_on`].
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
