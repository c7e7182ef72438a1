//! Rows that are known by their number: one, at most one, all of a few.
//!
//! Cost: that of one page, where there is only one. Only what has more pages becomes a stream.

use super::{Page, PageStream, RowStream};
use crate::cql::FromRowOwned;
use crate::error::{Error, ErrorKind, Result};
use crate::statement::Bound;

/// The only row.
pub(crate) async fn exactly_one<T: FromRowOwned>(bound: Bound<'_>) -> Result<T> {
    match Answer::of(bound).await? {
        Answer::Whole(page) => only(&page)?.ok_or_else(|| page.wrong(ErrorKind::NoRows)),
        Answer::Pages(pages) => RowStream::of(pages)?.exactly_one().await,
    }
}

/// The only row, if there is one.
pub(crate) async fn at_most_one<T: FromRowOwned>(bound: Bound<'_>) -> Result<Option<T>> {
    match Answer::of(bound).await? {
        Answer::Whole(page) => only(&page),
        Answer::Pages(pages) => RowStream::of(pages)?.at_most_one().await,
    }
}

/// Every row.
pub(crate) async fn all<T: FromRowOwned>(bound: Bound<'_>) -> Result<Vec<T>> {
    match Answer::of(bound).await? {
        Answer::Whole(page) => page.rows()?.collect(),
        Answer::Pages(pages) => RowStream::of(pages)?.into_vec().await,
    }
}

/// The answer to a request, as far as one page tells.
enum Answer {
    /// The only page.
    Whole(Page),
    /// There are more, or may be: the first is inside.
    Pages(PageStream),
}

impl Answer {
    async fn of(mut bound: Bound<'_>) -> Result<Self> {
        if bound.is_timed_as_stream() {
            return Ok(Self::Pages(PageStream::start(bound).await?));
        }
        let page = bound.first_page().await?;
        match page.is_last() {
            true => Ok(Self::Whole(page)),
            false => Ok(Self::Pages(PageStream::after(bound, page)?)),
        }
    }
}

/// The only row of the only page, if it has one.
fn only<T: FromRowOwned>(page: &Page) -> Result<Option<T>> {
    let mut rows = page.rows()?;
    match page.len() {
        0 | 1 => rows.next().transpose(),
        _ => Err(page.wrong(ErrorKind::TooManyRows)),
    }
}

impl Page {
    fn wrong(&self, kind: ErrorKind) -> Error {
        Error::new(kind, "").in_statement(self.cql())
    }
}
