//! A task by hand: polls with its own waker, and counts its wakes.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::{Context, RawWaker, RawWakerVTable, Wake, Waker};

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

/// What a clone panics with: all other panics are loom's.
struct NoClone;

/// Polls with a waker that cannot be cloned: `None` when that was tried, and panicked.
pub fn poll_without_clone<R>(f: impl FnOnce(&mut Context<'_>) -> R) -> Option<R> {
    static TABLE: RawWakerVTable = RawWakerVTable::new(no_clone, |_| (), |_| (), |_| ());
    fn no_clone(_: *const ()) -> RawWaker {
        resume_unwind(Box::new(NoClone))
    }
    // SAFETY: the functions of the table ignore the data, and any thread may call them.
    let waker = ManuallyDrop::new(unsafe { Waker::new(std::ptr::null(), &TABLE) });
    match catch_unwind(AssertUnwindSafe(|| f(&mut Context::from_waker(&waker)))) {
        Ok(polled) => Some(polled),
        Err(panic) if panic.is::<NoClone>() => None,
        Err(panic) => resume_unwind(panic),
    }
}
