//! The requests for the pages of a stream, each asked for where the one before arrives.
//!
//! # Contract
//! - The right to ask for a page is a value, the [`Asker`]. It owns the statement, and lies with the
//!   stream or with the callback of the request that it made: so pages are asked for one after the
//!   other, and nobody writes to a statement that C may be reading.
//! - The callback of a page, or the courier in its place, asks for the next one when there is one,
//!   when there is [`Room`] for it, and when nobody waits for a place of the session. Else the asker
//!   comes home with the page, and the stream asks when it is polled, and waits in line like others.
//! - The next request takes over the place of the one before, which is as good as to leave and enter
//!   again while nobody waits. So it is inside the gate before the close can start, and a stream
//!   keeps no session alive from a callback.
//! - What was asked for in a callback comes with the page before it: a chain, in the order of the
//!   pages, whichever of them arrives first. It is as long as there is room, and is dropped from its
//!   head, page by page, so that no stack grows with it.
//! - A callback may come inside the call that asks, when the answer is quicker than the call. It asks in
//!   its turn, up to [`NESTED`] deep; from there the asker comes home.
//!
//! # Cost
//! A slot a page, and one allocation a stream for the asker. No lock.

use std::cell::Cell;
use std::ffi::c_void;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use super::answer::Answer;
use super::pending::{Half, Outcome, Pending, finish};
use super::result::ResultSet;
use super::session::{Inside, Place};
use super::statement::Statement;
use super::{courier, frame, sys};
use crate::error::{Error, Result};

/// How many pages a stream may have: asked for, arrived, or being read.
pub(crate) struct Room {
    pages: AtomicUsize,
    most: usize,
}

impl Room {
    /// For so many pages.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { pages: AtomicUsize::new(0), most })
    }

    /// Takes the room for a page that is about to be asked for, if there is any. Only who has the
    /// asker may call this: then nobody takes the same room twice.
    pub(crate) fn take(&self) -> bool {
        // ORDERING: acquires the end of the page whose room this is.
        let free = self.pages.load(Ordering::Acquire) < self.most;
        if free {
            // ORDERING: only giving back publishes something.
            self.pages.fetch_add(1, Ordering::Relaxed);
        }
        free
    }

    /// A page is gone, or does not come.
    pub(crate) fn give_back(&self) {
        // ORDERING: releases the end of the page to who takes its room.
        self.pages.fetch_sub(1, Ordering::Release);
    }
}

/// What asks for the pages of a stream.
pub(crate) struct Asker {
    statement: Statement,
    room: Arc<Room>,
    /// How who waits for its pages is woken: as it was when it last asked itself.
    gathered: bool,
    /// The callback's half of the request that is under way.
    half: Option<Half<Landed, Inside>>,
}

impl Asker {
    pub(crate) fn new(statement: Statement, room: Arc<Room>) -> Box<Self> {
        Box::new(Self { statement, room, gathered: false, half: None })
    }

    /// The page that is asked for next starts here.
    pub(crate) fn start_at(&mut self, state: &[u8]) -> Result<()> {
        self.statement.set_paging_state(state)
    }

    /// Hands the request to C. Room for its page was taken before. An error takes the asker with
    /// it: C may be reading its statement.
    pub(crate) fn ask(mut self: Box<Self>, place: Place) -> Result<Coming> {
        self.gathered = place.gathers();
        self.send(place)
    }

    fn send(self: Box<Self>, place: Place) -> Result<Coming> {
        let (inside, future) = place.submit(&self.statement, self.gathered);
        let pack = |half| {
            let mut asker = self;
            asker.half = Some(half);
            Box::into_raw(asker).cast()
        };
        let refused = |data: *mut c_void| {
            // SAFETY: C did not keep what `pack` has made.
            let mut asker = unsafe { Box::from_raw(data.cast::<Self>()) };
            drop(asker.half.take().map(|half| half.context().leaving()));
        };
        // SAFETY: a fresh future; `on_page` takes what `pack` makes.
        let pending = unsafe { Pending::install_with(future, on_page, inside, pack, refused) };
        pending.map(|pending| Coming(Some(pending)))
    }

    /// What the stream gets of a request that has come back. Uses `place` up where it asks again.
    fn land(self: Box<Self>, outcome: Result<ResultSet>, place: &mut Option<Place>) -> Landed {
        let next = match &outcome {
            Ok(page) => self.ask_on(page, place),
            Err(_) => Next::Home(self),
        };
        Landed { outcome, next }
    }

