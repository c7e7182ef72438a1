//! Row by row through all pages: what the streams of rows have in common.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::{PageStream, Position, Progress};
use crate::error::Result;
use crate::result::Page;
use crate::result::reading::Reading;

/// Where a stream of rows is: its pages, and the one being read, with what `P` plans for its columns.
pub(super) struct Walk<P> {
    pages: PageStream,
    reading: Option<(Reading, P)>,
    rows: u64,
    /// Of the pages before the one being read.
    bytes: u64,
}

impl<P> Walk<P> {
    pub(super) fn new(pages: PageStream) -> Self {
        Self { pages, reading: None, rows: 0, bytes: 0 }
    }

    pub(super) fn cql(&self) -> &Arc<str> {
        self.pages.cql()
    }

    pub(super) fn progress(&self) -> Progress {
        let reading = self.reading.as_ref().map_or(0, |(page, _)| page.bytes());
        Progress { rows: self.rows, bytes: Some(self.bytes + reading), ..self.pages.progress() }
    }

    pub(super) fn position(&self) -> Position {
        match &self.reading {
            Some((page, _)) if !page.is_done() => self.pages.page_start().clone(),
            _ => self.pages.position(),
        }
    }

    pub(super) fn retry(&mut self) -> bool {
        self.pages.retry()
    }

    pub(super) fn cancel(&mut self) {
        let position = self.position();
        self.finish_page();
        self.pages.cancel();
        self.pages.go_back_to(position);
    }

    /// Frees the page being read.
    fn finish_page(&mut self) {
        if let Some((page, _)) = self.reading.take() {
            self.bytes += page.bytes();
        }
    }

    /// Resolves when there is a row, or none any more. `begin` plans for a page that is begun.
    #[inline]
    pub(super) fn poll_row(
        &mut self,
        cx: &mut Context<'_>,
        begin: impl Fn(&Page) -> Result<P>,
    ) -> Poll<Result<()>> {
        match &self.reading {
            Some((page, _)) if !page.is_done() => Poll::Ready(Ok(())),
            _ => self.poll_page(cx, begin),
        }
    }

    /// As `poll_row`, behind the last row of a page. Not inlined: one row of thousands comes here.
    #[inline(never)]
    fn poll_page(
        &mut self,
        cx: &mut Context<'_>,
        begin: impl Fn(&Page) -> Result<P>,
    ) -> Poll<Result<()>> {
        while self.reading.as_ref().is_none_or(|(page, _)| page.is_done()) {
            // Before the next page is asked for, so that it finds room.
            self.finish_page();
            match ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                None => break,
                Some(page) => {
                    let page = page?;
                    let plan = begin(&page)?;
                    self.reading = Some((Reading::new(page), plan));
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// The page of the row that is there, its plan, and the count of rows given out; `None` behind the
    /// last row.
    pub(super) fn at_row(&mut self) -> Option<(&mut Reading, &mut P, &mut u64)> {
        let (page, plan) = self.reading.as_mut()?;
        Some((page, plan, &mut self.rows))
    }
}
