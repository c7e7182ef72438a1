//! Several writes in one request.
//!
//! Statements and values cannot get out of step: a batch takes requests, each with its values.
//! Cost: the requests' own, one C batch, one box.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::vec;

use super::query::{Preparing, Started};
use super::{Bound, Execute, Options, Query, option_setters};
use crate::cql::FromRowOwned;
use crate::driver::{self, Configure};
use crate::error::{Error, ErrorKind, Result};
use crate::result::Lwt;
use crate::session::{Deadline, Patience, Session};

/// The most statements that the protocol can count. C does not look.
const MOST: usize = u16::MAX as usize;
/// The most bytes that the protocol has for one frame.
const MOST_BYTES: usize = 256 << 20;

/// What a batch promises.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchKind {
    /// All of it happens or nothing, in the end: written to a log first, which costs about as much
    /// again. On one partition it is atomic without the log, and the server leaves the log out.
    Logged,
    /// No promise over several partitions. On one partition it is atomic, and cheaper than its
    /// statements one by one; over several it is usually slower than they are.
    Unlogged,
    /// Updates of counters and nothing else. No log, and never idempotent.
    Counter,
}

impl BatchKind {
    /// C's `CassBatchType`.
    fn to_code(self) -> u32 {
        match self {
            Self::Logged => 0,
            Self::Unlogged => 1,
            Self::Counter => 2,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Logged => "LOGGED",
            Self::Unlogged => "UNLOGGED",
            Self::Counter => "COUNTER",
        }
    }
}

/// Several writes in one request. Made by [`Session::batch`].
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// use async_cassandra::{BatchKind, Consistency};
///
/// let insert = session.prepare("INSERT INTO users (id, name) VALUES (?, ?)").await?;
/// let mut batch = session
///     .batch(BatchKind::Logged)
///     .add(insert.bind((1, "Ann")))
///     .add(session.query("DELETE FROM pending WHERE id = ?", (1,)));
/// batch.extend([(2, "Bo"), (3, "Cy")].map(|user| insert.bind(user)));
/// batch.consistency(Consistency::Quorum).await?;
/// # Ok(()) }
/// ```
///
/// Text with values that was not prepared yet is prepared when the batch is executed, each text
/// once, one after the other.
///
/// # Options
/// Those of the batch count. Of those of the requests in it only one does: where the batch says
/// nothing, it is idempotent when each request in it is. (A batch has no pages, and C pins none to a
/// host.)
///
/// # Size
/// Servers refuse large batches: those whose data is over `batch_size_fail_threshold`, 50 KiB unless
/// somebody changed it, and more than one partition; over `batch_size_warn_threshold`, 5 KiB, they log a
/// warning. [`max_bytes`](Self::max_bytes) tells before they do.
///
/// # Errors
/// [`ErrorKind::Batch`]: it is empty, has more than 65,535 statements, or a request of another
/// session. [`ErrorKind::BatchTooLarge`]. A request in it that could not be executed by itself says
/// why. Nothing is sent then.
#[must_use = "a batch does nothing before it is awaited or executed"]
pub struct Batch<'s> {
    session: &'s Session,
    kind: BatchKind,
    items: Vec<Item<'s>>,
    options: Options,
    max_bytes: Option<usize>,
}

/// A request in a [`Batch`].
#[non_exhaustive]
#[derive(Debug)]
pub enum Item<'s> {
    /// A prepared statement with values.
    Bound(Bound<'s>),
    /// Text with values, or without.
    Query(Query<'s>),
}

impl<'s> From<Bound<'s>> for Item<'s> {
    fn from(bound: Bound<'s>) -> Self {
        Self::Bound(bound)
    }
}

impl<'s> From<Query<'s>> for Item<'s> {
    fn from(query: Query<'s>) -> Self {
        Self::Query(query)
    }
}

impl<'s> Batch<'s> {
    pub(crate) fn new(session: &'s Session, kind: BatchKind) -> Self {
        Self { session, kind, items: Vec::new(), options: Options::new(), max_bytes: None }
    }

    /// With one more request, a [`Bound`] or a [`Query`].
    #[allow(clippy::should_implement_trait, reason = "it adds to a list, not two values")]
    pub fn add(mut self, request: impl Into<Item<'s>>) -> Self {
        self.push(request);
        self
    }

