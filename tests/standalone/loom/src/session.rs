//! A session as `src/driver/session` has it, with cells in place of C.
//!
//! Memory is freed when nothing refers to it; what stands for C's and the handles' references are
//! the cells, which loom watches.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Waker;

use callback_bridge::{Completer, Completion};
use loom::cell::UnsafeCell;
use loom::sync::mpsc::Sender;

use crate::counters::DETACHED;
use crate::delivery;
use crate::gate::{Closed, Duty, Entry, Gate, Leave, Turn, Wait};
use crate::life::Life;

/// Requests of a model at most.
const REQUESTS: usize = 3;

/// What is shared by the handle and the requests of a session.
pub struct Shared {
    gate: Gate<Place>,
    /// The C session, in as many parts as there are requests: each has its own to itself.
    c: [UnsafeCell<()>; REQUESTS],
    /// On behalf of the C session, until it is closed.
    reference: Mutex<Option<Reference>>,
    /// Who closes. Without it, the session is closed where its close starts.
    courier: Option<Sender<Parcel>>,
    closed: AtomicUsize,
}

/// What the courier is given.
pub enum Parcel {
    /// A request's future, by number, that is about to be set.
    Set(Half, usize, Arc<Future>),
    /// An errand: to close the session.
    Close(Arc<Shared>),
    /// The close future.
    Closed(Arc<Shared>),
}

/// What keeps the shared part alive.
type Reference = loom::sync::Arc<End>;

pub struct End(Life);

impl Drop for End {
    fn drop(&mut self) {
        self.0.ends();
    }
}

/// A handle.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    _reference: Reference,
}

/// A place in the gate of a session, as `session::Place`: no reference keeps the session alive.
pub struct Place(Arc<Shared>);

impl Drop for Place {
    fn drop(&mut self) {
        match self.0.gate.leave() {
            Leave::Left(duty) => self.0.owe(duty),
            Leave::HandOver(next) => next.take(Place(Arc::clone(&self.0))),
        }
    }
}

impl Place {
    /// What C does for request `number`.
    pub fn work(&self, number: usize) {
        self.0.c[number].with_mut(|_| ());
    }

    pub fn requests_inside(&self) -> usize {
        self.0.gate.inside()
    }
}

impl Session {
    pub fn new(limit: usize) -> Self {
        Self::with(limit, None)
    }

    pub fn with_courier(limit: usize, courier: Sender<Parcel>) -> Self {
        Self::with(limit, Some(courier))
    }

    fn with(limit: usize, courier: Option<Sender<Parcel>>) -> Self {
        let gate = Gate::new(limit);
        let reference = loom::sync::Arc::new(End(Life::of_the_last()));
        let c = [(); REQUESTS].map(|()| UnsafeCell::new(()));
        let of_c = Mutex::new(Some(reference.clone()));
        let shared = Shared { gate, c, reference: of_c, courier, closed: AtomicUsize::new(0) };
        Self { shared: Arc::new(shared), _reference: reference }
    }

    pub fn enter(&self) -> Option<Place> {
        match self.shared.gate.enter() {
            Entry::Entered => Some(Place(Arc::clone(&self.shared))),
            Entry::Full | Entry::Closed => None,
        }
    }

    /// Gets in line, unless there is a place or none to come.
    pub fn wait(&self) -> Result<Place, Option<Completion<Turn<Place>>>> {
        match self.shared.gate.wait() {
            Wait::Entered => Ok(Place(Arc::clone(&self.shared))),
            Wait::InLine(turn) => Err(Some(turn)),
            Wait::Closed => Err(None),
        }
    }

    /// A place, in line if it must be; `None` when the gate is closed.
    pub fn place(&self) -> Option<Place> {
        match self.wait() {
            Ok(place) => Some(place),
            Err(Some(waiting)) => turn(waiting),
            Err(None) => None,
        }
    }

    /// As the drop of `session::Waiting`.
    pub fn give_up(&self, turn: Completion<Turn<Place>>) {
        match turn.detach() {
            None => self.shared.gate.given_up(),
            Some(place) => drop(place),
        }
    }

