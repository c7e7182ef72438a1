//! A connected C session: submitting, closing, freeing.
//!
//! An unconnected C session never leaves this module: some calls on it crash.
//!
//! # The way to the end
//! 1. `begin_close`, or the drop of the handle, closes the [gate](super::gate).
//! 2. The last request to leave, or the closer itself, has the [courier](super::courier) call
//!    `cass_session_close`.
//! 3. The courier delivers the close future, tells all who wait, and hands the
//!    session to the [reaper](super::reaper).
//!
//! A session whose last request never comes back stays where it is and holds up nobody.
//!
//! # Who keeps it alive
//! What is shared has one reference from the handle and one on behalf of the C session, which is
//! given up when the close is delivered. A request needs none: while it is inside the gate, the
//! close has not started.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use callback_bridge::{Completer, Completion};

use super::cluster::{Cluster, Settings};
use super::gate::{Duty, Gate};
use super::metrics::Figures;
use super::pending::{Half, Pending, finish};
use super::prepared::Prepared;
use super::result::ResultSet;
use super::statement::Statement;
use super::{counters, courier, failure, reaper, sys};
use crate::error::{Error, ErrorKind, Result};
use crate::observe::{self, Metrics};

/// A connected session. Dropping it closes it without waiting.
pub(crate) struct Session(Arc<Shared>);

struct Shared {
    raw: NonNull<sys::CassSession>,
    gate: Gate,
    figures: Figures,
    ending: Ending,
}

// SAFETY: C allows execute and prepare from any thread; close is called once, by whom the gate says.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Session {
    /// Starts to connect. The future resolves once C says how it went.
    pub(crate) fn connect(settings: &Settings) -> Result<Pending<Session, Connecting>> {
        courier::COURIER.start()?;
        reaper::REAPER.start()?;
        let cluster = Cluster::new(settings)?;
        // SAFETY: no arguments.
        let raw = unsafe { sys::cass_session_new() };
        let raw = NonNull::new(raw).expect("the C driver could not allocate a session");
        let future = cluster.connect(raw, settings.keyspace.as_deref());
        // When C takes no callback, the connect runs on with nobody to tell, and a session may not
        // be freed while it does: it stays.
        // SAFETY: a fresh future; `on_connected` takes the half.
        unsafe {
            Pending::install(future, on_connected, Connecting(raw), |_| {
                leaked("its connect took no callback");
            })
        }
    }

    pub(crate) fn prepare(&self, cql: &str) -> Result<Pending<Prepared>> {
        let inside = self.enter()?;
        // SAFETY: inside the gate the session is connected and not closing; C copies the text.
        unsafe {
            let (text, length) = (cql.as_ptr().cast(), cql.len());
            let future = sys::cass_session_prepare_n(self.0.raw.as_ptr(), text, length);
            Pending::request(future, inside)
        }
    }

    /// Hands a statement to C, which reads it until the request ends: the caller writes to it no
    /// more before that.
    pub(crate) fn execute(&self, statement: &Statement) -> Result<Pending<ResultSet>> {
        let inside = self.enter()?;
        // SAFETY: as in `prepare`; C takes a reference to the statement.
        unsafe {
            let future = sys::cass_session_execute(self.0.raw.as_ptr(), statement.as_ptr());
            Pending::request(future, inside)
        }
    }

    /// Refuses requests from now on; the close starts when the last one inside has been delivered.
    pub(crate) fn begin_close(&self) {
        if self.0.gate.close() == Duty::StartClose {
            start_close(address(&self.0));
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.gate.is_closed()
    }

    /// Requests that were submitted and have not been delivered.
    pub(crate) fn in_flight(&self) -> usize {
        self.0.gate.inside()
    }

    /// C's figures and ours; after the close, the last ones.
    pub(crate) fn metrics(&self) -> Metrics {
        // SAFETY: connected, and `close` keeps the figures before it closes.
        let figures = unsafe { self.0.figures.read(self.0.raw) };
        Metrics { in_flight: self.in_flight() as u64, ..figures }
    }

    /// Resolves when the session has closed, at once if it has. Does not start the close.
    pub(crate) fn closed(&self) -> Completion<Result<()>> {
        self.0.ending.wait()
    }

    fn enter(&self) -> Result<Inside> {
        match self.0.gate.enter() {
            true => Ok(Inside(address(&self.0))),
            false => Err(Error::new(ErrorKind::Closed, "no request is taken after close")),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.begin_close();
    }
}

/// The address of what is shared, good for taking a reference back.
fn address(shared: &Arc<Shared>) -> NonNull<Shared> {
    // SAFETY: an `Arc` points to something.
    unsafe { NonNull::new_unchecked(Arc::as_ptr(shared).cast_mut()) }
}

/// A request inside the gate of its session. Whoever has it leaves with it, once.
pub(crate) struct Inside(NonNull<Shared>);

// SAFETY: a reference to something `Sync` that outlives it, see the module page.
unsafe impl Send for Inside {}
// SAFETY: as above.
unsafe impl Sync for Inside {}

impl Inside {
    /// Leaves when the value that is returned is dropped.
    pub(super) fn leaving(&self) -> Leaving {
        Leaving(self.0)
    }
}

/// Leaves the gate when dropped.
pub(super) struct Leaving(NonNull<Shared>);

impl Drop for Leaving {
    fn drop(&mut self) {
        // SAFETY: until this leaves, the close has not started, so C's reference keeps it alive.
        let duty = unsafe { self.0.as_ref().gate.leave() };
        if duty == Duty::StartClose {
            start_close(self.0);
        }
    }
}

/// The session that is being connected.
pub(crate) struct Connecting(NonNull<sys::CassSession>);

// SAFETY: a session has no thread affinity, and nobody calls it before the connect is over.
unsafe impl Send for Connecting {}
// SAFETY: as above.
unsafe impl Sync for Connecting {}

/// Connect futures complete with the session's mutex held: always by courier.
unsafe extern "C" fn on_connected(future: *mut sys::CassFuture, data: *mut c_void) {
    callback_bridge::contain(|| courier::hand_over(future, data, deliver_connected));
}

/// # Safety
/// `future` is a connect future that is set, `data` the half made for it.
unsafe fn deliver_connected(future: *mut sys::CassFuture, data: *mut c_void) {
    // SAFETY: the contract is the caller's.
    let half = unsafe { Half::<Session, Connecting>::from_raw(data) };
    let raw = half.context().0;
    // SAFETY: set, says the caller.
    let outcome = match unsafe { sys::cass_future_error_code(future) } {
        sys::OK => {
            let shared = Arc::new(Shared {
                raw,
                gate: Gate::default(),
                figures: Figures::default(),
                ending: Ending::default(),
            });
            // The reference on behalf of the C session; `close` takes it back.
            std::mem::forget(Arc::clone(&shared));
            Ok(Session(shared))
        }
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
    unsafe { finish(half, future, || outcome) }
}

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
fn start_close(shared: NonNull<Shared>) {
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
            leaked("its close took no callback");
            closing.shared.ending.finish(Err(failure::from_code(code)));
            sys::cass_future_free(future);
        }
    }
}

/// Counts a session that stays until the process ends, and says so.
fn leaked(why: &str) {
    counters::LEAKED.add();
    observe::log::warn(format_args!(
        "a session could not be freed and stays until the process ends: {why}"
    ));
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
