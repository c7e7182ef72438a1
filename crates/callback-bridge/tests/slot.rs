//! The slot on real threads. Under Miri the same tests run with few iterations.
#![cfg(not(loom))]

mod support;

use std::error::Error;
use std::future::Future;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};
use std::thread;

use callback_bridge::{Abandoned, Completer, Completion, contain, pair, pair_with};

use support::{On, Task, bomb};

type Value = Box<u32>;

fn poll<T>(task: &Task, completion: &mut Completion<T>) -> Poll<Result<T, Abandoned>> {
    task.poll(|cx| Pin::new(completion).poll(cx))
}

#[test]
fn completed_before_the_first_poll() {
    let (completer, mut completion) = pair::<Value>();
    let task = Task::new();
    assert_eq!(completer.complete(Box::new(3)), Ok(()));
    assert_eq!(poll(&task, &mut completion), Poll::Ready(Ok(Box::new(3))));
    assert_eq!(task.wakes(), 0);
    task.assert_no_leak();
}

#[test]
fn completed_after_polls_wakes_the_last_waker_once() {
    let (completer, mut completion) = pair::<Value>();
    let (first, last) = (Task::new(), Task::new());
    for task in [&first, &first, &last] {
        assert!(poll(task, &mut completion).is_pending());
    }
    assert_eq!(completer.complete(Box::new(3)), Ok(()));
    assert_eq!((first.wakes(), last.wakes()), (0, 1));
    assert_eq!(poll(&last, &mut completion), Poll::Ready(Ok(Box::new(3))));
    first.assert_no_leak();
    last.assert_no_leak();
}

#[test]
fn completer_passes_through_c() {
    let (completer, mut completion) = pair::<Value>();
    let raw = completer.into_raw();
    // SAFETY: it came out of `into_raw` just now.
    let completer = unsafe { Completer::<Value>::from_raw(raw) };
    completer.complete(Box::new(3)).unwrap();
    assert_eq!(completion.try_take(), Some(Ok(Box::new(3))));
}

#[test]
fn dropped_completer_abandons_and_wakes() {
    let (completer, mut completion) = pair::<Value>();
    let task = Task::new();
    assert!(poll(&task, &mut completion).is_pending());
    drop(completer);
    assert_eq!(task.wakes(), 1);
    assert_eq!(poll(&task, &mut completion), Poll::Ready(Err(Abandoned)));
    assert!(completion.is_terminated());
    task.assert_no_leak();
}

#[test]
fn dropped_completer_abandons_before_the_first_poll() {
    let (completer, mut completion) = pair::<Value>();
    drop(completer);
    assert_eq!(poll(&Task::new(), &mut completion), Poll::Ready(Err(Abandoned)));
    let (completer, completion) = pair::<Value>();
    drop(completer);
    assert_eq!(completion.detach(), Some(Err(Abandoned)));
}

#[test]
fn value_comes_back_when_the_future_is_gone() {
    let (completer, mut completion) = pair::<Value>();
    let task = Task::new();
    assert!(poll(&task, &mut completion).is_pending());
    assert!(!completer.is_detached());
    drop(completion);
    assert!(completer.is_detached());
    assert_eq!(completer.complete(Box::new(3)), Err(Box::new(3)));
    assert_eq!(task.wakes(), 0);
    task.assert_no_leak();
}

#[test]
fn both_halves_dropped_in_either_order() {
    let (completer, completion) = pair::<Value>();
    drop(completer);
    drop(completion);
    let (completer, completion) = pair::<Value>();
    drop(completion);
    drop(completer);
}

#[test]
fn completed_and_never_polled_drops_the_value() {
    let probe = Arc::new(());
    let (completer, completion) = pair();
    completer.complete(probe.clone()).unwrap();
    assert_eq!(Arc::strong_count(&probe), 2);
    drop(completion);
    assert_eq!(Arc::strong_count(&probe), 1);
}

