//! Models of the event stream: every transition of the bell and of the ring, against every one of the
//! other side, and emitters against each other.
//!
//! ```text
//! |                       | publish, room          | publish, displaces     | no room               |
//! |-----------------------|------------------------|------------------------|-----------------------|
//! | pop                   | events_of_one_thread...| the_oldest_is_..., the_reader_is_lapped,       |
//! |                       |                        | the_newest_is_refused_while_..., nodes_are_... |
//! | another's publish     | events_of_two_threads  | two_displace_while_... | nodes_are_taken_...   |
//!
//! |                       | ring                                            | end                    |
//! |-----------------------|-------------------------------------------------|------------------------|
//! | arm                   | an_event_and_the_end_arrive, the_reader_sleeps_.| the_end_arrives        |
//! | arm, same waker       | same_waker_while_an_event_comes                 | same_waker_while_...   |
//! | arm, another waker    | waker_changes_(twice_)while_an_event_comes      | waker_changes_while_...|
//! | arm, left without one | a_clone_panics_while_an_event_comes             | a_clone_panics_while_..|
//! | leave                 | the_reader_leaves_while_an_event_comes          | both_halves_go         |
//! | leave, armed          | the_reader_leaves_after_a_poll                  | both_halves_go_armed   |
//! | another's ring        | two_ring_for_a_reader_that_waits                | (the end comes last)   |
//! ```

use std::task::Poll;

use callback_bridge::{Emitted, Emitter, Events, Overflow, events};
use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;

use crate::task::{Task, poll_without_clone};
use crate::{EVERY_WAY, check};

/// loom reports those that leak.
type Value = Arc<u32>;

const POLICIES: [Overflow; 2] = [Overflow::DropNewest, Overflow::DropOldest];

/// Runs `model` under both policies, over a stream for `capacity` events.
fn each(capacity: usize, most: Option<usize>, model: fn(Emitter<Value>, Events<Value>)) {
    for policy in POLICIES {
        under(policy, capacity, most, model);
    }
}

fn under(
    policy: Overflow,
    capacity: usize,
    most: Option<usize>,
    model: fn(Emitter<Value>, Events<Value>),
) {
    check(most, move || {
        let (emitter, events) = events(capacity, policy);
        model(emitter, events);
    });
}

/// Emits on the way to C, and says what was not stored in words that can be compared.
fn emit(emitter: &Emitter<Value>, value: u32) -> Emitted<u32> {
    match emitter.emit(Arc::new(value)) {
        Emitted::Stored => Emitted::Stored,
        Emitted::Displaced(oldest) => Emitted::Displaced(*oldest),
        Emitted::Full(event) => Emitted::Full(*event),
        Emitted::Detached(event) => Emitted::Detached(*event),
    }
}

fn poll(task: &Task, events: &mut Events<Value>) -> Poll<Option<u32>> {
    task.poll(|cx| events.poll_next(cx)).map(|event| event.map(|value| *value))
}

fn next(events: &mut Events<Value>) -> Option<u32> {
    block_on(events.next()).map(|value| *value)
}

fn rest(events: &mut Events<Value>) -> Vec<u32> {
    std::iter::from_fn(|| events.try_take()).map(|value| *value).collect()
}

/// A task that reads when it is told to, as an executor would: it may sleep for good only when nothing is
/// left to read, unless it was woken since it began its last poll.
struct Reader {
    task: Task,
    events: Events<Value>,
    read: Vec<u32>,
    /// The wakes that had come when the poll began that said `Pending`.
    sleeps: Option<usize>,
}

impl Reader {
    fn new(events: Events<Value>) -> Self {
        Self { task: Task::new(), events, read: Vec::new(), sleeps: None }
    }

    /// One poll. Whether there may be more to read.
    fn step(&mut self) -> bool {
        let wakes = self.task.wakes();
        let polled = poll(&self.task, &mut self.events);
        self.sleeps = polled.is_pending().then_some(wakes);
        match polled {
            Poll::Ready(Some(event)) => self.read.push(event),
            Poll::Ready(None) | Poll::Pending => return false,
        }
        true
    }

