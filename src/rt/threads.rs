//! The runtime that is always there: one timer thread a process, std only.
//!
//! The thread starts with the first sleep that has to wait, and stays. It keeps the wakers of all
//! sleeps in one ordered map under one lock: registering and dropping a sleep costs the lock and a
//! search in the map (together 0.1 to 0.3 µs beside a hundred thousand others), and wakes the
//! thread only if it would be late otherwise. So with deadlines that are all of about one length,
//! and seldom reached, the thread runs about once in that length. A dropped sleep leaves nothing
//! behind. Wakers are called and dropped outside the lock; one that panics is ignored.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use callback_bridge::contain;

use super::{NoTimer, Runtime};

/// One timer thread for the whole process, on any executor and without one: what a session uses
/// that was given no runtime.
///
/// ```
/// use std::time::Duration;
/// use async_cassandra::rt::{Runtime, Threads};
///
/// pollster::block_on(Threads.sleep(Duration::from_millis(1)))?;
/// # Ok::<_, async_cassandra::rt::NoTimer>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Threads;

impl Runtime for Threads {
    type Sleep = ThreadsSleep;

    fn sleep(&self, after: Duration) -> Self::Sleep {
        ThreadsSleep { end: Instant::now().checked_add(after), registered: None }
    }
}

/// The sleep of [`Threads`].
#[derive(Debug)]
#[must_use = "a sleep does nothing until it is polled"]
pub struct ThreadsSleep {
    /// None is later than the clock can count: never.
    end: Option<Instant>,
    registered: Option<Key>,
}

/// The end of a sleep, and a number that tells it from others that end at the same time.
type Key = (Instant, u64);

impl Future for ThreadsSleep {
    type Output = Result<(), NoTimer>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(end) = self.end else { return Poll::Pending };
        if Instant::now() >= end {
            return Poll::Ready(Ok(()));
        }
        let registered = match self.registered {
            Some(key) => TIMER.renew(key, cx.waker()),
            None => TIMER.register(end, cx.waker()),
        };
        match registered {
            Ok(key) => {
                self.registered = Some(key);
                Poll::Pending
            }
            Err(error) => Poll::Ready(Err(NoTimer::new(format!("no timer thread: {error}")))),
        }
    }
}

impl Drop for ThreadsSleep {
    fn drop(&mut self) {
        if let Some(key) = self.registered {
            drop(TIMER.forget(key));
        }
    }
}

static TIMER: Timer = Timer { state: Mutex::new(State::NEW), earlier: Condvar::new() };

/// The sleeps that wait, and the thread that wakes them.
struct Timer {
    state: Mutex<State>,
    /// Told when a sleep ends earlier than what the thread waits for.
    earlier: Condvar,
}

struct State {
    sleeping: BTreeMap<Key, Waker>,
    next: u64,
    thread: TimerThread,
}

/// What the thread is doing, as of when the lock was last free.
enum TimerThread {
    Unstarted,
    /// It will look at the map before it waits.
    Looking,
    /// Until this moment, or until it is told.
    Waiting(Option<Instant>),
}

impl State {
    const NEW: Self = Self { sleeping: BTreeMap::new(), next: 0, thread: TimerThread::Unstarted };

    /// Whether the thread must be told of a sleep that ends at `end`: once, then it will look.
    fn must_tell(&mut self, end: Instant) -> bool {
        let is_late = match self.thread {
            TimerThread::Waiting(until) => until.is_none_or(|until| end < until),
            TimerThread::Unstarted | TimerThread::Looking => false,
        };
        if is_late {
            self.thread = TimerThread::Looking;
        }
        is_late
    }

    /// The wakers of all sleeps that have ended by `now`.
    fn take_ended(&mut self, now: Instant) -> Vec<Waker> {
        let mut ended = Vec::new();
        while let Some(first) = self.sleeping.first_entry() {
            if first.key().0 > now {
                break;
            }
            ended.push(first.remove());
        }
        ended
    }
}

