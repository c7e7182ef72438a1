//! A task by hand: polls with its own waker, and counts its wakes.

use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};

struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

pub struct Task {
    count: Arc<Count>,
    waker: Waker,
}

impl Task {
    pub fn new() -> Self {
        let count = Arc::new(Count(AtomicUsize::new(0)));
        Self { waker: Waker::from(count.clone()), count }
    }

    pub fn poll<R>(&self, f: impl FnOnce(&mut Context<'_>) -> R) -> R {
        f(&mut Context::from_waker(&self.waker))
    }

    pub fn wakes(&self) -> usize {
        self.count.0.load(SeqCst)
    }

    pub fn assert_no_leak(self) {
        drop(self.waker);
        assert_eq!(Arc::strong_count(&self.count), 1, "a waker leaked");
    }
}
