//! The costs that the crate states, counted by the allocator.
#![cfg(all(not(loom), target_has_atomic = "64"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use callback_bridge::{Emitted, Overflow, events, pair};

struct Counting;

thread_local! {
    /// Allocations of this thread: the harness has threads of its own.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise, passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Idle;

impl Wake for Idle {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_request_allocates_once() {
    let (waker, other) = (Waker::from(Arc::new(Idle)), Waker::from(Arc::new(Idle)));
    let before = ALLOCATIONS.get();
    let (completer, mut completion) = pair::<[u64; 4]>();
    for waker in [&waker, &other, &other] {
        let poll = Pin::new(&mut completion).poll(&mut Context::from_waker(waker));
        assert!(poll.is_pending());
    }
    assert_eq!(completer.complete([7; 4]), Ok(()));
    let poll = Pin::new(&mut completion).poll(&mut Context::from_waker(&waker));
    assert_eq!(poll, Poll::Ready(Ok([7; 4])));
    assert_eq!(ALLOCATIONS.get() - before, 1);
}

#[test]
fn an_emitter_never_allocates() {
    let waker = Waker::from(Arc::new(Idle));
    for policy in [Overflow::DropNewest, Overflow::DropOldest] {
        let before = ALLOCATIONS.get();
        let (emitter, mut events) = events::<[u64; 4]>(8, policy);
        assert_eq!(ALLOCATIONS.get() - before, 3);
        for value in 0..100 {
            let mut cx = Context::from_waker(&waker);
            assert!(events.poll_next(&mut cx).is_pending());
            // More than fit.
            for _ in 0..10 {
                emitter.emit([value; 4]);
            }
            assert_eq!(events.poll_next(&mut cx), Poll::Ready(Some([value; 4])));
            while events.try_take().is_some() {}
        }
        drop(events);
        assert_eq!(emitter.emit([1; 4]), Emitted::Detached([1; 4]));
        drop(emitter);
        assert_eq!(ALLOCATIONS.get() - before, 3);
    }
}
