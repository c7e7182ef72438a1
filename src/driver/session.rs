//! A connected C session: submitting, closing, freeing.
//!
//! An unconnected C session never leaves this module: some calls on it crash.
//!
//! # The gate
//! A request that C enqueues after its session closed is lost, and its future would hang. So every
//! submitting call passes a gate, one word: `calls << 2 | STARTED | CLOSED`.
//!
//! | from | who, event | to | duty |
//! |---|---|---|---|
//! | open, n calls | a call enters | open, n + 1 | call C, then leave |
//! | CLOSED | a call enters | CLOSED | refuse |
//! | any, n + 1 calls | a call leaves | n calls | CLOSED and n = 0: try to start |
//! | open, n calls | close or drop | CLOSED, n calls | n = 0: try to start |
//! | CLOSED, 0 calls | try to start | CLOSED, STARTED | the winner calls `cass_session_close` |
//!
//! Nobody waits: whoever brings the calls to zero behind the closed gate starts the close.
//!
//! # Ending
//! The close future is delivered by the [courier](super::courier), which tells all who wait and
//! hands the session to the [reaper](super::reaper). A session whose close never comes back stays
//! where it is and holds up nobody.
//!
//! Cost: two read-modify-writes on the session's word a submitted request.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use callback_bridge::{Completer, Completion};

use super::cluster::{Cluster, Settings};
use super::pending::{Pending, finish};
use super::prepared::Prepared;
use super::result::ResultSet;
use super::statement::Statement;
use super::{counters, courier, failure, reaper, sys};
use crate::error::{Error, ErrorKind, Result};

const CLOSED: usize = 0b01;
const STARTED: usize = 0b10;
const CALL: usize = 0b100;

/// A connected session. Dropping it closes it without waiting.
pub(crate) struct Session {
    raw: NonNull<sys::CassSession>,
    gate: AtomicUsize,
    ending: Arc<Ending>,
}

// SAFETY: C allows execute and prepare from any thread; close is called once, by the gate's winner.
unsafe impl Send for Session {}
// SAFETY: as above.
unsafe impl Sync for Session {}

impl Session {
    /// Starts to connect. The future resolves once C says how it went.
    pub(crate) fn connect(settings: &Settings) -> Result<Pending<Session>> {
        courier::COURIER.start()?;
        reaper::REAPER.start()?;
        let cluster = Cluster::new(settings)?;
        // SAFETY: no arguments.
        let raw = unsafe { sys::cass_session_new() };
        let raw = NonNull::new(raw).expect("the C driver could not allocate a session");
        let future = cluster.connect(raw, settings.keyspace.as_deref());
        // SAFETY: a fresh future; `on_connected` takes the box that `give` makes.
        unsafe {
            Pending::install(
                future,
                on_connected,
                |completer| Box::into_raw(Box::new(Connecting { raw, completer })).cast(),
                // The connect runs on with nobody to tell, and a session may not be freed
                // while it does: it stays.
                |data| {
                    drop(Box::from_raw(data.cast::<Connecting>()));
                    counters::LEAKED.add();
                },
            )
        }
    }

    pub(crate) fn prepare(&self, cql: &str) -> Result<Pending<Prepared>> {
        let _call = self.enter()?;
        // SAFETY: the gate is open, so the session is connected and not closing; C copies the text.
        unsafe {
            let (text, length) = (cql.as_ptr().cast(), cql.len());
            Pending::request(sys::cass_session_prepare_n(self.raw.as_ptr(), text, length))
        }
    }

    /// Hands a statement to C, which reads it until the request ends: the caller writes to it no
    /// more before that.
    pub(crate) fn execute(&self, statement: &Statement) -> Result<Pending<ResultSet>> {
        let _call = self.enter()?;
        // SAFETY: the gate is open; C takes a reference to the statement.
        unsafe {
            Pending::request(sys::cass_session_execute(self.raw.as_ptr(), statement.as_ptr()))
        }
    }

    /// Closes the gate; the close starts with the last call that leaves. More than once is fine.
    pub(crate) fn begin_close(&self) {
        // ORDERING: AcqRel: releases what was done with the session to the winner that starts the
        // close, and acquires what those who left did.
        let before = self.gate.fetch_or(CLOSED, Ordering::AcqRel);
        if before < CALL {
            self.try_start_close();
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        // ORDERING: a hint; the gate decides.
        self.gate.load(Ordering::Relaxed) & CLOSED != 0
    }

    /// Resolves when the session has closed, at once if it has. Does not start the close.
    pub(crate) fn closed(&self) -> Completion<Result<()>> {
        self.ending.wait()
    }

    fn enter(&self) -> Result<Call<'_>> {
        // ORDERING: acquires nothing that matters on an open gate; Relaxed suffices for the hint.
        if self.gate.load(Ordering::Relaxed) & CLOSED == 0 {
            // ORDERING: AcqRel as in `begin_close`: the close cannot start between this and the
            // leave, whose release the winner acquires.
            let before = self.gate.fetch_add(CALL, Ordering::AcqRel);
            let call = Call(self);
            if before & CLOSED == 0 {
                return Ok(call);
            }
        }
        Err(Error::new(ErrorKind::Closed, "no request is taken after close"))
    }