    /// When the emitter is quiet: reads what is there, which the reader has to know of.
    fn catch_up(&mut self) {
        let knows = self.sleeps.is_none_or(|wakes| self.task.wakes() > wakes);
        let read = self.read.len();
        while self.step() {}
        assert!(knows || self.read.len() == read && self.sleeps.is_some(), "it sleeps for ever");
    }

    /// After the emitter's end: what was read in all.
    fn finish(mut self) -> Vec<u32> {
        self.catch_up();
        assert!(self.events.is_terminated());
        drop(self.events);
        self.task.assert_no_leak();
        self.read
    }
}

#[test]
fn an_event_and_the_end_arrive() {
    each(1, Some(3), |emitter, mut events| {
        let other = thread::spawn(move || {
            assert_eq!(emit(&emitter, 1), Emitted::Stored);
        });
        assert_eq!(next(&mut events), Some(1));
        assert_eq!(next(&mut events), None);
        other.join().unwrap();
    });
}

#[test]
fn the_end_arrives() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let other = thread::spawn(move || drop(emitter));
        assert_eq!(next(&mut events), None);
        assert!(events.is_ended());
        other.join().unwrap();
    });
}

#[test]
fn events_of_one_thread_arrive_in_order() {
    each(2, Some(4), |emitter, events| {
        let other = thread::spawn(move || {
            assert_eq!(emit(&emitter, 1), Emitted::Stored);
            assert_eq!(emit(&emitter, 2), Emitted::Stored);
            emitter
        });
        let mut reader = Reader::new(events);
        reader.step();
        reader.step();
        let emitter = other.join().unwrap();
        reader.catch_up();
        drop(emitter);
        assert_eq!(reader.finish(), [1, 2]);
    });
}

#[test]
fn events_of_two_threads_arrive() {
    each(2, EVERY_WAY, |emitter, mut events| {
        let emitter = Arc::new(emitter);
        let other = {
            let emitter = emitter.clone();
            thread::spawn(move || assert_eq!(emit(&emitter, 1), Emitted::Stored))
        };
        assert_eq!(emit(&emitter, 2), Emitted::Stored);
        drop(emitter);
        other.join().unwrap();
        let mut read = rest(&mut events);
        read.sort();
        assert_eq!(read, [1, 2]);
        assert!(events.is_ended());
    });
}

/// A stream of one is full while it is read: one of the two policies displaces, the other refuses.
#[test]
fn the_oldest_is_displaced_while_it_is_read() {
    under(Overflow::DropOldest, 1, EVERY_WAY, |emitter, mut events| {
        let other = thread::spawn(move || {
            assert_eq!(emit(&emitter, 1), Emitted::Stored);
            emit(&emitter, 2)
        });
        let mut read: Vec<u32> = events.try_take().map(|value| *value).into_iter().collect();
        let second = other.join().unwrap();
        read.extend(rest(&mut events));
        match second {
            Emitted::Stored => assert_eq!(read, [1, 2]),
            second => {
                assert_eq!(second, Emitted::Displaced(1));
                assert_eq!(read, [2]);
            }
        }
        assert_eq!(read.len() as u64 + events.lost(), 2);
    });
}

#[test]
fn the_newest_is_refused_while_the_oldest_is_read() {
    under(Overflow::DropNewest, 1, EVERY_WAY, |emitter, mut events| {
        let other = thread::spawn(move || {
            assert_eq!(emit(&emitter, 1), Emitted::Stored);
            emit(&emitter, 2)
        });
        let mut read: Vec<u32> = events.try_take().map(|value| *value).into_iter().collect();
        let second = other.join().unwrap();
        read.extend(rest(&mut events));
        match second {
            Emitted::Stored => assert_eq!(read, [1, 2]),
            second => {
                assert_eq!(second, Emitted::Full(2));
                assert_eq!(read, [1]);
            }
        }
        assert_eq!(read.len() as u64 + events.lost(), 2);
    });
}

