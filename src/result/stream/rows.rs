//! The rows of all pages, as owned values.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::walk::Walk;
use super::{PageStream, Position, Progress, TryNext};
use crate::cql::{ColumnMap, FromRowOwned};
use crate::error::{Error, ErrorKind, Result};
use crate::result::rows::plan;
use crate::statement::Bound;

/// The rows of a result over all its pages, as owned values. `Send + Unpin + 'static`, and a
/// `futures_core::Stream`.
///
/// A row that cannot be read is an error in its place; the rows after it still come. After a page
/// that could not be fetched nothing more comes, until [`retry`](Self::retry).
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// let mut users = session.query("SELECT id, name FROM users", ()).stream::<(i64, String)>().await?;
/// while let Some((id, name)) = users.try_next().await? {
///     println!("{id} {name}");
/// }
/// # Ok(()) }
/// ```
///
/// # Memory
/// It has [`prefetch`](crate::Query::prefetch) + 1 pages at most, asked for, arrived or being read.
pub struct RowStream<T> {
    walk: Walk<ColumnMap>,
    of: PhantomData<fn() -> T>,
}

impl<T: FromRowOwned> RowStream<T> {
    pub(crate) async fn start(bound: Bound<'_>) -> Result<Self> {
        Self::of(PageStream::start(bound).await?)
    }

    /// The rows of pages of which the first, if there is one, has come.
    pub(crate) fn of(pages: PageStream) -> Result<Self> {
        if let Some(first) = pages.peek() {
            plan::<T>(first.columns(), pages.cql())?;
        }
        Ok(Self { walk: Walk::new(pages), of: PhantomData })
    }

    /// The next row; `None` after the last.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: the row stays with the stream.
    pub fn try_next(&mut self) -> TryNext<'_, Self> {
        TryNext::new(self)
    }

    /// The only row, if there is one. Reads on past empty pages, and up to a second row.
    pub(crate) async fn at_most_one(mut self) -> Result<Option<T>> {
        let Some(row) = self.try_next().await? else { return Ok(None) };
        match self.try_next().await? {
            None => Ok(Some(row)),
            Some(_) => Err(miscounted(ErrorKind::TooManyRows, self.walk.cql())),
        }
    }

    /// The only row.
    pub(crate) async fn exactly_one(self) -> Result<T> {
        let cql = Arc::clone(self.walk.cql());
        self.at_most_one().await?.ok_or_else(|| miscounted(ErrorKind::NoRows, &cql))
    }

    /// Every row.
    pub(crate) async fn into_vec(mut self) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        while let Some(row) = self.try_next().await? {
            rows.push(row);
        }
        Ok(rows)
    }
}

impl<T> RowStream<T> {
    /// How much was given out so far. A row that could not be read counts too.
    pub fn progress(&self) -> Progress {
        self.walk.progress()
    }

    /// Where another stream goes on.
    pub fn position(&self) -> Position {
        self.walk.position()
    }

    /// After a page that could not be fetched: see [`PageStream::retry`].
    pub fn retry(&mut self) -> bool {
        self.walk.retry()
    }

    /// Ends the stream: see [`PageStream::cancel`]. The rest of the page being read is not given out.
    pub fn cancel(&mut self) {
        self.walk.cancel();
    }
}

/// The error of another number of rows than was asked for.
pub(in crate::result) fn miscounted(kind: ErrorKind, cql: &str) -> Error {
    Error::new(kind, "").in_statement(cql)
}

impl<T: FromRowOwned> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let walk = &mut self.get_mut().walk;
        if let Err(error) = ready!(walk.poll_row(cx, |page| plan::<T>(page.columns(), page.cql())))
        {
            return Poll::Ready(Some(Err(error)));
        }
        Poll::Ready(walk.at_row().and_then(|(page, map, rows)| {
            *rows += 1;
            page.next(map)
        }))
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("progress", &self.progress()).finish_non_exhaustive()
    }
}
