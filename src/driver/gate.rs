//! The gate of a session: who is inside, who waits for a place, and who starts the close.
//!
//! A request that C takes in after its session closed is lost, and its future would hang. A close
//! that C begins while requests lie in its queue crashes some drivers: when such a request fails on
//! the spot, for want of a connection, the close ends in the middle of the event loop's own work,
//! which then goes on with what was torn down. So the close of a C session starts when the last
//! request has been delivered, and not before.
//!
//! C refuses a request when its queue is full. So the gate has a number of places, and whoever finds
//! none waits in line. A place is handed over, first come, first served: while anybody waits, the
//! number inside does not fall, and nobody enters past the line.
//!
//! # The word
//! `requests << 2 | LINE | CLOSED`
//!
//! | from | who, event | to | duty |
//! |---|---|---|---|
//! | open, n < limit requests | a request enters | open, n + 1 | submit; leave once delivered |
//! | open, n ≥ limit requests | a request waits | LINE, n | none: the line is served by who leaves |
//! | LINE, n requests | a request waits | the same | none |
//! | LINE, n requests | a request leaves | the same | its place goes to the first in line |
//! | LINE, n requests | the line was empty | open, n | leave again |
//! | open, n + 1 requests | a request leaves | open, n | none |
//! | open or LINE, n requests | close | CLOSED, n | send the line away; for n = 0, start the close |
//! | CLOSED, n requests | a request enters, or waits | the same | refuse |
//! | open, n requests | a request goes on to another in its place | the same | as who enters |
//! | CLOSED, n + 2 requests | a request leaves | CLOSED, n + 1 | none |
//! | CLOSED, 1 request | the last leaves | CLOSED, 0 | start the close |
//! | CLOSED, n requests | close | the same | none |
//!
//! Behind a closed gate the count only falls, so one event, and only one, leads to CLOSED with
//! nobody inside: whoever causes it starts the close, and nobody waits for it.
//!
//! `LINE` is set and cleared under the line's lock only. It is set while the gate is full, and from
//! then on nobody leaves without serving the line: so as long as it is set there is somebody
//! inside who will.
//!
//! # Touching nothing after leaving
//! What leaves may be the last thing that keeps the gate alive. So a place is given away, or the
//! count lowered, as the last access.
//!
//! # Cost
//! Two read-modify-writes on the session's word a request. One that waits costs a slot and two short
//! locks besides; the lock is held for a push or a pop, never while a waker is called.

use std::cell::RefCell;
use std::collections::VecDeque;

use callback_bridge::{Completer, Completion};

use super::sync::{AtomicUsize, Mutex, MutexGuard, Ordering, PoisonError, thread_local};

const CLOSED: usize = 1;
const LINE: usize = 2;
const REQUEST: usize = 4;

/// More than this many given up in line, and more than half of it: they are cleared out.
const GIVEN_UP: usize = 64;

/// The word of a gate with its line; the owner does what its methods say. `P` is a place.
pub(super) struct Gate<P: 'static> {
    word: AtomicUsize,
    limit: usize,
    line: Mutex<Line<P>>,
}

struct Line<P> {
    waiting: VecDeque<Completer<Turn<P>>>,
    /// Those in it who do not wait any more, or have been served since.
    given_up: usize,
}

/// What comes to one who waited: a place, or the news that the gate is closed.
pub(super) type Turn<P> = Result<P, Closed>;

/// The gate is closed, and stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed;

/// What became of an entry.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Inside: leave once.
    Entered,
    /// No place is free.
    Full,
    Closed,
}

/// What became of an attempt to wait.
pub(super) enum Wait<P> {
    /// A place was free after all: inside.
    Entered,
    InLine(Completion<Turn<P>>),
    Closed,
}

/// What the caller owes after an event.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// Nothing.
    None,
    /// To start the close: the gate is closed, nobody is inside, nobody will be.
    StartClose,
}

