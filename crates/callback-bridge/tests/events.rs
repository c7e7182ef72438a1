//! The event stream on real threads. Under Miri the same tests run with few iterations.
#![cfg(all(not(loom), target_has_atomic = "64"))]

mod support;

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use callback_bridge::{Emitted, Emitter, EmitterRef, Events, Overflow, events};

use support::{On, Task, bomb};

const POLICIES: [Overflow; 2] = [Overflow::DropNewest, Overflow::DropOldest];

fn poll<T>(task: &Task, events: &mut Events<T>) -> Poll<Option<T>> {
    task.poll(|cx| events.poll_next(cx))
}

fn rest<T>(events: &mut Events<T>) -> Vec<T> {
    std::iter::from_fn(|| events.try_take()).collect()
}

#[test]
fn events_are_read_in_order_and_then_the_end() {
    for policy in POLICIES {
        let (emitter, mut events) = events(4, policy);
        let task = Task::new();
        for round in 0..10 {
            assert!(poll(&task, &mut events).is_pending());
            assert_eq!(task.wakes(), round);
            for value in 0..3 {
                assert_eq!(emitter.emit(value), Emitted::Stored);
            }
            assert_eq!(task.wakes(), round + 1, "one wake for all that comes before the poll");
            assert_eq!([0, 1, 2].map(Some), [(); 3].map(|()| events.try_take()));
        }
        emitter.emit(7);
        drop(emitter);
        assert!(events.is_ended() && !events.is_terminated());
        assert_eq!(poll(&task, &mut events), Poll::Ready(Some(7)));
        for _ in 0..2 {
            assert_eq!(poll(&task, &mut events), Poll::Ready(None));
            assert!(events.is_terminated());
        }
        drop(events);
        task.assert_no_leak();
    }
}

#[test]
fn the_newest_does_not_fit() {
    let (emitter, mut events) = events(2, Overflow::DropNewest);
    assert_eq!([1, 2].map(|value| emitter.emit(value)), [Emitted::Stored, Emitted::Stored]);
    assert_eq!([3, 4].map(|value| emitter.emit(value)), [Emitted::Full(3), Emitted::Full(4)]);
    assert_eq!((emitter.lost(), events.lost()), (2, 2));
    assert_eq!(events.try_take(), Some(1));
    assert_eq!(emitter.emit(5), Emitted::Stored);
    assert_eq!(rest(&mut events), [2, 5]);
}

#[test]
fn the_oldest_is_displaced() {
    let (emitter, mut events) = events(2, Overflow::DropOldest);
    assert_eq!([1, 2].map(|value| emitter.emit(value)), [Emitted::Stored, Emitted::Stored]);
    for value in 3..=9 {
        assert_eq!(emitter.emit(value), Emitted::Displaced(value - 2));
    }
    assert_eq!((emitter.lost(), events.lost()), (7, 7));
    assert_eq!(rest(&mut events), [8, 9]);
    assert_eq!(emitter.emit(10), Emitted::Stored);
    assert_eq!(rest(&mut events), [10]);
}

#[test]
fn a_stream_of_one_holds_the_latest() {
    let (emitter, mut events) = events(1, Overflow::DropOldest);
    for value in 0..100 {
        emitter.emit(value);
        if value % 7 == 0 {
            assert_eq!(rest(&mut events), [value]);
        }
    }
    assert_eq!(rest(&mut events), [99]);
}

#[test]
fn capacities() {
    for (given, is) in [(1, 1), (2, 2), (3, 4), (64, 64), (65, 128)] {
        for policy in POLICIES {
            let (emitter, mut events) = events(given, policy);
            assert_eq!((emitter.capacity(), events.capacity()), (is, is));
            let stored = (0..is * 2).filter(|&value| emitter.emit(value).is_stored()).count();
            assert_eq!(stored, if policy == Overflow::DropNewest { is } else { is * 2 });
            assert_eq!(rest(&mut events).len(), is);
        }
    }
    for given in [0, (1 << 19) + 1, usize::MAX] {
        let message = catch_unwind(|| events::<u8>(given, Overflow::DropNewest)).unwrap_err();
        let message = message.downcast::<String>().unwrap();
        assert!(message.contains("give it 1 to 524288"), "{message}");
    }
}

#[test]
#[cfg_attr(miri, ignore = "half a million nodes")]
fn the_largest_capacity() {
    let (emitter, mut events) = events(1 << 19, Overflow::DropOldest);
    for value in 0..(1 << 19) + 100_u32 {
        assert!(emitter.emit(value).is_stored());
    }
    assert_eq!(events.lost(), 100);
    assert!(rest(&mut events).into_iter().eq(100..(1 << 19) + 100));
}

