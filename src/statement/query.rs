//! Text with values: what most programs execute.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::{Bound, Execute, Options, PagingState, Ref, option_setters};
use crate::cql::{FromRowOwned, FromValueOwned, ToRow};
use crate::error::{Error, ErrorKind, Result};
use crate::result::{Lwt, PageStream, RowStream, few};
use crate::session::{Deadline, Patience, PrepareCached, Session};

/// A statement's text with its values, ready to be executed.
///
/// With values, the text is prepared at its first use and kept in the session's
/// [cache](crate::SessionBuilder::statement_cache); values are bound by the types that the server
/// names. Callers that meet a new text at the same time share one prepare, and each of them may be
/// dropped at any point. Without values (`()`) it goes as it is: one round trip, no cache entry, fresh
/// metadata, right for schema changes.
///
/// What was prepared is prepared anew at its next use when a value no longer fits it, when the
/// server calls the request invalid, or when it has given the text another id; and everything that is
/// kept, when this session has executed an ALTER or a DROP. A `SELECT *` with
/// values is prepared for their types alone, and sent as text: see
/// [`Prepared`](crate::Prepared#name-the-columns).
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// session.query("CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, v text)", ()).await?;
/// session.query("INSERT INTO t (id, v) VALUES (?, ?)", (1, "one")).await?;
/// # Ok(()) }
/// ```
#[must_use = "a request does nothing before it is awaited or executed"]
pub struct Query<'s> {
    state: State<'s>,
    changes: Changes,
}

enum State<'s> {
    /// Bound already: the text was in the cache, or needs no values.
    Ready(Bound<'s>),
    /// Not prepared yet; the values wait for their types.
    Unprepared { session: &'s Session, cql: Arc<str>, values: Box<dyn ToRow + 's> },
    /// A statement that is refused.
    Refused(Error),
}

/// What was set before there was a statement to set it on.
#[derive(Default)]
struct Changes {
    options: Options,
    page_size: Option<u32>,
    prefetch: Option<usize>,
    start_at: Option<PagingState>,
    stream_deadline: Option<Duration>,
}

impl Changes {
    fn apply<'s>(self, bound: Bound<'s>) -> Bound<'s> {
        let mut bound = bound.options(&self.options);
        if let Some(rows) = self.page_size {
            bound = bound.page_size(rows);
        }
        if let Some(pages) = self.prefetch {
            bound = bound.prefetch(pages);
        }
        if let Some(after) = self.stream_deadline {
            bound = bound.stream_deadline(after);
        }
        match self.start_at {
            Some(state) => bound.start_at(state),
            None => bound,
        }
    }
}

impl<'s> Query<'s> {
    pub(crate) fn new(session: &'s Session, cql: &str, values: impl ToRow + 's) -> Self {
        let state = if let Some(refusal) = refuse(cql) {
            State::Refused(refusal)
        } else if values.is_empty() {
            State::Ready(Bound::text(session, cql))
        } else if let Some(bound) = Self::from_cache(session, cql, &values) {
            State::Ready(bound)
        } else {
            State::Unprepared { session, cql: cql.into(), values: Box::new(values) }
        };
        Self { state, changes: Changes::default() }
    }

    /// Bound, when the text was prepared before and the values fit what it was then.
    fn from_cache(session: &'s Session, cql: &str, values: &dyn ToRow) -> Option<Bound<'s>> {
        let bound = Bound::bind(Ref::Cached(session, session.cached(cql)?), values);
        if bound.error().is_some() {
            // The table may be another by now: prepared anew, it is known.
            session.forget(bound.cql());
            return None;
        }
        session.cache_hit();
        Some(bound)
    }

    /// Several options at once; the later wins over the earlier.
    pub fn options(self, options: &Options) -> Self {
        self.set(options.clone())
    }

    /// Rows a page at most, hardly ever fewer but for the last one. Default: 5000; zero switches
    /// paging off, and the whole result comes in one frame.
    pub fn page_size(mut self, rows: u32) -> Self {
        self.changes.page_size = Some(rows);
        self
    }

    /// How many pages a stream fetches beyond the one being read. Default: 0, which asks for a page
    /// when the one before has been read, and waits for it.
    ///
    /// With one or more the next page is asked for by the C driver's own thread, as soon as the one
    /// before it has arrived: the runtime may be as busy as it likes. A stream has `pages` + 1 pages in
    /// memory at most.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.changes.prefetch = Some(pages);
        self
    }

