//! The courier: one thread a process that finishes what a callback must not.
//!
//! Two kinds of callback cannot read their future. Some drivers (2.17.1, and newer heads) call back
//! *before* the future is set: reading there hangs the I/O thread for good. And every driver sets
//! connect and close futures with the session's mutex held: code woken there that calls the
//! session deadlocks. Both hand the future over; this thread waits until it is set, which is a
//! matter of microseconds, then delivers as the callback would have.
//!
//! The close of a session is called here too: it starts when the last request leaves, often inside a
//! callback, which calls no session.
//!
//! It stays with the driver: what another library could use of it is a thread with a queue, which needs no
//! crate; what to wait for, and what then to read, is this library's own.
//!
//! Cost: a [worker](super::worker)'s queue and a thread switch, on these ways only.

use std::ffi::c_void;

use super::worker::Worker;
use super::{counters, sys};

/// What the courier is given.
pub(super) enum Parcel {
    /// A future about to be set, and what to do with it then.
    Future {
        future: *mut sys::CassFuture,
        data: *mut c_void,
        deliver: unsafe fn(*mut sys::CassFuture, *mut c_void),
    },
    /// A call of C that has no place in a callback.
    Errand { data: *mut c_void, run: unsafe fn(*mut c_void) },
}

// SAFETY: the future is thread-safe in C; `data` is a callback's half, or what an errand is about,
// both made to change threads.
unsafe impl Send for Parcel {}

pub(super) static COURIER: Worker<Parcel> = Worker::new("cass-courier", open);

/// Gives a future to the courier. Called inside callbacks: never waits.
///
/// `deliver` is called with `future` and `data`, once the future is set.
pub(super) fn hand_over(
    future: *mut sys::CassFuture,
    data: *mut c_void,
    deliver: unsafe fn(*mut sys::CassFuture, *mut c_void),
) {
    counters::COURIER.add();
    COURIER.send(Parcel::Future { future, data, deliver });
}

/// Has `run` called with `data` on the courier's thread. Never waits.
pub(super) fn send_on_errand(data: *mut c_void, run: unsafe fn(*mut c_void)) {
    COURIER.send(Parcel::Errand { data, run });
}

fn open(parcel: Parcel) {
    match parcel {
        Parcel::Future { future, data, deliver } => {
            // SAFETY: the future is live until it is delivered: whoever frees it waits for that.
            unsafe { sys::cass_future_wait(future) };
            // SAFETY: it is set now, and `data` was given for this `deliver`.
            unsafe { deliver(future, data) }
        }
        // SAFETY: `data` was given for this `run`.
        Parcel::Errand { data, run } => unsafe { run(data) },
    }
}
