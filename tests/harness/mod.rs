//! Runs a test under every runtime, with a deadline, and waits for conditions.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use async_cassandra::{SessionBuilder, rt};

pub mod across;
pub mod alone;
pub mod inline;
pub mod recorder;

/// How long anything may take before it counts as hung.
pub const DEADLINE: Duration = Duration::from_secs(60);

pub type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A runtime that tests run under.
#[derive(Clone, Copy)]
pub struct Runtime {
    /// Runs a future to its end, on the runtime's own threads where it has any.
    pub block_on: fn(Boxed),
    /// Tells a session of the runtime. Called inside it.
    pub configure: fn(SessionBuilder) -> SessionBuilder,
}

/// The names of all runtimes.
#[allow(dead_code, reason = "not every test binary goes through all of them")]
pub const RUNTIMES: [&str; 8] = [
    "tokio_multi_thread",
    "tokio_current_thread",
    "async_std",
    "smol",
    "futures_executor",
    "pollster",
    "inline_on_wake",
    "driver_threads",
];

/// The runtime of this name.
pub fn runtime(name: &str) -> Runtime {
    let threads: fn(SessionBuilder) -> SessionBuilder = |builder| builder;
    let tokio: fn(SessionBuilder) -> SessionBuilder =
        |builder| builder.runtime(rt::Tokio::current());
    match name {
        "tokio_multi_thread" => Runtime {
            block_on: |future| {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(2)
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(runtime.spawn(future)).unwrap();
            },
            configure: tokio,
        },
        "tokio_current_thread" => Runtime {
            block_on: |future| {
                let mut builder = tokio::runtime::Builder::new_current_thread();
                builder.enable_all().build().unwrap().block_on(future);
            },
            configure: tokio,
        },
        "async_std" => Runtime {
            block_on: |future| async_std::task::block_on(async_std::task::spawn(future)),
            configure: |builder| builder.runtime(rt::AsyncStd),
        },
        "smol" => Runtime {
            block_on: |future| smol::block_on(smol::spawn(future)),
            configure: |builder| builder.runtime(rt::Smol),
        },
        "futures_executor" => Runtime { block_on: futures::executor::block_on, configure: threads },
        "pollster" => Runtime { block_on: pollster::block_on, configure: threads },
        "inline_on_wake" => Runtime { block_on: inline::block_on, configure: threads },
        "driver_threads" => Runtime {
            block_on: |future| rt::DriverThreads::new(rt::Threads).unwrap().block_on(future),
            configure: threads,
        },
        other => panic!("no runtime `{other}`"),
    }
}

/// Runs `body` on a thread of its own; a body that hangs fails instead of stalling the run.
pub fn within_deadline(body: impl FnOnce() + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        body();
        let _ = done.send(());
    });
    if let Err(mpsc::RecvTimeoutError::Timeout) = wait.recv_timeout(DEADLINE) {
        panic!("hung: nothing came within {DEADLINE:?}");
    }
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Waits until `condition` holds.
#[track_caller]
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < DEADLINE, "not within {DEADLINE:?}: {what}");
        std::thread::yield_now();
    }
}
