//! Preparing: for the caller, and for the cache.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::cache::Joined;
use super::joint::Joint;
use super::{Deadline, Flight, Patience, Session};
use crate::driver;
use crate::error::{Error, Result};
use crate::observe::span::Kind;
use crate::statement::{Options, Prepared, PreparedCore, option_setters};

/// A statement about to be prepared. Options set here are defaults of each request made from it; the
/// preparing itself has none, and takes as long as the session's `request_timeout` allows.
#[must_use = "a statement is prepared when this is awaited"]
#[derive(Debug)]
pub struct Prepare<'s> {
    session: &'s Session,
    cql: Arc<str>,
    options: Options,
}

impl<'s> Prepare<'s> {
    pub(super) fn new(session: &'s Session, cql: &str) -> Self {
        Self { session, cql: cql.into(), options: Options::new() }
    }

    /// Several options at once; the later wins over the earlier.
    pub fn options(self, options: &Options) -> Self {
        self.set(options.clone())
    }

    fn set(mut self, change: Options) -> Self {
        self.options.merge(&change);
        self
    }
}

option_setters!(Prepare<'_>);

impl<'s> IntoFuture for Prepare<'s> {
    type Output = Result<Prepared>;
    type IntoFuture = PrepareFuture<'s>;

    fn into_future(self) -> PrepareFuture<'s> {
        PrepareFuture { session: self.session, state: State::Start(self.cql, self.options) }
    }
}

/// The future of [`Session::prepare`]. Nothing is sent before the first poll; dropping it leaves the
/// server with a prepared statement that nobody uses, which is harmless.
#[must_use = "futures do nothing unless polled"]
pub struct PrepareFuture<'s> {
    session: &'s Session,
    state: State,
}

enum State {
    Start(Arc<str>, Options),
    Sent(Preparing),
    Done,
}

impl Future for PrepareFuture<'_> {
    type Output = Result<Prepared>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let session = self.session;
        if let State::Start(cql, options) = &mut self.state {
            let options = std::mem::take(options);
            let deadline = session.deadline(&options);
            let sent = Preparing::start(session, cql, options, Patience::Wait, deadline);
            match sent {
                Ok(preparing) => self.state = State::Sent(preparing),
                Err(error) => {
                    self.state = State::Done;
                    return Poll::Ready(Err(error));
                }
            }
        }
        let State::Sent(preparing) = &mut self.state else {
            panic!("a prepare was polled after it was done")
        };
        let outcome = ready!(preparing.poll(cx));
        self.state = State::Done;
        Poll::Ready(outcome.map(|core| Prepared { core, session: session.clone() }))
    }
}

impl fmt::Debug for PrepareFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrepareFuture").finish_non_exhaustive()
    }
}

/// One caller's wait for a prepare of the cache, which others may share.
pub(crate) struct PrepareCached<'s> {
    session: &'s Session,
    cql: Arc<str>,
    patience: Patience,
    /// Of this caller.
    deadline: Option<Deadline>,
    part: Part,
}

enum Part {
    /// It was there after all.
    Kept(Arc<PreparedCore>),
    /// Of a prepare that comes, with the caller's key.
    In(Arc<Joint>, usize),
    Over,
}

impl<'s> PrepareCached<'s> {
    /// Nothing is sent before the first poll. `deadline` is for this prepare alone.
    pub(super) fn new(
        session: &'s Session,
        cql: &Arc<str>,
        patience: Patience,
        deadline: Option<Deadline>,
    ) -> Self {
        let part = match session.cache().join(cql) {
            Joined::Kept(core) => Part::Kept(core),
            Joined::Coming(joint) => {
                let key = joint.key();
                Part::In(joint, key)
            }
        };
        Self { session, cql: Arc::clone(cql), patience, deadline, part }
    }

    /// Names the statement in an error.
    pub(crate) fn explain(&self, error: Error) -> Error {
        explain(error, &self.cql)
    }

    /// Whether C has it.
    pub(crate) fn is_sent(&self) -> bool {
        matches!(&self.part, Part::In(joint, _) if joint.is_sent())
    }

    fn leave(&mut self) {
        if let Part::In(joint, key) = std::mem::replace(&mut self.part, Part::Over) {
            joint.forget(key);
            self.session.cache().leave(&joint);
        }
    }
}

impl Future for PrepareCached<'_> {
    type Output = Result<Arc<PreparedCore>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let outcome = match &this.part {
            Part::Kept(core) => Ok(Arc::clone(core)),
            Part::In(joint, key) => match joint.poll(*key, cx, this.session, this.patience) {
                Poll::Ready(outcome) => outcome,
                Poll::Pending => {
                    let sent = joint.is_sent();
                    let Some(deadline) = &mut this.deadline else { return Poll::Pending };
                    Err(explain(ready!(deadline.poll(cx, sent)), &this.cql))
                }
            },
            Part::Over => panic!("a prepare was polled after it was done"),
        };
        this.leave();
        Poll::Ready(outcome)
    }
}

impl Drop for PrepareCached<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A prepare on its way.
pub(super) struct Preparing {
    flight: Flight<driver::Prepared>,
    cql: Arc<str>,
    options: Options,
    deadline: Option<Deadline>,
}

impl Preparing {
    /// For the cache. Who waits for it has the deadline.
    pub(super) fn of_cache(session: &Session, cql: &Arc<str>, patience: Patience) -> Result<Self> {
        Self::start(session, cql, Options::new(), patience, None)
    }

    /// Whether C has it.
    pub(super) fn is_sent(&self) -> bool {
        self.flight.is_sent()
    }

    fn start(
        session: &Session,
        cql: &Arc<str>,
        options: Options,
        patience: Patience,
        deadline: Option<Deadline>,
    ) -> Result<Self> {
        if let Some(refusal) = crate::statement::refuse(cql) {
            return Err(refusal);
        }
        options.check(session).map_err(|error| error.in_statement(cql))?;
        let flight =
            Flight::start(session, patience, (Kind::Prepare, cql), |place| place.prepare(cql));
        let flight = flight.map_err(|error| explain(error, cql))?;
        Ok(Self { flight, cql: Arc::clone(cql), options, deadline })
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<PreparedCore>>> {
        let cql = &self.cql;
        let outcome = match self.flight.poll(cx, |place| place.prepare(cql)) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => {
                let Some(deadline) = &mut self.deadline else { return Poll::Pending };
                Err(ready!(deadline.poll(cx, self.flight.is_sent())))
            }
        };
        Poll::Ready(match outcome {
            Ok(raw) => {
                let (cql, options) = (Arc::clone(&self.cql), std::mem::take(&mut self.options));
                Ok(Arc::new(PreparedCore::new(raw, cql, options)))
            }
            Err(error) => Err(explain(error, &self.cql)),
        })
    }
}

/// Preparing twice does no harm, so a failed prepare may be tried again where nobody knows how it
/// went.
fn explain(error: Error, cql: &str) -> Error {
    error.in_statement(cql).idempotent(true)
}
