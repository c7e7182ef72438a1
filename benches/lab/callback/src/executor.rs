//! The executors: each runs so many tasks at once, and waits for all.

use std::future::Future;

use async_cassandra::Session;
use futures::future::join_all;

use crate::THREADS;

/// Their names in the records.
pub const NAMES: [&str; 6] =
    ["driver-threads", "tokio-mt", "tokio-ct", "async-std", "smol", "threads"];

/// What a thread of ours needs; there may be a thousand of them.
const STACK: usize = 256 * 1024;

/// Runs the tasks on the executor of this name.
pub fn run<F>(name: &str, session: &Session, tasks: usize, task: impl Fn() -> F) -> Vec<Vec<u64>>
where
    F: Future<Output = Vec<u64>> + Send + 'static,
{
    let tasks = (0..tasks).map(|_| task());
    match name {
        "driver-threads" => {
            let threads = session.driver_threads();
            pollster::block_on(join_all(tasks.map(|task| threads.spawn(task)).collect::<Vec<_>>()))
        }
        "tokio-mt" => {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            tokio(builder.worker_threads(THREADS), tasks)
        }
        "tokio-ct" => tokio(&mut tokio::runtime::Builder::new_current_thread(), tasks),
        "async-std" => {
            let tasks = tasks.map(async_std::task::spawn).collect::<Vec<_>>();
            pollster::block_on(join_all(tasks))
        }
        "smol" => {
            let tasks = tasks.map(smol::spawn).collect::<Vec<_>>();
            pollster::block_on(join_all(tasks))
        }
        "threads" => {
            let start = |task| {
                let thread = std::thread::Builder::new().stack_size(STACK);
                thread.spawn(|| pollster::block_on(task)).expect("a thread starts")
            };
            let threads: Vec<_> = tasks.map(start).collect();
            threads.into_iter().map(|thread| thread.join().expect("it went well")).collect()
        }
        other => panic!("there is no executor `{other}`"),
    }
}

fn tokio<F>(builder: &mut tokio::runtime::Builder, tasks: impl Iterator<Item = F>) -> Vec<Vec<u64>>
where
    F: Future<Output = Vec<u64>> + Send + 'static,
{
    let runtime = builder.build().expect("a runtime");
    runtime.block_on(async {
        let tasks: Vec<_> = tasks.map(tokio::spawn).collect();
        join_all(tasks).await.into_iter().map(|done| done.expect("it went well")).collect()
    })
}
