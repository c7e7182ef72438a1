//! Futures and values of the program on threads that are not its own: nothing of them unwinds there.
//!
//! Cost: an unwind guard around each poll and each drop, which is free while nothing panics.

use std::any::Any;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use callback_bridge::contain;

use crate::rt::AnyRuntime;

/// What a future gave, or what it panicked with.
pub(crate) type Outcome<T> = Result<T, Box<dyn Any + Send>>;

/// A future that is polled and dropped in the context of a runtime. A panic in a poll is its outcome; one
/// in its drop is kept in, once the process's panic hook has reported it.
pub(super) struct Guarded<F> {
    /// Pinned with the whole.
    future: ManuallyDrop<F>,
    runtime: AnyRuntime,
}

impl<F: Future> Guarded<F> {
    pub(super) fn new(future: F, runtime: AnyRuntime) -> Self {
        Self { future: ManuallyDrop::new(future), runtime }
    }
}

impl<F: Future> Future for Guarded<F> {
    type Output = Contained<Outcome<F::Output>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // SAFETY: the future is not moved out of here, nor in `drop`.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: pinned with the whole, see above; dropped in place.
        let mut future = unsafe { Pin::new_unchecked(&mut *this.future) };
        let mut polled = None;
        // A future that panicked is not polled again.
        let guarded = catch_unwind(AssertUnwindSafe(|| {
            this.runtime.enter(&mut || polled = Some(future.as_mut().poll(cx)));
            polled.expect("the runtime's `enter` calls what it is given")
        }));
        match guarded {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Contained::new(Ok(output))),
            Err(panic) => Poll::Ready(Contained::new(Err(panic))),
        }
    }
}

impl<F> Drop for Guarded<F> {
    fn drop(&mut self) {
        let Self { future, runtime } = self;
        let mut future = Some(future);
        contain(|| {
            runtime.enter(&mut || {
                if let Some(future) = future.take() {
                    // SAFETY: taken once, so dropped once, in place.
                    unsafe { ManuallyDrop::drop(future) }
                }
            });
        });
    }
}

/// A value whose drop lets no panic out.
pub(crate) struct Contained<T>(ManuallyDrop<T>);

impl<T> Contained<T> {
    fn new(value: T) -> Self {
        Self(ManuallyDrop::new(value))
    }

    pub(crate) fn into_inner(self) -> T {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: taken once: `this` is not dropped.
        unsafe { ManuallyDrop::take(&mut this.0) }
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        // SAFETY: dropped once, here.
        contain(|| unsafe { ManuallyDrop::drop(&mut self.0) });
    }
}