#[test]
fn the_last_waker_is_woken() {
    let (emitter, mut events) = events(1, Overflow::DropOldest);
    let (first, last) = (Task::new(), Task::new());
    for task in [&first, &first, &last, &last] {
        assert!(poll(task, &mut events).is_pending());
    }
    emitter.emit(1);
    assert_eq!((first.wakes(), last.wakes()), (0, 1));
    drop(emitter);
    assert_eq!((first.wakes(), last.wakes()), (0, 1), "nobody waits");
    drop(events);
    first.assert_no_leak();
    last.assert_no_leak();
}

#[test]
fn the_end_wakes() {
    let (emitter, mut events) = events::<u8>(1, Overflow::DropOldest);
    let task = Task::new();
    assert!(poll(&task, &mut events).is_pending());
    drop(emitter);
    assert_eq!(task.wakes(), 1);
    assert_eq!(poll(&task, &mut events), Poll::Ready(None));
    task.assert_no_leak();
}

#[test]
fn emits_do_nothing_once_the_reader_is_gone() {
    let probe = Arc::new(());
    let (emitter, mut events) = events(4, Overflow::DropNewest);
    let task = Task::new();
    assert!(poll(&task, &mut events).is_pending());
    emitter.emit(probe.clone());
    assert!(!emitter.is_detached());
    drop(events);
    assert_eq!(Arc::strong_count(&probe), 1, "what was not read is dropped at once");
    assert!(emitter.is_detached());
    assert_eq!(emitter.emit(probe.clone()), Emitted::Detached(probe.clone()));
    assert!(!emitter.emit_with(|| panic!("nobody reads")));
    assert_eq!(emitter.lost(), 0);
    drop(emitter);
    task.assert_no_leak();
}

#[test]
fn what_was_not_read_is_dropped_once() {
    for emitter_first in [false, true] {
        let probe = Arc::new(());
        let (emitter, mut events) = events(8, Overflow::DropOldest);
        for _ in 0..11 {
            emitter.emit(probe.clone());
        }
        assert!(events.try_take().is_some());
        assert_eq!(Arc::strong_count(&probe), 8);
        if emitter_first {
            drop(emitter);
            drop(events);
        } else {
            drop(events);
            drop(emitter);
        }
        assert_eq!(Arc::strong_count(&probe), 1);
    }
}

#[test]
fn next_may_be_cancelled() {
    let (emitter, mut events) = events(1, Overflow::DropOldest);
    let task = Task::new();
    for value in 0..3 {
        // Polled, and dropped before and after the event comes.
        assert!(task.poll(|cx| std::pin::pin!(events.next()).poll(cx)).is_pending());
        emitter.emit(value);
        drop(events.next());
        let read = task.poll(|cx| std::pin::pin!(events.next()).poll(cx));
        assert_eq!(read, Poll::Ready(Some(value)));
    }
}

#[test]
fn emitter_passes_through_c() {
    let (emitter, mut events) = events::<u8>(4, Overflow::DropOldest);
    let data: *mut c_void = emitter.into_raw();
    for value in [1, 2] {
        // SAFETY: it came out of `into_raw`, and goes back after this.
        assert!(unsafe { Emitter::borrow_raw(data) }.emit_with(|| value));
    }
    // SAFETY: as above, and nothing borrows it any more.
    unsafe { Emitter::<u8>::release(data) };
    assert_eq!(rest(&mut events), [1, 2]);
    assert!(events.is_ended());

    let (emitter, events) = callback_bridge::events::<u8>(4, Overflow::DropOldest);
    let data = emitter.into_raw();
    // SAFETY: as above.
    drop(unsafe { Emitter::<u8>::from_raw(data) });
    assert!(events.is_ended());
}

/// An emitter in the place of a `void *`, on both sides of a C signature.
#[test]
fn emitter_stands_in_a_c_signature() {
    type Sample = for<'a> extern "C" fn(u32, EmitterRef<'a, u32>);
    /// Does as a library: keeps the data, calls back with it, and frees it at last.
    extern "C" fn lib_watch(
        sample: Sample,
        closed: extern "C" fn(Emitter<u32>),
        data: Emitter<u32>,
    ) {
        for value in 0..3 {
            sample(value, data.borrow());
        }
        closed(data);
    }
    extern "C" fn sample(value: u32, emitter: EmitterRef<'_, u32>) {
        emitter.emit_with(|| value);
    }
    extern "C" fn closed(emitter: Emitter<u32>) {
        drop(emitter);
    }
    let (emitter, mut events) = events(4, Overflow::DropOldest);
    lib_watch(sample, closed, emitter);
    assert_eq!(rest(&mut events), [0, 1, 2]);
    assert!(events.is_ended());
    assert_eq!(size_of::<EmitterRef<'_, u32>>(), size_of::<*mut c_void>());
    assert_eq!(size_of::<Option<Emitter<u32>>>(), size_of::<*mut c_void>());
}