impl Timer {
    /// The state is consistent whenever the lock is free: no user code runs while it is held, so a
    /// poisoned lock says nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(&'static self, end: Instant, waker: &Waker) -> io::Result<Key> {
        // Cloning a waker runs code that is not ours: before the lock.
        self.insert(end, waker.clone()).map_err(|(error, _waker)| error)
    }

    /// A waker that was not used is handed back, so that it is dropped without the lock.
    fn insert(&'static self, end: Instant, waker: Waker) -> Result<Key, (io::Error, Waker)> {
        let mut state = self.lock();
        if matches!(state.thread, TimerThread::Unstarted) {
            let builder = thread::Builder::new().name("cassandra-timer".to_owned());
            if let Err(error) = builder.spawn(|| self.run()) {
                return Err((error, waker));
            }
            state.thread = TimerThread::Looking;
        }
        let key = (end, state.next);
        state.next += 1;
        state.sleeping.insert(key, waker);
        let must_tell = state.must_tell(end);
        drop(state);
        if must_tell {
            self.earlier.notify_one();
        }
        Ok(key)
    }

    /// Sees to it that `waker` is the one that is called. If the old one was called already, the
    /// sleep has ended in this very moment: it is registered again, and wakes at once.
    fn renew(&'static self, key: Key, waker: &Waker) -> io::Result<Key> {
        let new = waker.clone();
        let mut state = self.lock();
        let old = match state.sleeping.get_mut(&key) {
            Some(current) if current.will_wake(&new) => new,
            Some(current) => std::mem::replace(current, new),
            None => {
                drop(state);
                return self.insert(key.0, new).map_err(|(error, _waker)| error);
            }
        };
        drop(state);
        drop(old);
        Ok(key)
    }

    /// The waker of a sleep that nobody waits for any more, to be dropped without the lock.
    fn forget(&self, key: Key) -> Option<Waker> {
        self.lock().sleeping.remove(&key)
    }

    fn run(&self) {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let ended = state.take_ended(now);
            if !ended.is_empty() {
                drop(state);
                ended.into_iter().for_each(wake);
                state = self.lock();
                continue;
            }
            let first = state.sleeping.keys().next().map(|(end, _)| *end);
            state.thread = TimerThread::Waiting(first);
            state = match first {
                Some(end) => {
                    let waited = self.earlier.wait_timeout(state, end.duration_since(now));
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.earlier.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
            state.thread = TimerThread::Looking;
        }
    }
}

