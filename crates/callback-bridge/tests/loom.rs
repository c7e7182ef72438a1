//! Models of every transition of the slot's table:
//! `RUSTFLAGS="--cfg loom" cargo test -p callback-bridge --release --test loom`.
//!
//! Each model leaves with every waker and value accounted for: loom's `Arc` reports leaks, and
//! the wakers are counted.
#![cfg(loom)]

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Wake, Waker};

use callback_bridge::{Abandoned, Completer, Completion, pair};
use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::thread;

type Value = Arc<u32>;
type Outcome = Result<Value, Abandoned>;

struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

struct Task {
    count: std::sync::Arc<Count>,
    waker: Waker,
}

impl Task {
    fn new() -> Self {
        let count = std::sync::Arc::new(Count(AtomicUsize::new(0)));
        Self { waker: Waker::from(count.clone()), count }
    }

    fn poll(&self, completion: &mut Completion<Value>) -> Poll<Outcome> {
        Pin::new(completion).poll(&mut Context::from_waker(&self.waker))
    }

    fn wakes(&self) -> usize {
        self.count.0.load(SeqCst)
    }

    fn assert_no_leak(self) {
        drop(self.waker);
        assert_eq!(std::sync::Arc::strong_count(&self.count), 1, "a waker leaked");
    }
}

/// What the callback's side does on its thread, and what the future then has to see.
#[derive(Clone, Copy)]
enum Ends {
    Completes,
    Abandons,
}

impl Ends {
    /// Runs `model` for both.
    fn each(model: fn(Ends)) {
        for ends in [Ends::Completes, Ends::Abandons] {
            loom::model(move || model(ends));
        }
    }

    fn on_a_thread(self, completer: Completer<Value>) -> thread::JoinHandle<bool> {
        thread::spawn(move || self.run(completer))
    }

    /// Whether the outcome was handed over, as far as this side can tell.
    fn run(self, completer: Completer<Value>) -> bool {
        match self {
            Ends::Completes => match completer.complete(Arc::new(7)) {
                Ok(()) => true,
                Err(value) => {
                    assert_eq!(*value, 7);
                    false
                }
            },
            Ends::Abandons => {
                drop(completer);
                false
            }
        }
    }

    fn check(self, outcome: Outcome) {
        match self {
            Ends::Completes => assert_eq!(*outcome.unwrap(), 7),
            Ends::Abandons => assert_eq!(outcome.map(drop), Err(Abandoned)),
        }
    }
}

/// Once the other side is done: `task` was woken once, and a poll gives the outcome.
fn woken_and_ready(task: &Task, completion: &mut Completion<Value>, ends: Ends) {
    assert_eq!(task.wakes(), 1, "the current waker is the one to wake");
    match task.poll(completion) {
        Poll::Ready(outcome) => ends.check(outcome),
        Poll::Pending => panic!("lost"),
    }
}

#[test]
fn outcome_arrives() {
    Ends::each(|ends| {
        let (completer, completion) = pair::<Value>();
        let other = ends.on_a_thread(completer);
        ends.check(block_on(completion));
        other.join().unwrap();
    });
}

#[test]
fn dropped_before_the_first_poll() {
    Ends::each(|ends| {
        let (completer, completion) = pair::<Value>();
        let other = ends.on_a_thread(completer);
        drop(completion);
        other.join().unwrap();
    });
}

#[test]
fn dropped_after_a_poll() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let task = Task::new();
        assert!(task.poll(&mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        drop(completion);
        other.join().unwrap();
        task.assert_no_leak();
    });
}

#[test]
fn detached_after_a_poll() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let task = Task::new();
        assert!(task.poll(&mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        let outcome = completion.detach();
        let handed_over = other.join().unwrap();
        // The value is on exactly one side.
        match (outcome, ends) {
            (Some(outcome), _) => ends.check(outcome),
            (None, Ends::Completes) => assert!(!handed_over),
            (None, Ends::Abandons) => {}
        }
        task.assert_no_leak();
    });
}

#[test]
fn detached_is_seen_and_final() {
    loom::model(|| {
        let (completer, completion) = pair::<Value>();
        let other = thread::spawn(move || {
            if completer.is_detached() {
                assert!(completer.is_detached());
                assert!(completer.complete(Arc::new(7)).is_err());
            } else if let Err(value) = completer.complete(Arc::new(7)) {
                assert_eq!(*value, 7);
            }
        });
        drop(completion);
        other.join().unwrap();
    });
}

#[test]
fn peeked_while_it_fires() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let other = ends.on_a_thread(completer);
        if let Some(outcome) = completion.try_take() {
            ends.check(outcome);
            assert!(completion.is_terminated());
            assert!(completion.try_take().is_none());
        }
        drop(completion);
        other.join().unwrap();
    });
}

#[test]
fn peeked_after_a_poll_leaves_the_waker_in_place() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let task = Task::new();
        assert!(task.poll(&mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        let peeked = completion.try_take();
        other.join().unwrap();
        assert_eq!(task.wakes(), 1);
        match peeked {
            Some(outcome) => ends.check(outcome),
            None => woken_and_ready(&task, &mut completion, ends),
        }
        drop(completion);
        task.assert_no_leak();
    });
}

#[test]
fn same_waker_while_it_fires() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let task = Task::new();
        assert!(task.poll(&mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        let second = task.poll(&mut completion);
        other.join().unwrap();
        match second {
            Poll::Ready(outcome) => ends.check(outcome),
            Poll::Pending => woken_and_ready(&task, &mut completion, ends),
        }
        task.assert_no_leak();
    });
}

#[test]
fn waker_changes_while_it_fires() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let (a, b) = (Task::new(), Task::new());
        assert!(a.poll(&mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        let second = b.poll(&mut completion);
        other.join().unwrap();
        match second {
            Poll::Ready(outcome) => ends.check(outcome),
            Poll::Pending => woken_and_ready(&b, &mut completion, ends),
        }
        a.assert_no_leak();
        b.assert_no_leak();
    });
}

#[test]
fn waker_changes_twice_while_it_fires() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let (a, b) = (Task::new(), Task::new());
        let other = ends.on_a_thread(completer);
        let mut waits = true;
        for task in [&a, &b, &a] {
            if let Poll::Ready(outcome) = task.poll(&mut completion) {
                ends.check(outcome);
                waits = false;
                break;
            }
        }
        other.join().unwrap();
        if waits {
            woken_and_ready(&a, &mut completion, ends);
        }
        a.assert_no_leak();
        b.assert_no_leak();
    });
}

#[test]
fn waker_changes_and_the_future_drops() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let (a, b) = (Task::new(), Task::new());
        assert!(a.poll(&mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        if let Poll::Ready(outcome) = b.poll(&mut completion) {
            ends.check(outcome);
        }
        drop(completion);
        other.join().unwrap();
        a.assert_no_leak();
        b.assert_no_leak();
    });
}

#[test]
fn future_moves_to_another_thread() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let a = Task::new();
        assert!(a.poll(&mut completion).is_pending());
        let other = thread::spawn(move || {
            let b = Task::new();
            if let Poll::Ready(outcome) = b.poll(&mut completion) {
                ends.check(outcome);
            }
            drop(completion);
            b.assert_no_leak();
        });
        ends.run(completer);
        other.join().unwrap();
        a.assert_no_leak();
    });
}
