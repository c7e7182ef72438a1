//! The end of a session.
//!
//! 1. `begin_close`, or the drop of the handle, closes the [gate](super::super::gate).
//! 2. The last request to leave, or the closer itself, has the [courier](super::super::courier) call
//!    `cass_session_close`.
//! 3. The courier delivers the close future, tells all who wait, and hands the session to the
//!    [reaper](super::super::reaper).
//!
//! A session whose last request never comes back stays where it is and holds up nobody. After the
//! session's close timeout it counts as leaked, until that request comes back after all.

use std::ffi::c_void;
use std::future::Future;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use callback_bridge::{Completer, Completion};

use super::super::{counters, courier, failure, reaper, sys};
use super::{Shared, leaked};
use crate::error::Result;
use crate::rt::{Runtime, Threads, ThreadsSleep};

/// What a close's callback gets.
struct Closing {
    /// The reference on behalf of the C session.
    shared: Arc<Shared>,
    /// Set by the first of the two that are done with the future: the courier, and the call that
    /// installed the callback (which may still be inside C's frame when the courier reads).
    future_done: Arc<AtomicBool>,
}

/// Does what the gate tells, once a session, on the courier's thread: this may be a callback, with the
/// session's mutex held in some drivers.
pub(super) fn start(shared: NonNull<Shared>) {
    courier::send_on_errand(shared.as_ptr().cast(), close);
}

/// # Safety
/// `data` is what is shared of a session whose gate said to start the close; C's reference to it is
/// given to this call.
unsafe fn close(data: *mut c_void) {
    // SAFETY: the reference that `deliver_connected` left for this.
    let shared = unsafe { Arc::from_raw(data.cast::<Shared>().cast_const()) };
    let raw = shared.raw;
    // SAFETY: connected, and not closed before the next call of C.
    unsafe { shared.figures.keep(raw) };
    let future_done = Arc::new(AtomicBool::new(false));
    let closing = Closing { shared, future_done: Arc::clone(&future_done) };
    let data = Box::into_raw(Box::new(closing)).cast::<c_void>();
    // SAFETY: connected, closed by this call only, with no other call to come; `on_closed` takes
    // the box.
    unsafe {
        let future = sys::cass_session_close(raw.as_ptr());
        let code = sys::cass_future_set_callback(future, on_closed, data);
        if code == sys::OK {
            release(future, &future_done);
        } else {
            let closing = Box::from_raw(data.cast::<Closing>());
            closing.shared.ending.lock().leak("its close took no callback");
            closing.shared.ending.tell(Err(failure::from_code(code)));
            sys::cass_future_free(future);
        }
    }
}

/// Close futures complete with the session's mutex held: always by courier.
unsafe extern "C" fn on_closed(future: *mut sys::CassFuture, data: *mut c_void) {
    callback_bridge::contain(|| courier::hand_over(future, data, deliver_closed));
}

/// # Safety
/// `future` is a close future that is set, `data` the box made for it.
unsafe fn deliver_closed(future: *mut sys::CassFuture, data: *mut c_void) {
    // SAFETY: the contract is the caller's; the session is closed and nobody calls it any more.
    unsafe {
        let closing = Box::from_raw(data.cast::<Closing>());
        let outcome = match sys::cass_future_error_code(future) {
            sys::OK => Ok(()),
            _ => Err(failure::from_future(future)),
        };
        release(future, &closing.future_done);
        reaper::free(closing.shared.raw);
        closing.shared.ending.finish(outcome);
    }
}

/// Frees the close future when the other side is done with it too.
///
/// # Safety
/// Called once by each of the two sides, the last use of the future there.
unsafe fn release(future: *mut sys::CassFuture, done: &AtomicBool) {
    // ORDERING: AcqRel: the second to come acquires the first one's last use of the future.
    if done.swap(true, Ordering::AcqRel) {
        // SAFETY: both sides are done with our one reference.
        unsafe { sys::cass_future_free(future) }
    }
}

/// Who waits for the end of a session, and how it went.
#[derive(Default)]
pub(super) struct Ending(Mutex<End>);

#[derive(Default)]
struct End {
    outcome: Option<Result<()>>,
    waiting: Vec<Completer<Result<()>>>,
    watch: Option<ThreadsSleep>,
    leaked: bool,
}

impl End {
    fn leak(&mut self, why: &str) {
        if !std::mem::replace(&mut self.leaked, true) {
            leaked(why);
        }
    }

    fn late(&mut self, shared: &Shared) {
        let (left, after) = (shared.gate.inside(), shared.close_timeout);
        self.leak(&format!("{left} requests have not come back within {after:?} of its close"));
    }
}

impl Ending {
    fn lock(&self) -> MutexGuard<'_, End> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wait(&self) -> Completion<Result<()>> {
        let (completer, completion) = callback_bridge::pair();
        let mut end = self.lock();
        match end.outcome.clone() {
            None => end.waiting.push(completer),
            Some(outcome) => {
                drop(end);
                let _ = completer.complete(outcome);
            }
        }
        completion
    }

    /// The session is closed.
    fn finish(&self, outcome: Result<()>) {
        let watch = {
            let mut end = self.lock();
            if std::mem::take(&mut end.leaked) {
                counters::LEAKED.sub();
            }
            end.watch.take()
        };
        drop(watch);
        self.tell(outcome);
    }

    /// Tells everybody, with the lock released: a waker is foreign code.
    fn tell(&self, outcome: Result<()>) {
        let waiting = {
            let mut end = self.lock();
            end.outcome = Some(outcome.clone());
            std::mem::take(&mut end.waiting)
        };
        for completer in waiting {
            let _ = completer.complete(outcome.clone());
        }
    }
}

/// Looks after a session that closes with requests in flight: when its close timeout has passed, it
/// counts as leaked. Costs an entry in the timer thread's map.
pub(super) fn watch(shared: &Arc<Shared>) {
    let mut end = shared.ending.lock();
    if end.outcome.is_some() || end.watch.is_some() || end.leaked {
        return;
    }
    let waker = Waker::from(Arc::new(Late(Arc::downgrade(shared))));
    let mut sleep = Threads.sleep(shared.close_timeout);
    match Pin::new(&mut sleep).poll(&mut Context::from_waker(&waker)) {
        Poll::Pending => end.watch = Some(sleep),
        // The time is up already, or there is no timer thread to tell when.
        Poll::Ready(_) => end.late(shared),
    }
}

/// Woken when a session's close timeout has passed.
struct Late(Weak<Shared>);

impl Wake for Late {
    fn wake(self: Arc<Self>) {
        let Some(shared) = self.0.upgrade() else { return };
        let mut end = shared.ending.lock();
        if end.outcome.is_none() {
            end.late(&shared);
        }
    }
}
