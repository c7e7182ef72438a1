//! The future of every request.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::batch::{Filled, Filling};
use super::query::{Preparing, Started};
use super::{Batch, Bound, Query};
use crate::driver::{Answer, Pending, Place, ResultSet};
use crate::error::{Error, Result};
use crate::observe::span::Kind;
use crate::result::Page;
use crate::session::{Deadline, Flight, Patience, Session};

/// The future of a request: one page of its result.
///
/// Nothing is sent before the first poll.
///
/// # Cancel safety
/// Dropping it detaches: the C driver knows no cancel, so a request that was sent runs on, the
/// server does its work, and what comes back is freed. Before the first poll, dropping it leaves
/// nothing behind.
#[must_use = "futures do nothing unless polled"]
pub struct Execute<'a> {
    step: Step<'a>,
    patience: Patience,
    /// From the first poll on, where there is one.
    deadline: Option<Deadline>,
}

enum Step<'a> {
    Query(Query<'a>),
    Preparing(Box<Preparing<'a>>),
    Batch(Batch<'a>),
    Filling(Box<Filling<'a>>),
    Ready(Request<'a>),
    InFlight(Flight<ResultSet>, Request<'a>),
    Failed(Error),
    Done,
}

/// A request that is executed: its own, somebody else's, or several in one.
enum Request<'a> {
    Owned(Bound<'a>),
    Shared(&'a Bound<'a>),
    Batch(Filled<'a>),
}

impl Request<'_> {
    fn start(&self, patience: Patience) -> Result<Flight<ResultSet>> {
        if let Some(error) = self.error() {
            return Err(error.clone());
        }
        Flight::start(self.session(), patience, self.about(), |place| self.submit(place))
    }

    fn submit(&self, place: Place) -> Result<Pending<ResultSet>> {
        match self {
            Self::Owned(bound) => place.execute(bound.statement()),
            Self::Shared(bound) => {
                bound.freeze();
                place.execute(bound.statement())
            }
            Self::Batch(batch) => place.execute_batch(batch.batch()),
        }
    }

    fn error(&self) -> Option<&Error> {
        match self {
            Self::Owned(bound) => bound.error(),
            Self::Shared(bound) => bound.error(),
            Self::Batch(_) => None,
        }
    }

    fn session(&self) -> &Session {
        match self {
            Self::Owned(bound) => bound.session(),
            Self::Shared(bound) => bound.session(),
            Self::Batch(batch) => batch.session(),
        }
    }

    fn own_deadline(&self) -> Option<Deadline> {
        match self {
            Self::Owned(bound) => bound.own_deadline(),
            Self::Shared(bound) => bound.own_deadline(),
            Self::Batch(_) => None,
        }
    }

    /// The text that a page of it is called by.
    fn cql(&self) -> &Arc<str> {
        match self {
            Self::Owned(bound) => bound.cql(),
            Self::Shared(bound) => bound.cql(),
            Self::Batch(batch) => batch.first(),
        }
    }

    /// For its span.
    fn about(&self) -> (Kind, &str) {
        let kind = match self {
            Self::Owned(_) | Self::Shared(_) => Kind::Execute,
            Self::Batch(batch) => Kind::Batch(batch.len()),
        };
        (kind, self.cql())
    }

    fn page(&self, result: ResultSet, answer: Answer) -> Page {
        Page::new(result, answer, Arc::clone(self.cql()))
    }

    fn explain(&self, error: Error) -> Error {
        match self {
            Self::Owned(bound) => bound.explain(error),
            Self::Shared(bound) => bound.explain(error),
            Self::Batch(batch) => batch.explain(error),
        }
    }
}

impl<'a> Execute<'a> {
    pub(super) fn owned(bound: Bound<'a>) -> Self {
        Self::new(Step::Ready(Request::Owned(bound)))
    }

    pub(super) fn shared(bound: &'a Bound<'_>) -> Self {
        Self::new(Step::Ready(Request::Shared(bound)))
    }

    pub(super) fn query(query: Query<'a>) -> Self {
        Self::new(Step::Query(query))
    }

    pub(super) fn batch(batch: Batch<'a>) -> Self {
        Self::new(Step::Batch(batch))
    }

    fn new(step: Step<'a>) -> Self {
        Self { step, patience: Patience::Wait, deadline: None }
    }

    /// Fails when no place is free, instead of waiting for one.
    pub(super) fn impatient(mut self) -> Self {
        self.patience = Patience::Refuse;
        self
    }
}

impl<'a> Step<'a> {
    /// The next step of one that needs no poll.
    fn advance(self, patience: Patience) -> Self {
        match self {
            Self::Query(query) => match query.start(patience, None) {
                Ok(Started::Bound(bound)) => Self::Ready(Request::Owned(bound)),
                Ok(Started::Preparing(preparing)) => Self::Preparing(preparing),
                Err(error) => Self::Failed(error),
            },
            Self::Batch(batch) => match Filling::start(batch, patience) {
                Ok(filling) => Self::Filling(Box::new(filling)),
                Err(error) => Self::Failed(error),
            },
            Self::Ready(request) => match request.start(patience) {
                Ok(flight) => Self::InFlight(flight, request),
                Err(error) => Self::Failed(request.explain(error)),
            },
            other => other,
        }
    }

    /// The deadline of a request that is about to start.
    fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Query(query) => query.own_deadline(),
            Self::Batch(batch) => batch.own_deadline(),
            Self::Ready(request) => request.own_deadline(),
            _ => None,
        }
    }

    /// The error of a request whose deadline has passed.
    fn late(&self, error: Error) -> Error {
        match self {
            Self::Preparing(preparing) => preparing.explain(error),
            Self::Filling(filling) => filling.late(error),
            Self::InFlight(_, request) => request.explain(error),
            _ => error,
        }
    }

    fn is_sent(&self) -> bool {
        match self {
            Self::Preparing(preparing) => preparing.is_sent(),
            Self::Filling(filling) => filling.is_sent(),
            Self::InFlight(flight, _) => flight.is_sent(),
            _ => false,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, patience: Patience) -> Poll<Result<Page>> {
        loop {
            *self = match self {
                Self::InFlight(flight, request) => {
                    let done = match ready!(flight.poll(cx, |place| request.submit(place))) {
                        Ok(result) => {
                            request.session().executed(request.cql());
                            Ok(request.page(result, flight.take_answer()))
                        }
                        Err(error) => Err(request.explain(error)),
                    };
                    *self = Self::Done;
                    return Poll::Ready(done);
                }
                Self::Preparing(preparing) => match ready!(preparing.poll(cx)) {
                    Ok(bound) => Self::Ready(Request::Owned(bound)),
                    Err(error) => Self::Failed(error),
                },
                Self::Filling(filling) => match ready!(filling.poll(cx)) {
                    Err(error) => Self::Failed(error),
                    Ok(()) => {
                        let now = std::mem::replace(self, Self::Done);
                        let Self::Filling(filling) = now else {
                            unreachable!("the step was just looked at")
                        };
                        Self::Ready(Request::Batch(filling.into_filled()))
                    }
                },
                Self::Failed(error) => {
                    let error = error.clone();
                    *self = Self::Done;
                    return Poll::Ready(Err(error));
                }
                Self::Done => panic!("a request was polled after it was done"),
                Self::Query(_) | Self::Batch(_) | Self::Ready(_) => {
                    std::mem::replace(self, Self::Done).advance(patience)
                }
            };
        }
    }
}

impl Future for Execute<'_> {
    type Output = Result<Page>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { step, patience, deadline } = self.get_mut();
        if let Step::Query(_) | Step::Batch(_) | Step::Ready(_) = step {
            *deadline = step.deadline();
        }
        if let Poll::Ready(done) = step.poll(cx, *patience) {
            return Poll::Ready(done);
        }
        let Some(deadline) = deadline else { return Poll::Pending };
        let error = ready!(deadline.poll(cx, step.is_sent()));
        // What was sent is left to itself.
        let step = std::mem::replace(step, Step::Done);
        Poll::Ready(Err(step.late(error)))
    }
}

impl fmt::Debug for Execute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.step {
            Step::Query(_) | Step::Batch(_) | Step::Ready(_) => "not sent",
            Step::Preparing(_) | Step::Filling(_) => "preparing",
            Step::InFlight(flight, _) if flight.is_sent() => "sent",
            Step::InFlight(..) => "waiting for a place",
            Step::Failed(_) => "failed",
            Step::Done => "done",
        };
        f.debug_tuple("Execute").field(&state).finish()
    }
}