#[test]
fn texts_of_the_public_types() {
    let (emitter, events) = events::<u8>(2, Overflow::DropOldest);
    emitter.emit(1);
    let of_emitter = "Emitter { capacity: 2, lost: 0, is_detached: false }";
    assert_eq!(format!("{emitter:?}"), of_emitter);
    assert_eq!(format!("{:?}", emitter.borrow()), of_emitter);
    assert_eq!(format!("{events:?}"), "Events { capacity: 2, lost: 0, is_ended: false }");
}

/// Polls with a waker whose original is never dropped, so that only the stream's clone can go off.
fn poll_with_bomb<T>(events: &mut Events<T>, panics: On) -> thread::Result<Poll<Option<T>>> {
    let waker = std::mem::ManuallyDrop::new(bomb(panics));
    catch_unwind(AssertUnwindSafe(|| events.poll_next(&mut Context::from_waker(&waker))))
}

#[test]
fn panic_of_wake_is_contained() {
    let (emitter, mut events) = events(1, Overflow::DropOldest);
    assert!(poll_with_bomb(&mut events, On::Wake).unwrap().is_pending());
    assert_eq!(emitter.emit(1), Emitted::Stored);
    assert_eq!(events.try_take(), Some(1));
    assert!(poll_with_bomb(&mut events, On::Wake).unwrap().is_pending());
    drop(emitter);
    assert!(events.is_ended());
}

#[test]
fn panics_of_clone_and_drop_leave_the_stream_usable() {
    let (emitter, mut events) = events(1, Overflow::DropOldest);
    assert!(poll_with_bomb(&mut events, On::Clone).is_err());
    assert!(poll_with_bomb(&mut events, On::Drop).unwrap().is_pending());
    let task = Task::new();
    assert!(catch_unwind(AssertUnwindSafe(|| poll(&task, &mut events))).is_err());
    assert!(poll(&task, &mut events).is_pending());
    emitter.emit(1);
    assert_eq!(task.wakes(), 1);
    assert_eq!(events.try_take(), Some(1));
    // The reader's own drop.
    assert!(poll_with_bomb(&mut events, On::Drop).unwrap().is_pending());
    assert!(catch_unwind(AssertUnwindSafe(|| drop(events))).is_err());
    assert!(emitter.is_detached());
    drop(emitter);
    task.assert_no_leak();
}

/// Panics when it is dropped, and counts.
struct Bomb(Arc<AtomicUsize>);

impl Drop for Bomb {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
        if !thread::panicking() {
            panic!("drop")
        }
    }
}

#[test]
fn panic_of_a_values_drop() {
    let dropped = Arc::new(AtomicUsize::new(0));
    // What was not read: the panic is the reader's, the others are dropped as well.
    let (emitter, events) = events(4, Overflow::DropOldest);
    for _ in 0..3 {
        emitter.emit(Bomb(dropped.clone()));
    }
    assert!(catch_unwind(AssertUnwindSafe(|| drop(events))).is_err());
    assert_eq!(dropped.load(SeqCst), 3);
    assert!(emitter.is_detached());
    drop(emitter);
    // What is displaced in a callback.
    let (emitter, events) = callback_bridge::events(1, Overflow::DropOldest);
    assert!(emitter.emit_with(|| Bomb(dropped.clone())));
    assert!(emitter.emit_with(|| Bomb(dropped.clone())));
    assert_eq!(dropped.load(SeqCst), 4);
    // Making the event.
    assert!(!emitter.emit_with(|| panic!("event")));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(events))).is_err());
    assert_eq!(dropped.load(SeqCst), 5);
}

/// An executor that polls inside `wake` drops the reader while the emitter's call is on the stack.
#[test]
fn read_inside_the_wake() {
    struct Inline(std::sync::Mutex<(Option<Events<u32>>, Vec<u32>)>);
    impl Wake for Inline {
        fn wake(self: Arc<Self>) {
            let mut inner = self.0.lock().unwrap();
            let mut events = inner.0.take().unwrap();
            inner.1 = rest(&mut events);
        }
    }
    let (emitter, mut events) = events(1, Overflow::DropNewest);
    let task = Arc::new(Inline(Default::default()));
    let waker = Waker::from(task.clone());
    assert!(events.poll_next(&mut Context::from_waker(&waker)).is_pending());
    task.0.lock().unwrap().0 = Some(events);
    assert_eq!(emitter.emit(3), Emitted::Stored);
    assert_eq!(task.0.lock().unwrap().1, [3]);
    assert_eq!(emitter.emit(4), Emitted::Detached(4));
}