#[test]
fn try_take_peeks_and_then_finishes() {
    let (completer, mut completion) = pair::<Value>();
    let task = Task::new();
    assert_eq!(completion.try_take(), None);
    assert!(poll(&task, &mut completion).is_pending());
    assert_eq!(completion.try_take(), None);
    assert!(!completion.is_terminated());
    completer.complete(Box::new(3)).unwrap();
    assert_eq!(task.wakes(), 1, "a peek must leave the waker in place");
    assert_eq!(completion.try_take(), Some(Ok(Box::new(3))));
    assert!(completion.is_terminated());
    assert_eq!(completion.try_take(), None);
    assert_eq!(completion.detach(), None);
    task.assert_no_leak();
}

#[test]
fn detach_gives_what_had_come() {
    let (completer, completion) = pair::<Value>();
    completer.complete(Box::new(3)).unwrap();
    assert_eq!(completion.detach(), Some(Ok(Box::new(3))));
    let (completer, completion) = pair::<Value>();
    assert_eq!(completion.detach(), None);
    assert_eq!(completer.complete(Box::new(4)), Err(Box::new(4)));
}

#[test]
#[should_panic = "polled after it had finished"]
fn poll_after_the_end_panics() {
    let (completer, mut completion) = pair::<Value>();
    drop(completer);
    let task = Task::new();
    assert!(poll(&task, &mut completion).is_ready());
    let _ = poll(&task, &mut completion);
}

#[test]
fn values_of_every_shape() {
    #[derive(Debug, PartialEq)]
    #[repr(align(128))]
    struct Wide(u8);
    let (completer, mut completion) = pair::<()>();
    completer.complete(()).unwrap();
    assert_eq!(completion.try_take(), Some(Ok(())));
    let (completer, mut completion) = pair::<Wide>();
    completer.complete(Wide(9)).unwrap();
    assert_eq!(completion.try_take(), Some(Ok(Wide(9))));
    let (completer, completion) = pair::<u8>();
    drop(completion);
    assert_eq!(completer.complete(1), Err(1));
}

#[test]
fn texts_of_the_public_types() {
    let (completer, completion) = pair::<Value>();
    assert_eq!(format!("{completer:?}"), "Completer { is_detached: false }");
    assert_eq!(format!("{completion:?}"), "Completion { is_terminated: false }");
    let error: Box<dyn Error + Send + Sync> = Box::new(Abandoned);
    assert_eq!(error.to_string(), "the callback's half was dropped without a value");
}

/// Polls with a waker whose original is never dropped, so that only the slot's clone can go off.
fn poll_with_bomb<T>(
    completion: &mut Completion<T>,
    panics: On,
) -> thread::Result<Poll<Result<T, Abandoned>>> {
    let waker = ManuallyDrop::new(bomb(panics));
    catch_unwind(AssertUnwindSafe(|| Pin::new(completion).poll(&mut Context::from_waker(&waker))))
}

#[test]
fn panic_of_wake_is_contained() {
    let (completer, mut completion) = pair::<Value>();
    assert!(poll_with_bomb(&mut completion, On::Wake).unwrap().is_pending());
    completer.complete(Box::new(3)).unwrap();
    assert_eq!(completion.try_take(), Some(Ok(Box::new(3))));

    let (completer, mut completion) = pair::<Value>();
    assert!(poll_with_bomb(&mut completion, On::Wake).unwrap().is_pending());
    drop(completer);
    assert_eq!(completion.try_take(), Some(Err(Abandoned)));
}

#[test]
fn panic_of_clone_leaves_the_slot_usable() {
    let (completer, mut completion) = pair::<Value>();
    let before = Task::new();
    assert!(poll(&before, &mut completion).is_pending());
    assert!(poll_with_bomb(&mut completion, On::Clone).is_err());
    before.assert_no_leak();
    let task = Task::new();
    assert!(poll(&task, &mut completion).is_pending());
    completer.complete(Box::new(3)).unwrap();
    assert_eq!(task.wakes(), 1);
    assert_eq!(completion.try_take(), Some(Ok(Box::new(3))));
}

