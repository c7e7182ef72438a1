//! The unwind guard of an `extern "C"` function. Costs nothing while nothing panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `f` and lets no panic out of it, so that none unwinds into C.
///
/// `None` means that `f` panicked; the panic hook has reported it by then. The panic's payload is
/// dropped in here as well, since its drop is foreign code that may panic again; the payload of
/// such a second panic is leaked.
///
/// With `panic = "abort"` a panic ends the process here as anywhere.
///
/// ```
/// assert_eq!(callback_bridge::contain(|| 7), Some(7));
/// # std::panic::set_hook(Box::new(|_| ()));
/// assert_eq!(callback_bridge::contain(|| -> u8 { panic!("caught") }), None);
/// ```
pub fn contain<R>(f: impl FnOnce() -> R) -> Option<R> {
    // What `f` leaves half-done on a panic is its caller's to judge, as it is with a thread that
    // ended in a panic.
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) => {
            if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}
