//! smol's global executor, with a thread for each core: by default it has one.

use std::future::Future;
use std::thread::available_parallelism;

use async_cassandra::rt;

use super::{Executor, Spawn};
use crate::Result;

#[derive(Clone)]
pub struct Smol;

impl Executor for Smol {
    type Runtime = rt::Smol;

    fn new() -> Result<Self> {
        if std::env::var_os("SMOL_THREADS").is_none() {
            // SAFETY: no other thread runs yet.
            unsafe { std::env::set_var("SMOL_THREADS", available_parallelism()?.to_string()) };
        }
        Ok(Self)
    }

    fn runtime() -> rt::Smol {
        rt::Smol
    }

    fn run<F>(&self, futures: impl Iterator<Item = F>) -> Vec<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        smol::block_on(async {
            let tasks: Vec<_> = futures.map(smol::spawn).collect();
            futures::future::join_all(tasks).await
        })
    }
}

impl Spawn for Smol {
    fn spawn<F>(&self, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        smol::spawn(future).detach();
    }
}
