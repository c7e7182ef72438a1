//! The future of every request.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::query::{Changes, State};
use super::{Bound, Query, Ref};
use crate::cql::ToRow;
use crate::driver::{Pending, Place, ResultSet};
use crate::error::{Error, Result};
use crate::result::Page;
use crate::session::{Deadline, Flight, Patience, PrepareCached, Session};

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
    Preparing {
        preparing: PrepareCached<'a>,
        session: &'a Session,
        values: Box<dyn ToRow + 'a>,
        changes: Changes,
    },
    Ready(Request<'a>),
    InFlight(Flight<ResultSet>, Request<'a>),
    Failed(Error),
    Done,
}

/// A request that is executed: its own, or somebody else's.
enum Request<'a> {
    Owned(Bound<'a>),
    Shared(&'a Bound<'a>),
}

impl<'a> Request<'a> {
    fn bound(&self) -> &Bound<'a> {
        match self {
            Self::Owned(bound) => bound,
            Self::Shared(bound) => bound,
        }
    }

    fn start(&self, patience: Patience) -> Result<Flight<ResultSet>> {
        let bound = self.bound();
        if let Some(error) = bound.error() {
            return Err(error.clone());
        }
        Flight::start(bound.session(), patience, |place| self.submit(place))
    }

    fn submit(&self, place: Place) -> Result<Pending<ResultSet>> {
        if let Self::Shared(bound) = self {
            bound.freeze();
        }
        place.execute(self.bound().statement())
    }

    fn explain(&self, error: Error) -> Error {
        let bound = self.bound();
        error.in_statement(bound.cql()).idempotent(bound.is_idempotent())
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
            Self::Query(Query { state, changes }) => match state {
                State::Refused(error) => Self::Failed(error),
                State::Ready(bound) => Self::Ready(Request::Owned(changes.apply(bound))),
                State::Unprepared { session, cql, values } => {
                    match session.prepare_cached(&cql, patience, None) {
                        Ok(preparing) => Self::Preparing { preparing, session, values, changes },
                        Err(error) => Self::Failed(error),
                    }
                }
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
            Self::Ready(request) => request.bound().own_deadline(),
            _ => None,
        }
    }

    /// The error of a request whose deadline has passed.
    fn late(&self, error: Error) -> Error {
        match self {
            Self::Preparing { preparing, .. } => preparing.explain(error),
            Self::InFlight(_, request) => request.explain(error),
            _ => error,
        }
    }

    fn is_sent(&self) -> bool {
        match self {
            Self::Preparing { preparing, .. } => preparing.is_sent(),
            Self::InFlight(flight, _) => flight.is_sent(),
            _ => false,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, patience: Patience) -> Poll<Result<Page>> {
        loop {
            *self = match self {
                Self::InFlight(flight, request) => {
                    let done = ready!(flight.poll(cx, |place| request.submit(place)));
                    let cql = Arc::clone(request.bound().cql());
                    let done = done.map_err(|error| request.explain(error));
                    *self = Self::Done;
                    return Poll::Ready(done.map(|result| Page::new(result, cql)));
                }
                Self::Preparing { preparing, .. } => {
                    let prepared = ready!(Pin::new(preparing).poll(cx));
                    let now = std::mem::replace(self, Self::Done);
                    let Self::Preparing { session, values, changes, .. } = now else {
                        unreachable!("the step was just looked at")
                    };
                    match prepared {
                        Err(error) => Self::Failed(error),
                        Ok(core) => {
                            let bound = Bound::bind(Ref::Cached(session, core), &*values);
                            Self::Ready(Request::Owned(changes.apply(bound)))
                        }
                    }
                }
                Self::Failed(error) => {
                    let error = error.clone();
                    *self = Self::Done;
                    return Poll::Ready(Err(error));
                }
                Self::Done => panic!("a request was polled after it was done"),
                Self::Query(_) | Self::Ready(_) => {
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
        if let Step::Query(_) | Step::Ready(_) = step {
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
            Step::Query(_) | Step::Ready(_) => "not sent",
            Step::Preparing { .. } => "preparing",
            Step::InFlight(flight, _) if flight.is_sent() => "sent",
            Step::InFlight(..) => "waiting for a place",
            Step::Failed(_) => "failed",
            Step::Done => "done",
        };
        f.debug_tuple("Execute").field(&state).finish()
    }
}
