//! No runtime at all: one thread that polls all futures of a `FuturesUnordered`, and parks.

use std::future::Future;

use async_cassandra::rt;
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::Executor;
use crate::Result;

#[derive(Clone)]
pub struct Threads;

impl Executor for Threads {
    type Runtime = rt::Threads;

    fn new() -> Result<Self> {
        Ok(Self)
    }

    fn runtime() -> rt::Threads {
        rt::Threads
    }

    fn run<F>(&self, futures: impl Iterator<Item = F>) -> Vec<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let all: FuturesUnordered<F> = futures.collect();
        futures::executor::block_on(all.collect())
    }
}