/// The reader is lapped between two reads and finds its way.
#[test]
fn the_reader_is_lapped() {
    under(Overflow::DropOldest, 2, EVERY_WAY, |emitter, mut events| {
        assert_eq!(emit(&emitter, 1), Emitted::Stored);
        assert_eq!(emit(&emitter, 2), Emitted::Stored);
        let other = thread::spawn(move || {
            for value in 3..=5 {
                assert!(emitter.emit(Arc::new(value)).is_stored());
            }
        });
        let mut read: Vec<u32> = events.try_take().map(|value| *value).into_iter().collect();
        other.join().unwrap();
        read.extend(rest(&mut events));
        assert!(read.is_sorted(), "{read:?}");
        assert!(read.ends_with(&[4, 5]), "{read:?}");
        assert_eq!(read.len() as u64 + events.lost(), 5);
    });
}

/// Two emitters and the reader at the one cell of a stream, which is full from the start.
#[test]
fn two_displace_while_the_oldest_is_read() {
    under(Overflow::DropOldest, 1, Some(3), |emitter, mut events| {
        assert_eq!(emit(&emitter, 1), Emitted::Stored);
        let emitter = Arc::new(emitter);
        let other = {
            let emitter = emitter.clone();
            thread::spawn(move || assert!(emitter.emit(Arc::new(2)).is_stored()))
        };
        let reader = thread::spawn(move || {
            let read: Vec<u32> = events.try_take().map(|value| *value).into_iter().collect();
            (read, events)
        });
        assert!(emitter.emit(Arc::new(3)).is_stored());
        other.join().unwrap();
        let (mut read, mut events) = reader.join().unwrap();
        read.extend(rest(&mut events));
        assert!([Some(&2), Some(&3)].contains(&read.last()), "{read:?}");
        assert_eq!(read.len() as u64 + events.lost(), 3);
    });
}

/// Two emitters take nodes while the reader gives one back.
#[test]
fn nodes_are_taken_and_given_back() {
    each(2, Some(3), |emitter, mut events| {
        assert_eq!(emit(&emitter, 1), Emitted::Stored);
        let emitter = Arc::new(emitter);
        let other = {
            let emitter = emitter.clone();
            thread::spawn(move || emit(&emitter, 2))
        };
        // The first node comes back under the eyes of an emitter that has just looked at it.
        emit(&emitter, 3);
        let mut read: Vec<u32> = events.try_take().map(|value| *value).into_iter().collect();
        emit(&emitter, 4);
        other.join().unwrap();
        read.extend(rest(&mut events));
        // Every node is in one place: the stream holds what it says, and no more.
        for value in 5..=7 {
            emit(&emitter, value);
        }
        read.extend(rest(&mut events));
        assert_eq!(read.len() as u64 + events.lost(), 7);
        let mut distinct = read.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), read.len(), "{read:?}");
    });
}

#[test]
fn same_waker_while_an_event_comes() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let task = Task::new();
        assert!(poll(&task, &mut events).is_pending());
        let other = thread::spawn(move || {
            emit(&emitter, 1);
            emitter
        });
        let second = poll(&task, &mut events);
        let emitter = other.join().unwrap();
        assert_eq!(task.wakes(), 1);
        if second.is_pending() {
            assert_eq!(poll(&task, &mut events), Poll::Ready(Some(1)));
        } else {
            assert_eq!(second, Poll::Ready(Some(1)));
        }
        drop(emitter);
        assert_eq!(poll(&task, &mut events), Poll::Ready(None));
        drop(events);
        task.assert_no_leak();
    });
}