/// Wakes the thread that blocks.
struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            // Bounded by the test harness: a wake that never comes fails as a hang.
            Poll::Pending => thread::park(),
        }
    }
}

/// What C keeps, and calls back with from any thread.
#[derive(Clone, Copy)]
struct Data(*mut c_void);

// SAFETY: the halves that it stands for may change threads.
unsafe impl Send for Data {}

impl Data {
    fn get(self) -> *mut c_void {
        self.0
    }
}

/// Many emitters, one reader that sleeps and is slow now and then: every event is read, or counted as
/// lost; those of one thread come in order; the last one of the last thread is never lost where the
/// oldest is displaced.
#[test]
fn many_emitters() {
    let each = if cfg!(miri) { 40 } else { 100_000 };
    const EMITTERS: usize = 3;
    for (policy, capacity) in POLICIES.into_iter().flat_map(|p| [1, 2, 16].map(|c| (p, c))) {
        let (emitter, mut events) = events::<Box<(usize, usize)>>(capacity, policy);
        let data = Data(emitter.into_raw());
        thread::scope(|scope| {
            let emitters: Vec<_> = (0..EMITTERS)
                .map(|number| {
                    scope.spawn(move || {
                        // SAFETY: the stream ends after this thread.
                        let emitter = unsafe { Emitter::borrow_raw(data.get()) };
                        for value in 0..each {
                            match emitter.emit(Box::new((number, value))) {
                                Emitted::Full(event) => assert_eq!(*event, (number, value)),
                                Emitted::Detached(_) => panic!("the reader is there"),
                                _ => {}
                            }
                        }
                    })
                })
                .collect();
            let reader = scope.spawn(move || {
                let (mut read, mut last) = (0_u64, [None; EMITTERS]);
                while let Some(event) = block_on(events.next()) {
                    let (number, value) = *event;
                    assert!(last[number] < Some(value), "{policy:?}: {last:?}, then {event:?}");
                    last[number] = Some(value);
                    read += 1;
                    if read % 512 == 0 {
                        thread::yield_now();
                    }
                }
                assert_eq!(read + events.lost(), (EMITTERS * each) as u64, "{policy:?}");
                if policy == Overflow::DropOldest {
                    assert!(last.contains(&Some(each - 1)), "{last:?}");
                }
            });
            for emitter in emitters {
                emitter.join().unwrap();
            }
            // SAFETY: no other thread uses it any more.
            unsafe { Emitter::<Box<(usize, usize)>>::release(data.get()) };
            reader.join().unwrap();
        });
    }
}

/// The reader goes while emitters are at it, or the emitter goes first.
#[test]
fn halves_go_in_every_order() {
    let rounds = if cfg!(miri) { 30 } else { 3_000 };
    for round in 0..rounds {
        let (emitter, mut events) = events::<Box<usize>>(1 + round % 3, POLICIES[round % 2]);
        let task = Task::new();
        thread::scope(|scope| {
            let emitter = scope.spawn(move || {
                thread::scope(|scope| {
                    let emitter = &emitter;
                    for _ in 0..2 {
                        scope.spawn(move || {
                            (0..4).for_each(|value| {
                                emitter.emit(Box::new(value));
                            })
                        });
                    }
                });
                emitter
            });
            for spin in 0..(round * 7) % 400 {
                std::hint::black_box(spin);
            }
            if round % 5 > 0 {
                let _ = poll(&task, &mut events);
            }
            if round % 3 == 0 {
                drop(emitter.join().unwrap());
                drop(events);
            } else {
                drop(events);
                drop(emitter.join().unwrap());
            }
        });
        task.assert_no_leak();
    }
}

#[cfg(feature = "futures-core")]
#[test]
fn events_are_a_stream() {
    use futures_core::FusedStream;
    fn read(stream: &mut (impl FusedStream<Item = u8> + Unpin)) -> Poll<Option<u8>> {
        Task::new().poll(|cx| std::pin::Pin::new(stream).poll_next(cx))
    }
    let (emitter, mut events) = events(1, Overflow::DropOldest);
    assert!(read(&mut events).is_pending());
    emitter.emit(1);
    drop(emitter);
    assert_eq!(read(&mut events), Poll::Ready(Some(1)));
    assert!(!FusedStream::is_terminated(&events));
    assert_eq!(read(&mut events), Poll::Ready(None));
    assert!(FusedStream::is_terminated(&events));
}
