//! Two words that hold a waker for the side that may wake it.
//!
//! The words are plain storage: which side owns the waker in them, and whether a copy of them is worth
//! anything, is told by the state word beside them. Costs nothing beyond the waker's own clone.

use std::mem::ManuallyDrop;
use std::ptr;
use std::task::{RawWakerVTable, Waker};

use crate::sync::{AtomicPtr, Ordering::*};

/// Where the future's side puts its waker.
pub(crate) struct WakerCell {
    data: AtomicPtr<()>,
    vtable: AtomicPtr<RawWakerVTable>,
}

impl WakerCell {
    pub(crate) fn new() -> Self {
        Self { data: AtomicPtr::new(ptr::null_mut()), vtable: AtomicPtr::new(ptr::null_mut()) }
    }

    /// Stores the words of `waker`, which the caller keeps from being dropped once they are
    /// published. Only the future's side, and only while no waker is published.
    #[inline]
    pub(crate) fn store(&self, waker: &ManuallyDrop<Waker>) {
        // ORDERING: the exchange on the state word publishes both words.
        self.data.store(waker.data().cast_mut(), Relaxed);
        // ORDERING: as above.
        self.vtable.store(ptr::from_ref(waker.vtable()).cast_mut(), Relaxed);
    }

    /// A copy of the words, good for nothing until the state word confirms it.
    #[inline]
    pub(crate) fn copy(&self) -> WakerWords {
        // ORDERING: what makes the copy valid is the exchange that confirms it; its Release keeps
        // these loads before it, and the Acquire of the state word before them.
        let data = self.data.load(Relaxed);
        // ORDERING: as above.
        let vtable = self.vtable.load(Relaxed);
        WakerWords { data, vtable }
    }
}

/// The two words of a waker, copied out of a cell.
#[derive(Clone, Copy)]
pub(crate) struct WakerWords {
    data: *mut (),
    vtable: *mut RawWakerVTable,
}

impl WakerWords {
    /// Whether these are the words of `waker`. Only the future's side may ask: the cell then owns
    /// a clone, so that the address behind `data` cannot have been used again.
    #[inline]
    pub(crate) fn will_wake(self, waker: &Waker) -> bool {
        ptr::eq(self.data, waker.data()) && ptr::eq(self.vtable, waker.vtable())
    }

    /// # Safety
    /// The caller cleared the mark under which these very words were published, and calls this
    /// once.
    #[inline]
    pub(crate) unsafe fn into_waker(self) -> Waker {
        // SAFETY: the vtable came out of `Waker::vtable`, a `&'static`, and the data out of the
        // same waker; the caller owns the pair.
        unsafe { Waker::new(self.data, &*self.vtable) }
    }
}

/// Wakes, last of all, and lets no panic of the waker out: callers are often inside a C frame.
pub(crate) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        crate::contain(|| waker.wake());
    }
}
