//! Where the Rust clients' tasks run. Every executor is used as its own documentation says, with its
//! default number of threads, and gets the same futures.

mod async_std;
mod driver_threads;
mod smol;
mod threads;
mod tokio;

use std::future::Future;

use async_cassandra::rt::Runtime;

use crate::Result;

pub use self::async_std::AsyncStd;
pub use self::driver_threads::DriverThreads;
pub use self::smol::Smol;
pub use self::threads::Threads;
pub use self::tokio::{CurrentThread, MultiThread};

pub trait Executor: Clone + Send + Sync + 'static {
    /// What a session of ours is told to sleep with here.
    type Runtime: Runtime;

    fn new() -> Result<Self>;

    /// Called inside.
    fn runtime() -> Self::Runtime;

    /// Runs all of these at once, each as a task, and blocks until the last has ended. An iterator, so that
    /// no future is in memory twice.
    fn run<F>(&self, futures: impl Iterator<Item = F>) -> Vec<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static;

    /// Runs one as a task.
    fn one<F>(&self, future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.run(std::iter::once(future)).pop().expect("one went in")
    }
}

/// An executor that takes tasks from any thread while it [runs](Executor::run).
pub trait Spawn: Executor {
    fn spawn<F>(&self, future: F)
    where
        F: Future<Output = ()> + Send + 'static;
}