    /// Asks for the page after this one, in its callback.
    fn ask_on(mut self: Box<Self>, page: &ResultSet, place: &mut Option<Place>) -> Next {
        let may_stay = place.as_ref().is_some_and(Place::may_stay);
        let (Some(asking), Some(state), true) = (Asking::begin(), page.paging_state(), may_stay)
        else {
            return Next::Home(self);
        };
        if !self.room.take() {
            return Next::Home(self);
        }
        let room = Arc::clone(&self.room);
        let (Ok(()), Some(place)) = (self.start_at(state), place.take()) else {
            room.give_back();
            return Next::Home(self);
        };
        let asked = self.send(place);
        drop(asking);
        match asked {
            Ok(coming) => Next::Asked(coming),
            Err(error) => Next::Failed(error),
        }
    }
}

/// How many requests for pages this thread may be making, each in the callback of the one before.
const NESTED: u8 = 8;

thread_local! {
    static ASKING: Cell<u8> = const { Cell::new(0) };
}

/// This thread asks for a page in a callback, as long as this lives.
struct Asking;

impl Asking {
    /// None when it does so too deep, or is at its end.
    fn begin() -> Option<Self> {
        let depth = ASKING.try_with(Cell::get).ok().filter(|depth| *depth < NESTED)?;
        ASKING.set(depth + 1);
        Some(Self)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let _ = ASKING.try_with(|asking| asking.set(asking.get() - 1));
    }
}

/// What comes of a page's request.
struct Landed {
    outcome: Result<ResultSet>,
    next: Next,
}

/// How it goes on after a page.
pub(crate) enum Next {
    /// The page after it was asked for.
    Asked(Coming),
    /// It was not: there is none, it has no room, or others wait for a place. Or the page failed.
    Home(Box<Asker>),
    /// It was, and C did not take the request: it is over.
    Failed(Error),
}

/// A page on its way, with those that are asked for where it arrives. Dropping it detaches.
pub(crate) struct Coming(Option<Pending<Landed>>);

/// A page that has arrived, or has failed.
pub(crate) struct Landing {
    pub(crate) outcome: Result<(ResultSet, Answer)>,
    /// `None` when its callback was lost half-way.
    pub(crate) next: Option<Next>,
}

impl Coming {
    /// To be polled no more once it has landed.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Landing> {
        let mut pending = self.0.take().expect("a page was polled after it had landed");
        let Poll::Ready(landed) = Pin::new(&mut pending).poll(cx) else {
            self.0 = Some(pending);
            return Poll::Pending;
        };
        Poll::Ready(match landed {
            Ok(Landed { outcome, next }) => {
                let outcome = outcome.map(|page| (page, pending.into_answer()));
                Landing { outcome, next: Some(next) }
            }
            Err(error) => Landing { outcome: Err(error), next: None },
        })
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        // One after the other, and not one inside the other: there may be many.
        let mut head = self.0.take();
        while let Some(mut pending) = head {
            head = match pending.try_take() {
                Some(Ok(Landed { next: Next::Asked(mut coming), .. })) => coming.0.take(),
                _ => None,
            };
        }
    }
}

/// The callback of a page's request.
unsafe extern "C" fn on_page(future: *mut sys::CassFuture, data: *mut c_void) {
    frame::frame(|| {
        // SAFETY: C passes the future that is being set. Asking never blocks.
        if unsafe { sys::cass_future_ready(future) } != 0 {
            // SAFETY: the future is set, and `data` is the asker that `ask` gave to C.
            unsafe { deliver(future, data) }
        } else {
            courier::hand_over(future, data, deliver);
        }
    });
}

/// Reads the page, asks for the next, completes the slot, wakes, and leaves the gate if the next
/// page has not taken over the place.
///
/// # Safety
/// `future` is set; `data` is an asker with the half of its request, and is not used again.
unsafe fn deliver(future: *mut sys::CassFuture, data: *mut c_void) {
    // SAFETY: the contract is the caller's.
    let mut asker = unsafe { Box::from_raw(data.cast::<Asker>()) };
    let half = asker.half.take().expect("the asker of a request that was sent");
    let wake = half.context().waking();
    let mut place = Some(half.context().leaving());
    // SAFETY: as above. When nobody waits any more, nothing is read, and the asker is dropped.
    unsafe { finish(half, future, || Ok(asker.land(ResultSet::read(future), &mut place)), wake) }
}
