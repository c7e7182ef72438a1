//! The reaper: one thread a process that frees C sessions.
//!
//! `cass_session_free` joins the session's threads, so it may run neither on an executor thread nor
//! in a callback. Only sessions get here that are closed or never connected: freeing is a join
//! and no more, and one session holds up no other for longer than that.

use std::ptr::NonNull;

use super::worker::Worker;
use super::{counters, sys};

/// A session that nobody uses any more: closed, or never connected.
pub(super) struct Corpse(NonNull<sys::CassSession>);

// SAFETY: a session has no thread affinity, and this is its last reference.
unsafe impl Send for Corpse {}

pub(super) static REAPER: Worker<Corpse> = Worker::new("cass-reaper", bury);

fn bury(Corpse(session): Corpse) {
    // SAFETY: the last reference to a session whose threads have nothing to do.
    unsafe { sys::cass_session_free(session.as_ptr()) };
    counters::REAPING.sub();
}

/// Frees `session` soon, elsewhere.
///
/// # Safety
/// The caller gives away the last reference; the session is closed, or was never connected and has
/// no connect in flight.
pub(super) unsafe fn free(session: NonNull<sys::CassSession>) {
    counters::REAPING.add();
    REAPER.send(Corpse(session));
}