/// Calls and drops a waker. It may be anybody's, and the thread must outlive it.
fn wake(waker: Waker) {
    contain(|| waker.wake());
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, mpsc};
    use std::task::Wake;

    use futures::FutureExt;
    use futures::executor::block_on;

    use super::*;

    const SHORT: Duration = Duration::from_millis(2);
    const LONG: Duration = Duration::from_secs(3600);
    const LIMIT: Duration = Duration::from_secs(20);

    #[test]
    fn a_sleep_ends_and_not_before_its_time() {
        let start = Instant::now();
        block_on(Threads.sleep(SHORT)).unwrap();
        assert!(start.elapsed() >= SHORT);
        block_on(Threads.sleep(Duration::ZERO)).unwrap();
    }

    #[test]
    fn a_shorter_sleep_does_not_wait_for_a_longer_one() {
        let mut long = Threads.sleep(LONG);
        assert!((&mut long).now_or_never().is_none(), "the thread now waits for an hour");
        let (done, ends) = mpsc::channel();
        let sleeper = thread::spawn(move || done.send(block_on(Threads.sleep(SHORT))));
        ends.recv_timeout(LIMIT).expect("the thread was told of it").unwrap();
        sleeper.join().unwrap().unwrap();
        assert!(long.now_or_never().is_none());
    }

    #[test]
    fn sleeps_end_in_their_order() {
        let mut state = State::NEW;
        let now = Instant::now();
        let counts: [Arc<Counted>; 3] = Default::default();
        for (at, millis) in [(0, 30), (1, 10), (2, 20)] {
            let key = (now + Duration::from_millis(millis), at);
            state.sleeping.insert(key, counts[at as usize].clone().into());
        }
        assert!(state.take_ended(now).is_empty());
        state.take_ended(now + Duration::from_millis(20)).into_iter().for_each(Waker::wake);
        assert_eq!(counts.each_ref().map(|count| count.woken()), [0, 1, 1]);
        assert_eq!(state.sleeping.len(), 1);
    }

    #[test]
    fn the_thread_is_told_only_of_what_it_would_miss() {
        let mut state = State::NEW;
        let (now, minute) = (Instant::now(), Duration::from_secs(60));
        assert!(!state.must_tell(now), "it is not there yet, or looks by itself");
        state.thread = TimerThread::Waiting(None);
        assert!(state.must_tell(now + minute));
        assert!(!state.must_tell(now), "it was told already");
        state.thread = TimerThread::Waiting(Some(now + minute));
        assert!(!state.must_tell(now + minute) && !state.must_tell(now + minute * 2));
        assert!(state.must_tell(now));
    }

    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Counted {
        fn woken(&self) -> usize {
            self.0.load(Ordering::SeqCst)
        }
    }

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_dropped_sleep_leaves_nothing_behind() {
        let count = Arc::<Counted>::default();
        let waker = Waker::from(count.clone());
        let mut sleep = Threads.sleep(LONG);
        assert!(Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker)).is_pending());
        let key = sleep.registered.unwrap();
        assert!(TIMER.lock().sleeping.contains_key(&key));
        drop(waker);
        assert_eq!(Arc::strong_count(&count), 2, "the timer holds the waker");
        drop(sleep);
        assert!(!TIMER.lock().sleeping.contains_key(&key));
        assert_eq!(Arc::strong_count(&count), 1);
        assert_eq!(count.woken(), 0);
    }

    #[test]
    fn the_last_waker_is_the_one_that_is_kept() {
        let (old, new) = (Arc::<Counted>::default(), Arc::<Counted>::default());
        let mut sleep = Threads.sleep(LONG);
        for counted in [&old, &new, &new] {
            let waker = Waker::from(counted.clone());
            assert!(Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker)).is_pending());
        }
        assert_eq!(Arc::strong_count(&old), 1, "the old waker is dropped");
        assert_eq!(Arc::strong_count(&new), 2);
        let key = sleep.registered.unwrap();
        TIMER.forget(key).expect("one waker is kept").wake();
        assert_eq!((old.woken(), new.woken()), (0, 1));
        // As if the thread had called the waker just before this poll.
        let waker = Waker::from(new.clone());
        assert!(Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker)).is_pending());
        assert_ne!(sleep.registered, Some(key), "it is registered again");
    }

    #[test]
    fn the_thread_survives_a_waker_that_panics() {
        struct Panics;
        impl Wake for Panics {
            fn wake(self: Arc<Self>) {
                // Without the hook, which would print it.
                std::panic::resume_unwind(Box::new("from a waker"));
            }
        }
        let mut sleep = Threads.sleep(SHORT);
        let waker = Waker::from(Arc::new(Panics));
        let _ = Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker));
        block_on(Threads.sleep(SHORT * 5)).unwrap();
    }

    #[test]
    fn a_waker_may_use_the_timer() {
        struct Sleeps(mpsc::Sender<()>);
        impl Wake for Sleeps {
            fn wake(self: Arc<Self>) {
                assert!(Threads.sleep(LONG).now_or_never().is_none());
                self.0.send(()).unwrap();
            }
        }
        let (woken, wakes) = mpsc::channel();
        let waker = Waker::from(Arc::new(Sleeps(woken)));
        let mut sleep = Threads.sleep(SHORT);
        if Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker)).is_pending() {
            wakes.recv_timeout(LIMIT).expect("the lock is free while a waker is called");
        }
    }

    #[test]
    fn forever_is_never_registered() {
        let mut sleep = Threads.sleep(Duration::MAX);
        assert!((&mut sleep).now_or_never().is_none());
        assert!(sleep.registered.is_none());
    }
}
