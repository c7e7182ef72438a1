//! Models of the one-shot slot: every transition of its table, against every one of the other side.
//!
//! ```text
//! | the future                  | while the callback's half completes, and while it is dropped    |
//! |-----------------------------|-----------------------------------------------------------------|
//! | is polled first             | outcome_arrives                                                 |
//! | is polled, same waker       | same_waker_while_it_fires                                       |
//! | is polled, another waker    | waker_changes_while_it_fires, waker_changes_twice_while_it_fires|
//! | is left without a waker     | a_clone_panics_while_it_fires                                   |
//! | is taken, or asked          | peeked_while_it_fires, asked_whether_it_is_ready                |
//! | is taken, armed             | peeked_after_a_poll_leaves_the_waker_in_place                   |
//! | is dropped                  | dropped_before_the_first_poll, released_while_it_is_dropped     |
//! | is dropped, armed           | dropped_after_a_poll, waker_changes_and_the_future_drops        |
//! | detaches                    | detached_after_a_poll, completed_with_a_context_while_...       |
//! | moves to another thread     | future_moves_to_another_thread                                  |
//! ```
//!
//! `is_detached` against a drop: `detached_is_seen_and_final`.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use callback_bridge::{Abandoned, Completer, Completion, pair, pair_with};
use loom::future::block_on;
use loom::sync::Arc;
use loom::thread;

use crate::task::{Task, poll_without_clone};
use crate::{EVERY_WAY, check};

type Value = Arc<u32>;
type Outcome = Result<Value, Abandoned>;

fn poll(task: &Task, completion: &mut Completion<Value>) -> Poll<Outcome> {
    task.poll(|cx| Pin::new(completion).poll(cx))
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
        Self::each_within(EVERY_WAY, model);
    }

    fn each_within(most: Option<usize>, model: fn(Ends)) {
        for ends in [Ends::Completes, Ends::Abandons] {
            check(most, move || model(ends));
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
    match poll(task, completion) {
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
        assert!(poll(&task, &mut completion).is_pending());
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
        assert!(poll(&task, &mut completion).is_pending());
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
    check(EVERY_WAY, || {
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
fn asked_whether_it_is_ready() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let other = ends.on_a_thread(completer);
        if completion.is_ready() {
            ends.check(completion.try_take().expect("it was ready"));
            assert!(!completion.is_ready());
        }
        drop(completion);
        other.join().unwrap();
    });
}

#[test]
fn completed_with_a_context_while_it_is_dropped() {
    check(EVERY_WAY, || {
        let context = Arc::new(7);
        let (completer, completion) = pair_with::<Value, _>(context.clone());
        let other = thread::spawn(move || completer.complete_with(Arc::clone));
        let outcome = completion.detach();
        assert_eq!(other.join().unwrap(), outcome.is_some());
        drop(outcome);
        assert_eq!(Arc::strong_count(&context), 1);
    });
}

#[test]
fn released_while_it_is_dropped() {
    check(EVERY_WAY, || {
        let (completer, completion) = pair::<Value>();
        let data = completer.into_raw() as usize;
        // SAFETY: it came out of `into_raw` just now, and is given back once.
        let other = thread::spawn(move || unsafe { Completer::<Value>::release(data as *mut _) });
        assert!(matches!(completion.detach(), None | Some(Err(Abandoned))));
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
        assert!(poll(&task, &mut completion).is_pending());
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
        assert!(poll(&task, &mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        let second = poll(&task, &mut completion);
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
        assert!(poll(&a, &mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        let second = poll(&b, &mut completion);
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
    Ends::each_within(Some(4), |ends| {
        let (completer, mut completion) = pair::<Value>();
        let (a, b) = (Task::new(), Task::new());
        let other = ends.on_a_thread(completer);
        let mut waits = true;
        for task in [&a, &b, &a] {
            if let Poll::Ready(outcome) = poll(&task, &mut completion) {
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

/// The first waker is taken out, and no other comes in its place.
#[test]
fn a_clone_panics_while_it_fires() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let (before, after) = (Task::new(), Task::new());
        assert!(poll(&before, &mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        let polled = poll_without_clone(|cx| Pin::new(&mut completion).poll(cx));
        let polled = polled.unwrap_or_else(|| poll(&after, &mut completion));
        other.join().unwrap();
        match polled {
            Poll::Ready(outcome) => ends.check(outcome),
            Poll::Pending => woken_and_ready(&after, &mut completion, ends),
        }
        before.assert_no_leak();
        after.assert_no_leak();
    });
}

#[test]
fn waker_changes_and_the_future_drops() {
    Ends::each(|ends| {
        let (completer, mut completion) = pair::<Value>();
        let (a, b) = (Task::new(), Task::new());
        assert!(poll(&a, &mut completion).is_pending());
        let other = ends.on_a_thread(completer);
        if let Poll::Ready(outcome) = poll(&b, &mut completion) {
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
        assert!(poll(&a, &mut completion).is_pending());
        let other = thread::spawn(move || {
            let b = Task::new();
            if let Poll::Ready(outcome) = poll(&b, &mut completion) {
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
