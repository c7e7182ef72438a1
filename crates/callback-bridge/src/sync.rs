//! The atomics and cells of the slot: the real ones, or loom's when built with `--cfg loom`, so
//! that the code that ships is the code that is modelled.

#[cfg(loom)]
pub(crate) use loom::{
    cell::UnsafeCell,
    sync::atomic::{AtomicPtr, AtomicU64 as AtomicWord, Ordering},
};

#[cfg(not(loom))]
pub(crate) use self::real::*;

/// The state word holds a tag and an epoch. 64 bits wherever the target has such an atomic: the
/// epoch then never comes round. On the others it does after 2^28 changes of waker between two
/// adjacent instructions of the callback.
#[cfg(any(loom, target_has_atomic = "64"))]
pub(crate) type Word = u64;
#[cfg(not(any(loom, target_has_atomic = "64")))]
pub(crate) type Word = usize;

#[cfg(not(loom))]
mod real {
    #[cfg(target_has_atomic = "64")]
    pub(crate) use std::sync::atomic::AtomicU64 as AtomicWord;
    #[cfg(not(target_has_atomic = "64"))]
    pub(crate) use std::sync::atomic::AtomicUsize as AtomicWord;
    pub(crate) use std::sync::atomic::{AtomicPtr, Ordering};

    /// loom's interface over the cell of std.
    #[derive(Debug)]
    pub(crate) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        #[inline(always)]
        pub(crate) fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }
    }
}