#[test]
fn panic_of_the_old_wakers_drop_leaves_the_slot_usable() {
    let (completer, mut completion) = pair::<Value>();
    assert!(poll_with_bomb(&mut completion, On::Drop).unwrap().is_pending());
    let task = Task::new();
    assert!(catch_unwind(AssertUnwindSafe(|| poll(&task, &mut completion))).is_err());
    assert!(poll(&task, &mut completion).is_pending());
    completer.complete(Box::new(3)).unwrap();
    assert_eq!(task.wakes(), 1);
    assert_eq!(completion.try_take(), Some(Ok(Box::new(3))));
}

#[test]
fn panic_of_a_wakers_drop_in_detach_reaches_the_caller_only() {
    let (completer, mut completion) = pair::<Value>();
    assert!(poll_with_bomb(&mut completion, On::Drop).unwrap().is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| completion.detach())).is_err());
    assert_eq!(completer.complete(Box::new(3)), Err(Box::new(3)));
}

#[test]
fn panic_of_a_values_drop_frees_the_slot_first() {
    // Miri and the address sanitizer would report the slot as leaked.
    let (completer, completion) = pair::<Bomb>();
    assert!(completer.complete(Bomb).is_ok());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(completion))).is_err());
}

#[test]
#[cfg_attr(miri, ignore = "leaks the payload of the second panic, as it must")]
fn contain_keeps_the_payloads_drop_in() {
    struct Payload;
    impl Drop for Payload {
        fn drop(&mut self) {
            panic!("payload")
        }
    }
    assert_eq!(contain(|| std::panic::panic_any(Payload)), None::<()>);
    assert_eq!(contain(|| 5), Some(5));
}

#[test]
fn contain_drops_an_ordinary_payload() {
    let probe = Arc::new(());
    let payload = probe.clone();
    assert_eq!(contain(|| std::panic::panic_any(payload)), None::<()>);
    assert_eq!(Arc::strong_count(&probe), 1);
}

/// An executor that polls inside `wake` is the hardest one: it frees the slot while the
/// callback's call is still on the stack.
#[test]
fn polled_inside_the_wake() {
    struct Inline(std::sync::Mutex<(Option<Completion<Value>>, Option<u32>)>);
    impl Wake for Inline {
        fn wake(self: Arc<Self>) {
            let mut inner = self.0.lock().unwrap();
            let mut completion = inner.0.take().unwrap();
            inner.1 = completion.try_take().map(|outcome| *outcome.unwrap());
        }
    }
    let (completer, mut completion) = pair::<Value>();
    let task = Arc::new(Inline(Default::default()));
    let waker = Waker::from(task.clone());
    assert!(Pin::new(&mut completion).poll(&mut Context::from_waker(&waker)).is_pending());
    task.0.lock().unwrap().0 = Some(completion);
    completer.complete(Box::new(3)).unwrap();
    assert_eq!(task.0.lock().unwrap().1, Some(3));
}

/// A task whose waker fires the request at the first clone, or at the first drop, of its waker: foreign
/// code that comes back to the very slot that called it.
struct Fires {
    on: On,
    completer: std::sync::Mutex<Option<Completer<Value>>>,
}

impl Fires {
    fn new(on: On, completer: Completer<Value>) -> Self {
        Self { on, completer: Some(completer).into() }
    }

    /// Not to be dropped, and not to be used after this.
    fn waker(&self) -> ManuallyDrop<Waker> {
        static TABLE: RawWakerVTable = RawWakerVTable::new(
            |data| {
                Fires::fire(data, On::Clone);
                RawWaker::new(data, &TABLE)
            },
            |_| panic!("nobody waits"),
            |_| panic!("nobody waits"),
            |data| Fires::fire(data, On::Drop),
        );
        // SAFETY: the data is a `&Fires`, which is Sync, and the tests keep it.
        ManuallyDrop::new(unsafe { Waker::new(std::ptr::from_ref(self).cast(), &TABLE) })
    }

