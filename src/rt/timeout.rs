//! A future with a deadline.
//!
//! The inner future is polled first, so a result that is there wins over a deadline that has
//! passed. The sleep is made only when the inner future is not ready at its first poll.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use super::erased::AnySleep;
use super::{AnyRuntime, NoTimer};

/// Why [`Timeout`] ended without the inner future's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expired {
    /// The time has passed.
    Elapsed,
    /// The runtime cannot tell.
    NoTimer(NoTimer),
}

/// The future of [`timeout`].
#[derive(Debug)]
#[must_use = "a timeout does nothing until it is polled"]
pub(crate) struct Timeout<F> {
    future: F,
    clock: Clock,
}

/// A sleep that is made at its first poll.
pub(crate) enum Clock {
    /// Not polled yet.
    Unstarted(AnyRuntime, Duration),
    /// On its way. The lock is never taken: it makes a sleep `Sync` that is polled through `&mut` only.
    Running(Mutex<AnySleep>),
}

/// `future`'s output, or [`Expired`] when `after` has passed since the first poll. The inner future
/// is kept until the `Timeout` is dropped.
pub(crate) fn timeout<F: Future + Unpin>(
    runtime: &AnyRuntime,
    after: Duration,
    future: F,
) -> Timeout<F> {
    Timeout { future, clock: Clock::new(runtime, after) }
}

impl Clock {
    pub(crate) fn new(runtime: &AnyRuntime, after: Duration) -> Self {
        Self::Unstarted(runtime.clone(), after)
    }

    /// Resolves when the time has passed since the first poll, or nobody can tell.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Expired> {
        if let Self::Unstarted(runtime, after) = self {
            *self = Self::Running(Mutex::new(runtime.sleep(*after)));
        }
        match self {
            Self::Running(sleep) => {
                let sleep = sleep.get_mut().unwrap_or_else(PoisonError::into_inner);
                sleep.as_mut().poll(cx).map(|slept| match slept {
                    Ok(()) => Expired::Elapsed,
                    Err(no_timer) => Expired::NoTimer(no_timer),
                })
            }
            Self::Unstarted(..) => Poll::Pending,
        }
    }
}

impl<F: Future + Unpin> Future for Timeout<F> {
    type Output = Result<F::Output, Expired>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match Pin::new(&mut self.future).poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => self.clock.poll(cx).map(Err),
        }
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unstarted(_, after) => write!(f, "Unstarted({after:?})"),
            Self::Running(_) => f.write_str("Running"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, poll_fn, ready};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::FutureExt;
    use futures::executor::block_on;

    use super::*;
    use crate::rt::Runtime;

    /// Counts the sleeps it is asked for; each ends at once, with what it was told.
    struct Instant {
        sleeps: Arc<AtomicUsize>,
        result: Result<(), NoTimer>,
    }

    impl Runtime for Instant {
        type Sleep = std::future::Ready<Result<(), NoTimer>>;

        fn sleep(&self, _: Duration) -> Self::Sleep {
            self.sleeps.fetch_add(1, Ordering::Relaxed);
            ready(self.result.clone())
        }
    }

    fn instant(result: Result<(), NoTimer>) -> (AnyRuntime, Arc<AtomicUsize>) {
        let sleeps = Arc::<AtomicUsize>::default();
        (AnyRuntime::new(Instant { sleeps: sleeps.clone(), result }), sleeps)
    }

    #[test]
    fn a_ready_result_wins_and_costs_no_sleep() {
        let (runtime, sleeps) = instant(Ok(()));
        assert_eq!(block_on(timeout(&runtime, Duration::ZERO, ready(7))), Ok(7));
        assert_eq!(sleeps.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_never_ends_expires() {
        let (runtime, sleeps) = instant(Ok(()));
        let expired = block_on(timeout(&runtime, Duration::ZERO, pending::<()>()));
        assert_eq!(expired, Err(Expired::Elapsed));
        assert_eq!(sleeps.load(Ordering::Relaxed), 1);
        let threads = AnyRuntime::default();
        let expired = block_on(timeout(&threads, Duration::from_millis(1), pending::<()>()));
        assert_eq!(expired, Err(Expired::Elapsed));
    }

    #[test]
    fn a_runtime_without_a_timer_is_an_error() {
        let no_timer = NoTimer::new("broken");
        let (runtime, _) = instant(Err(no_timer.clone()));
        let expired = block_on(timeout(&runtime, Duration::MAX, pending::<()>()));
        assert_eq!(expired, Err(Expired::NoTimer(no_timer)));
    }

    #[test]
    fn one_sleep_serves_all_polls() {
        let threads = AnyRuntime::default();
        let mut polls = 0;
        let third = poll_fn(move |cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            if polls == 3 { Poll::Ready(polls) } else { Poll::Pending }
        });
        let mut limited = timeout(&threads, Duration::MAX, third);
        assert!((&mut limited).now_or_never().is_none());
        assert!(matches!(limited.clock, Clock::Running(_)));
        assert_eq!(block_on(limited), Ok(3));
    }
}
