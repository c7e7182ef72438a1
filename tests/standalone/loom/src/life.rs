//! How long what is shared lives. loom does not see a free, but it does see an access that is not
//! ordered before the write that stands for it.

use std::cell::RefCell;
use std::sync::Arc;

use loom::cell::UnsafeCell;
use loom::sync::atomic::{self, Ordering};

/// Read at every access, written at the end.
#[derive(Clone)]
pub struct Life(Arc<UnsafeCell<()>>);

thread_local! {
    static LAST: RefCell<Option<Life>> = const { RefCell::new(None) };
}

impl Life {
    /// That of the atomic that was made last.
    pub fn of_the_last() -> Self {
        LAST.take().expect("an atomic was made")
    }

    /// Nobody may look at the atomic any more.
    pub fn ends(&self) {
        self.0.with_mut(|_| ());
    }

    fn goes_on(&self) {
        self.0.with(|_| ());
    }
}

/// loom's atomic, with a life. Only what the gate uses is there.
pub struct AtomicUsize {
    word: atomic::AtomicUsize,
    life: Life,
}

impl AtomicUsize {
    pub fn new(value: usize) -> Self {
        let life = Life(Arc::new(UnsafeCell::new(())));
        LAST.set(Some(life.clone()));
        Self { word: atomic::AtomicUsize::new(value), life }
    }

    fn alive(&self) -> &atomic::AtomicUsize {
        self.life.goes_on();
        &self.word
    }

    pub fn load(&self, order: Ordering) -> usize {
        self.alive().load(order)
    }

    pub fn fetch_or(&self, value: usize, order: Ordering) -> usize {
        self.alive().fetch_or(value, order)
    }

    pub fn fetch_and(&self, value: usize, order: Ordering) -> usize {
        self.alive().fetch_and(value, order)
    }

    pub fn compare_exchange(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize> {
        self.alive().compare_exchange(current, new, success, failure)
    }

    pub fn compare_exchange_weak(
        &self,
        current: usize,
        new: usize,
        success: Ordering,
        failure: Ordering,
    ) -> Result<usize, usize> {
        self.alive().compare_exchange_weak(current, new, success, failure)
    }
}
