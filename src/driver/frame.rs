//! The frame of a callback: the tasks that its wakes scheduled are polled here, on C's own thread,
//! once those wakes have returned.
//!
//! # Contract
//! - Scheduling only enqueues: with this thread while it is in a frame, else with the helper, one
//!   thread a process. So no task is polled inside a wake, under a lock that a waker was called with,
//!   or on top of another poll: the stack does not grow with the number of wakes.
//! - A frame polls [`BUDGET`] times at most; what is left then, the helper polls, and C's thread goes
//!   back to its work. A poll that is answered without waiting, [`ANSWERS`] times in a row, is asked
//!   to yield.
//! - First polls happen on the helper: nobody knows yet what a task does.
//! - A callback that C runs inside the call that installs it opens no frame: that thread may be any
//!   executor's, and hold what a poll would want.
//! - Nothing here unwinds into C.
//!
//! The queue belongs to its thread and has no atomics; the helper's is a [worker](super::worker)'s.
//!
//! # Cost
//! Two accesses to a thread-local a callback, and two a request that is submitted. A wake is a push and
//! a pop, without a lock, on C's threads; elsewhere the helper's queue and a thread switch.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;

use async_task::Builder;
use callback_bridge::contain;

use super::guarded::{Contained, Guarded, Outcome};
use super::watch;
use super::worker::Worker;
use crate::error::Result;
use crate::rt::AnyRuntime;

/// Polls in one frame.
const BUDGET: usize = 64;

/// Answers that one poll of a task gets before it is asked to yield.
const ANSWERS: u32 = 128;

/// Not in a poll of ours: no count.
const UNCOUNTED: u32 = u32::MAX;

/// Where a task was spawned.
pub(crate) type Origin = &'static Location<'static>;

/// A task that somebody woke.
type Runnable = async_task::Runnable<Origin>;

/// The handle of a task.
pub(crate) type Handle<T> = async_task::Task<Contained<Outcome<T>>, Origin>;

/// Polls what no thread of C does.
static HELPER: Worker<Runnable> = Worker::new("cass-tasks", |task| unframed(|| run(task)));

struct Here {
    doing: Cell<Doing>,
    woken: RefCell<VecDeque<Runnable>>,
    answers: Cell<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// Nothing of ours: a callback may open a frame.
    Other,
    /// In a frame: whoever is woken is polled at its end.
    Frame,
    /// In a call or a poll that a frame must not run in.
    Unframed,
}

thread_local! {
    static HERE: Here = const {
        Here {
            doing: Cell::new(Doing::Other),
            woken: RefCell::new(VecDeque::new()),
            answers: Cell::new(UNCOUNTED),
        }
    };
}

/// Starts the helper, if it does not run yet.
pub(crate) fn start() -> Result<()> {
    HELPER.start()
}

/// Makes a task. Its first poll comes on the helper, which runs: see [`start`].
pub(crate) fn spawn<F>(future: F, runtime: AnyRuntime, origin: Origin) -> Handle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let make = |_: &Origin| Guarded::new(future, runtime);
    let (first, handle) = Builder::new().metadata(origin).spawn(make, schedule);
    HELPER.send(first);
    handle
}

/// Runs inside wakers: only enqueues.
fn schedule(task: Runnable) {
    let mut task = Some(task);
    // Without it the thread is at its end, and in no frame.
    let _ = HERE.try_with(|here| {
        if here.doing.get() == Doing::Frame {
            here.woken.borrow_mut().extend(task.take());
        }
    });
    if let Some(task) = task {
        HELPER.send(task);
    }
}

/// Runs a callback of C, contained, and then polls whom it woke.
pub(super) fn frame(callback: impl FnOnce()) {
    let opened = enter(Doing::Frame);
    contain(callback);
    if opened {
        HERE.with(drain);
    }
}

/// Makes a call that no frame may open in. It must not unwind.
pub(super) fn unframed<R>(call: impl FnOnce() -> R) -> R {
    let entered = enter(Doing::Unframed);
    let result = call();
    if entered {
        HERE.with(|here| here.doing.set(Doing::Other));
    }
    result
}

/// True if this thread was doing nothing of ours before.
fn enter(doing: Doing) -> bool {
    let entered = HERE.try_with(|here| {
        let idle = here.doing.get() == Doing::Other;
        if idle {
            here.doing.set(doing);
        }
        idle
    });
    entered.unwrap_or(false)
}

/// The end of a frame.
fn drain(here: &Here) {
    let next = || here.woken.borrow_mut().pop_front();
    for _ in 0..BUDGET {
        match next() {
            Some(task) => run(task),
            None => break,
        }
    }
    here.doing.set(Doing::Other);
    while let Some(task) = next() {
        HELPER.send(task);
    }
}

/// Polls a task once.
fn run(task: Runnable) {
    // Ends the watch when it is dropped.
    let _watch = cfg!(debug_assertions).then(|| watch::over(task.metadata()));
    let _ = HERE.try_with(|here| here.answers.set(ANSWERS));
    contain(|| task.run());
    let _ = HERE.try_with(|here| here.answers.set(UNCOUNTED));
}

/// Whether the request that is about to be polled should let others have a turn first. Says so once,
/// then counts anew: a poll that goes on nevertheless is not stuck.
pub(super) fn should_yield() -> bool {
    let spent = HERE.try_with(|here| {
        let spent = here.answers.get() == 0;
        if spent {
            here.answers.set(ANSWERS);
        }
        spent
    });
    spent.unwrap_or(false)
}

/// A request gave its answer.
pub(super) fn answered() {
    let _ = HERE.try_with(|here| match here.answers.get() {
        UNCOUNTED => {}
        left => here.answers.set(left.saturating_sub(1)),
    });
}

/// Whether this thread polls a task.
pub(super) fn is_polling() -> bool {
    HERE.try_with(|here| here.answers.get() != UNCOUNTED).unwrap_or(false)
}

/// Whether this thread is in a callback of C, or polls a task: it must not block.
pub(crate) fn must_not_block() -> bool {
    HERE.try_with(|here| here.doing.get() != Doing::Other).unwrap_or(false)
}