#[test]
fn waker_changes_while_an_event_comes() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let (a, b) = (Task::new(), Task::new());
        assert!(poll(&a, &mut events).is_pending());
        let other = thread::spawn(move || {
            emit(&emitter, 1);
            emitter
        });
        let second = poll(&b, &mut events);
        drop(other.join().unwrap());
        match second {
            Poll::Ready(event) => assert_eq!(event, Some(1)),
            Poll::Pending => {
                assert_eq!(b.wakes(), 1, "the current waker is the one to wake");
                assert_eq!(poll(&b, &mut events), Poll::Ready(Some(1)));
            }
        }
        drop(events);
        a.assert_no_leak();
        b.assert_no_leak();
    });
}

#[test]
fn waker_changes_twice_while_an_event_comes() {
    each(1, Some(3), |emitter, mut events| {
        let (a, b) = (Task::new(), Task::new());
        let other = thread::spawn(move || {
            emit(&emitter, 1);
            emitter
        });
        let mut waits = true;
        for task in [&a, &b, &a] {
            if let Poll::Ready(event) = poll(task, &mut events) {
                assert_eq!(event, Some(1));
                waits = false;
                break;
            }
        }
        let emitter = other.join().unwrap();
        if waits {
            assert_eq!(a.wakes(), 1, "the current waker is the one to wake");
            assert_eq!(poll(&a, &mut events), Poll::Ready(Some(1)));
        }
        drop((emitter, events));
        a.assert_no_leak();
        b.assert_no_leak();
    });
}

#[test]
fn same_waker_while_it_ends() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let task = Task::new();
        assert!(poll(&task, &mut events).is_pending());
        let other = thread::spawn(move || drop(emitter));
        let second = poll(&task, &mut events);
        other.join().unwrap();
        assert_eq!(task.wakes(), 1);
        assert!(second.is_pending() || second == Poll::Ready(None));
        assert_eq!(poll(&task, &mut events), Poll::Ready(None));
        drop(events);
        task.assert_no_leak();
    });
}

#[test]
fn waker_changes_while_it_ends() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let (a, b) = (Task::new(), Task::new());
        assert!(poll(&a, &mut events).is_pending());
        let other = thread::spawn(move || drop(emitter));
        let second = poll(&b, &mut events);
        other.join().unwrap();
        if second.is_pending() {
            assert_eq!(b.wakes(), 1, "the current waker is the one to wake");
        }
        assert_eq!(poll(&b, &mut events), Poll::Ready(None));
        drop(events);
        a.assert_no_leak();
        b.assert_no_leak();
    });
}

/// The first waker is taken out, and no other comes in its place.
fn a_clone_panics(mut events: Events<Value>, other: impl FnOnce() + Send + 'static) {
    let (before, after) = (Task::new(), Task::new());
    assert!(poll(&before, &mut events).is_pending());
    let other = thread::spawn(other);
    let polled = poll_without_clone(|cx| events.poll_next(cx));
    let polled = polled.unwrap_or_else(|| after.poll(|cx| events.poll_next(cx)));
    other.join().unwrap();
    if polled.is_pending() {
        assert_eq!(after.wakes(), 1, "the current waker is the one to wake");
    }
    drop((polled, events));
    before.assert_no_leak();
    after.assert_no_leak();
}

#[test]
fn a_clone_panics_while_an_event_comes() {
    each(1, EVERY_WAY, |emitter, events| {
        let emitter = Arc::new(emitter);
        let other = emitter.clone();
        a_clone_panics(events, move || assert_eq!(emit(&other, 1), Emitted::Stored));
    });
}

#[test]
fn a_clone_panics_while_it_ends() {
    each(1, EVERY_WAY, |emitter, events| a_clone_panics(events, move || drop(emitter)));
}

/// The waker changes while the stream ends with an event in it.
#[test]
fn waker_changes_while_an_event_and_the_end_come() {
    each(1, Some(4), |emitter, mut events| {
        let before = Task::new();
        assert!(poll(&before, &mut events).is_pending());
        let other = thread::spawn(move || {
            emit(&emitter, 1);
        });
        let mut reader = Reader::new(events);
        reader.step();
        reader.step();
        other.join().unwrap();
        assert_eq!(reader.finish(), [1]);
        before.assert_no_leak();
    });
}