    /// Adds one more request, a [`Bound`] or a [`Query`].
    pub fn push(&mut self, request: impl Into<Item<'s>>) {
        self.items.push(request.into());
    }

    /// Number of requests in it.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it has none yet. An empty batch cannot be executed.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Several options at once; the later wins over the earlier.
    pub fn options(self, options: &Options) -> Self {
        self.set(options.clone())
    }

    /// Fails with [`ErrorKind::BatchTooLarge`] before anything is sent when the values of all requests
    /// together, and the texts of those without values, have more bytes than this. Default: the
    /// session's [`max_batch_bytes`](crate::SessionBuilder::max_batch_bytes). Never more than the 256
    /// MiB of the protocol.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Executes it: a future for combinators that take no `IntoFuture`.
    pub fn execute(self) -> Execute<'s> {
        Execute::batch(self)
    }

    /// As [`execute`](Self::execute), and fails with [`ErrorKind::Busy`] where that would wait for a
    /// place.
    pub fn try_execute(self) -> Execute<'s> {
        Execute::batch(self).impatient()
    }

    /// Executes a batch with conditions, and says whether it was done: all of it, or nothing.
    ///
    /// The driver sends it once, whatever `idempotent` says. See [`Query::applied`].
    pub async fn applied(self) -> Result<bool> {
        self.idempotent(false).await?.applied()
    }

    /// Executes a batch with conditions; when it was refused, reads the first row that stood against
    /// it. For the others await it, and see [`Page::rows`](crate::Page::rows).
    ///
    /// The driver sends it once, whatever `idempotent` says. See [`Query::lwt`].
    pub async fn lwt<T: FromRowOwned>(self) -> Result<Lwt<T>> {
        self.idempotent(false).await?.lwt()
    }

    pub(super) fn own_deadline(&self) -> Option<Deadline> {
        self.session.deadline(&self.options)
    }

    fn set(mut self, change: Options) -> Self {
        self.options.merge(&change);
        self
    }
}

option_setters!(Batch<'_>);

impl<'s, I: Into<Item<'s>>> Extend<I> for Batch<'s> {
    fn extend<T: IntoIterator<Item = I>>(&mut self, requests: T) {
        self.items.extend(requests.into_iter().map(Into::into));
    }
}

impl<'s> IntoFuture for Batch<'s> {
    type Output = <Execute<'s> as Future>::Output;
    type IntoFuture = Execute<'s>;

    fn into_future(self) -> Execute<'s> {
        self.execute()
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("kind", &self.kind)
            .field("requests", &self.items.len())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A batch on its way into C, request by request. C keeps the statements, so the requests go as they
/// are added.
pub(super) struct Filling<'s> {
    left: vec::IntoIter<Item<'s>>,
    preparing: Option<Box<Preparing<'s>>>,
    patience: Patience,
    all_idempotent: bool,
    bytes: usize,
    max_bytes: usize,
    filled: Filled<'s>,
}

/// A batch that C can execute.
pub(super) struct Filled<'s> {
    session: &'s Session,
    batch: driver::Batch,
    kind: BatchKind,
    len: usize,
    /// The text of the first request.
    first: Arc<str>,
    /// Those that came from the session's cache.
    cached: Vec<Arc<str>>,
    options: Options,
    idempotent: bool,
}

impl<'s> Filling<'s> {
    pub(super) fn start(batch: Batch<'s>, patience: Patience) -> Result<Self> {
        let Batch { session, kind, items, options, max_bytes } = batch;
        let len = items.len();
        if let Some(text) = match len {
            0 => Some("it is empty"),
            1..=MOST => None,
            _ => Some("the protocol has room for 65,535 statements"),
        } {
            return Err(Error::new(ErrorKind::Batch, text));
        }
        // Before any of its texts is prepared.
        options.check(session)?;
        let filled = Filled {
            session,
            batch: driver::Batch::new(kind.to_code()),
            kind,
            len,
            first: Arc::default(),
            cached: Vec::new(),
            options,
            idempotent: false,
        };
        let max_bytes = max_bytes.unwrap_or(session.max_batch_bytes()).min(MOST_BYTES);
        let (left, all_idempotent) = (items.into_iter(), true);
        Ok(Self { left, preparing: None, patience, all_idempotent, bytes: 0, max_bytes, filled })
    }