    fn try_start_close(&self) {
        // ORDERING: AcqRel: acquires every call that left; only one thread wins.
        let won = self.gate.compare_exchange(
            CLOSED,
            CLOSED | STARTED,
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        if won.is_ok() {
            // SAFETY: connected, closed once, and no call is inside.
            unsafe { close(self.raw, Arc::clone(&self.ending)) }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.begin_close();
    }
}

/// A call inside the gate.
struct Call<'s>(&'s Session);

impl Drop for Call<'_> {
    fn drop(&mut self) {
        // ORDERING: AcqRel as in `begin_close`: releases this call to whoever starts the close.
        let before = self.0.gate.fetch_sub(CALL, Ordering::AcqRel);
        if before == CALL | CLOSED {
            self.0.try_start_close();
        }
    }
}

/// What a connect's callback gets.
struct Connecting {
    raw: NonNull<sys::CassSession>,
    completer: Completer<Result<Session>>,
}

/// Connect futures complete with the session's mutex held: always by courier.
unsafe extern "C" fn on_connected(future: *mut sys::CassFuture, data: *mut c_void) {
    callback_bridge::contain(|| {
        courier::hand_over(courier::Parcel::new(future, data, deliver_connected));
    });
}

/// # Safety
/// `future` is a connect future that is set, `data` the box made for it.
unsafe fn deliver_connected(future: *mut sys::CassFuture, data: *mut c_void) {
    // SAFETY: the contract is the caller's.
    let connecting = unsafe { Box::from_raw(data.cast::<Connecting>()) };
    let Connecting { raw, completer } = *connecting;
    // SAFETY: set, says the caller.
    let outcome = match unsafe { sys::cass_future_error_code(future) } {
        sys::OK => Ok(Session { raw, gate: AtomicUsize::new(0), ending: Arc::default() }),
        _ => {
            // SAFETY: a connect that failed leaves nothing running, and nobody else knows `raw`.
            unsafe {
                let error = failure::from_future(future);
                reaper::free(raw);
                Err(error)
            }
        }
    };
    // A session that nobody waits for is dropped in there, which closes it.
    // SAFETY: the future belongs to whoever frees the slot.
    unsafe { finish(completer, future, || outcome) }
}

/// What a close's callback gets.
struct Closing {
    raw: NonNull<sys::CassSession>,
    ending: Arc<Ending>,
    /// Set by the first of the two that are done with the future: the courier, and the call that
    /// installed the callback (which may still be inside C's frame when the courier reads).
    future_done: Arc<AtomicBool>,
}

/// # Safety
/// `raw` is connected, closed by this call only, and no other call on it runs or follows.
unsafe fn close(raw: NonNull<sys::CassSession>, ending: Arc<Ending>) {
    let future_done = Arc::new(AtomicBool::new(false));
    let closing = Closing { raw, ending, future_done: Arc::clone(&future_done) };
    let data = Box::into_raw(Box::new(closing)).cast::<c_void>();
    // SAFETY: the contract is the caller's; `on_closed` takes the box.
    unsafe {
        let future = sys::cass_session_close(raw.as_ptr());
        let code = sys::cass_future_set_callback(future, on_closed, data);
        if code == sys::OK {
            release(future, &future_done);
        } else {
            let closing = Box::from_raw(data.cast::<Closing>());
            counters::LEAKED.add();
            closing.ending.finish(Err(failure::from_code(code)));
            sys::cass_future_free(future);
        }
    }
}

/// Close futures complete with the session's mutex held: always by courier.
unsafe extern "C" fn on_closed(future: *mut sys::CassFuture, data: *mut c_void) {
    callback_bridge::contain(|| {
        courier::hand_over(courier::Parcel::new(future, data, deliver_closed));
    });
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
        reaper::free(closing.raw);
        closing.ending.finish(outcome);
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
struct Ending(Mutex<End>);

#[derive(Default)]
struct End {
    outcome: Option<Result<()>>,
    waiting: Vec<Completer<Result<()>>>,
}

impl Ending {
    fn wait(&self) -> Completion<Result<()>> {
        let (completer, completion) = callback_bridge::pair();
        let mut end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match end.outcome.clone() {
            None => end.waiting.push(completer),
            Some(outcome) => {
                drop(end);
                let _ = completer.complete(outcome);
            }
        }
        completion
    }

    /// Tells everybody, with the lock released: a waker is foreign code.
    fn finish(&self, outcome: Result<()>) {
        let waiting = {
            let mut end = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            end.outcome = Some(outcome.clone());
            std::mem::take(&mut end.waiting)
        };
        for completer in waiting {
            let _ = completer.complete(outcome.clone());
        }
    }
}
