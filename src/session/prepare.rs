//! Preparing: for the caller, and for the cache.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::{Deadline, Flight, Patience, Session};
use crate::driver;
use crate::error::{Error, Result};
use crate::observe::span::Kind;
use crate::statement::{KnownColumns, Options, Prepared, PreparedCore, option_setters};

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

/// Prepares for the cache, and gives what it put there.
pub(crate) struct PrepareCached<'s> {
    session: &'s Session,
    preparing: Preparing,
}

impl<'s> PrepareCached<'s> {
    /// `deadline` is for this prepare alone.
    pub(super) fn start(
        session: &'s Session,
        cql: &Arc<str>,
        patience: Patience,
        deadline: Option<Deadline>,
    ) -> Result<Self> {
        let options = Options::new();
        let preparing = Preparing::start(session, cql, options, patience, deadline)?;
        Ok(Self { session, preparing })
    }

    /// Names the statement in an error.
    pub(crate) fn explain(&self, error: Error) -> Error {
        explain(error, &self.preparing.cql)
    }

    /// Whether C has it.
    pub(crate) fn is_sent(&self) -> bool {
        self.preparing.flight.is_sent()
    }
}

impl Future for PrepareCached<'_> {
    type Output = Result<Arc<PreparedCore>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let core = ready!(self.preparing.poll(cx));
        if let Ok(core) = &core {
            self.session.cache(Arc::clone(core));
        }
        Poll::Ready(core)
    }
}

/// A prepare on its way.
struct Preparing {
    flight: Flight<driver::Prepared>,
    cql: Arc<str>,
    options: Options,
    deadline: Option<Deadline>,
}

impl Preparing {
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

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<PreparedCore>>> {
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
                let columns = KnownColumns::default();
                Ok(Arc::new(PreparedCore { raw, cql, options, columns }))
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
