//! The future of every request.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::query::{Changes, State};
use super::{Bound, Query, Ref};
use crate::cql::ToRow;
use crate::driver::{Pending, ResultSet};
use crate::error::{Error, Result};
use crate::result::Page;
use crate::session::{PrepareCached, Session};

/// The future of a request: one page of its result.
///
/// Nothing is sent before the first poll.
///
/// # Cancel safety
/// Dropping it detaches: the C driver knows no cancel, so a request that was sent runs on, the
/// server does its work, and what comes back is freed. Before the first poll, dropping it leaves
/// nothing behind.
#[must_use = "futures do nothing unless polled"]
pub struct Execute<'a>(Step<'a>);

enum Step<'a> {
    Query(Query<'a>),
    Preparing {
        preparing: PrepareCached<'a>,
        session: &'a Session,
        values: Box<dyn ToRow + 'a>,
        changes: Changes,
    },
    Ready(Request<'a>),
    Sent(Pending<ResultSet>, Request<'a>),
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

    fn submit(&self) -> Result<Pending<ResultSet>> {
        let bound = self.bound();
        if let Some(error) = bound.error() {
            return Err(error.clone());
        }
        if let Self::Shared(bound) = self {
            bound.freeze();
        }
        bound.session().submit(bound.statement())
    }

    fn explain(&self, error: Error) -> Error {
        let bound = self.bound();
        error.in_statement(bound.cql()).idempotent(bound.is_idempotent())
    }
}

impl<'a> Execute<'a> {
    pub(super) fn owned(bound: Bound<'a>) -> Self {
        Self(Step::Ready(Request::Owned(bound)))
    }

    pub(super) fn shared(bound: &'a Bound<'_>) -> Self {
        Self(Step::Ready(Request::Shared(bound)))
    }

    pub(super) fn query(query: Query<'a>) -> Self {
        Self(Step::Query(query))
    }
}

impl<'a> Step<'a> {
    /// The next step of one that needs no poll.
    fn advance(self) -> Self {
        match self {
            Self::Query(Query { state, changes }) => match state {
                State::Refused(error) => Self::Failed(error),
                State::Ready(bound) => Self::Ready(Request::Owned(changes.apply(bound))),
                State::Unprepared { session, cql, values } => match session.prepare_cached(&cql) {
                    Ok(preparing) => Self::Preparing { preparing, session, values, changes },
                    Err(error) => Self::Failed(error),
                },
            },
            Self::Ready(request) => match request.submit() {
                Ok(pending) => Self::Sent(pending, request),
                Err(error) => Self::Failed(request.explain(error)),
            },
            other => other,
        }
    }
}

impl Future for Execute<'_> {
    type Output = Result<Page>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let step = &mut self.get_mut().0;
        loop {
            *step = match step {
                Step::Sent(pending, request) => {
                    let done = ready!(Pin::new(pending).poll(cx));
                    let cql = Arc::clone(request.bound().cql());
                    let done = done.map_err(|error| request.explain(error));
                    *step = Step::Done;
                    return Poll::Ready(done.map(|result| Page::new(result, cql)));
                }
                Step::Preparing { preparing, .. } => {
                    let prepared = ready!(Pin::new(preparing).poll(cx));
                    let now = std::mem::replace(step, Step::Done);
                    let Step::Preparing { session, values, changes, .. } = now else {
                        unreachable!("the step was just looked at")
                    };
                    match prepared {
                        Err(error) => Step::Failed(error),
                        Ok(core) => {
                            let bound = Bound::bind(Ref::Cached(session, core), &*values);
                            Step::Ready(Request::Owned(changes.apply(bound)))
                        }
                    }
                }
                Step::Failed(error) => {
                    let error = error.clone();
                    *step = Step::Done;
                    return Poll::Ready(Err(error));
                }
                Step::Done => panic!("a request was polled after it was done"),
                Step::Query(_) | Step::Ready(_) => std::mem::replace(step, Step::Done).advance(),
            };
        }
    }
}

impl fmt::Debug for Execute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.0 {
            Step::Query(_) | Step::Ready(_) => "not sent",
            Step::Preparing { .. } => "preparing",
            Step::Sent(..) => "sent",
            Step::Failed(_) => "failed",
            Step::Done => "done",
        };
        f.debug_tuple("Execute").field(&state).finish()
    }
}
