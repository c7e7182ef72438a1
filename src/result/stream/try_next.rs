//! The future of `try_next`.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::error::Result;

/// The future of `try_next` on a stream. It only polls: dropping it loses nothing.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct TryNext<'a, S>(&'a mut S);

impl<'a, S> TryNext<'a, S> {
    pub(super) fn new(stream: &'a mut S) -> Self {
        Self(stream)
    }
}

impl<T, S: Stream<Item = Result<T>> + Unpin> Future for TryNext<'_, S> {
    type Output = Result<Option<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut *self.0).poll_next(cx).map(Option::transpose)
    }
}