/// How a leaving request goes.
#[must_use]
pub(super) enum Leave<P: 'static> {
    /// Out.
    Left(Duty),
    /// Not out: the place is to be given to this one, who waits.
    HandOver(Next<P>),
}

/// One who waits, and is to get the place of one who leaves.
pub(super) struct Next<P: 'static>(Completer<Turn<P>>);

impl<P: 'static> Gate<P> {
    /// A gate with so many places, one at least.
    pub(super) fn new(limit: usize) -> Self {
        let line = Line { waiting: VecDeque::new(), given_up: 0 };
        Self { word: AtomicUsize::new(0), limit: limit.max(1), line: Mutex::new(line) }
    }

    /// Lets a request in, or not.
    pub(super) fn enter(&self) -> Entry {
        // ORDERING: what is read here is confirmed by the exchange, or out of date in any case.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            if word & CLOSED != 0 {
                return Entry::Closed;
            }
            if word & LINE != 0 || word / REQUEST >= self.limit {
                return Entry::Full;
            }
            // ORDERING: Relaxed: entering publishes nothing; leaving does, and its release sequence
            // is not broken by read-modify-writes in between.
            let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
            match self.word.compare_exchange_weak(word, word + REQUEST, success, failure) {
                Ok(_) => return Entry::Entered,
                Err(now) => word = now,
            }
        }
    }

    /// Gets in line, if there is still no place.
    pub(super) fn wait(&self) -> Wait<P> {
        let mut line = self.line();
        loop {
            match self.enter() {
                Entry::Entered => return Wait::Entered,
                Entry::Closed => return Wait::Closed,
                Entry::Full => {}
            }
            // ORDERING: as in `enter`.
            let word = self.word.load(Ordering::Relaxed);
            let full = word & CLOSED == 0 && word / REQUEST >= self.limit;
            // LINE does not go away under the lock, except by a close, which then waits for the
            // lock to send everybody away.
            let in_line = word & LINE != 0;
            // ORDERING: Relaxed: the line itself is published by its lock.
            let (success, failure) = (Ordering::Relaxed, Ordering::Relaxed);
            let set = || self.word.compare_exchange(word, word | LINE, success, failure).is_ok();
            if in_line || (full && set()) {
                let (completer, completion) = callback_bridge::pair();
                line.waiting.push_back(completer);
                return Wait::InLine(completion);
            }
        }
    }

    /// A place is given up: the count falls, or it goes to the first in line.
    pub(super) fn leave(&self) -> Leave<P> {
        // ORDERING: what is read here is confirmed by the exchange, or by the lock.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            if word & (LINE | CLOSED) == LINE {
                if let Some(next) = self.first_in_line() {
                    return Leave::HandOver(next);
                }
                word = self.word.load(Ordering::Relaxed);
                continue;
            }
            // ORDERING: AcqRel: releases what the request did to whoever starts the close; as the
            // one who starts it, acquires what all others did.
            let (success, failure) = (Ordering::AcqRel, Ordering::Relaxed);
            match self.word.compare_exchange_weak(word, word - REQUEST, success, failure) {
                Ok(_) if word & !LINE == REQUEST | CLOSED => return Leave::Left(Duty::StartClose),
                Ok(_) => return Leave::Left(Duty::None),
                Err(now) => word = now,
            }
        }
    }

    /// Whether one inside may go on to another request in its place: as good as to leave and enter
    /// again, as long as nobody waits and the gate is open. It still leaves once.
    pub(super) fn may_stay(&self) -> bool {
        // ORDERING: nothing is published. Who gets in line, or closes, after this look comes after
        // the entry that it stands for.
        self.word.load(Ordering::Relaxed) & (LINE | CLOSED) == 0
    }

    fn first_in_line(&self) -> Option<Next<P>> {
        let mut line = self.line();
        let first = loop {
            match line.waiting.pop_front() {
                // Its turn would come to nobody. One that gives up after this look gives its
                // place back.
                Some(gone) if gone.is_detached() => {
                    line.given_up = line.given_up.saturating_sub(1);
                }
                other => break other,
            }
        };
        if line.waiting.is_empty() {
            line.given_up = 0;
            // ORDERING: as in `wait`.
            self.word.fetch_and(!LINE, Ordering::Relaxed);
        }
        first.map(Next)
    }

    /// One in line has given up. Its entry stays until it is passed over, or many have.
    pub(super) fn given_up(&self) {
        let mut line = self.line();
        line.given_up += 1;
        if line.given_up > GIVEN_UP.max(line.waiting.len() / 2) {
            line.given_up = 0;
            line.waiting.retain(|waiting| !waiting.is_detached());
            // An empty line keeps its mark: whoever leaves next finds it empty and takes it away.
        }
    }

    /// Lets nobody in any more. More than once is fine.
    pub(super) fn close(&self) -> Duty {
        // ORDERING: Acquire: as the one who starts the close, acquires what all requests did. It
        // releases nothing, and does not break the release sequence of those who left.
        let word = self.word.fetch_or(CLOSED, Ordering::Acquire);
        let away = {
            let mut line = self.line();
            line.given_up = 0;
            std::mem::take(&mut line.waiting)
        };
        // With the lock released: a waker is foreign code.
        for waiting in away {
            let _ = waiting.complete(Err(Closed));
        }
        match word & !LINE {
            0 => Duty::StartClose,
            _ => Duty::None,
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        // ORDERING: a hint, out of date when it returns.
        self.word.load(Ordering::Relaxed) & CLOSED != 0
    }

    /// Requests inside.
    pub(super) fn inside(&self) -> usize {
        // ORDERING: a statistic.
        self.word.load(Ordering::Relaxed) / REQUEST
    }

    /// Requests in line, some of which may have given up.
    pub(super) fn waiting(&self) -> usize {
        self.line().waiting.len()
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    fn line(&self) -> MutexGuard<'_, Line<P>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hand-overs that came up while a thread was in one.
type Later = VecDeque<Box<dyn FnOnce()>>;

thread_local! {
    /// Some while this thread is in a hand-over.
    static LATER: RefCell<Option<Later>> = const { RefCell::new(None) };
}

impl<P: 'static> Next<P> {
    /// Gives the place. Wakes; a place that nobody takes is dropped, which leaves again.
    ///
    /// A wake may run a task that ends at once and leaves in its turn. On the same thread that comes
    /// after this, and not inside it, however many wait.
    pub(super) fn take(self, place: P) {
        let mut now = Some((self.0, place));
        let begun = LATER.try_with(|later| match &mut *later.borrow_mut() {
            Some(later) => {
                if let Some((waiting, place)) = now.take() {
                    later.push_back(Box::new(move || drop(waiting.complete(Ok(place)))));
                }
            }
            begun => *begun = Some(VecDeque::new()),
        });
        let Some((waiting, place)) = now else { return };
        drop(waiting.complete(Ok(place)));
        // Without it, this thread is at its end and has nobody to run tasks inside a wake.
        if begun.is_ok() {
            let later = || LATER.with(|later| later.borrow_mut().as_mut()?.pop_front());
            while let Some(next) = later() {
                next();
            }
            LATER.with(|later| *later.borrow_mut() = None);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::FutureExt;
    use futures::executor::block_on;

    use super::*;

    /// A place of a gate that nobody has to free.
    struct Place(Arc<Gate<Place>>);

    impl Drop for Place {
        fn drop(&mut self) {
            match self.0.leave() {
                Leave::Left(_) => {}
                Leave::HandOver(next) => next.take(Place(Arc::clone(&self.0))),
            }
        }
    }

    fn gate(limit: usize) -> Arc<Gate<Place>> {
        Arc::new(Gate::new(limit))
    }

    fn enter(gate: &Arc<Gate<Place>>) -> Option<Place> {
        (gate.enter() == Entry::Entered).then(|| Place(Arc::clone(gate)))
    }

    fn in_line(gate: &Arc<Gate<Place>>) -> Completion<Turn<Place>> {
        match gate.wait() {
            Wait::InLine(turn) => turn,
            Wait::Entered => panic!("a place was free"),
            Wait::Closed => panic!("closed"),
        }
    }

    fn left(leave: Leave<Place>) -> Duty {
        match leave {
            Leave::Left(duty) => duty,
            Leave::HandOver(_) => panic!("somebody is in line"),
        }
    }

    #[test]
    fn the_last_to_leave_a_closed_gate_starts_the_close() {
        let gate = gate(9);
        assert_eq!(gate.enter(), Entry::Entered);
        assert_eq!(gate.enter(), Entry::Entered);
        assert_eq!(gate.close(), Duty::None);
        assert_eq!(gate.enter(), Entry::Closed);
        assert_eq!(gate.close(), Duty::None);
        assert_eq!(left(gate.leave()), Duty::None);
        assert_eq!(gate.inside(), 1);
        assert_eq!(left(gate.leave()), Duty::StartClose);
        assert_eq!(gate.close(), Duty::None, "only once");
    }

    #[test]
    fn an_empty_gate_is_closed_by_its_closer() {
        let gate = gate(9);
        assert_eq!(gate.enter(), Entry::Entered);
        assert_eq!(left(gate.leave()), Duty::None);
        assert_eq!(gate.close(), Duty::StartClose);
        assert!(gate.is_closed());
    }

    #[test]
    fn one_of_many_threads_starts_the_close() {
        for limit in [1, 2, 9] {
            for _ in 0..200 {
                let gate: Gate<()> = Gate::new(limit);
                let duties = Mutex::new(Vec::new());
                std::thread::scope(|scope| {
                    for _ in 0..3 {
                        scope.spawn(|| {
                            loop {
                                match gate.enter() {
                                    Entry::Closed => return,
                                    Entry::Full => std::thread::yield_now(),
                                    Entry::Entered => match gate.leave() {
                                        Leave::Left(duty) => duties.lock().unwrap().push(duty),
                                        Leave::HandOver(_) => unreachable!("nobody waits"),
                                    },
                                }
                            }
                        });
                    }
                    let duty = gate.close();
                    duties.lock().unwrap().push(duty);
                });
                let started = duties.into_inner().unwrap();
                assert_eq!(started.iter().filter(|duty| **duty == Duty::StartClose).count(), 1);
            }
        }
    }

    #[test]
    fn a_place_may_stay_while_nobody_waits() {
        let gate = gate(1);
        let one = enter(&gate).unwrap();
        assert!(gate.may_stay());
        let waiting = in_line(&gate);
        assert!(!gate.may_stay());
        drop((waiting, one));
        assert_eq!(gate.enter(), Entry::Entered);
        assert!(gate.may_stay());
        assert_eq!(gate.close(), Duty::None);
        assert!(!gate.may_stay());
        assert_eq!(left(gate.leave()), Duty::StartClose);
    }

    #[test]
    fn places_go_to_the_first_in_line() {
        let gate = gate(2);
        let (one, two) = (enter(&gate).unwrap(), enter(&gate).unwrap());
        let (mut third, mut fourth) = (in_line(&gate), in_line(&gate));
        drop(one);
        assert_eq!((gate.inside(), gate.waiting()), (2, 1));
        assert!(enter(&gate).is_none(), "past the line");
        assert!((&mut fourth).now_or_never().is_none());
        let third = (&mut third).now_or_never().unwrap().unwrap().unwrap();
        drop((two, third));
        let fourth = block_on(fourth).unwrap().unwrap();
        assert_eq!((gate.inside(), gate.waiting()), (1, 0));
        assert!(enter(&gate).is_some());
        drop(fourth);
        assert_eq!(gate.inside(), 0);
    }

    #[test]
    fn who_gives_up_is_passed_over() {
        let gate = gate(1);
        let one = enter(&gate).unwrap();
        let (second, third) = (in_line(&gate), in_line(&gate));
        drop(second);
        gate.given_up();
        drop(one);
        let third = block_on(third).unwrap().unwrap();
        // Given, and not taken.
        let fourth = in_line(&gate);
        drop(third);
        assert_eq!(gate.inside(), 1);
        drop(fourth);
        assert_eq!(gate.inside(), 0);
        assert!(enter(&gate).is_some());
    }

    #[test]
    fn a_line_that_was_given_up_takes_no_memory_and_stops_nobody() {
        let gate = gate(1);
        let one = enter(&gate).unwrap();
        for _ in 0..10_000 {
            drop(in_line(&gate));
            gate.given_up();
            assert!(gate.waiting() <= GIVEN_UP + 1);
        }
        drop(one);
        assert_eq!(gate.inside(), 0);
        assert!(enter(&gate).is_some());
    }

    #[test]
    fn a_close_sends_the_line_away() {
        let gate = gate(1);
        assert_eq!(gate.enter(), Entry::Entered);
        let second = in_line(&gate);
        assert_eq!(gate.close(), Duty::None);
        assert!(block_on(second).unwrap().is_err());
        assert!(matches!(gate.wait(), Wait::Closed));
        assert_eq!(left(gate.leave()), Duty::StartClose);
    }

    /// A waker that drops what it was woken for: the place goes on to the next, ten thousand times.
    #[test]
    fn a_long_line_takes_no_stack() {
        struct Drops(Mutex<Option<Completion<Turn<Place>>>>);
        impl std::task::Wake for Drops {
            fn wake(self: Arc<Self>) {
                let turn = self.0.lock().unwrap().take();
                drop(turn);
            }
        }
        let gate = gate(1);
        let one = enter(&gate).unwrap();
        for _ in 0..10_000 {
            let mut turn = in_line(&gate);
            let drops = Arc::new(Drops(Mutex::new(None)));
            let waker = Arc::clone(&drops).into();
            assert!(turn.poll_unpin(&mut std::task::Context::from_waker(&waker)).is_pending());
            *drops.0.lock().unwrap() = Some(turn);
        }
        let thread = std::thread::Builder::new().stack_size(64 * 1024);
        thread.spawn(move || drop(one)).unwrap().join().unwrap();
        assert_eq!((gate.inside(), gate.waiting()), (0, 0));
    }

    /// Threads enter, wait, give up; another closes. Everybody ends, and nobody is left inside.
    #[test]
    fn many_threads_in_line() {
        for round in 0..300 {
            let gate = gate(2);
            let threads: Vec<_> = (0..3_usize)
                .map(|thread| {
                    let gate = Arc::clone(&gate);
                    std::thread::spawn(move || {
                        let mut entered = 0;
                        for step in 0.. {
                            if step > 200 {
                                break;
                            }
                            let place = match gate.enter() {
                                Entry::Closed => break,
                                Entry::Entered => Place(Arc::clone(&gate)),
                                Entry::Full => match gate.wait() {
                                    Wait::Closed => break,
                                    Wait::Entered => Place(Arc::clone(&gate)),
                                    Wait::InLine(turn) if (step + thread) % 3 == 0 => {
                                        if turn.detach().is_none() {
                                            gate.given_up();
                                        }
                                        continue;
                                    }
                                    Wait::InLine(turn) => match block_on(turn).unwrap() {
                                        Ok(place) => place,
                                        Err(Closed) => break,
                                    },
                                },
                            };
                            assert!(gate.inside() <= 2);
                            entered += 1;
                            drop(place);
                        }
                        entered
                    })
                })
                .collect();
            if round % 2 == 0 {
                let _ = gate.close();
            }
            let entered: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
            assert!(round % 2 == 0 || entered > 0);
            assert_eq!((gate.inside(), gate.waiting()), (0, 0));
        }
    }
}
