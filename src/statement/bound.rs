//! A statement with its values: what is executed.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::options::DEFAULT_PAGE_SIZE;
use super::{Execute, Options, Origin, PagingState, Prepared, PreparedCore, option_setters};
use crate::cql::{FromRowOwned, FromValueOwned, RowBinder, ToRow};
use crate::driver::{self, Answer, Binding, Statement};
use crate::error::{Error, ErrorKind, Result};
use crate::result::{Lwt, PageStream, RowStream, few};
use crate::session::{Deadline, Session};

/// A prepared statement with values bound, ready to be executed.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// use async_cassandra::Consistency;
///
/// let by_name = session.prepare("SELECT id FROM users WHERE name = ?").await?;
/// let page = by_name.bind(("Ann",)).consistency(Consistency::LocalQuorum).await?;
/// for row in page.rows::<(i64,)>()? {
///     println!("{}", row?.0);
/// }
/// # Ok(()) }
/// ```
///
/// # By value and by reference
/// `bound.await` consumes it. `(&bound).await`, or [`execute_ref`](Self::execute_ref), leaves it for
/// another try without binding again. C may read the statement as long as such a request is on its
/// way, so the first execution by reference *freezes* it: a setter, or turning it into a stream,
/// then fails at the await with [`ErrorKind::Frozen`].
#[must_use = "a request does nothing before it is awaited or executed"]
pub struct Bound<'p> {
    statement: Statement,
    of: Ref<'p>,
    options: Options,
    /// Bytes of the values; of text without any, of the text.
    size: usize,
    /// Apart, so that requests which are no streams stay small.
    paging: Option<Box<PagingOptions>>,
    frozen: AtomicBool,
    /// Found while binding or setting; told at the await.
    error: Option<Error>,
}

