//! A C future on its way: the callback's half in C's hands, the future's half in ours.
//!
//! # Contract
//! - Once the callback is installed, the slot's word is the only truth: `poll` never touches the
//!   `CassFuture`, whose own flag may still say "not ready" after its only callback.
//! - The callback runs once, on an I/O thread or inline on the thread that installs it. It asks
//!   `cass_future_ready`: ready, it reads the outcome there and then, completes the slot and wakes
//!   last; not ready, the [courier](super::courier) does the same as soon as the future is set.
//! - It takes no lock but the courier's queue, and that of [wakes](super::wakes) where a session has them
//!   gathered; it waits for nothing, and cannot unwind into C.
//! - Tasks of the program that chose to run on C's threads are polled at its end: see
//!   [frame](super::frame).
//! - Dropping detaches: the request runs on, and what comes back is freed where it arrives.
//!
//! # Who frees the `CassFuture`
//! Whoever frees the slot: the future's half when it reads the outcome, the callback's half when it
//! finds itself detached. A half can only be detached after `set_callback` has returned, so C is
//! never robbed of a future that it is still looking at.
//!
//! # Counting
//! A request carries the [gate](super::gate) of its session in its slot, and leaves it when its
//! outcome has been delivered, whatever became of its future.
//!
//! # Cost
//! One allocation (the slot) and two atomic read-modify-writes a request; two more on the gate.

use std::ffi::c_void;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

use callback_bridge::{Completer, Completion};

use super::answer::Answer;
use super::session::Inside;
use super::{courier, delivery, failure, frame, sys};
use crate::error::{Error, Result};

/// What a C future yields.
pub(crate) trait Outcome: Sized + Send + 'static {
    /// Reads it from a future that is set.
    ///
    /// # Safety
    /// `future` is live and set.
    unsafe fn read(future: *mut sys::CassFuture) -> Result<Self>;
}

/// A request that was handed to C. Resolves once; dropping it detaches. `C` is what its callback
/// needs besides.
pub(crate) struct Pending<T, C: Send + Sync = Inside> {
    completion: ManuallyDrop<Completion<Result<T>, C>>,
    future: NonNull<sys::CassFuture>,
}

/// A callback's half.
pub(super) type Half<T, C> = Completer<Result<T>, C>;

// SAFETY: the C future is a reference-counted object guarded by its own mutex; the slot's content
// may travel.
unsafe impl<T: Send, C: Send + Sync> Send for Pending<T, C> {}
// SAFETY: no method takes `&self`.
unsafe impl<T: Send, C: Send + Sync> Sync for Pending<T, C> {}
impl<T, C: Send + Sync> Unpin for Pending<T, C> {}

impl<T, C: Send + Sync> Pending<T, C> {
    /// Installs `callback`, which gets the callback's half as its data. When C refuses, the half is
    /// taken back, so that nothing is left in C's hands, and given to `refused`.
    ///
    /// # Safety
    /// `future` is a live reference that the caller owns and gives away, with no callback yet;
    /// `callback` takes its data for a `Half<T, C>`.
    pub(super) unsafe fn install(
        future: *mut sys::CassFuture,
        callback: sys::FutureCallback,
        context: C,
        refused: impl FnOnce(&C),
    ) -> Result<Self> {
        // SAFETY: the contract is the caller's; what comes back is the half that was given.
        unsafe {
            Self::install_with(future, callback, context, Completer::into_raw, |data| {
                refused(Half::<T, C>::from_raw(data).context());
            })
        }
    }

    /// As [`install`](Self::install), for a callback whose data is what `pack` makes of its half, and
    /// which `refused` gets back when C takes no callback.
    ///
    /// # Safety
    /// `future` is a live reference that the caller owns and gives away, with no callback yet;
    /// `callback` takes its data for what `pack` makes, and gives the half its outcome.
    pub(super) unsafe fn install_with(
        future: *mut sys::CassFuture,
        callback: sys::FutureCallback,
        context: C,
        pack: impl FnOnce(Half<T, C>) -> *mut c_void,
        refused: impl FnOnce(*mut c_void),
    ) -> Result<Self> {
        let future = NonNull::new(future).expect("the C driver could not allocate a future");
        let (half, completion) = callback_bridge::pair_with(context);
        let data = pack(half);
        // No lock or borrow is held across this call: the callback may run inside it.
        let code = frame::unframed(|| {
            // SAFETY: `future` is live, and C hands `data` to `callback` once.
            unsafe { sys::cass_future_set_callback(future.as_ptr(), callback, data) }
        });
        if code != sys::OK {
            refused(data);
            // SAFETY: the reference to the future is ours, given up here.
            unsafe { sys::cass_future_free(future.as_ptr()) };
            return Err(failure::from_code(code));
        }
        Ok(Self { completion: ManuallyDrop::new(completion), future })
    }

