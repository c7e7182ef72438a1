//! tokio, with all its drivers enabled as `#[tokio::main]` does, in both flavours.

use std::future::Future;
use std::sync::Arc;

use async_cassandra::rt;
use tokio::runtime::{Builder, Runtime};

use super::{Executor, Spawn};
use crate::Result;

/// A worker for each core.
#[derive(Clone)]
pub struct MultiThread(Arc<Runtime>);

#[derive(Clone)]
pub struct CurrentThread(Arc<Runtime>);

impl Executor for MultiThread {
    type Runtime = rt::Tokio;

    fn new() -> Result<Self> {
        Ok(Self(Arc::new(Builder::new_multi_thread().enable_all().build()?)))
    }

    fn runtime() -> rt::Tokio {
        rt::Tokio::current()
    }

    fn run<F>(&self, futures: impl Iterator<Item = F>) -> Vec<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        run(&self.0, futures)
    }
}

impl Spawn for MultiThread {
    fn spawn<F>(&self, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.spawn(future);
    }
}

impl Executor for CurrentThread {
    type Runtime = rt::Tokio;

    fn new() -> Result<Self> {
        Ok(Self(Arc::new(Builder::new_current_thread().enable_all().build()?)))
    }

    fn runtime() -> rt::Tokio {
        rt::Tokio::current()
    }

    fn run<F>(&self, futures: impl Iterator<Item = F>) -> Vec<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        run(&self.0, futures)
    }
}

impl Spawn for CurrentThread {
    fn spawn<F>(&self, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.spawn(future);
    }
}

fn run<F>(runtime: &Runtime, futures: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    runtime.block_on(async {
        let tasks: Vec<_> = futures.map(tokio::spawn).collect();
        let mut outputs = Vec::with_capacity(tasks.len());
        for task in tasks {
            outputs.push(task.await.expect("no task panics"));
        }
        outputs
    })
}