    fn fire(data: *const (), on: On) {
        // SAFETY: as made by `waker`.
        let fires = unsafe { &*data.cast::<Fires>() };
        let completer = (fires.on == on).then(|| fires.completer.lock().unwrap().take());
        if let Some(completer) = completer.flatten() {
            let _ = completer.complete(Box::new(7));
        }
    }
}

#[test]
fn completed_inside_the_wakers_clone() {
    let (completer, mut completion) = pair::<Value>();
    let fires = Fires::new(On::Clone, completer);
    let waker = fires.waker();
    let polled = Pin::new(&mut completion).poll(&mut Context::from_waker(&waker));
    assert_eq!(polled, Poll::Ready(Ok(Box::new(7))));
}

#[test]
fn completed_inside_the_old_wakers_drop() {
    let (completer, mut completion) = pair::<Value>();
    let fires = Fires::new(On::Drop, completer);
    let waker = fires.waker();
    assert!(Pin::new(&mut completion).poll(&mut Context::from_waker(&waker)).is_pending());
    let task = Task::new();
    assert_eq!(poll(&task, &mut completion), Poll::Ready(Ok(Box::new(7))));
    assert_eq!(task.wakes(), 0);
    task.assert_no_leak();
}

#[test]
fn completed_inside_the_wakers_drop_of_a_detach() {
    let (completer, mut completion) = pair::<Value>();
    let fires = Fires::new(On::Drop, completer);
    let waker = fires.waker();
    assert!(Pin::new(&mut completion).poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(completion.detach(), None);
}

/// What the callback's side does in the race test.
#[derive(Clone, Copy)]
enum Ends {
    Completes,
    Abandons,
}

fn finish(completer: Completer<Value>, ends: Ends) {
    match ends {
        Ends::Completes => match completer.complete(Box::new(7)) {
            Ok(()) => {}
            Err(value) => assert_eq!(*value, 7),
        },
        Ends::Abandons => drop(completer),
    }
}

fn check(outcome: Result<Value, Abandoned>, ends: Ends) {
    match ends {
        Ends::Completes => assert_eq!(*outcome.unwrap(), 7),
        Ends::Abandons => assert_eq!(outcome, Err(Abandoned)),
    }
}

/// The future's half drops, polls again, changes its waker, peeks or detaches while the callback's
/// half fires on another thread.
#[test]
fn races() {
    let rounds = if cfg!(miri) { 80 } else { 50_000 };
    thread::scope(|scope| {
        let (send, receive) = std::sync::mpsc::channel::<(Completer<Value>, Ends)>();
        scope.spawn(move || {
            for (completer, ends) in receive {
                finish(completer, ends);
            }
        });
        for round in 0..rounds {
            race(round, &send);
        }
        drop(send);
    });
}

fn race(round: usize, other: &std::sync::mpsc::Sender<(Completer<Value>, Ends)>) {
    let ends = if round % 5 == 0 { Ends::Abandons } else { Ends::Completes };
    let (completer, mut completion) = pair::<Value>();
    let (first, second) = (Task::new(), Task::new());
    assert!(poll(&first, &mut completion).is_pending());
    other.send((completer, ends)).unwrap();
    // The receiver takes a varying time to come; so does this side.
    for spin in 0..(round * 7) % 400 {
        std::hint::black_box(spin);
    }
    let task = match round % 4 {
        0 => return drop(completion),
        1 => match completion.detach() {
            Some(outcome) => return check(outcome, ends),
            None => return,
        },
        2 => match completion.try_take() {
            Some(outcome) => return check(outcome, ends),
            None => first,
        },
        _ => match poll(&second, &mut completion) {
            Poll::Ready(outcome) => return check(outcome, ends),
            Poll::Pending => second,
        },
    };
    // Bounded by the test harness: a wake that never comes fails as a hang.
    while task.wakes() == 0 {
        thread::yield_now();
    }
    match poll(&task, &mut completion) {
        Poll::Ready(outcome) => check(outcome, ends),
        Poll::Pending => panic!("woken, and still pending"),
    }
}

#[test]
fn the_context_is_dropped_once_by_whoever_frees() {
    for detached in [false, true] {
        let context = Arc::new(());
        let (completer, completion) = pair_with::<u32, _>(Arc::clone(&context));
        let raw = completer.into_raw();
        // SAFETY: `raw` came from `into_raw` of this type, and is used once.
        let completer = unsafe { Completer::<u32, Arc<()>>::from_raw(raw) };
        assert!(Arc::ptr_eq(completer.context(), &context));
        if detached {
            drop(completion);
            assert_eq!(completer.complete(7), Err(7));
        } else {
            assert_eq!(completer.complete(7), Ok(()));
            assert_eq!(completion.detach(), Some(Ok(7)));
        }
        assert_eq!(Arc::strong_count(&context), 1);
    }
}

#[test]
fn complete_with_does_everything_a_callback_does() {
    let (completer, mut completion) = pair_with::<Value, _>(40);
    assert!(!completion.is_ready());
    assert!(completer.complete_with(|context| Box::new(context + 2)));
    assert!(completion.is_ready());
    assert_eq!(completion.try_take(), Some(Ok(Box::new(42))));
    assert!(!completion.is_ready());
}

#[test]
fn complete_with_saves_the_work_that_nobody_waits_for() {
    let (completer, completion) = pair::<Value>();
    drop(completion);
    assert!(!completer.complete_with(|_| panic!("nobody waits")));
}

#[test]
fn complete_with_contains_a_panic_and_abandons() {
    let (completer, mut completion) = pair::<Value>();
    let task = Task::new();
    assert!(poll(&task, &mut completion).is_pending());
    assert!(!completer.complete_with(|_| panic!("value")));
    assert_eq!(task.wakes(), 1);
    assert_eq!(completion.try_take(), Some(Err(Abandoned)));
    task.assert_no_leak();
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("drop")
    }
}

