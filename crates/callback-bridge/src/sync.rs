//! The atomics and cells of this crate: the real ones, or loom's when built with `--cfg loom`, so that
//! the code that ships is the code that is modelled. In the crate's own unit tests they are the real ones
//! with a count of read-modify-writes, which is how the costs that the documentation states are checked.

#[cfg(loom)]
pub(crate) use loom::{
    cell::UnsafeCell,
    sync::atomic::{AtomicPtr, AtomicU64 as AtomicWord, Ordering},
};

#[cfg(not(loom))]
pub(crate) use self::real::*;

/// A state word holds a tag and an epoch. 64 bits wherever the target has such an atomic: the
/// epoch then never comes round. On the others it does after 2^28 changes of waker between two
/// adjacent instructions of the callback.
#[cfg(any(loom, target_has_atomic = "64"))]
pub(crate) type Word = u64;
#[cfg(not(any(loom, target_has_atomic = "64")))]
pub(crate) type Word = usize;

#[cfg(not(loom))]
mod real {
    #[cfg(all(test, target_has_atomic = "64"))]
    pub(crate) use super::counted::{AtomicPtr, AtomicWord};
    #[cfg(not(all(test, target_has_atomic = "64")))]
    pub(crate) use super::plain::{AtomicPtr, AtomicWord};
    pub(crate) use std::sync::atomic::Ordering;

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

#[cfg(not(any(loom, all(test, target_has_atomic = "64"))))]
mod plain {
    pub(crate) use std::sync::atomic::AtomicPtr;
    #[cfg(target_has_atomic = "64")]
    pub(crate) use std::sync::atomic::AtomicU64 as AtomicWord;
    #[cfg(not(target_has_atomic = "64"))]
    pub(crate) use std::sync::atomic::AtomicUsize as AtomicWord;
}

/// The real atomics, counted by thread. Only what this crate uses is there: another read-modify-write
/// would not compile before it is counted.
#[cfg(all(test, not(loom), target_has_atomic = "64"))]
pub(crate) mod counted {
    use std::cell::Cell;
    use std::sync::atomic::{self, Ordering};

    use super::Word;

    thread_local! {
        static RMWS: Cell<usize> = const { Cell::new(0) };
    }

    /// How many read-modify-writes `f` does on this thread, failed ones too.
    pub(crate) fn rmws<R>(f: impl FnOnce() -> R) -> (usize, R) {
        let before = RMWS.get();
        let result = f();
        (RMWS.get() - before, result)
    }

    pub(crate) struct AtomicWord(atomic::AtomicU64);

    impl AtomicWord {
        pub(crate) fn new(word: Word) -> Self {
            Self(atomic::AtomicU64::new(word))
        }

        pub(crate) fn load(&self, order: Ordering) -> Word {
            self.0.load(order)
        }

        pub(crate) fn store(&self, word: Word, order: Ordering) {
            self.0.store(word, order);
        }

        pub(crate) fn fetch_add(&self, word: Word, order: Ordering) -> Word {
            RMWS.set(RMWS.get() + 1);
            self.0.fetch_add(word, order)
        }

        pub(crate) fn compare_exchange(
            &self,
            current: Word,
            new: Word,
            success: Ordering,
            failure: Ordering,
        ) -> Result<Word, Word> {
            RMWS.set(RMWS.get() + 1);
            self.0.compare_exchange(current, new, success, failure)
        }

        /// Without spurious failures, which would be counted.
        pub(crate) fn compare_exchange_weak(
            &self,
            current: Word,
            new: Word,
            success: Ordering,
            failure: Ordering,
        ) -> Result<Word, Word> {
            self.compare_exchange(current, new, success, failure)
        }
    }

    pub(crate) struct AtomicPtr<T>(atomic::AtomicPtr<T>);

    impl<T> AtomicPtr<T> {
        pub(crate) fn new(pointer: *mut T) -> Self {
            Self(atomic::AtomicPtr::new(pointer))
        }

        pub(crate) fn load(&self, order: Ordering) -> *mut T {
            self.0.load(order)
        }

        pub(crate) fn store(&self, pointer: *mut T, order: Ordering) {
            self.0.store(pointer, order);
        }
    }
}
