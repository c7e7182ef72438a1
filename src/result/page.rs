//! What one request returned.

use std::fmt;

use super::rest::Rest;
use super::{IndexedRows, IntoRows, Rows};
use crate::cql::{Column, FromRow, FromRowOwned, Row, Uuid};
use crate::driver::{Answer, OwnedCells, ResultSet};
use crate::error::Result;
use crate::statement::{CustomPayload, Origin, PagingState, ResultColumns};

/// One page of a result: rows, or nothing for a statement that returns none.
///
/// It stands alone: it outlives its session, and its rows may be kept as long as it lives.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// let page = session.query("SELECT name, email FROM users", ()).await?;
/// for row in page.rows::<(&str, Option<&str>)>()? {
///     let (name, email) = row?;
///     println!("{name} {}", email.unwrap_or("-"));
/// }
/// # Ok(()) }
/// ```
///
/// A page of a SELECT is not the whole result when [`next_page`](Self::next_page) says so; for all
/// rows use a [stream](crate::Bound::stream). One that is dropped with more to come, and whose
/// `next_page` nobody called, leaves a warning in the [log](crate::observe), once for each text.
pub struct Page {
    result: ResultSet,
    answer: Answer,
    /// With its statement.
    rest: Rest,
    columns: ResultColumns,
}

impl Page {
    pub(crate) fn new(result: ResultSet, answer: Answer, origin: Origin) -> Self {
        let columns = origin.columns(&result);
        let rest = Rest::new(result.has_more_pages(), origin);
        Self { result, answer, rest, columns }
    }

    /// The rows as `T`: a tuple, [`Row`](crate::cql::Row), or a type of yours that implements
    /// [`FromRow`].
    ///
    /// # Errors
    /// Columns that do not fit `T`, found before the first row: their number, a type, a name.
    pub fn rows<'r, T: FromRow<'r>>(&'r self) -> Result<Rows<'r, T>> {
        Rows::new(self)
    }

    /// The rows in any order, as `T`.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let page = session.query("SELECT name FROM users", ()).await?;
    /// let names = page.indexed::<(&str,)>()?;
    /// if let Some(last) = names.len().checked_sub(1).and_then(|last| names.get(last)) {
    ///     println!("the last is {}", last?.0);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Cost
    /// The first row that is asked for costs as much as going through all of them, since each begins
    /// where the one before ends, and leaves an index of 16 bytes a cell with the page. After that a row
    /// costs the decoding of its values, and no call of C.
    ///
    /// # Errors
    /// As for [`rows`](Self::rows).
    pub fn indexed<'r, T: FromRow<'r>>(&'r self) -> Result<IndexedRows<'r, T>> {
        IndexedRows::new(self)
    }

    /// The rows as owned values, with the page inside: an iterator that may leave the function.
    ///
    /// # Errors
    /// As for [`rows`](Self::rows).
    pub fn into_rows<T: FromRowOwned>(self) -> Result<IntoRows<T>> {
        IntoRows::new(self)
    }

    /// Number of rows in this page.
    pub fn len(&self) -> usize {
        self.result.row_count()
    }

    /// Whether this page has no row. Later pages may have some.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Names and types of the columns. Empty for a statement that returns no rows.
    pub fn columns(&self) -> &[Column] {
        self.columns.of(self.rest.origin())
    }

    /// Where the next page starts, for [`start_at`](crate::Query::start_at); `None` when this was the
    /// last.
    pub fn next_page(&self) -> Option<PagingState> {
        self.rest.asked();
        self.peek_next()
    }

    fn peek_next(&self) -> Option<PagingState> {
        self.result.paging_state().map(PagingState::from_bytes)
    }

    /// Whether the server says that no page comes after it.
    pub(super) fn is_last(&self) -> bool {
        !self.result.has_more_pages()
    }

    /// The id of the trace, when the request asked for one with `tracing(true)`. The trace itself:
    /// [`Session::trace`](crate::Session::trace).
    pub fn tracing_id(&self) -> Option<Uuid> {
        self.answer.tracing_id().map(Uuid::from_bytes)
    }

    /// The bytes that the server sent beside the rows; empty when it sent none.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported): the loaded driver cannot tell.
    pub fn custom_payload(&self) -> Result<CustomPayload> {
        Ok(self.answer.payload()?.into_iter().collect())
    }

    pub(crate) fn answer(&self) -> &Answer {
        &self.answer
    }

    pub(super) fn result(&self) -> &ResultSet {
        &self.result
    }

    pub(super) fn cql(&self) -> &str {
        self.rest.origin().cql()
    }

    /// Taken apart for a stream: the cells with the result inside, its columns, its statement.
    pub(super) fn into_cells(self) -> (OwnedCells, ResultColumns, Origin) {
        let Self { result, rest, columns, .. } = self;
        let origin = rest.origin().clone();
        (result.into_cells(columns.of(&origin)), columns, origin)
    }
}

/// The rows with columns that are known at run time only. None for a statement that returns none.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// let page = session.query("SELECT * FROM users", ()).await?;
/// for row in &page {
///     println!("{}", row?.get::<&str>("name")?);
/// }
/// # Ok(()) }
/// ```
impl<'r> IntoIterator for &'r Page {
    type Item = Result<Row<'r>>;
    type IntoIter = Rows<'r, Row<'r>>;

    fn into_iter(self) -> Self::IntoIter {
        Rows::of_any_columns(self)
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("rows", &self.len())
            .field("columns", &self.columns())
            .field("next_page", &self.peek_next())
            .finish()
    }
}