    /// As `Place::execute`: a request in C's hands, which leaves when it is delivered.
    pub fn send(&self) -> (Half, Completion<usize, Inside>, Arc<Future>) {
        let place = self.enter().expect("room");
        let (half, completion) = callback_bridge::pair_with(Inside(Arc::clone(&self.shared)));
        std::mem::forget(place);
        (half, completion, Arc::default())
    }

    /// As `begin_close`.
    pub fn close(&self) {
        self.shared.owe(self.shared.gate.close());
    }

    /// Closes and drops the handle. What comes back keeps memory, and stands for no reference.
    pub fn close_and_drop(self) -> Rest {
        self.close();
        Rest(Arc::clone(&self.shared))
    }

    /// At the end: closed once, and empty.
    pub fn has_ended(self) {
        assert!(self.shared.gate.is_closed());
        assert_eq!((self.shared.gate.inside(), self.shared.gate.waiting()), (0, 0));
        self.shared.was_closed();
    }

    /// At the end: open and empty, with room for all.
    pub fn is_idle(self) {
        assert_eq!((self.shared.gate.inside(), self.shared.gate.waiting()), (0, 0));
        let all: Vec<_> = (0..self.shared.gate.limit()).map(|_| self.enter()).collect();
        assert!(all.iter().all(Option::is_some), "the gate is stuck");
    }
}

/// A session without a handle.
pub struct Rest(Arc<Shared>);

impl Rest {
    /// At the end: closed once.
    pub fn has_ended(self) {
        self.0.was_closed();
    }
}

impl Shared {
    fn was_closed(&self) {
        assert_eq!(self.closed.load(Ordering::Relaxed), 1, "closed so many times");
    }

    fn owe(self: &Arc<Self>, duty: Duty) {
        match (duty, &self.courier) {
            (Duty::None, _) => {}
            (Duty::StartClose, None) => {
                self.touch_all();
                self.is_closed();
            }
            (Duty::StartClose, Some(courier)) => {
                courier.send(Parcel::Close(Arc::clone(self))).unwrap();
            }
        }
    }

    /// The call of `cass_session_close`, and the free: all of what requests did comes before it.
    pub fn touch_all(&self) {
        for part in &self.c {
            part.with_mut(|_| ());
        }
    }

    /// As `deliver_closed`: gives up C's reference.
    pub fn is_closed(&self) {
        self.closed.fetch_add(1, Ordering::Relaxed);
        let reference = self.reference.lock().unwrap().take();
        drop(reference.expect("closed twice"));
    }
}

/// What comes to one who waits, awaited.
pub fn turn(turn: Completion<Turn<Place>>) -> Option<Place> {
    match loom::future::block_on(turn).expect("a turn is told") {
        Ok(place) => Some(place),
        Err(Closed) => None,
    }
}

/// A C future: freed once, by one of the two halves.
#[derive(Default)]
pub struct Future {
    outcome: UnsafeCell<()>,
    freed: AtomicUsize,
}

impl Future {
    /// As reading its outcome.
    fn read(&self) -> usize {
        self.outcome.with(|_| 7)
    }

    fn free(&self) {
        self.outcome.with_mut(|_| ());
        self.freed.fetch_add(1, Ordering::Relaxed);
    }

    /// At the end.
    pub fn was_freed(&self) {
        assert_eq!(self.freed.load(Ordering::Relaxed), 1, "freed so many times");
        // Counted up first: the count shows nothing below zero.
        DETACHED.add();
        assert_eq!(DETACHED.get(), 1, "detached, and one");
        DETACHED.sub();
    }
}

pub type Half = Completer<usize, Inside>;

/// A request in C's hands, as `session::Inside`.
pub struct Inside(Arc<Shared>);

/// As `pending::deliver`.
pub fn deliver(half: Half, number: usize, future: &Future) {
    let leaves = Place(Arc::clone(&half.context().0));
    leaves.work(number);
    delivery::finish(half, || future.read(), Waker::wake, || future.free());
}

/// As the drop of `Pending`.
pub fn give_up(completion: Completion<usize, Inside>, future: &Future) {
    delivery::give_up(completion, || future.free());
}