    /// How long a stream may take as a whole, on the session's [`Runtime`](crate::rt::Runtime).
    /// `Duration::MAX`, the default, for no limit. [`deadline`](Self::deadline) is for each page.
    ///
    /// It counts from when the first page is asked for. When it has passed, the stream ends with
    /// [`ErrorKind::Deadline`], at the end of a page at the latest; its
    /// [`position`](crate::RowStream::position) says where another may go on.
    pub fn stream_deadline(mut self, after: Duration) -> Self {
        self.changes.stream_deadline = Some(after);
        self
    }

    /// Starts where an earlier page of the same statement with the same values ended.
    pub fn start_at(mut self, state: PagingState) -> Self {
        self.changes.start_at = Some(state);
        self
    }

    /// Executes it: a future for combinators that take no `IntoFuture`.
    pub fn execute(self) -> Execute<'s> {
        Execute::query(self)
    }

    /// As [`execute`](Self::execute), and fails with
    /// [`ErrorKind::Busy`](crate::ErrorKind::Busy) where that would wait for a place.
    pub fn try_execute(self) -> Execute<'s> {
        Execute::query(self).impatient()
    }

    /// Executes it and gives the rows of all pages, one by one.
    ///
    /// Returns once the first page is there and its columns fit `T`.
    pub async fn stream<T: FromRowOwned>(self) -> Result<RowStream<T>> {
        RowStream::start(self.into_bound().await?).await
    }

    /// Executes it and gives its pages, one by one. Returns once the first is there.
    pub async fn pages(self) -> Result<PageStream> {
        PageStream::start(self.into_bound().await?).await
    }

    /// Executes it and reads its only row.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let name = session.query("SELECT name FROM users WHERE id = ?", (1,)).one::<(String,)>().await?.0;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`], [`ErrorKind::TooManyRows`]: empty pages are passed over, and a second row
    /// is looked for, so that both are true.
    pub fn one<T: FromRowOwned>(self) -> impl Future<Output = Result<T>> {
        few::exactly_one(self.execute())
    }

    /// Executes it and reads its only row, if it has one.
    ///
    /// # Errors
    /// [`ErrorKind::TooManyRows`].
    pub fn maybe_one<T: FromRowOwned>(self) -> impl Future<Output = Result<Option<T>>> {
        few::at_most_one(self.execute())
    }

    /// Executes it and reads the rows of all its pages, however many they are.
    pub fn all<T: FromRowOwned>(self) -> impl Future<Output = Result<Vec<T>>> {
        few::all(self.execute())
    }

    /// Executes it and reads the only value of its only row.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let users = session.query("SELECT count(*) FROM users", ()).scalar::<i64>().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As for [`one`](Self::one); and [`ErrorKind::Decode`] when there are more columns.
    pub async fn scalar<T: FromValueOwned>(self) -> Result<T> {
        self.one::<(T,)>().await.map(|(value,)| value)
    }

    /// Executes a statement with `IF`, and says whether it was done.
    ///
    /// The driver sends it once, whatever `idempotent` says: a second try would meet what the first
    /// has written, and be refused for it.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let update = session.query("UPDATE users SET name = ? WHERE id = ? IF EXISTS", ("Bo", 1));
    /// if !update.applied().await? {
    ///     println!("no such user");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotConditional`]: the statement has no `IF`. It was executed.
    pub async fn applied(self) -> Result<bool> {
        self.idempotent(false).await?.applied()
    }

    /// Executes a statement with `IF`; when it was refused, reads the row that stood against it.
    ///
    /// The driver sends it once, whatever `idempotent` says.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// use async_cassandra::Lwt;
    ///
    /// let insert = session.query("INSERT INTO users (id, name) VALUES (?, ?) IF NOT EXISTS", (1, "Ann"));
    /// match insert.lwt::<(i32, Option<String>)>().await? {
    ///     Lwt::Applied => println!("welcome"),
    ///     Lwt::Refused(current) => println!("taken by {current:?}"),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::NotConditional`]: the statement has no `IF`. It was executed.
    /// [`ErrorKind::Decode`]: the columns are not those of `T`. They are looked at only when it was
    /// refused, since a statement that was applied sends none.
    pub async fn lwt<T: FromRowOwned>(self) -> Result<Lwt<T>> {
        self.idempotent(false).await?.lwt()
    }

    /// Whether it has a limit that goes beyond one page.
    pub(super) fn is_timed_as_stream(&self) -> bool {
        self.changes.stream_deadline.is_some()
    }

    /// Prepares where that is still to be done.
    pub(super) async fn into_bound(self) -> Result<Bound<'s>> {
        let deadline = self.own_deadline();
        match self.start(Patience::Wait, deadline)? {
            Started::Bound(bound) => Ok(bound),
            Started::Preparing(mut preparing) => poll_fn(|cx| preparing.poll(cx)).await,
        }
    }

    /// Bound where that is possible at once, else being prepared. `deadline` is for the preparing alone.
    pub(super) fn start(
        self,
        patience: Patience,
        deadline: Option<Deadline>,
    ) -> Result<Started<'s>> {
        let changes = self.changes;
        match self.state {
            State::Ready(bound) => Ok(Started::Bound(changes.apply(bound))),
            State::Refused(error) => Err(error),
            State::Unprepared { session, cql, values } => {
                // Others may have prepared it since this was made.
                if let Some(bound) = Self::from_cache(session, &cql, &*values) {
                    return Ok(Started::Bound(changes.apply(bound)));
                }
                let wrong = changes.options.check(session).err();
                if let Some(error) = wrong {
                    return Err(error.in_statement(&cql));
                }
                let preparing = session.prepare_cached(&cql, patience, deadline);
                let preparing = Preparing { preparing, session, values, changes };
                Ok(Started::Preparing(Box::new(preparing)))
            }
        }
    }

    /// The session that it was made from, unless it is refused.
    pub(super) fn session(&self) -> Option<&Session> {
        match &self.state {
            State::Ready(bound) => Some(bound.session()),
            State::Unprepared { session, .. } => Some(session),
            State::Refused(_) => None,
        }
    }

    pub(super) fn cql(&self) -> &str {
        match &self.state {
            State::Ready(bound) => bound.cql(),
            State::Unprepared { cql, .. } => cql,
            State::Refused(error) => error.statement().unwrap_or_default(),
        }
    }

    /// Our own deadline of the request, as far as it is known before it is bound.
    pub(super) fn own_deadline(&self) -> Option<Deadline> {
        match &self.state {
            State::Ready(bound) => bound.own_deadline_with(&self.changes.options),
            State::Unprepared { session, .. } => session.deadline(&self.changes.options),
            State::Refused(_) => None,
        }
    }

    fn set(mut self, change: Options) -> Self {
        self.changes.options.merge(&change);
        self
    }
}

