//! A place inside the gate of a session: what a request needs before C gets it.
//!
//! A place is dropped, and leaves; or it is used up by a submission, and the request leaves when its
//! outcome is delivered. Nothing here blocks.

use std::future::Future;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use callback_bridge::Completion;

use super::super::batch::Batch;
use super::super::gate::{Closed, Duty, Leave, Turn};
use super::super::pending::Pending;
use super::super::prepared::Prepared;
use super::super::result::ResultSet;
use super::super::statement::Statement;
use super::super::{frame, sys, wakes};
use super::{Shared, address, closed, end};
use crate::error::Result;

/// A place inside the gate of a session, for one request. Dropping it leaves.
pub(crate) struct Place(NonNull<Shared>);

// SAFETY: a reference to something `Sync` that outlives it, see the module page.
unsafe impl Send for Place {}
// SAFETY: as above.
unsafe impl Sync for Place {}

impl Place {
    /// For one that was let in.
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self(address(shared))
    }

    pub(crate) fn prepare(self, cql: &str) -> Result<Pending<Prepared>> {
        let inside = self.into_inside_here();
        // SAFETY: inside the gate the session is connected and not closing; C copies the text.
        unsafe {
            let (text, length) = (cql.as_ptr().cast(), cql.len());
            let future = sys::cass_session_prepare_n(inside.session(), text, length);
            Pending::request(future, inside)
        }
    }

    /// Hands a statement to C, which reads it until the request ends: the caller writes to it no
    /// more before that.
    pub(crate) fn execute(self, statement: &Statement) -> Result<Pending<ResultSet>> {
        let gathered = self.gathers();
        let (inside, future) = self.submit(statement, gathered);
        // SAFETY: a fresh future, inside the gate.
        unsafe { Pending::request(future, inside) }
    }

    /// Whether a request that this thread makes now is woken through the session's queue. Not one of a
    /// task on C's threads: its wake shall leave it there.
    pub(in crate::driver) fn gathers(&self) -> bool {
        // SAFETY: as long as the place is held, what is shared is alive.
        unsafe { self.0.as_ref() }.queue.is_some() && !frame::is_polling()
    }

    /// As [`execute`](Self::execute), up to the future, which the caller then owns. `gathered` says how
    /// it is woken.
    pub(in crate::driver) fn submit(
        self,
        statement: &Statement,
        gathered: bool,
    ) -> (Inside, *mut sys::CassFuture) {
        let inside = self.into_inside(gathered);
        // SAFETY: as in `prepare`; C takes a reference to the statement.
        let future = unsafe { sys::cass_session_execute(inside.session(), statement.as_ptr()) };
        (inside, future)
    }

    /// Whether this place may serve another request, instead of being left and entered again: the
    /// session takes requests, and nobody waits.
    pub(in crate::driver) fn may_stay(&self) -> bool {
        // SAFETY: as long as the place is held, what is shared is alive.
        unsafe { self.0.as_ref() }.gate.may_stay()
    }

    /// As [`execute`](Self::execute), for a batch and the statements in it.
    pub(crate) fn execute_batch(self, batch: &Batch) -> Result<Pending<ResultSet>> {
        let inside = self.into_inside_here();
        // SAFETY: as in `prepare`; C takes a reference to the batch.
        unsafe {
            let future = sys::cass_session_execute_batch(inside.session(), batch.as_ptr());
            Pending::request(future, inside)
        }
    }

    /// From here on the request leaves, when it is delivered.
    fn into_inside(self, gathered: bool) -> Inside {
        Inside { shared: std::mem::ManuallyDrop::new(self).0, gathered }
    }

    fn into_inside_here(self) -> Inside {
        let gathered = self.gathers();
        self.into_inside(gathered)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // SAFETY: this place is given up here, once.
        unsafe { leave(self.0) }
    }
}

/// # Safety
/// The caller has a place, and gives it up.
unsafe fn leave(shared: NonNull<Shared>) {
    // SAFETY: as long as the place is held the close has not started, so C's reference keeps what is
    // shared alive. Nothing here touches it after the place has been given up.
    match unsafe { shared.as_ref() }.gate.leave() {
        Leave::Left(Duty::None) => {}
        Leave::Left(Duty::StartClose) => end::start(shared),
        Leave::HandOver(next) => next.take(Place(shared)),
    }
}

/// A request inside the gate of its session, in C's hands. Whoever has it leaves with it, once.
pub(crate) struct Inside {
    shared: NonNull<Shared>,
    /// Whether its wake goes through the session's queue.
    gathered: bool,
}

// SAFETY: as for `Place`.
unsafe impl Send for Inside {}
// SAFETY: as for `Place`.
unsafe impl Sync for Inside {}

impl Inside {
    fn session(&self) -> *mut sys::CassSession {
        // SAFETY: not yet left, so what is shared is alive.
        unsafe { self.shared.as_ref() }.raw.as_ptr()
    }

    /// Leaves when the value that is returned is dropped.
    pub(in crate::driver) fn leaving(&self) -> Place {
        Place(self.shared)
    }

    /// How the task is woken that waits for the answer. May be called when this is gone.
    pub(in crate::driver) fn waking(&self) -> impl FnOnce(Waker) + use<> {
        // SAFETY: not yet left, so what is shared is alive.
        let queue = self.gathered.then(|| unsafe { self.shared.as_ref() }.queue.clone()).flatten();
        move |waker| match queue {
            Some(queue) => queue.push(waker),
            None => wakes::at_once(waker),
        }
    }
}

/// The future of a place.
///
/// Dropping it gives up the turn; a place that had come by then goes to the next in line.
pub(crate) struct Waiting {
    shared: Arc<Shared>,
    state: State,
}

enum State {
    InLine(Completion<Turn<Place>>),
    Served(Result<Place>),
    Done,
}

impl Waiting {
    pub(super) fn in_line(shared: &Arc<Shared>, turn: Completion<Turn<Place>>) -> Self {
        Self { shared: Arc::clone(shared), state: State::InLine(turn) }
    }

    pub(super) fn served(shared: &Arc<Shared>, place: Result<Place>) -> Self {
        Self { shared: Arc::clone(shared), state: State::Served(place) }
    }
}

impl Future for Waiting {
    type Output = Result<Place>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::InLine(turn) = &mut self.state {
            let turn = ready!(Pin::new(turn).poll(cx));
            self.state = State::Served(turn.unwrap_or(Err(Closed)).map_err(|Closed| closed()));
        }
        match std::mem::replace(&mut self.state, State::Done) {
            State::Served(served) => Poll::Ready(served),
            _ => panic!("a place was waited for after it had come"),
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let State::InLine(turn) = std::mem::replace(&mut self.state, State::Done) {
            match turn.detach() {
                None => self.shared.gate.given_up(),
                Some(place) => drop(place),
            }
        }
    }
}
