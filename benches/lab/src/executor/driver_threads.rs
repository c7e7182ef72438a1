//! The C driver's own threads; the main thread only waits for the end.

use std::future::Future;

use async_cassandra::rt;

use super::{Executor, Spawn};
use crate::Result;

#[derive(Clone)]
pub struct DriverThreads(rt::DriverThreads);

impl Executor for DriverThreads {
    type Runtime = rt::Threads;

    fn new() -> Result<Self> {
        Ok(Self(rt::DriverThreads::new(rt::Threads)?))
    }

    fn runtime() -> rt::Threads {
        rt::Threads
    }

    fn run<F>(&self, futures: impl Iterator<Item = F>) -> Vec<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let tasks: Vec<_> = futures.map(|future| self.0.spawn(future)).collect();
        futures::executor::block_on(futures::future::join_all(tasks))
    }
}

impl Spawn for DriverThreads {
    fn spawn<F>(&self, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.spawn(future).detach();
    }
}