#[test]
fn complete_with_contains_the_drops() {
    // The value comes back, and is dropped in the callback.
    let (completer, completion) = pair::<Bomb>();
    let mut completion = Some(completion);
    assert!(!completer.complete_with(|_| {
        drop(completion.take());
        Bomb
    }));
    // The context goes with the slot.
    let (completer, completion) = pair_with::<u8, _>(Bomb);
    drop(completion);
    assert!(!completer.complete_with(|_| 1));
}

#[test]
fn a_contexts_drop_is_contained() {
    let (completer, completion) = pair_with::<u8, _>(Bomb);
    drop(completion);
    assert_eq!(completer.complete(1), Err(1));
    let (completer, completion) = pair_with::<u8, _>(Bomb);
    drop(completion);
    drop(completer);
}

#[test]
fn release_abandons_and_contains() {
    let (completer, mut completion) = pair::<Value>();
    // SAFETY: it came out of `into_raw` just now.
    unsafe { Completer::<Value>::release(completer.into_raw()) };
    assert_eq!(completion.try_take(), Some(Err(Abandoned)));

    let (completer, completion) = pair_with::<u8, _>(Bomb);
    drop(completion);
    // SAFETY: as above.
    unsafe { Completer::<u8, Bomb>::release(completer.into_raw()) };
}

/// A completer in the place of a `void *`, on both sides of a C signature.
#[test]
fn completer_stands_in_a_c_signature() {
    extern "C" fn lib_start(
        input: u32,
        done: extern "C" fn(u32, Completer<Value>),
        data: Completer<Value>,
    ) {
        done(input * 2, data)
    }
    extern "C" fn done(answer: u32, completer: Completer<Value>) {
        completer.complete_with(|_| Box::new(answer));
    }
    let (completer, mut completion) = pair();
    lib_start(21, done, completer);
    assert_eq!(completion.try_take(), Some(Ok(Box::new(42))));
    assert_eq!(size_of::<Completer<Value>>(), size_of::<*mut u8>());
    assert_eq!(size_of::<Option<Completer<Value>>>(), size_of::<*mut u8>());
}