/// What a request belongs to.
pub(crate) enum Ref<'p> {
    Borrowed(&'p Prepared),
    Owned(Prepared),
    /// From the session's cache.
    Cached(&'p Session, Arc<PreparedCore>),
    /// Text that goes unprepared.
    Text(&'p Session, Arc<str>),
}

impl Ref<'_> {
    fn session(&self) -> &Session {
        match self {
            Self::Borrowed(prepared) => &prepared.session,
            Self::Owned(prepared) => &prepared.session,
            Self::Cached(session, _) | Self::Text(session, _) => session,
        }
    }

    fn core(&self) -> Option<&Arc<PreparedCore>> {
        match self {
            Self::Borrowed(prepared) => Some(&prepared.core),
            Self::Owned(prepared) => Some(&prepared.core),
            Self::Cached(_, core) => Some(core),
            Self::Text(..) => None,
        }
    }

    fn origin(&self) -> Origin {
        match self.core() {
            Some(core) => Origin::Prepared(Arc::clone(core)),
            None => Origin::Text(Arc::clone(self.cql())),
        }
    }

    fn cql(&self) -> &Arc<str> {
        match self {
            Self::Text(_, cql) => cql,
            Self::Borrowed(prepared) => &prepared.core.cql,
            Self::Owned(prepared) => &prepared.core.cql,
            Self::Cached(_, core) => &core.cql,
        }
    }
}

impl<'p> Bound<'p> {
    pub(crate) fn bind(of: Ref<'p>, values: &dyn ToRow) -> Self {
        let (statement, size, options) = match of.core() {
            None => (Statement::text(of.cql(), 0), Ok(of.cql().len()), Options::new()),
            Some(core) => {
                let mut statement = core.statement();
                let size = bind(&mut statement, &core.raw, values);
                (statement, size, core.options.clone())
            }
        };
        let (size, error) = match size {
            Ok(size) => (size, None),
            Err(error) => (0, Some(error.in_statement(of.cql()))),
        };
        let frozen = AtomicBool::new(false);
        let mut bound = Self { statement, of, options, size, paging: None, frozen, error };
        let checked = bound.options.check(bound.of.session());
        let done = checked.and_then(|()| bound.options.apply(&mut bound.statement));
        bound.note(done);
        let done = bound.statement.set_page_size(DEFAULT_PAGE_SIZE);
        bound.note(done);
        bound
    }

    /// Text without values, which goes unprepared.
    pub(crate) fn text(session: &'p Session, cql: &str) -> Self {
        Self::bind(Ref::Text(session, cql.into()), &())
    }

    /// Several options at once; the later wins over the earlier.
    pub fn options(self, options: &Options) -> Self {
        self.set(options.clone())
    }

    /// Rows a page at most, hardly ever fewer but for the last one. Default: 5000; zero switches
    /// paging off, and the whole result comes in one frame.
    pub fn page_size(self, rows: u32) -> Self {
        self.write(|statement| statement.set_page_size(rows))
    }

    /// How many pages a stream fetches beyond the one being read. Default: 0.
    ///
    /// See [`Query::prefetch`](crate::Query::prefetch).
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.paging_options().prefetch = pages;
        self
    }

    /// Starts where an earlier page of the same statement with the same values ended.
    pub fn start_at(self, state: PagingState) -> Self {
        let mut bound = self.write(|statement| statement.set_paging_state(state.as_bytes()));
        bound.paging_options().start = Some(state);
        bound
    }

    /// How long a stream may take as a whole. Default: no limit.
    ///
    /// See [`Query::stream_deadline`](crate::Query::stream_deadline).
    pub fn stream_deadline(mut self, after: Duration) -> Self {
        self.paging_options().deadline = Some(after).filter(|after| *after != Duration::MAX);
        self
    }

    fn paging_options(&mut self) -> &mut PagingOptions {
        self.paging.get_or_insert_default()
    }

    /// Executes it: a future for combinators that take no `IntoFuture`.
    pub fn execute(self) -> Execute<'p> {
        Execute::owned(self)
    }

    /// As [`execute`](Self::execute), and fails with [`ErrorKind::Busy`] where that would wait for a
    /// place.
    pub fn try_execute(self) -> Execute<'p> {
        Execute::owned(self).impatient()
    }

    /// Executes it and leaves it for another time; see [by value and by
    /// reference](Self#by-value-and-by-reference).
    pub fn execute_ref(&self) -> Execute<'_> {
        Execute::shared(self)
    }

    /// Executes it and gives the rows of all pages, one by one.
    ///
    /// Returns once the first page is there and its columns fit `T`.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let all = session.prepare("SELECT id, name FROM users").await?;
    /// let mut users = all.bind(()).prefetch(1).stream::<(i64, String)>().await?;
    /// while let Some((id, name)) = users.try_next().await? {
    ///     println!("{id} {name}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn stream<T: FromRowOwned>(self) -> Result<RowStream<T>> {
        RowStream::start(self).await
    }

    /// Executes it and gives its pages, one by one. Returns once the first is there.
    pub async fn pages(self) -> Result<PageStream> {
        PageStream::start(self).await
    }

    /// Executes it and reads its only row.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`], [`ErrorKind::TooManyRows`]: empty pages are passed over, and a second row
    /// is looked for, so that both are true.
    pub fn one<T: FromRowOwned>(self) -> impl Future<Output = Result<T>> {
        few::exactly_one(self.thawed().execute())
    }

    /// Executes it and reads its only row, if it has one.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let by_id = session.prepare("SELECT name, email FROM users WHERE id = ?").await?;
    /// let user = by_id.bind((1,)).maybe_one::<(String, Option<String>)>().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TooManyRows`].
    pub fn maybe_one<T: FromRowOwned>(self) -> impl Future<Output = Result<Option<T>>> {
        few::at_most_one(self.thawed().execute())
    }

    /// Executes it and reads the rows of all its pages, however many they are.
    pub fn all<T: FromRowOwned>(self) -> impl Future<Output = Result<Vec<T>>> {
        few::all(self.thawed().execute())
    }

    /// Executes it and reads the only value of its only row.
    ///
    /// # Errors
    /// As for [`one`](Self::one); and [`ErrorKind::Decode`] when there are more columns.
    pub async fn scalar<T: FromValueOwned>(self) -> Result<T> {
        self.one::<(T,)>().await.map(|(value,)| value)
    }

    /// Executes a statement with `IF`, and says whether it was done.
    ///
    /// The driver sends it once, whatever `idempotent` says. See [`Query::applied`](crate::Query::applied).
    ///
    /// # Errors
    /// [`ErrorKind::NotConditional`]: the statement has no `IF`. It was executed.
    pub async fn applied(self) -> Result<bool> {
        self.sent_once().await?.applied()
    }

    /// Executes a statement with `IF`; when it was refused, reads the row that stood against it.
    ///
    /// The driver sends it once, whatever `idempotent` says. See [`Query::lwt`](crate::Query::lwt).
    ///
    /// # Errors
    /// [`ErrorKind::NotConditional`]: the statement has no `IF`. It was executed.
    /// [`ErrorKind::Decode`]: it was refused, and the columns are not those of `T`.
    pub async fn lwt<T: FromRowOwned>(self) -> Result<Lwt<T>> {
        self.sent_once().await?.lwt()
    }

    /// A second try of a lightweight transaction would be refused for what the first has written.
    fn sent_once(self) -> Self {
        match self.is_idempotent() {
            true => self.idempotent(false),
            false => self,
        }
    }

    /// The same request without a borrow, for tasks that outlive the prepared statement.
    pub fn into_owned(self) -> Bound<'static> {
        let of = match self.of {
            Ref::Borrowed(prepared) => Ref::Owned(prepared.clone()),
            Ref::Owned(prepared) => Ref::Owned(prepared),
            Ref::Cached(session, core) => Ref::Owned(Prepared { core, session: session.clone() }),
            // Text has no prepared statement to own; only a `Query` makes such a request, and it
            // has no `into_owned`.
            Ref::Text(..) => unreachable!("unprepared text is never given out as `Bound`"),
        };
        Bound {
            statement: self.statement,
            of,
            options: self.options,
            size: self.size,
            paging: self.paging,
            frozen: self.frozen,
            error: self.error,
        }
    }

    /// Sent to the node that gave this answer. `None` when C does not know it.
    pub(crate) fn pinned(mut self, to: &Answer) -> Result<Option<Self>> {
        Ok(to.pin(&mut self.statement)?.then_some(self))
    }

    pub(crate) fn set(self, change: Options) -> Self {
        let checked = change.check(self.session());
        let mut bound = self.write(|statement| checked.and_then(|()| change.apply(statement)));
        bound.options.merge(&change);
        bound
    }

    /// Writes to the C statement, unless a request by reference may still be reading it.
    fn write(mut self, write: impl FnOnce(&mut Statement) -> Result<()>) -> Self {
        if *self.frozen.get_mut() {
            self.error.get_or_insert_with(|| self.of.frozen());
        } else {
            let done = write(&mut self.statement);
            self.note(done);
        }
        self
    }

    fn note(&mut self, done: Result<()>) {
        if let Err(error) = done {
            self.error.get_or_insert(error.in_statement(self.of.cql()));
        }
    }

    /// Whether it has a limit that goes beyond one page.
    pub(crate) fn is_timed_as_stream(&self) -> bool {
        self.paging.as_ref().is_some_and(|paging| paging.deadline.is_some())
    }

    /// For what may have to write to it between two pages: fails at the await where it is frozen.
    fn thawed(self) -> Self {
        self.write(|_| Ok(()))
    }

    /// Marks it as being read by C for good.
    pub(crate) fn freeze(&self) {
        // ORDERING: whoever writes has `&mut`, which orders it after every `&` by itself.
        self.frozen.store(true, Ordering::Relaxed);
    }

    pub(crate) fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    pub(crate) fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Bytes of the values, as they go over the wire.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn session(&self) -> &Session {
        self.of.session()
    }

    pub(crate) fn cql(&self) -> &Arc<str> {
        self.of.cql()
    }

    /// What its pages come from.
    pub(crate) fn origin(&self) -> Origin {
        self.of.origin()
    }

    pub(crate) fn own_deadline(&self) -> Option<Deadline> {
        self.session().deadline(&self.options)
    }

    /// The deadline once `changes` are applied.
    pub(crate) fn own_deadline_with(&self, changes: &Options) -> Option<Deadline> {
        let mut options = self.options.clone();
        options.merge(changes);
        self.session().deadline(&options)
    }

    /// Whether its prepared statement came from the session's cache.
    pub(crate) fn is_cached(&self) -> bool {
        matches!(self.of, Ref::Cached(..))
    }

    /// Completes the error of its execution.
    pub(crate) fn explain(&self, error: Error) -> Error {
        if self.is_cached() {
            self.session().suspect(self.cql(), &error);
        }
        let error = error.in_statement(self.cql()).idempotent(self.is_idempotent());
        self.options.explain(error, self.session())
    }

    pub(crate) fn is_idempotent(&self) -> bool {
        self.options.is_idempotent()
    }

    /// The parts that a stream keeps. It writes to the statement between pages.
    pub(crate) fn into_paging(mut self) -> Result<Paging> {
        if *self.frozen.get_mut() {
            self.error.get_or_insert_with(|| self.of.frozen());
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        Ok(Paging {
            session: self.of.session().clone(),
            origin: self.of.origin(),
            statement: self.statement,
            options: self.options,
            paging: self.paging.map_or_else(PagingOptions::default, |paging| *paging),
        })
    }
}

