//! The reaper: one thread a process that frees C sessions.
//!
//! `cass_session_free` joins the session's threads, so it may run neither on an executor thread nor
//! in a callback. Only sessions get here that are closed or never connected: freeing is a join
//! and no more, and one session holds up no other for longer than that.

use std::ptr::NonNull;
use std::sync::OnceLock;

use flume::Sender;

use super::{counters, sys};

/// A session that nobody uses any more: closed, or never connected.
struct Corpse(NonNull<sys::CassSession>);

// SAFETY: a session has no thread affinity, and this is its last reference.
unsafe impl Send for Corpse {}

static QUEUE: OnceLock<Sender<Corpse>> = OnceLock::new();

/// Starts the thread, if it does not run yet.
pub(super) fn start() {
    QUEUE.get_or_init(|| {
        let (sender, receiver) = flume::unbounded::<Corpse>();
        std::thread::Builder::new()
            .name("cass-reaper".into())
            .spawn(move || {
                for Corpse(session) in receiver {
                    // SAFETY: the last reference to a session whose threads have nothing to do.
                    unsafe { sys::cass_session_free(session.as_ptr()) };
                    counters::REAPING.sub();
                }
            })
            .expect("the system cannot start a thread");
        sender
    });
}

/// Frees `session` soon, elsewhere.
///
/// # Safety
/// The caller gives away the last reference; the session is closed, or was never connected and has
/// no connect in flight.
pub(super) unsafe fn free(session: NonNull<sys::CassSession>) {
    start();
    counters::REAPING.add();
    if let Some(queue) = QUEUE.get() {
        // The receiver lives as long as the process, so this cannot fail.
        let _ = queue.send(Corpse(session));
    }
}
