//! smol: its timer is the reactor thread of async-io, which starts with the first sleep. A sleep is
//! an entry in the reactor's map and no allocation of ours.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ::smol::Timer;

use super::{Background, NoTasks, NoTimer, Runtime};

/// smol's timer. It works on any thread and on any of smol's executors, and never shuts down.
///
/// ```
/// use std::time::Duration;
/// use async_cassandra::rt::{Runtime, Smol};
///
/// smol::block_on(Smol.sleep(Duration::from_millis(1)))?;
/// # Ok::<_, async_cassandra::rt::NoTimer>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Smol;

impl Runtime for Smol {
    type Sleep = SmolSleep;

    fn sleep(&self, after: Duration) -> Self::Sleep {
        SmolSleep(Timer::after(after))
    }

    fn spawn(&self, task: Background) -> Result<(), NoTasks> {
        ::smol::spawn(task).detach();
        Ok(())
    }
}

/// The sleep of [`Smol`].
#[derive(Debug)]
#[must_use = "a sleep does nothing until it is polled"]
pub struct SmolSleep(Timer);

impl Future for SmolSleep {
    type Output = Result<(), NoTimer>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map(|_when| Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use futures::FutureExt;

    use super::*;

    const SHORT: Duration = Duration::from_millis(2);
    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn a_sleep_ends_and_not_before_its_time() {
        let start = Instant::now();
        ::smol::block_on(Smol.sleep(SHORT)).unwrap();
        assert!(start.elapsed() >= SHORT);
        futures::executor::block_on(Smol.sleep(SHORT)).unwrap();
    }

    #[test]
    fn the_shorter_of_two_sleeps_ends_first() {
        ::smol::block_on(async {
            let (mut long, short) = (Smol.sleep(LONG), Smol.sleep(SHORT));
            assert!((&mut long).now_or_never().is_none());
            short.await.unwrap();
            assert!((&mut long).now_or_never().is_none());
        });
    }

    #[test]
    fn forever_does_not_panic() {
        assert!(Smol.sleep(Duration::MAX).now_or_never().is_none());
    }
}