    /// Adds what is left, as far as it needs no waiting.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(loop {
            if let Some(preparing) = &mut self.preparing {
                let bound = ready!(preparing.poll(cx));
                self.preparing = None;
                if let Err(error) = bound.and_then(|bound| self.add(&bound)) {
                    break Err(error);
                }
            }
            let done = match self.left.next() {
                None => break self.finish(),
                Some(Item::Bound(bound)) => self.add(&bound),
                Some(Item::Query(query)) => self.start_query(query),
            };
            if done.is_err() {
                break done;
            }
        })
    }

    fn start_query(&mut self, query: Query<'s>) -> Result<()> {
        if let Some(session) = query.session() {
            self.check(session, query.cql())?;
        }
        match query.start(self.patience, None)? {
            Started::Bound(bound) => self.add(&bound),
            Started::Preparing(preparing) => {
                self.preparing = Some(preparing);
                Ok(())
            }
        }
    }

    fn add(&mut self, bound: &Bound<'_>) -> Result<()> {
        if let Some(error) = bound.error() {
            return Err(error.clone());
        }
        self.check(bound.session(), bound.cql())?;
        let Filled { batch, first, cached, .. } = &mut self.filled;
        batch.add(bound.statement()).map_err(|code| {
            Error::new(ErrorKind::Batch, "the C driver refuses the statement")
                .with_code(code)
                .in_statement(bound.cql())
        })?;
        if first.is_empty() {
            *first = Arc::clone(bound.cql());
        }
        if bound.is_cached() {
            cached.push(Arc::clone(bound.cql()));
        }
        self.bytes = self.bytes.saturating_add(bound.size());
        self.all_idempotent &= bound.is_idempotent();
        Ok(())
    }

    fn check(&self, session: &Session, cql: &str) -> Result<()> {
        if session.is(self.filled.session) {
            return Ok(());
        }
        let text = "a request in it was made by another session: prepare it on this one";
        Err(Error::new(ErrorKind::Batch, text).in_statement(cql))
    }

    fn finish(&mut self) -> Result<()> {
        let (bytes, limit) = (self.bytes, self.max_bytes);
        if bytes > limit {
            let kind = ErrorKind::BatchTooLarge { bytes, limit };
            let way_out = "execute several smaller ones, or its statements by themselves";
            return Err(Error::new(kind, way_out).in_statement(&self.filled.name()));
        }
        let Filled { batch, kind, options, idempotent, .. } = &mut self.filled;
        options.apply(batch)?;
        let inherited = self.all_idempotent && *kind != BatchKind::Counter;
        *idempotent = options.idempotence().unwrap_or(inherited);
        batch.set_idempotent(*idempotent)
    }

    /// Whether C has what it waits for.
    pub(super) fn is_sent(&self) -> bool {
        self.preparing.as_ref().is_some_and(|preparing| preparing.is_sent())
    }

    /// The error of a batch whose deadline has passed.
    pub(super) fn late(&self, error: Error) -> Error {
        match &self.preparing {
            Some(preparing) => preparing.explain(error),
            None => error,
        }
    }

    pub(super) fn into_filled(self) -> Filled<'s> {
        self.filled
    }
}

impl Filled<'_> {
    pub(super) fn session(&self) -> &Session {
        self.session
    }

    pub(super) fn batch(&self) -> &driver::Batch {
        &self.batch
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The statement that a page of this batch is called by.
    pub(super) fn first(&self) -> &Arc<str> {
        &self.first
    }

    pub(super) fn explain(&self, error: Error) -> Error {
        for cql in &self.cached {
            self.session.suspect(cql, &error);
        }
        let error = error.in_statement(&self.name()).idempotent(self.idempotent);
        self.options.explain(error, self.session)
    }

    /// What it is called in an error.
    fn name(&self) -> String {
        format!("{} BATCH of {}: {}", self.kind.name(), self.len, self.first)
    }
}
