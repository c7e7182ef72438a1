//! The read-modify-writes that the documentation states, counted. Those of the task's own waker are not
//! ours: this waker has none.

use std::pin::Pin;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::sync::counted::rmws;
use crate::{Emitted, Events, Overflow, events, pair};

/// Wakers that differ by a number.
fn waker(number: usize) -> Waker {
    static TABLE: RawWakerVTable =
        RawWakerVTable::new(|data| RawWaker::new(data, &TABLE), |_| (), |_| (), |_| ());
    // SAFETY: the functions of the table ignore the data, and any thread may call them.
    unsafe { Waker::new(std::ptr::without_provenance(number), &TABLE) }
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

#[test]
fn a_request_takes_two() {
    let waker = waker(1);
    let (made, (completer, mut completion)) = rmws(pair::<u64>);
    let (first, _) = rmws(|| poll(&mut completion, &waker));
    let (again, _) =
        rmws(|| (0..10).for_each(|_| assert!(poll(&mut completion, &waker).is_pending())));
    let (callback, handed_over) = rmws(|| completer.complete(7));
    let (last, polled) = rmws(|| poll(&mut completion, &waker));
    assert_eq!((handed_over, polled), (Ok(()), Poll::Ready(Ok(7))));
    assert_eq!([made, first, again, callback, last], [0, 1, 0, 1, 0]);
}

#[test]
fn an_early_completion_takes_one() {
    let (completer, mut completion) = pair::<u64>();
    let (callback, _) = rmws(|| completer.complete_with(|_| 7));
    let (last, polled) = rmws(|| poll(&mut completion, &waker(1)));
    assert_eq!(polled, Poll::Ready(Ok(7)));
    assert_eq!([callback, last], [1, 0]);
}

#[test]
fn a_detached_request_takes_two() {
    let (completer, mut completion) = pair::<u64>();
    assert!(poll(&mut completion, &waker(1)).is_pending());
    let (detach, _) = rmws(|| drop(completion));
    let (callback, _) = rmws(|| completer.complete(7));
    assert_eq!([detach, callback], [1, 0]);
}

#[test]
fn another_waker_takes_two() {
    let (_completer, mut completion) = pair::<u64>();
    assert!(poll(&mut completion, &waker(1)).is_pending());
    let (change, _) = rmws(|| poll(&mut completion, &waker(2)));
    assert_eq!(change, 2);
}

fn poll_next(events: &mut Events<u64>, waker: &Waker) -> Poll<Option<u64>> {
    events.poll_next(&mut Context::from_waker(waker))
}

#[test]
fn an_event_takes_five() {
    for policy in [Overflow::DropNewest, Overflow::DropOldest] {
        let waker = waker(1);
        let (emitter, mut events) = events(4, policy);
        let (sleep, _) = rmws(|| poll_next(&mut events, &waker));
        let (again, _) = rmws(|| poll_next(&mut events, &waker));
        let (emit, emitted) = rmws(|| emitter.emit(7));
        let (read, event) = rmws(|| poll_next(&mut events, &waker));
        assert_eq!((emitted, event), (Emitted::Stored, Poll::Ready(Some(7))));
        assert_eq!([sleep, again, emit, read], [1, 0, 3, 2], "{policy:?}");
    }
}

#[test]
fn what_is_lost_takes_its_count() {
    let (emitter, events) = events(1, Overflow::DropNewest);
    emitter.emit(1);
    let (full, emitted) = rmws(|| emitter.emit(2));
    assert_eq!((full, emitted), (1, Emitted::Full(2)));
    drop(events);
    let (detached, emitted) = rmws(|| emitter.emit(3));
    assert_eq!((detached, emitted), (0, Emitted::Detached(3)));

    let (emitter, _events) = crate::events(1, Overflow::DropOldest);
    emitter.emit(1);
    let (displaced, emitted) = rmws(|| emitter.emit(2));
    assert_eq!((displaced, emitted), (5, Emitted::Displaced(1)));
}