    /// The outcome, if it has come.
    pub(super) fn try_take(&mut self) -> Option<Result<T>> {
        self.completion.try_take().map(|done| done.unwrap_or_else(|_| Err(lost())))
    }
}

impl<T: Outcome> Pending<T> {
    /// Installs the callback of a request that is inside its session's gate.
    ///
    /// # Safety
    /// As [`install`](Self::install).
    pub(super) unsafe fn request(future: *mut sys::CassFuture, inside: Inside) -> Result<Self> {
        // SAFETY: the contract is the caller's, and `on_request::<T>` fits the half.
        unsafe { Self::install(future, on_request::<T>, inside, |inside| drop(inside.leaving())) }
    }
}

impl<T> Pending<T> {
    /// The future itself, for what else it can tell. To be asked once this has resolved.
    pub(crate) fn into_answer(self) -> Answer {
        assert!(self.completion.is_terminated(), "the request is still on its way");
        let mut this = ManuallyDrop::new(self);
        // SAFETY: taken once, here: `this` is not dropped. The callback's half is done with the
        // future, so the reference is ours, and it is the future of a request and set.
        unsafe {
            drop(ManuallyDrop::take(&mut this.completion));
            Answer::new(this.future)
        }
    }
}

impl<T, C: Send + Sync> Future for Pending<T, C> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if frame::should_yield() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let polled = Pin::new(&mut *self.completion).poll(cx);
        if polled.is_ready() {
            frame::answered();
        }
        polled.map(|done| done.unwrap_or_else(|_| Err(lost())))
    }
}

impl<T, C: Send + Sync> Drop for Pending<T, C> {
    fn drop(&mut self) {
        // SAFETY: taken once, here.
        let completion = unsafe { ManuallyDrop::take(&mut self.completion) };
        // SAFETY: called when the callback's half is done with the future: the reference is ours.
        delivery::give_up(completion, || unsafe { sys::cass_future_free(self.future.as_ptr()) });
    }
}

/// The callback's half was dropped without a value: reading the outcome panicked.
fn lost() -> Error {
    Error::new(crate::ErrorKind::Driver, "the outcome was lost while it was read in the callback")
}

/// The callback of prepare and execute.
unsafe extern "C" fn on_request<T: Outcome>(future: *mut sys::CassFuture, data: *mut c_void) {
    frame::frame(|| {
        // SAFETY: C passes the future that is being set. Asking never blocks.
        if unsafe { sys::cass_future_ready(future) } != 0 {
            // SAFETY: the future is set, and `data` is the half that `request` gave to C.
            unsafe { deliver::<T>(future, data) }
        } else {
            courier::hand_over(future, data, deliver::<T>);
        }
    });
}

/// Reads the outcome, completes the slot, wakes, and leaves the gate.
///
/// # Safety
/// `future` is set; `data` is the half of a request for `T` and is not used again.
unsafe fn deliver<T: Outcome>(future: *mut sys::CassFuture, data: *mut c_void) {
    // SAFETY: the contract is the caller's.
    let half = unsafe { Half::<T, Inside>::from_raw(data) };
    // Copied, since the slot may be gone once it is completed. Leaves also when reading panics.
    let (_leaves, wake) = (half.context().leaving(), half.context().waking());
    // SAFETY: as above.
    unsafe { finish(half, future, || T::read(future), wake) }
}

/// Completes a slot with what `read` gives, and has `wake` see to its waker; or frees everything when
/// nobody waits any more.
///
/// # Safety
/// `future` is live and belongs to whoever frees the slot.
pub(super) unsafe fn finish<T, C>(
    half: Half<T, C>,
    future: *mut sys::CassFuture,
    read: impl FnOnce() -> Result<T>,
    wake: impl FnOnce(Waker),
) {
    // SAFETY: called when the future's half has detached, and left the reference to us.
    delivery::finish(half, read, wake, || unsafe { sys::cass_future_free(future) });
}
