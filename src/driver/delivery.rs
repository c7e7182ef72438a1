//! The two ends of a request: its outcome is delivered, and its future is given up. In either order,
//! or at once; what both look after is freed once.
//!
//! Whoever frees the slot frees the rest: the future's half when the outcome is there, the
//! callback's half when it finds itself detached.

use std::task::Waker;

use callback_bridge::{Completer, Completion};

use super::counters;

/// Completes a slot with what `read` gives, and lets `wake` see to its waker. When nobody waits any
/// more, `free` is called in its place.
pub(super) fn finish<T, C>(
    half: Completer<T, C>,
    read: impl FnOnce() -> T,
    wake: impl FnOnce(Waker),
    free: impl FnOnce(),
) {
    let left = if half.is_detached() {
        drop(half);
        None
    } else {
        match half.hand_over(read()) {
            Ok(None) => return,
            Ok(Some(waker)) => return wake(waker),
            Err(value) => Some(value),
        }
    };
    drop(left);
    counters::DETACHED.sub();
    free();
}

/// Drops the future's half: detached, while the outcome is still to come; else `free` is called.
pub(super) fn give_up<T, C>(completion: Completion<T, C>, free: impl FnOnce()) {
    if !completion.is_terminated() {
        // Counted also when the waker panics as it is dropped: the request is detached by then.
        let detached = Detached;
        match completion.detach() {
            None => return,
            Some(outcome) => {
                std::mem::forget(detached);
                drop(outcome);
            }
        }
    }
    free();
}

/// Counts a request as detached when it is dropped.
struct Detached;

impl Drop for Detached {
    fn drop(&mut self) {
        counters::DETACHED.add();
    }
}
