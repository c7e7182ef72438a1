//! Rows that are known by their number: one, at most one, all of a few.
//!
//! Cost: that of one page, where there is only one. What has more pages becomes a stream, and a box:
//! so the futures here stay as small as that of one page, and cheap to move.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::stream::miscounted;
use super::{Page, PageStream, RowStream};
use crate::cql::FromRowOwned;
use crate::error::{ErrorKind, Result};
use crate::statement::Execute;

/// The only row.
pub(crate) async fn exactly_one<T: FromRowOwned>(request: Execute<'_>) -> Result<T> {
    match FirstPage(request).await? {
        Answer::Whole(page) => {
            only(&page)?.ok_or_else(|| miscounted(ErrorKind::NoRows, page.cql()))
        }
        Answer::More(pages) => {
            Box::pin(async { RowStream::of(pages.start().await?)?.exactly_one().await }).await
        }
    }
}

/// The only row, if there is one.
pub(crate) async fn at_most_one<T: FromRowOwned>(request: Execute<'_>) -> Result<Option<T>> {
    match FirstPage(request).await? {
        Answer::Whole(page) => only(&page),
        Answer::More(pages) => {
            Box::pin(async { RowStream::of(pages.start().await?)?.at_most_one().await }).await
        }
    }
}

/// Every row.
pub(crate) async fn all<T: FromRowOwned>(request: Execute<'_>) -> Result<Vec<T>> {
    match FirstPage(request).await? {
        Answer::Whole(page) => page.rows()?.collect(),
        Answer::More(pages) => {
            Box::pin(async { RowStream::of(pages.start().await?)?.into_vec().await }).await
        }
    }
}

/// The answer to a request, as far as its first page tells.
enum Answer<'a> {
    /// The only page.
    Whole(Page),
    /// There are more.
    More(Box<Pages<'a>>),
}

/// Pages that are to be read as a stream.
enum Pages<'a> {
    /// The request has a limit that counts from its start to its end, as a stream has.
    Timed(Execute<'a>),
    Begun(PageStream),
}

impl Pages<'_> {
    async fn start(self) -> Result<PageStream> {
        match self {
            Self::Timed(request) => PageStream::start(request.into_bound().await?).await,
            Self::Begun(pages) => Ok(pages),
        }
    }
}

/// Resolves with the first page, and with the request where that was not the last.
struct FirstPage<'a>(Execute<'a>);

impl<'a> Future for FirstPage<'a> {
    type Output = Result<Answer<'a>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0.is_timed_as_stream() {
            return Poll::Ready(Ok(Answer::More(Box::new(Pages::Timed(self.0.take())))));
        }
        let page = ready!(Pin::new(&mut self.0).poll(cx))?;
        if page.is_last() {
            return Poll::Ready(Ok(Answer::Whole(page)));
        }
        let pages = PageStream::after(self.0.take_answered(), page)?;
        Poll::Ready(Ok(Answer::More(Box::new(Pages::Begun(pages)))))
    }
}

/// The only row of the only page, if it has one.
fn only<T: FromRowOwned>(page: &Page) -> Result<Option<T>> {
    let mut rows = page.rows()?;
    match page.len() {
        0 | 1 => rows.next().transpose(),
        _ => Err(miscounted(ErrorKind::TooManyRows, page.cql())),
    }
}