/// A request taken apart for a stream.
pub(crate) struct Paging {
    pub(crate) session: Session,
    pub(crate) statement: Statement,
    pub(crate) origin: Origin,
    pub(crate) options: Options,
    pub(crate) paging: PagingOptions,
}

/// What a stream is told beside the options of its requests.
#[derive(Default)]
pub(crate) struct PagingOptions {
    pub(crate) prefetch: usize,
    /// Where it starts, when that is not the beginning.
    pub(crate) start: Option<PagingState>,
    /// Of the whole stream.
    pub(crate) deadline: Option<Duration>,
}

impl Ref<'_> {
    fn frozen(&self) -> Error {
        Error::new(ErrorKind::Frozen, "").in_statement(self.cql())
    }
}

/// Gives how many bytes the values have.
fn bind(
    statement: &mut Statement,
    prepared: &driver::Prepared,
    values: &dyn ToRow,
) -> Result<usize> {
    let mut binding = Binding { statement, prepared };
    let mut binder = RowBinder::new(&mut binding, prepared.markers());
    values.bind(&mut binder)?;
    binder.finish()
}

option_setters!(Bound<'_>);

impl<'p> IntoFuture for Bound<'p> {
    type Output = <Execute<'p> as Future>::Output;
    type IntoFuture = Execute<'p>;

    fn into_future(self) -> Execute<'p> {
        self.execute()
    }
}

impl<'b> IntoFuture for &'b Bound<'_> {
    type Output = <Execute<'b> as Future>::Output;
    type IntoFuture = Execute<'b>;

    fn into_future(self) -> Execute<'b> {
        self.execute_ref()
    }
}

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound")
            .field("cql", self.cql())
            .field("options", &self.options)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
