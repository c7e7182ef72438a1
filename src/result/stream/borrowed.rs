//! The rows of all pages, each borrowing from its page: for those who copy nothing.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::walk::Walk;
use super::{PageStream, Position, Progress};
use crate::cql::{Column, ColumnMap, FromRow};
use crate::error::Result;

/// The rows of a result over all its pages, lent one by one: a row may borrow from its page, and ends
/// before the next one is asked for. Made by [`PageStream::into_borrowed_rows`].
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// let pages = session.query("SELECT id, name FROM users", ()).prefetch(2).pages().await?;
/// let mut users = pages.into_borrowed_rows();
/// let mut longest = 0;
/// while let Some((_id, name)) = users.try_next::<(i64, &str)>().await? {
///     longest = longest.max(name.len());
/// }
/// # Ok(()) }
/// ```
///
/// It is no `Stream`: the items of those live on their own. Errors, memory and the methods are those of
/// [`RowStream`](crate::RowStream), but for the columns, which are held against the row type at
/// the first row of each page and not before.
pub struct BorrowedRows {
    /// With the plan for the row type that was asked for last.
    walk: Walk<Option<(Plan, ColumnMap)>>,
}

/// Makes the plan of a row type. It stands for the type: the same function makes the same plan.
type Plan = fn(&[Column]) -> Result<ColumnMap>;

impl BorrowedRows {
    pub(super) fn new(pages: PageStream) -> Self {
        Self { walk: Walk::new(pages) }
    }

    /// The next row; `None` after the last. The row type may change from row to row, at the price of
    /// a look at all columns.
    ///
    /// # Errors
    /// As for [`RowStream`](crate::RowStream). Columns that do not fit `T` are an error that leaves
    /// the row where it is, for another type.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: the row stays with the stream.
    pub fn try_next<'a, T: FromRow<'a>>(&'a mut self) -> TryNextRow<'a, T> {
        TryNextRow { rows: Some(self), of: PhantomData }
    }

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

    fn next<'a, T: FromRow<'a>>(&'a mut self) -> Result<Option<T>> {
        let Some((page, planned, rows)) = self.walk.at_row() else { return Ok(None) };
        let of_type: Plan = T::plan;
        let map = match planned {
            Some((known, map)) if std::ptr::fn_addr_eq(*known, of_type) => map,
            _ => &mut planned.insert((of_type, page.plan::<T>()?)).1,
        };
        *rows += 1;
        page.next(map).transpose()
    }
}

impl fmt::Debug for BorrowedRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BorrowedRows").field("progress", &self.progress()).finish_non_exhaustive()
    }
}

/// The future of [`BorrowedRows::try_next`]. It only polls: dropping it loses nothing.
#[must_use = "futures do nothing unless polled"]
pub struct TryNextRow<'a, T> {
    rows: Option<&'a mut BorrowedRows>,
    of: PhantomData<fn() -> T>,
}

impl<'a, T: FromRow<'a>> Future for TryNextRow<'a, T> {
    type Output = Result<Option<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let rows = self.rows.as_mut().expect("a future was polled after it was done");
        ready!(rows.walk.poll_row(cx, |_| Ok(None)))?;
        Poll::Ready(self.rows.take().map_or(Ok(None), BorrowedRows::next))
    }
}

impl<T> fmt::Debug for TryNextRow<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TryNextRow").field(&self.rows).finish()
    }
}
