//! async-std: its timer is the reactor thread that it shares with smol, and which starts with the
//! first sleep. A sleep is two allocations and an entry in the reactor's map.
//!
//! async-std is no longer developed, by its own word; smol is what it recommends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{Background, NoTasks, NoTimer, Runtime};

/// async-std's timer. It works on any thread and never shuts down.
///
/// ```
/// use std::time::Duration;
/// use async_cassandra::rt::{AsyncStd, Runtime};
///
/// async_std::task::block_on(AsyncStd.sleep(Duration::from_millis(1)))?;
/// # Ok::<_, async_cassandra::rt::NoTimer>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AsyncStd;

impl Runtime for AsyncStd {
    type Sleep = AsyncStdSleep;

    fn sleep(&self, after: Duration) -> Self::Sleep {
        // It counts from the first poll by itself; the contract says from the call.
        let end = std::time::Instant::now().checked_add(after);
        let left = move || end.map_or(Duration::MAX, |end| end.duration_since(now()));
        AsyncStdSleep(Box::pin(async move { ::async_std::task::sleep(left()).await }))
    }

    fn spawn(&self, task: Background) -> Result<(), NoTasks> {
        drop(::async_std::task::spawn(task));
        Ok(())
    }
}

fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// The sleep of [`AsyncStd`].
#[must_use = "a sleep does nothing until it is polled"]
pub struct AsyncStdSleep(Pin<Box<dyn Future<Output = ()> + Send>>);

impl Future for AsyncStdSleep {
    type Output = Result<(), NoTimer>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}

impl fmt::Debug for AsyncStdSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsyncStdSleep")
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const SHORT: Duration = Duration::from_millis(2);
    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_sleep_ends_and_not_before_its_time() {
        let start = now();
        ::async_std::task::block_on(AsyncStd.sleep(SHORT)).unwrap();
        assert!(start.elapsed() >= SHORT);
        futures::executor::block_on(AsyncStd.sleep(SHORT)).unwrap();
    }

    #[test]
    fn the_shorter_of_two_sleeps_ends_first() {
        ::async_std::task::block_on(async {
            let (mut long, short) = (AsyncStd.sleep(LONG), AsyncStd.sleep(SHORT));
            assert!((&mut long).now_or_never().is_none());
            short.await.unwrap();
            assert!((&mut long).now_or_never().is_none());
        });
    }

    #[test]
    fn forever_does_not_panic() {
        assert!(AsyncStd.sleep(Duration::MAX).now_or_never().is_none());
    }
}
