//! Wakes: at once, or gathered for one task of the program's runtime, which wakes the others from inside.
//!
//! # Contract
//! - A gathered waker is woken by the [`Drainer`], whenever the runtime polls it. Should the runtime drop
//!   it, or never have taken it, wakers are woken at once, those that had been gathered too.
//! - No waker is lost: what is pushed is seen by the drainer, or by whoever ends it.
//! - The drainer ends with the session.
//! - No lock is held while a waker is woken, cloned or dropped.
//!
//! # Cost
//! A wake is a push under a lock that is held for a push or a swap; the first one of a burst wakes the drainer.
//! This is the one lock that a callback may take beside the courier's queue, and the line of the gate, and
//! only a session that was asked to gather takes it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use callback_bridge::contain;

/// Times that one poll of the drainer looks for more; after that many it lets other tasks run.
const LOOKS: usize = 16;

/// The session's end of the queue. The drainer ends when it is dropped.
pub(crate) struct WakeQueue(Arc<Queue>);

/// The runtime's end.
#[must_use = "without it wakes are not gathered"]
pub(crate) struct Drainer {
    queue: Arc<Queue>,
    /// Empty, with the room of the last burst.
    spare: Vec<Waker>,
}

struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: Vec<Waker>,
    /// There while the drainer sleeps.
    drainer: Option<Waker>,
    /// One of the two ends is gone.
    over: bool,
}

/// A queue for the wakes of one session.
pub(crate) fn queue() -> (WakeQueue, Drainer) {
    let queue = Arc::new(Queue(Mutex::default()));
    (WakeQueue(Arc::clone(&queue)), Drainer { queue, spare: Vec::new() })
}

/// Wakes at once. Lets no panic out.
pub(super) fn at_once(waker: Waker) {
    contain(|| waker.wake());
}

impl WakeQueue {
    /// Has it woken by the drainer, or wakes it if there is none any more.
    pub(super) fn push(&self, waker: Waker) {
        let mut state = self.0.lock();
        if state.over {
            drop(state);
            return at_once(waker);
        }
        state.waiting.push(waker);
        let drainer = state.drainer.take();
        drop(state);
        if let Some(drainer) = drainer {
            at_once(drainer);
        }
    }
}

impl Drop for WakeQueue {
    fn drop(&mut self) {
        let drainer = {
            let mut state = self.0.lock();
            state.over = true;
            state.drainer.take()
        };
        if let Some(drainer) = drainer {
            at_once(drainer);
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Drainer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { queue, spare } = self.get_mut();
        for _ in 0..LOOKS {
            // Cloned outside the lock: it is foreign code.
            let own = cx.waker().clone();
            {
                let mut state = queue.lock();
                if state.waiting.is_empty() {
                    let over = state.over;
                    let before = state.drainer.replace(own);
                    drop(state);
                    drop(before);
                    return if over { Poll::Ready(()) } else { Poll::Pending };
                }
                std::mem::swap(&mut state.waiting, spare);
            }
            spare.drain(..).for_each(at_once);
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Drainer {
    fn drop(&mut self) {
        let (waiting, own) = {
            let mut state = self.queue.lock();
            state.over = true;
            (std::mem::take(&mut state.waiting), state.drainer.take())
        };
        drop(own);
        waiting.into_iter().for_each(at_once);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    use futures::FutureExt;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Count {
        fn get(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    fn counted() -> (Arc<Count>, Waker) {
        let count = Arc::<Count>::default();
        (Arc::clone(&count), Waker::from(count))
    }

    fn poll(drainer: &mut Drainer, waker: &Waker) -> Poll<()> {
        drainer.poll_unpin(&mut Context::from_waker(waker))
    }

    #[test]
    fn a_burst_wakes_the_drainer_once_and_everybody_by_it() {
        let (queue, mut drainer) = queue();
        let (drains, drain) = counted();
        assert!(poll(&mut drainer, &drain).is_pending());
        let (woken, waker) = counted();
        for _ in 0..100 {
            queue.push(waker.clone());
        }
        assert_eq!((drains.get(), woken.get()), (1, 0));
        assert!(poll(&mut drainer, &drain).is_pending());
        assert_eq!((drains.get(), woken.get()), (1, 100));
        queue.push(waker);
        assert_eq!(drains.get(), 2);
    }

    #[test]
    fn without_a_drainer_wakes_are_at_once() {
        let (queue, drainer) = queue();
        let (woken, waker) = counted();
        queue.push(waker.clone());
        assert_eq!(woken.get(), 0);
        drop(drainer);
        assert_eq!(woken.get(), 1, "what was gathered");
        queue.push(waker);
        assert_eq!(woken.get(), 2);
    }

    #[test]
    fn the_drainer_ends_with_the_session_and_not_before_all_are_woken() {
        let (queue, mut drainer) = queue();
        let (drains, drain) = counted();
        assert!(poll(&mut drainer, &drain).is_pending());
        let (woken, waker) = counted();
        queue.push(waker);
        drop(queue);
        assert!(poll(&mut drainer, &drain).is_ready());
        assert_eq!((drains.get(), woken.get()), (1, 1));
    }

    #[test]
    fn a_waker_that_panics_keeps_no_other_from_being_woken() {
        struct Panics;
        impl Wake for Panics {
            fn wake(self: Arc<Self>) {
                panic!("in a waker");
            }
        }
        let (queue, mut drainer) = queue();
        let (woken, waker) = counted();
        queue.push(Waker::from(Arc::new(Panics)));
        queue.push(waker.clone());
        assert!(poll(&mut drainer, Waker::noop()).is_pending());
        assert_eq!(woken.get(), 1);
    }
}
