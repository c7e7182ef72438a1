//! The end of a session, awaited.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use callback_bridge::Completion;

use super::Session;
use crate::error::{Error, ErrorKind, Result};
use crate::rt::{self, AnyRuntime, Expired, Timeout};

/// A close about to be awaited. Made by [`Session::close`].
#[must_use = "the session closes when this is awaited"]
#[derive(Debug)]
pub struct Close<'s> {
    session: &'s Session,
    timeout: Option<Duration>,
}

impl<'s> Close<'s> {
    pub(super) fn new(session: &'s Session) -> Self {
        Self { session, timeout: None }
    }

    /// How long to wait for requests in flight, on the session's
    /// [`Runtime`](crate::rt::Runtime). After that the await fails with
    /// [`ErrorKind::Deadline`], which says how many are left, and the close goes on in the
    /// background. `Duration::MAX` for no limit. Default: the session's
    /// [`close_timeout`](crate::SessionBuilder::close_timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}

impl<'s> IntoFuture for Close<'s> {
    type Output = Result<()>;
    type IntoFuture = CloseFuture<'s>;

    fn into_future(self) -> CloseFuture<'s> {
        CloseFuture { session: self.session, timeout: self.timeout, waiting: None }
    }
}

/// The future of a close.
///
/// # Cancel safety
/// Nothing happens before the first poll. Dropped after it, the session still closes.
#[must_use = "futures do nothing unless polled"]
pub struct CloseFuture<'s> {
    session: &'s Session,
    timeout: Option<Duration>,
    waiting: Option<Waiting>,
}

enum Waiting {
    /// Until the last request has ended.
    ForEver(Completion<Result<()>>),
    /// Not longer than the deadline.
    Limited(Timeout<Completion<Result<()>>>),
}

impl Waiting {
    fn start(session: &Session, timeout: Option<Duration>) -> Self {
        session.driver().begin_close();
        Self::wait(session, session.runtime(), timeout.unwrap_or(session.close_timeout()))
    }

    fn wait(session: &Session, runtime: &AnyRuntime, timeout: Duration) -> Self {
        let closed = session.driver().closed();
        match timeout {
            Duration::MAX => Self::ForEver(closed),
            after => Self::Limited(rt::timeout(runtime, after, closed)),
        }
    }

    fn poll(
        &mut self,
        session: &Session,
        timeout: Option<Duration>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<()>> {
        let closed = match self {
            Self::ForEver(closed) => ready!(Pin::new(closed).poll(cx)),
            Self::Limited(limited) => match ready!(Pin::new(limited).poll(cx)) {
                Ok(closed) => closed,
                Err(Expired::Elapsed) => {
                    return Poll::Ready(Err(late(session.driver().in_flight())));
                }
                // Nobody asked for this limit, so a runtime that cannot keep it is no failure.
                Err(Expired::NoTimer(_)) if timeout.is_none() => {
                    *self = Self::wait(session, &AnyRuntime::default(), session.close_timeout());
                    return self.poll(session, Some(session.close_timeout()), cx);
                }
                Err(Expired::NoTimer(cause)) => {
                    let error = Error::new(ErrorKind::NoTimer, "").with_source(cause);
                    return Poll::Ready(Err(error));
                }
            },
        };
        Poll::Ready(closed.unwrap_or_else(|_| Err(forgotten())))
    }
}

impl Future for CloseFuture<'_> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (session, timeout) = (self.session, self.timeout);
        let waiting = self.waiting.get_or_insert_with(|| Waiting::start(session, timeout));
        waiting.poll(session, timeout, cx)
    }
}

fn late(in_flight: usize) -> Error {
    let text = format!("{in_flight} requests still in flight; the close goes on in the background");
    Error::new(ErrorKind::Deadline, text)
}

/// The session's end was torn down without a word, which only a panic in it could do.
fn forgotten() -> Error {
    Error::new(ErrorKind::Driver, "the end of the session was lost")
}

impl fmt::Debug for CloseFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloseFuture").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
