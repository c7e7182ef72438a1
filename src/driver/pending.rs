//! A C future on its way: the callback's half in C's hands, the future's half in ours.
//!
//! # Contract
//! - Once the callback is installed, the slot's word is the only truth: `poll` never touches the
//!   `CassFuture`, whose own flag may still say "not ready" after its only callback.
//! - The callback runs once, on an I/O thread or inline on the thread that installs it. It asks
//!   `cass_future_ready`: ready, it reads the outcome there and then, completes the slot and wakes
//!   last; not ready, the [courier](super::courier) does the same as soon as the future is set.
//! - It takes no lock but the courier's queue, waits for nothing, and cannot unwind into C.
//! - Dropping detaches: the request runs on, and what comes back is freed where it arrives.
//!
//! # Who frees the `CassFuture`
//! Whoever frees the slot: the future's half when it reads the outcome, the callback's half when it
//! finds itself detached. A half can only be detached after `set_callback` has returned, so C is
//! never robbed of a future that it is still looking at.
//!
//! # Cost
//! One allocation (the slot) and two atomic read-modify-writes a request.

use std::ffi::c_void;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll};

use callback_bridge::{Completer, Completion, contain};

use super::{counters, courier, failure, sys};
use crate::error::{Error, Result};

/// What a C future yields.
pub(crate) trait Outcome: Sized + Send + 'static {
    /// Reads it from a future that is set.
    ///
    /// # Safety
    /// `future` is live and set.
    unsafe fn read(future: *mut sys::CassFuture) -> Result<Self>;
}

/// A request that was handed to C. Resolves once; dropping it detaches.
pub(crate) struct Pending<T> {
    completion: ManuallyDrop<Completion<Result<T>>>,
    future: NonNull<sys::CassFuture>,
}

// SAFETY: the C future is a reference-counted object guarded by its own mutex; `Completion` says
// itself when it may travel.
unsafe impl<T> Send for Pending<T> where Completion<Result<T>>: Send {}
// SAFETY: no method takes `&self`.
unsafe impl<T> Sync for Pending<T> where Completion<Result<T>>: Sync {}
impl<T> Unpin for Pending<T> {}

impl<T: Outcome> Pending<T> {
    /// Installs the callback of a request.
    ///
    /// # Safety
    /// `future` is a live reference that the caller owns and gives away, with no callback yet.
    pub(super) unsafe fn request(future: *mut sys::CassFuture) -> Result<Self> {
        // SAFETY: the contract is the caller's; `on_request::<T>` takes what `into_raw` gave.
        unsafe {
            Self::install(future, on_request::<T>, Completer::into_raw, |raw| {
                drop(Completer::<Result<T>>::from_raw(raw));
            })
        }
    }
}

impl<T> Pending<T> {
    /// Installs `callback` with the data that `give` makes of the callback's half. When C refuses,
    /// `take_back` undoes `give`, so that nothing is left in C's hands.
    ///
    /// # Safety
    /// `future` is a live reference that the caller owns and gives away; `callback` fits the data.
    pub(super) unsafe fn install(
        future: *mut sys::CassFuture,
        callback: sys::FutureCallback,
        give: impl FnOnce(Completer<Result<T>>) -> *mut c_void,
        take_back: impl FnOnce(*mut c_void),
    ) -> Result<Self> {
        let future = NonNull::new(future).expect("the C driver could not allocate a future");
        let (completer, completion) = callback_bridge::pair();
        let data = give(completer);
        // No lock or borrow is held across this call: the callback may run inside it.
        // SAFETY: `future` is live, and C hands `data` to `callback` once.
        let code = unsafe { sys::cass_future_set_callback(future.as_ptr(), callback, data) };
        if code != sys::OK {
            take_back(data);
            // SAFETY: our reference, given up here.
            unsafe { sys::cass_future_free(future.as_ptr()) };
            return Err(failure::from_code(code));
        }
        Ok(Self { completion: ManuallyDrop::new(completion), future })
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut *self.completion).poll(cx).map(|done| done.unwrap_or_else(|_| Err(lost())))
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        // SAFETY: taken once, here.
        let completion = unsafe { ManuallyDrop::take(&mut self.completion) };
        if !completion.is_terminated() {
            match completion.detach() {
                None => return counters::DETACHED.add(),
                Some(outcome) => drop(outcome),
            }
        }
        // SAFETY: the callback's half is done with the future, so the reference is ours.
        unsafe { sys::cass_future_free(self.future.as_ptr()) }
    }
}

/// The callback's half was dropped without a value: reading the outcome panicked.
fn lost() -> Error {
    Error::new(crate::ErrorKind::Driver, "the outcome was lost while it was read in the callback")
}

/// The callback of prepare and execute.
unsafe extern "C" fn on_request<T: Outcome>(future: *mut sys::CassFuture, data: *mut c_void) {
    contain(|| {
        // SAFETY: C passes the future that is being set. Asking never blocks.
        if unsafe { sys::cass_future_ready(future) } != 0 {
            // SAFETY: the future is set, and `data` is the half that `request` gave to C.
            unsafe { deliver::<T>(future, data) }
        } else {
            courier::hand_over(courier::Parcel::new(future, data, deliver::<T>));
        }
    });
}

/// Reads the outcome, completes the slot, wakes.
///
/// # Safety
/// `future` is set; `data` came from `Completer::into_raw` for `Result<T>` and is not used again.
unsafe fn deliver<T: Outcome>(future: *mut sys::CassFuture, data: *mut c_void) {
    // SAFETY: the contract is the caller's.
    let completer = unsafe { Completer::<Result<T>>::from_raw(data) };
    // SAFETY: as above.
    unsafe { finish(completer, future, || T::read(future)) }
}

/// Completes a slot with what `read` gives, or frees everything when nobody waits any more.
///
/// # Safety
/// `future` is live and belongs to whoever frees the slot.
pub(super) unsafe fn finish<T>(
    completer: Completer<Result<T>>,
    future: *mut sys::CassFuture,
    read: impl FnOnce() -> Result<T>,
) {
    let left = if completer.is_detached() {
        drop(completer);
        None
    } else {
        match completer.complete(read()) {
            Ok(()) => return,
            Err(value) => Some(value),
        }
    };
    drop(left);
    counters::DETACHED.sub();
    // SAFETY: the future's half detached and left the reference to us.
    unsafe { sys::cass_future_free(future) }
}
