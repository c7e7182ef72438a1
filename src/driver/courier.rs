//! The courier: one thread a process that finishes what a callback must not.
//!
//! Two kinds of callback cannot read their future. Some drivers (2.17.1, and newer heads) call back
//! *before* the future is set: reading there hangs the I/O thread for good. And every driver sets
//! connect and close futures with the session's mutex held: code woken there that calls the
//! session deadlocks. Both hand the future over; this thread waits until it is set, which is a
//! matter of microseconds, then delivers as the callback would have.
//!
//! Cost: a [worker](super::worker)'s queue and a thread switch, on these ways only.

use std::ffi::c_void;

use super::worker::Worker;
use super::{counters, sys};

/// A future about to be set, and what to do with it then.
pub(super) struct Parcel {
    future: *mut sys::CassFuture,
    data: *mut c_void,
    deliver: unsafe fn(*mut sys::CassFuture, *mut c_void),
}

// SAFETY: the future is thread-safe in C; `data` is a callback's half, made to change threads.
unsafe impl Send for Parcel {}

impl Parcel {
    pub(super) fn new(
        future: *mut sys::CassFuture,
        data: *mut c_void,
        deliver: unsafe fn(*mut sys::CassFuture, *mut c_void),
    ) -> Self {
        Self { future, data, deliver }
    }
}

pub(super) static COURIER: Worker<Parcel> = Worker::new("cass-courier", open);

/// Gives a parcel to the courier. Called inside callbacks: never waits.
pub(super) fn hand_over(parcel: Parcel) {
    counters::COURIER.add();
    COURIER.send(parcel);
}

fn open(parcel: Parcel) {
    // SAFETY: the future is live until the parcel is delivered: whoever frees it waits for that.
    unsafe { sys::cass_future_wait(parcel.future) };
    // SAFETY: the future is set now, and the parcel was made for this `deliver`.
    unsafe { (parcel.deliver)(parcel.future, parcel.data) }
}
