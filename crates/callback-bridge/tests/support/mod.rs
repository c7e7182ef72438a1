//! Tasks by hand, and wakers that panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, RawWaker, RawWakerVTable, Wake, Waker};

/// Counts wakes; the `Arc`'s own count shows leaked wakers.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Polls with its own waker.
pub struct Task {
    count: Arc<Count>,
    waker: Waker,
}

impl Task {
    pub fn new() -> Self {
        let count = Arc::new(Count::default());
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

/// The function of a test waker that panics.
#[derive(Clone, Copy, PartialEq)]
pub enum On {
    Clone,
    Wake,
    Drop,
}

/// A waker that panics, over a static so that no panic can leak anything.
pub fn bomb(panics: On) -> Waker {
    static ON_CLONE: RawWakerVTable =
        RawWakerVTable::new(|_| panic!("clone"), |_| (), |_| (), |_| ());
    static ON_WAKE: RawWakerVTable = RawWakerVTable::new(
        |data| RawWaker::new(data, &ON_WAKE),
        |_| panic!("wake"),
        |_| panic!("wake"),
        |_| (),
    );
    static ON_DROP: RawWakerVTable = RawWakerVTable::new(
        |data| RawWaker::new(data, &ON_DROP),
        |_| panic!("wake drops"),
        |_| (),
        |_| panic!("drop"),
    );
    let table = match panics {
        On::Clone => &ON_CLONE,
        On::Wake => &ON_WAKE,
        On::Drop => &ON_DROP,
    };
    // SAFETY: the functions of the tables ignore the data, and any thread may call them.
    unsafe { Waker::new(std::ptr::null(), table) }
}