/// What becomes of a query when it is executed.
pub(super) enum Started<'s> {
    Bound(Bound<'s>),
    /// In a box, so that requests which need no preparing stay small.
    Preparing(Box<Preparing<'s>>),
}

/// A query whose text is being prepared; the values wait for their types.
pub(super) struct Preparing<'s> {
    preparing: PrepareCached<'s>,
    session: &'s Session,
    values: Box<dyn ToRow + 's>,
    changes: Changes,
}

impl<'s> Preparing<'s> {
    /// To be asked no more once it has answered.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bound<'s>>> {
        Pin::new(&mut self.preparing).poll(cx).map_ok(|core| {
            let bound = Bound::bind(Ref::Cached(self.session, core), &*self.values);
            std::mem::take(&mut self.changes).apply(bound)
        })
    }

    /// Whether C has it.
    pub(super) fn is_sent(&self) -> bool {
        self.preparing.is_sent()
    }

    /// Names the statement in an error.
    pub(super) fn explain(&self, error: Error) -> Error {
        self.preparing.explain(error)
    }
}

/// `USE` changes the keyspace of every connection behind the back of prepared statements, whose ids
/// then no longer fit.
pub(crate) fn refuse(cql: &str) -> Option<Error> {
    let first = cql.split_whitespace().next().unwrap_or_default();
    first.eq_ignore_ascii_case("use").then(|| {
        let way_out = "USE would change every request of this session: give the keyspace to \
                       `Session::builder().keyspace(..)`, or write `keyspace.table`";
        Error::new(ErrorKind::Refused, way_out).in_statement(cql)
    })
}

option_setters!(Query<'_>);

impl<'s> IntoFuture for Query<'s> {
    type Output = <Execute<'s> as Future>::Output;
    type IntoFuture = Execute<'s>;

    fn into_future(self) -> Execute<'s> {
        self.execute()
    }
}

impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("cql", &self.cql()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_refused_and_nothing_else() {
        assert!(refuse("  use shop").is_some_and(|e| *e.kind() == ErrorKind::Refused));
        assert!(refuse("SELECT * FROM use").is_none());
        assert!(refuse("").is_none());
    }
}
