//! One request after the other on one thread: start, a poll that is pending, the callback, a poll that is
//! ready. The protocol alone: the waker does nothing.

use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::contenders::Bridge;

const REQUESTS: u32 = 500;

/// Nanoseconds a request.
pub fn sample<B: Bridge>() -> f64 {
    let mut cx = Context::from_waker(Waker::noop());
    let started = Instant::now();
    for value in 0..u64::from(REQUESTS) {
        let (half, mut future) = B::start();
        assert!(Pin::new(&mut future).poll(&mut cx).is_pending());
        B::callback(black_box(half), black_box(value));
        assert_eq!(Pin::new(&mut future).poll(&mut cx), Poll::Ready(value));
    }
    started.elapsed().as_nanos() as f64 / f64::from(REQUESTS)
}
