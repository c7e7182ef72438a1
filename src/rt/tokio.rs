//! tokio, by a handle: no call looks for a runtime around it.
//!
//! A sleep is one allocation and tokio's timer entry. It may be polled on any thread, inside the
//! runtime or not. Where tokio itself would panic, since its runtime has shut down or has no timer,
//! the sleep fails with [`NoTimer`]; the process's panic hook sees tokio's panic all the same, and
//! a program that aborts on panic ends.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ::tokio::runtime::Handle;
use ::tokio::time::Sleep;
use callback_bridge::contain;

use super::{Background, NoTasks, NoTimer, Runtime};

/// A tokio runtime, of either flavour.
///
/// It needs its timer: `enable_time()` or `enable_all()`, which `#[tokio::main]` includes. A
/// current-thread runtime keeps time only while one of its `block_on` calls runs.
///
/// ```
/// use std::time::Duration;
/// use async_cassandra::rt::{Runtime, Tokio};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let runtime = Tokio::current();
/// runtime.sleep(Duration::from_millis(1)).await.expect("this runtime has a timer");
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Tokio {
    handle: Handle,
}

impl Tokio {
    /// The runtime that `handle` belongs to.
    pub fn new(handle: Handle) -> Self {
        Self { handle }
    }

    /// The runtime that this call is made in.
    ///
    /// # Panics
    /// Outside a tokio runtime. See [`try_current`](Self::try_current), or take a handle along and
    /// use [`new`](Self::new).
    #[track_caller]
    pub fn current() -> Self {
        match Self::try_current() {
            Some(runtime) => runtime,
            None => panic!(
                "rt::Tokio::current() was called outside a tokio runtime: call it inside \
                 `#[tokio::main]` or `block_on`, or use rt::Tokio::new(handle)"
            ),
        }
    }

    /// The runtime that this call is made in, if there is one.
    pub fn try_current() -> Option<Self> {
        Handle::try_current().ok().map(Self::new)
    }
}

impl From<Handle> for Tokio {
    fn from(handle: Handle) -> Self {
        Self::new(handle)
    }
}

impl Runtime for Tokio {
    type Sleep = TokioSleep;

    fn sleep(&self, after: Duration) -> Self::Sleep {
        let _inside = self.handle.enter();
        TokioSleep(guarded(|| Box::pin(::tokio::time::sleep(after))))
    }

    fn enter(&self, call: &mut dyn FnMut()) {
        let _inside = self.handle.enter();
        call();
    }

    fn spawn(&self, task: Background) -> Result<(), NoTasks> {
        // A runtime that has shut down drops it.
        drop(self.handle.spawn(task));
        Ok(())
    }
}

/// The sleep of [`Tokio`].
#[derive(Debug)]
#[must_use = "a sleep does nothing until it is polled"]
pub struct TokioSleep(Result<Pin<Box<Sleep>>, NoTimer>);

impl Future for TokioSleep {
    type Output = Result<(), NoTimer>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let sleep = match &mut self.0 {
            Ok(sleep) => sleep.as_mut(),
            Err(no_timer) => return Poll::Ready(Err(no_timer.clone())),
        };
        match guarded(|| sleep.poll(cx)) {
            Ok(slept) => slept.map(Ok),
            Err(no_timer) => {
                self.0 = Err(no_timer.clone());
                Poll::Ready(Err(no_timer))
            }
        }
    }
}

/// Turns a panic of tokio's into the error that it stands for.
///
/// Unwind safe: what panicked is dropped and never used again.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, NoTimer> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| {
        let no_timer = NoTimer::new(reason(&*panic));
        // The payload's own destructor may panic.
        contain(|| drop(panic));
        no_timer
    })
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("tokio panicked").to_owned()
}

#[cfg(test)]
mod tests {
    use std::thread;

    use ::tokio::runtime::{Builder, Runtime as TokioRuntime};
    use futures::FutureExt;

    use super::*;

    const SHORT: Duration = Duration::from_millis(2);
    const LONG: Duration = Duration::from_secs(3600);

    fn both_flavours() -> [TokioRuntime; 2] {
        [
            Builder::new_current_thread().enable_time().build().unwrap(),
            Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap(),
        ]
    }

    #[test]
    fn a_sleep_ends_and_not_before_its_time() {
        for tokio in both_flavours() {
            let start = std::time::Instant::now();
            tokio.block_on(async { Tokio::current().sleep(SHORT).await }).unwrap();
            assert!(start.elapsed() >= SHORT);
        }
    }

    #[test]
    fn a_sleep_may_be_awaited_outside_its_runtime() {
        let tokio = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        let runtime = Tokio::from(tokio.handle().clone());
        futures::executor::block_on(runtime.sleep(SHORT)).unwrap();
    }

    #[test]
    fn the_shorter_of_two_sleeps_ends_first() {
        for tokio in both_flavours() {
            tokio.block_on(async {
                let runtime = Tokio::current();
                let (mut long, short) = (runtime.sleep(LONG), runtime.sleep(SHORT));
                assert!((&mut long).now_or_never().is_none());
                short.await.unwrap();
                assert!((&mut long).now_or_never().is_none());
            });
        }
    }

    #[test]
    fn a_runtime_without_a_timer_is_an_error() {
        let tokio = Builder::new_current_thread().build().unwrap();
        let error = tokio.block_on(Tokio::new(tokio.handle().clone()).sleep(SHORT)).unwrap_err();
        assert!(error.reason().contains("enable_time"), "{error}");
    }

    #[test]
    fn a_runtime_that_has_shut_down_is_an_error() {
        for tokio in both_flavours() {
            let runtime = Tokio::new(tokio.handle().clone());
            let mut begun = runtime.sleep(LONG);
            assert!((&mut begun).now_or_never().is_none());
            // The waker is called by the shutdown: nothing waits for ever.
            let waiting = thread::spawn(move || futures::executor::block_on(begun));
            drop(tokio);
            waiting.join().unwrap().unwrap_err();
            futures::executor::block_on(runtime.sleep(LONG)).unwrap_err();
        }
    }

    #[test]
    fn current_is_what_is_around_the_call() {
        assert!(Tokio::try_current().is_none());
        for tokio in both_flavours() {
            assert!(tokio.block_on(async { Tokio::try_current() }).is_some());
        }
        let panic = catch_unwind(Tokio::current).unwrap_err();
        assert!(reason(&*panic).contains("outside a tokio runtime"));
    }
}
