//! Preparing: for the caller, and for the cache.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::Session;
use crate::driver::{self, Pending};
use crate::error::{Error, Result};
use crate::statement::{Options, Prepared, PreparedCore, option_setters};

/// A statement about to be prepared. Options set here are defaults of each request made from it.
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
            let sent = Preparing::start(session, cql, std::mem::take(options));
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
    pub(super) fn start(session: &'s Session, cql: &Arc<str>) -> Result<Self> {
        Ok(Self { session, preparing: Preparing::start(session, cql, Options::new())? })
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
    pending: Pending<driver::Prepared>,
    cql: Arc<str>,
    options: Options,
}

impl Preparing {
    fn start(session: &Session, cql: &Arc<str>, options: Options) -> Result<Self> {
        if let Some(refusal) = crate::statement::refuse(cql) {
            return Err(refusal);
        }
        let pending = session.driver().prepare(cql).map_err(|error| error.in_statement(cql))?;
        Ok(Self { pending, cql: Arc::clone(cql), options })
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<PreparedCore>>> {
        let outcome = ready!(Pin::new(&mut self.pending).poll(cx));
        Poll::Ready(match outcome {
            Ok(raw) => {
                let (cql, options) = (Arc::clone(&self.cql), std::mem::take(&mut self.options));
                Ok(Arc::new(PreparedCore { raw, cql, options }))
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
