//! The handle of a task.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use crate::driver::Handle;

/// A task on the C driver's threads. Made by [`DriverThreads::spawn`](super::DriverThreads::spawn).
///
/// Awaiting it, on any executor, gives what its future gave. If that panicked, the await panics with
/// the same payload; [`caught`](Self::caught) gives it as an error.
///
/// # Cancel safety
/// Dropping it cancels: the task is polled no more, and its future is dropped soon, on the helper's
/// thread or on one of C's. [`cancel`](Self::cancel) waits for that; [`detach`](Self::detach) lets the task run
/// on.
///
/// # Panics
/// When it is polled after it was done. A waker of the awaiting executor that panics ends the process.
#[must_use = "a task that is dropped is cancelled; `detach` it to let it run on"]
pub struct Task<T>(Handle<T>);

impl<T> Task<T> {
    pub(super) fn new(handle: Handle<T>) -> Self {
        Self(handle)
    }

    /// Lets the task run to its end with nobody waiting for it. Its output is dropped there; a panic is
    /// reported by the process's panic hook and nowhere else.
    pub fn detach(self) {
        self.0.detach();
    }

    /// Cancels the task, and waits until its future is dropped. `None` if that came before the task was
    /// done.
    ///
    /// # Panics
    /// If the task had panicked, with the same payload.
    pub async fn cancel(self) -> Option<T> {
        match self.0.cancel().await?.into_inner() {
            Ok(output) => Some(output),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Waits for the task, with a panic in it as an error.
    ///
    /// # Errors
    /// [`Panicked`], with the message.
    pub async fn caught(self) -> Result<T, Panicked> {
        self.0.await.into_inner().map_err(Panicked::new)
    }

    /// Whether the task is over: done, or panicked. Out of date when it returns.
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match ready!(Pin::new(&mut self.0).poll(cx)).into_inner() {
            Ok(output) => Poll::Ready(output),
            Err(panic) => resume_unwind(panic),
        }
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// A task panicked.
pub struct Panicked {
    message: Option<String>,
    /// The lock makes it `Sync`, and is taken for nothing else.
    payload: Mutex<Box<dyn Any + Send>>,
}

impl Panicked {
    fn new(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<&str>().map(|&text| text.to_owned());
        let message = text.or_else(|| payload.downcast_ref::<String>().cloned());
        Self { message, payload: Mutex::new(payload) }
    }

    /// What the panic said, if it was a text.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// What the panic carried, for [`resume_unwind`].
    pub fn into_payload(self) -> Box<dyn Any + Send> {
        self.payload.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Some(message) => write!(f, "the task panicked: {message}"),
            None => f.write_str("the task panicked, with something that is no text"),
        }
    }
}

impl fmt::Debug for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Panicked").field("message", &self.message).finish_non_exhaustive()
    }
}

impl std::error::Error for Panicked {}