/// The reader sleeps, is woken, and sleeps again, while two events and the end come.
#[test]
fn the_reader_sleeps_again() {
    each(1, Some(4), |emitter, events| {
        let mut reader = Reader::new(events);
        reader.step();
        let other = thread::spawn(move || {
            assert_eq!(emit(&emitter, 1), Emitted::Stored);
            (emit(&emitter, 2), emitter)
        });
        reader.step();
        reader.step();
        let (second, emitter) = other.join().unwrap();
        reader.catch_up();
        drop(emitter);
        let read = reader.finish();
        match second {
            Emitted::Stored => assert_eq!(read, [1, 2]),
            Emitted::Displaced(1) => assert_eq!(read, [2]),
            second => {
                assert_eq!(second, Emitted::Full(2));
                assert_eq!(read, [1]);
            }
        }
    });
}

#[test]
fn the_reader_leaves_while_an_event_comes() {
    each(1, EVERY_WAY, |emitter, events| {
        let other = thread::spawn(move || {
            if let Emitted::Detached(event) = emit(&emitter, 1) {
                assert_eq!(event, 1);
                assert!(emitter.is_detached());
            }
            if emitter.is_detached() {
                assert_eq!(emit(&emitter, 2), Emitted::Detached(2));
            }
        });
        drop(events);
        other.join().unwrap();
    });
}

#[test]
fn the_reader_leaves_after_a_poll() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let task = Task::new();
        assert!(poll(&task, &mut events).is_pending());
        let other = thread::spawn(move || {
            emit(&emitter, 1);
        });
        drop(events);
        other.join().unwrap();
        task.assert_no_leak();
    });
}

#[test]
fn both_halves_go() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let task = Task::new();
        assert!(poll(&task, &mut events).is_pending());
        assert_eq!(emit(&emitter, 1), Emitted::Stored);
        let other = thread::spawn(move || drop(emitter));
        drop(events);
        other.join().unwrap();
        task.assert_no_leak();
    });
}

#[test]
fn both_halves_go_armed() {
    each(1, EVERY_WAY, |emitter, mut events| {
        let task = Task::new();
        assert!(poll(&task, &mut events).is_pending());
        let other = thread::spawn(move || drop(emitter));
        drop(events);
        other.join().unwrap();
        task.assert_no_leak();
    });
}

#[test]
fn the_reader_moves_to_another_thread() {
    each(1, Some(4), |emitter, mut events| {
        let a = Task::new();
        assert!(poll(&a, &mut events).is_pending());
        let other = thread::spawn(move || {
            let b = Task::new();
            if let Poll::Ready(event) = poll(&b, &mut events) {
                assert_eq!(event, Some(1));
            }
            drop(events);
            b.assert_no_leak();
        });
        emit(&emitter, 1);
        drop(emitter);
        other.join().unwrap();
        a.assert_no_leak();
    });
}

/// Two emitters ring at once: one wakes, and the reader finds both.
#[test]
fn two_ring_for_a_reader_that_waits() {
    each(2, EVERY_WAY, |emitter, mut events| {
        let task = Task::new();
        assert!(poll(&task, &mut events).is_pending());
        let emitter = Arc::new(emitter);
        let other = {
            let emitter = emitter.clone();
            thread::spawn(move || assert_eq!(emit(&emitter, 1), Emitted::Stored))
        };
        assert_eq!(emit(&emitter, 2), Emitted::Stored);
        other.join().unwrap();
        assert_eq!(task.wakes(), 1);
        let mut read = rest(&mut events);
        read.sort();
        assert_eq!(read, [1, 2]);
        drop((emitter, events));
        task.assert_no_leak();
    });
}
