//! A request on its way to C and back: in line for a place, then sent.
//!
//! Cost: nothing beside the [`Pending`] while places are free; one that waits has a slot more. Each
//! has its [span](crate::observe::span).

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::Session;
use crate::driver::{Answer, Pending, Place, ResultSet, Waiting};
use crate::error::{Error, ErrorKind, Result};
use crate::observe::span::{Kind, Span, Subject};
use crate::rt::{Clock, Expired};

/// What to do when no place is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// Get in line.
    Wait,
    /// Fail with [`ErrorKind::Busy`].
    Refuse,
}

/// A request that has a place, or waits for one.
pub(crate) struct Flight<T> {
    stage: Stage<T>,
    span: Span,
}

enum Stage<T> {
    InLine(Waiting),
    Sent(Pending<T>),
    Landed,
}

impl<T> Flight<T> {
    /// Submits at once where a place is free. Where none is, `submit` is for the polls. The kind and
    /// the text are for the span.
    pub(crate) fn start(
        session: &Session,
        patience: Patience,
        (kind, cql): (Kind, &str),
        submit: impl FnOnce(Place) -> Result<Pending<T>>,
    ) -> Result<Self> {
        let mut span = Span::new(Subject { kind, cql, keyspace: session.keyspace() });
        let stage = Stage::start(session, patience, submit);
        if stage.is_err() {
            span.end(&stage);
        }
        Ok(Self { stage: stage?, span })
    }

    /// Whether C has it.
    pub(crate) fn is_sent(&self) -> bool {
        matches!(self.stage, Stage::Sent(_))
    }

    /// Whether its answer was taken.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.stage, Stage::Landed)
    }

    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        submit: impl FnOnce(Place) -> Result<Pending<T>>,
    ) -> Poll<Result<T>> {
        let outcome = ready!(self.stage.poll(cx, submit));
        self.span.end(&outcome);
        Poll::Ready(outcome)
    }
}

impl<T> Stage<T> {
    fn start(
        session: &Session,
        patience: Patience,
        submit: impl FnOnce(Place) -> Result<Pending<T>>,
    ) -> Result<Self> {
        match session.driver().enter()? {
            Some(place) => Ok(Self::Sent(submit(place)?)),
            None if patience == Patience::Wait => Ok(Self::InLine(session.driver().wait())),
            None => Err(session.busy()),
        }
    }

    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        submit: impl FnOnce(Place) -> Result<Pending<T>>,
    ) -> Poll<Result<T>> {
        if let Self::InLine(waiting) = self {
            match ready!(Pin::new(waiting).poll(cx)).and_then(submit) {
                Ok(pending) => *self = Self::Sent(pending),
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        match self {
            Self::Sent(pending) => Pin::new(pending).poll(cx),
            Self::InLine(_) => unreachable!("a place has come"),
            Self::Landed => panic!("a request was polled after it was answered"),
        }
    }
}

impl Flight<ResultSet> {
    /// What else there is to know of an answer. To be asked once, when it has come.
    pub(crate) fn take_answer(&mut self) -> Answer {
        match std::mem::replace(&mut self.stage, Stage::Landed) {
            Stage::Sent(pending) => pending.into_answer(),
            Stage::InLine(_) | Stage::Landed => unreachable!("it has just been answered"),
        }
    }
}

/// The deadline of a request, from its first poll on.
pub(crate) struct Deadline {
    after: Duration,
    clock: Clock,
}

impl Deadline {
    pub(crate) fn new(session: &Session, after: Duration) -> Self {
        Self { after, clock: Clock::new(session.runtime(), after) }
    }

    /// Resolves with the error of a stream that takes too long.
    pub(crate) fn poll_stream(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        let after = self.after;
        self.poll_clock(cx).map(|passed| {
            passed.err().unwrap_or_else(|| {
                let text = format!("the stream was not at its end within {after:?}");
                Error::new(ErrorKind::Deadline, text)
            })
        })
    }

    /// Resolves when the time has passed, or nobody can tell.
    fn poll_clock(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.clock.poll(cx).map(|expired| match expired {
            Expired::NoTimer(cause) => Err(Error::new(ErrorKind::NoTimer, "").with_source(cause)),
            Expired::Elapsed => Ok(()),
        })
    }

    /// Resolves with the error of a request that comes too late. `sent` says whether C has it.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, sent: bool) -> Poll<Error> {
        Poll::Ready(match ready!(self.poll_clock(cx)) {
            Err(error) => error,
            Ok(()) if sent => {
                let text = format!("no answer within {:?}; the request may still run", self.after);
                Error::new(ErrorKind::Deadline, text)
            }
            Ok(()) => {
                let text = format!("no place came free within {:?}", self.after);
                Error::new(ErrorKind::Busy, text)
            }
        })
    }
}
