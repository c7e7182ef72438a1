//! A connected C session: submitting, closing, freeing.
//!
//! An unconnected C session never leaves this module: some calls on it crash.
//!
//! A request first gets a `place`; how a session ends is told in `end`.
//!
//! # Who keeps it alive
//! What is shared has one reference from the handle and one on behalf of the C session, which is
//! given up when the close is delivered. A request needs none: while it is inside the
//! [gate](super::gate), the close has not started.

mod end;
mod place;

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use callback_bridge::Completion;

use super::cluster::Cluster;
use super::gate::{Duty, Entry, Gate, Wait};
use super::metrics::Figures;
use super::pending::{Half, Pending, finish};
use super::wakes::WakeQueue;
use super::{counters, courier, failure, frame, reaper, sys, wakes};
use crate::cluster::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::observe::{self, Metrics};
use end::Ending;
pub(crate) use place::{Inside, Place, Waiting};

/// What a session's requests and its end are held to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Requests in flight at most.
    pub(crate) in_flight: usize,
    /// How long after its close a session may stay before it counts as leaked.
    pub(crate) close_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { in_flight: usize::MAX, close_timeout: Duration::MAX }
    }
}

/// A connected session. Dropping it closes it without waiting.
pub(crate) struct Session(Arc<Shared>);

struct Shared {
    raw: NonNull<sys::CassSession>,
    gate: Gate<Place>,
    figures: Figures,
    ending: Ending,
    close_timeout: Duration,
    /// Where wakes are gathered, if they are.
    queue: Option<Arc<WakeQueue>>,
}

// SAFETY: C allows execute and prepare from any thread; close is called once, by whom the gate says.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Session {
    /// Starts to connect. The future resolves once C says how it went.
    pub(crate) fn connect(
        settings: &Settings,
        queue: Option<WakeQueue>,
    ) -> Result<Pending<Session, Connecting>> {
        courier::COURIER.start()?;
        reaper::REAPER.start()?;
        frame::start()?;
        let cluster = Cluster::new(settings)?;
        // SAFETY: no arguments.
        let raw = unsafe { sys::cass_session_new() };
        let raw = NonNull::new(raw).expect("the C driver could not allocate a session");
        let future = cluster.connect(raw, settings.contact.keyspace.as_deref());
        // When C takes no callback, the connect runs on with nobody to tell, and a session may not
        // be freed while it does: it stays.
        // SAFETY: a fresh future; `on_connected` takes the half.
        unsafe {
            let queue = queue.map(Arc::new);
            let connecting = Connecting { raw, limits: settings.limits, queue };
            Pending::install(future, on_connected, connecting, |_| {
                leaked("its connect took no callback")
            })
        }
    }

    /// A place for a request, `None` when there is none free.
    pub(crate) fn enter(&self) -> Result<Option<Place>> {
        match self.0.gate.enter() {
            Entry::Entered => Ok(Some(Place::new(&self.0))),
            Entry::Full => Ok(None),
            Entry::Closed => Err(closed()),
        }
    }

    /// Waits in line for a place.
    pub(crate) fn wait(&self) -> Waiting {
        match self.0.gate.wait() {
            Wait::Entered => Waiting::served(&self.0, Ok(Place::new(&self.0))),
            Wait::InLine(turn) => Waiting::in_line(&self.0, turn),
            Wait::Closed => Waiting::served(&self.0, Err(closed())),
        }
    }

    /// Refuses requests from now on; the close starts when the last one inside has been delivered.
    pub(crate) fn begin_close(&self) {
        match self.0.gate.close() {
            Duty::StartClose => end::start(address(&self.0)),
            Duty::None => end::watch(&self.0),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.gate.is_closed()
    }

    /// Requests that were submitted and have not been delivered.
    pub(crate) fn in_flight(&self) -> usize {
        self.0.gate.inside()
    }

    /// Requests that wait for a place.
    pub(crate) fn waiting(&self) -> usize {
        self.0.gate.waiting()
    }

    /// Places for requests.
    pub(crate) fn places(&self) -> usize {
        self.0.gate.limit()
    }

    /// C's figures and ours; after the close, the last ones.
    pub(crate) fn metrics(&self) -> Metrics {
        // SAFETY: connected, and `end` keeps the figures before it closes.
        let figures = unsafe { self.0.figures.read(self.0.raw) };
        Metrics { in_flight: self.in_flight() as u64, ..figures }
    }

    /// Resolves when the session has closed, at once if it has. Does not start the close.
    pub(crate) fn closed(&self) -> Completion<Result<()>> {
        self.0.ending.wait()
    }
}

/// Counts a session that may stay until the process ends, and says so.
fn leaked(why: &str) {
    counters::LEAKED.add();
    observe::log::warn(format_args!("a session is not freed: {why}"));
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "no request is taken after close")
}

impl Drop for Session {
    fn drop(&mut self) {
        self.begin_close();
    }
}

/// Sessions whose close has not been delivered, and a few that are gone.
static SESSIONS: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

/// Requests in flight on all sessions of the process.
pub(crate) fn in_flight() -> u64 {
    let sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    sessions.iter().filter_map(Weak::upgrade).map(|session| session.gate.inside() as u64).sum()
}

fn register(session: &Arc<Shared>) {
    let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
    sessions.retain(|session| session.strong_count() > 0);
    sessions.push(Arc::downgrade(session));
}

/// The address of what is shared, good for taking a reference back.
fn address(shared: &Arc<Shared>) -> NonNull<Shared> {
    // SAFETY: an `Arc` points to something.
    unsafe { NonNull::new_unchecked(Arc::as_ptr(shared).cast_mut()) }
}

/// The session that is being connected.
pub(crate) struct Connecting {
    raw: NonNull<sys::CassSession>,
    limits: Limits,
    queue: Option<Arc<WakeQueue>>,
}

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
    let Connecting { raw, limits, ref queue } = *half.context();
    let queue = queue.clone();
    // SAFETY: set, says the caller.
    let outcome = match unsafe { sys::cass_future_error_code(future) } {
        sys::OK => {
            let gate = Gate::new(limits.in_flight);
            let ending = Ending::default();
            let close_timeout = limits.close_timeout;
            let figures = Figures::default();
            let shared = Arc::new(Shared { raw, gate, figures, ending, close_timeout, queue });
            register(&shared);
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
    unsafe { finish(half, future, || outcome, wakes::at_once) }
}
