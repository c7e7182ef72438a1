//! async-std's global executor.

use std::future::Future;

use async_cassandra::rt;

use super::{Executor, Spawn};
use crate::Result;

#[derive(Clone)]
pub struct AsyncStd;

impl Executor for AsyncStd {
    type Runtime = rt::AsyncStd;

    fn new() -> Result<Self> {
        Ok(Self)
    }

    fn runtime() -> rt::AsyncStd {
        rt::AsyncStd
    }

    fn run<F>(&self, futures: impl Iterator<Item = F>) -> Vec<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        async_std::task::block_on(async {
            let tasks: Vec<_> = futures.map(async_std::task::spawn).collect();
            futures::future::join_all(tasks).await
        })
    }
}

impl Spawn for AsyncStd {
    fn spawn<F>(&self, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        async_std::task::spawn(future);
    }
}
