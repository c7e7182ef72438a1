//! Wakers of every kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::FutureExt;

use crate::cell::{Cell, Held};
use crate::harness::until;

/// Counts how often it is woken.
#[derive(Default)]
pub struct Count(AtomicUsize);

impl Count {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.add();
    }
}

/// Counts, then panics, without a word on stderr.
struct Panics(Arc<Count>);

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        self.0.add();
        std::panic::resume_unwind(Box::new("a waker that panics"));
    }
}

/// Polls once with a waker that panics, waits for that, and polls again.
fn polled_twice<F: Future + Unpin>(mut future: F) -> F::Output {
    let count = Arc::new(Count::default());
    let waker = Waker::from(Arc::new(Panics(Arc::clone(&count))));
    match future.poll_unpin(&mut Context::from_waker(&waker)) {
        Poll::Ready(output) => output,
        Poll::Pending => {
            until("it is woken", || count.get() == 1);
            match future.poll_unpin(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(output) => output,
                Poll::Pending => panic!("woken, and not done"),
            }
        }
    }
}

/// Neither the process nor the threads that call back mind.
pub fn panicking(cell: Cell) {
    // Built inside the runtime, polled by hand.
    let (connect,) = cell.run(async move { (cell.builder().connect(),) });
    let session = polled_twice(connect).unwrap();
    for _ in 0..10 {
        assert_eq!(polled_twice(session.query("ROWS 3 1", ()).execute()).unwrap().len(), 3);
        polled_twice(session.prepare("OK").into_future()).unwrap();
    }
    polled_twice(session.close().into_future()).unwrap();
}

pub fn the_last_counts(cell: Cell) {
    let session = cell.run(cell.connect());
    let [first, second] = [(); 2].map(|()| Arc::new(Count::default()));
    let [one, two] = [&first, &second].map(|count| Waker::from(Arc::clone(count)));
    let mut request = session.query("ROWS 3 1", ()).execute();
    let held = Held::new();
    // Forth, back and forth again.
    for waker in [&one, &two, &one, &two] {
        if let Poll::Ready(page) = request.poll_unpin(&mut Context::from_waker(waker)) {
            assert!(cell.is_inline());
            assert_eq!(page.unwrap().len(), 3);
            return;
        }
    }
    assert_eq!(Arc::strong_count(&first), 2, "the waker of before was dropped");
    drop(held);
    until("the last is woken", || second.get() == 1);
    let done = request.poll_unpin(&mut Context::from_waker(&one));
    assert!(done.is_ready());
    assert_eq!((first.get(), second.get()), (0, 1));
}
