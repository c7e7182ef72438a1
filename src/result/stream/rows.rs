//! The rows of all pages, as owned values.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::{PageStream, Position, Progress, TryNext};
use crate::cql::FromRowOwned;
use crate::error::{Error, ErrorKind, Result};
use crate::result::reading::IntoRows;
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
    pages: PageStream,
    reading: Option<IntoRows<T>>,
    rows: u64,
    /// Of the pages before the one being read.
    bytes: u64,
}

impl<T: FromRowOwned> RowStream<T> {
    pub(crate) async fn start(bound: Bound<'_>) -> Result<Self> {
        let pages = PageStream::start(bound).await?;
        if let Some(first) = pages.peek() {
            plan::<T>(first.columns(), pages.cql())?;
        }
        Ok(Self { pages, reading: None, rows: 0, bytes: 0 })
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
            Some(_) => Err(miscounted(ErrorKind::TooManyRows, self.pages.cql())),
        }
    }

    /// The only row.
    pub(crate) async fn exactly_one(self) -> Result<T> {
        let cql = Arc::clone(self.pages.cql());
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
        let reading = self.reading.as_ref().map_or(0, IntoRows::bytes);
        Progress { rows: self.rows, bytes: Some(self.bytes + reading), ..self.pages.progress() }
    }

    /// Where another stream goes on.
    pub fn position(&self) -> Position {
        match &self.reading {
            Some(reading) if !reading.is_done() => self.pages.page_start().clone(),
            _ => self.pages.position(),
        }
    }

    /// After a page that could not be fetched: see [`PageStream::retry`].
    pub fn retry(&mut self) -> bool {
        self.pages.retry()
    }

    /// Ends the stream: see [`PageStream::cancel`]. The rest of the page being read is not given out.
    pub fn cancel(&mut self) {
        let position = self.position();
        self.finish_page();
        self.pages.cancel();
        self.pages.go_back_to(position);
    }

    /// Frees the page being read.
    fn finish_page(&mut self) {
        if let Some(reading) = self.reading.take() {
            self.bytes += reading.bytes();
        }
    }
}

fn miscounted(kind: ErrorKind, cql: &str) -> Error {
    Error::new(kind, "").in_statement(cql)
}

impl<T: FromRowOwned> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(row) = this.reading.as_mut().and_then(Iterator::next) {
                this.rows += 1;
                return Poll::Ready(Some(row));
            }
            // Before the next page is asked for, so that it finds room.
            this.finish_page();
            match ready!(Pin::new(&mut this.pages).poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(page) => match page.and_then(IntoRows::new) {
                    Ok(reading) => this.reading = Some(reading),
                    Err(error) => return Poll::Ready(Some(Err(error))),
                },
            }
        }
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStream").field("progress", &self.progress()).finish_non_exhaustive()
    }
}
