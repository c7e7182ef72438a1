//! The contract of a runtime.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// What a session may ask of a runtime.
///
/// The runtimes of this module implement it and nothing more: yours is as good as they are.
///
/// ```
/// use std::time::Duration;
/// use async_cassandra::rt::{NoTimer, Runtime, Threads, ThreadsSleep};
///
/// /// A clock that runs ten times as fast, for tests.
/// struct Hurried;
///
/// impl Runtime for Hurried {
///     type Sleep = ThreadsSleep;
///
///     fn sleep(&self, after: Duration) -> Self::Sleep {
///         Threads.sleep(after / 10)
///     }
/// }
/// ```
///
/// # For implementers
/// - `sleep` and the polling of what it returns must not block and must not panic, from any thread,
///   with or without the runtime's own context. What cannot keep time says so with [`NoTimer`].
/// - The time counts from the call of `sleep`. It is a length and not a moment, so that a runtime
///   may count by a clock of its own, one that a test pauses for instance.
/// - A sleep may be early by no amount, and late by what its timer's precision is.
/// - Dropping a sleep ends it and releases what it holds. Most sleeps end that way, since most
///   requests are answered in time.
/// - The waker is called without a lock held that `sleep`, a poll or a drop would take.
pub trait Runtime: Send + Sync + 'static {
    /// The future of [`sleep`](Self::sleep).
    type Sleep: Future<Output = Result<(), NoTimer>> + Send + 'static;

    /// Completes when `after` has passed.
    ///
    /// # Errors
    /// The future fails with [`NoTimer`] when the runtime cannot keep time, or no longer can.
    fn sleep(&self, after: Duration) -> Self::Sleep;

    /// Calls `call` once, in what code of this runtime expects around it. Tasks of
    /// [`DriverThreads`](super::DriverThreads) are polled inside of this, on threads of the C driver.
    /// It must not block.
    ///
    /// Default: just calls it.
    fn enter(&self, call: &mut dyn FnMut()) {
        call();
    }

    /// Runs `task` to its end, with nobody waiting for it. Asked for once a session, by those that have a
    /// [completion queue](crate::SessionBuilder::completion_queue), from any thread.
    ///
    /// It must not block, nor poll the task itself. A runtime that ends drops the task; it may drop it
    /// here, when it has ended before.
    ///
    /// Default: this runtime runs no tasks.
    ///
    /// # Errors
    /// [`NoTasks`]: the task is not run, and was dropped.
    fn spawn(&self, task: Background) -> Result<(), NoTasks> {
        drop(task);
        Err(NoTasks)
    }
}

/// A task of the library that a [`Runtime`] is given to run.
pub type Background = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The runtime runs no tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoTasks;

impl fmt::Display for NoTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the runtime runs no tasks")
    }
}

impl std::error::Error for NoTasks {}

/// The runtime cannot keep time: it has shut down, or was built without a timer.
///
/// A request with a deadline then fails with [`ErrorKind::NoTimer`](crate::ErrorKind::NoTimer); one
/// without is not affected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoTimer {
    reason: Cow<'static, str>,
}

impl NoTimer {
    /// With the reason, for the message.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into() }
    }

    /// What the runtime said.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for NoTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the runtime cannot keep time: {}", self.reason)
    }
}

impl std::error::Error for NoTimer {}
