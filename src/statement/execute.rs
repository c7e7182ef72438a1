//! The future of every request.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::batch::{Filled, Filling};
use super::query::{Preparing, Started};
use super::{Batch, Bound, Origin, Query};
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
    deadline: Option<Box<Deadline>>,
}

enum Step<'a> {
    Query(Query<'a>),
    Preparing(Box<Preparing<'a>>),
    Batch(Batch<'a>),
    Filling(Box<Filling<'a>>),
    /// On its way, once it was started. It is started in place: a request is large to move.
    Request(Request<'a>, Option<Flight<ResultSet>>),
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
        let origin = match self {
            Self::Owned(bound) => bound.origin(),
            Self::Shared(bound) => bound.origin(),
            // Nothing is read from a batch's answer but whether it was applied.
            Self::Batch(batch) => Origin::Text(Arc::clone(batch.first())),
        };
        self.session().executed(&origin);
        Page::new(result, answer, origin)
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
        Self::new(Step::ready(Request::Owned(bound)))
    }

    pub(super) fn shared(bound: &'a Bound<'_>) -> Self {
        Self::new(Step::ready(Request::Shared(bound)))
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

    /// Whether it was not started yet, and has a limit that goes beyond one page.
    pub(crate) fn is_timed_as_stream(&self) -> bool {
        match &self.step {
            Step::Query(query) => query.is_timed_as_stream(),
            Step::Request(Request::Owned(bound), None) => bound.is_timed_as_stream(),
            _ => false,
        }
    }

    /// This one, and leaves one that is done.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(Step::Done))
    }

    /// The request, not executed yet.
    pub(crate) async fn into_bound(self) -> Result<Bound<'a>> {
        match self.step {
            Step::Query(query) => query.into_bound().await,
            Step::Request(Request::Owned(bound), None) => Ok(bound),
            _ => unreachable!("it was not started, and is one request by value"),
        }
    }

    /// The request that was answered, for another page. C reads its statement no more.
    pub(crate) fn take_answered(&mut self) -> Bound<'a> {
        match std::mem::replace(&mut self.step, Step::Done) {
            Step::Request(Request::Owned(bound), Some(_)) => bound,
            _ => unreachable!("it was answered, and is one request by value"),
        }
    }
}

impl<'a> Step<'a> {
    fn ready(request: Request<'a>) -> Self {
        Self::Request(request, None)
    }

    /// The next step of one that needs no poll.
    fn advance(self, patience: Patience) -> Self {
        match self {
            Self::Query(query) => match query.start(patience, None) {
                Ok(Started::Bound(bound)) => Self::ready(Request::Owned(bound)),
                Ok(Started::Preparing(preparing)) => Self::Preparing(preparing),
                Err(error) => Self::Failed(error),
            },
            Self::Batch(batch) => match Filling::start(batch, patience) {
                Ok(filling) => Self::Filling(Box::new(filling)),
                Err(error) => Self::Failed(error),
            },
            other => other,
        }
    }

    /// The deadline of a request that is about to start.
    fn deadline(&self) -> Option<Deadline> {
        match self {
            Self::Query(query) => query.own_deadline(),
            Self::Batch(batch) => batch.own_deadline(),
            Self::Request(request, None) => request.own_deadline(),
            _ => None,
        }
    }

    /// The error of a request whose deadline has passed.
    fn late(&self, error: Error) -> Error {
        match self {
            Self::Preparing(preparing) => preparing.explain(error),
            Self::Filling(filling) => filling.late(error),
            Self::Request(request, _) => request.explain(error),
            _ => error,
        }
    }

    fn is_sent(&self) -> bool {
        match self {
            Self::Preparing(preparing) => preparing.is_sent(),
            Self::Filling(filling) => filling.is_sent(),
            Self::Request(_, Some(flight)) => flight.is_sent(),
            _ => false,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, patience: Patience) -> Poll<Result<Page>> {
        loop {
            *self = match self {
                Self::Request(request, flight) => {
                    let flight = match flight {
                        Some(flight) => flight,
                        None => match request.start(patience) {
                            Ok(started) => flight.insert(started),
                            Err(error) => {
                                *self = Self::Failed(request.explain(error));
                                continue;
                            }
                        },
                    };
                    // What is left of it stays as it is, and is not worth a move.
                    match ready!(flight.poll(cx, |place| request.submit(place))) {
                        Ok(result) => {
                            let page = request.page(result, flight.take_answer());
                            return Poll::Ready(Ok(page));
                        }
                        Err(error) => Self::Failed(request.explain(error)),
                    }
                }
                Self::Preparing(preparing) => match ready!(preparing.poll(cx)) {
                    Ok(bound) => Self::ready(Request::Owned(bound)),
                    Err(error) => Self::Failed(error),
                },
                Self::Filling(filling) => match ready!(filling.poll(cx)) {
                    Err(error) => Self::Failed(error),
                    Ok(()) => {
                        let now = std::mem::replace(self, Self::Done);
                        let Self::Filling(filling) = now else {
                            unreachable!("the step was just looked at")
                        };
                        Self::ready(Request::Batch(filling.into_filled()))
                    }
                },
                Self::Failed(error) => {
                    let error = error.clone();
                    *self = Self::Done;
                    return Poll::Ready(Err(error));
                }
                Self::Done => panic!("a request was polled after it was done"),
                Self::Query(_) | Self::Batch(_) => {
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
        if let Step::Query(_) | Step::Batch(_) | Step::Request(_, None) = step {
            *deadline = step.deadline().map(Box::new);
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
            Step::Query(_) | Step::Batch(_) | Step::Request(_, None) => "not sent",
            Step::Preparing(_) | Step::Filling(_) => "preparing",
            Step::Request(_, Some(flight)) if flight.is_sent() => "sent",
            Step::Request(_, Some(flight)) if flight.is_answered() => "done",
            Step::Request(..) => "waiting for a place",
            Step::Failed(_) => "failed",
            Step::Done => "done",
        };
        f.debug_tuple("Execute").field(&state).finish()
    }
}
