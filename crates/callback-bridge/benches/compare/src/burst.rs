//! A burst of 64 callbacks from a foreign thread to 64 tasks on tokio's multi-thread runtime, each waiting for
//! one request, and waiting for the next one when the burst is over.
//!
//! What a callback costs the foreign thread hangs on what the runtime does meanwhile. A busy runtime leaves
//! the burst alone, and the cost is that of the slot and of scheduling a task. An idle one wakes up and
//! takes tasks out of its queue while the foreign thread puts others in; both then wait for each other at the
//! queue's lock, and that is most of the cost.

use std::future::Future;
use std::hint;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::contenders::Bridge;

pub const TASKS: usize = 64;

/// The tasks of one contender, as the foreign thread sees them.
struct Tasks<B: Bridge> {
    /// The halves of the requests that wait.
    halves: Mutex<Vec<B::Half>>,
    /// How many requests wait: their futures were polled.
    waiting: AtomicUsize,
}

/// Starts a request at its first poll, and shows its half after that poll.
struct Request<B: Bridge> {
    tasks: Arc<Tasks<B>>,
    future: Option<B::Future>,
}

impl<B: Bridge> Future for Request<B> {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        if let Some(future) = &mut self.future {
            return Pin::new(future).poll(cx);
        }
        let (half, mut future) = B::start();
        assert!(Pin::new(&mut future).poll(cx).is_pending());
        self.future = Some(future);
        self.tasks.halves.lock().unwrap().push(half);
        self.tasks.waiting.fetch_add(1, SeqCst);
        Poll::Pending
    }
}

/// What the runtime does when the burst comes.
#[derive(Clone, Copy)]
pub enum Runtime {
    /// Every worker runs some other task until the last callback is over.
    Busy,
    /// Its workers have just run out of tasks.
    JustIdle,
    /// Its workers have slept for this long.
    Asleep(Duration),
}

/// Two figures of one burst.
#[derive(Clone, Copy)]
pub struct Sample {
    /// Nanoseconds of the foreign thread for a callback.
    pub callback: f64,
    /// Nanoseconds from the first callback until all tasks have run and wait again, by their number.
    pub round: f64,
}

/// One burst each time it is called.
pub type Burst = Box<dyn FnMut(Runtime) -> Sample>;

/// Starts the tasks of a contender on `runtime`.
pub fn prepare<B: Bridge>(runtime: &Handle) -> Burst {
    let tasks = Arc::new(Tasks::<B> {
        halves: Mutex::new(Vec::with_capacity(TASKS)),
        waiting: AtomicUsize::new(0),
    });
    for _ in 0..TASKS {
        let tasks = tasks.clone();
        runtime.spawn(async move {
            loop {
                Request { tasks: tasks.clone(), future: None }.await;
            }
        });
    }
    let mut halves = Vec::with_capacity(TASKS);
    let runtime = runtime.clone();
    Box::new(move |does| {
        reaches(&tasks.waiting, TASKS);
        std::mem::swap(&mut halves, &mut *tasks.halves.lock().unwrap());
        assert_eq!(halves.len(), TASKS);
        tasks.waiting.store(0, SeqCst);
        let busy = match does {
            Runtime::Busy => Some(Busy::start(&runtime)),
            Runtime::JustIdle => None,
            Runtime::Asleep(pause) => {
                let since = Instant::now();
                while since.elapsed() < pause {
                    hint::spin_loop();
                }
                None
            }
        };
        let started = Instant::now();
        for half in halves.drain(..) {
            B::callback(half, 7);
        }
        let called = started.elapsed();
        drop(busy);
        reaches(&tasks.waiting, TASKS);
        let ran = started.elapsed();
        let each = |time: Duration| time.as_nanos() as f64 / TASKS as f64;
        Sample { callback: each(called), round: each(ran) }
    })
}

/// Keeps every worker of a runtime busy until it is dropped.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn start(runtime: &Handle) -> Self {
        let workers = runtime.metrics().num_workers();
        let (over, at_it) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        for _ in 0..workers {
            let (over, at_it) = (over.clone(), at_it.clone());
            runtime.spawn(async move {
                at_it.fetch_add(1, SeqCst);
                while !over.load(SeqCst) {
                    hint::spin_loop();
                }
            });
        }
        reaches(&at_it, workers);
        Self(over)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Waits until `count` comes to `end`.
fn reaches(count: &AtomicUsize, end: usize) {
    let mut spins = 0_u32;
    while count.load(SeqCst) < end {
        spins += 1;
        // The tasks need a processor too, where there are few.
        if spins % 1000 == 0 {
            thread::yield_now();
        } else {
            hint::spin_loop();
        }
    }
}
