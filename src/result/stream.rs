//! Streams over all pages.
//!
//! A stream needs no task and no runtime: C's futures are hot, so a page that was asked for arrives
//! whether or not the stream is polled. At most `prefetch` pages lie ready beside the one being
//! read, which is all the back-pressure that is needed.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::Page;
use super::rows::{Count, plan, read};
use crate::cql::{Column, ColumnMap, FromRowOwned};
use crate::driver::{OwnedCells, ResultSet};
use crate::error::{Error, ErrorKind, Result};
use crate::observe::span::Kind;
use crate::session::{Deadline, Flight, Patience};
use crate::statement::{Bound, Paging, PagingState};

/// The pages of a result, one by one. `Send + Unpin + 'static`, and a `futures_core::Stream`.
///
/// Empty pages are skipped. After an error nothing more comes.
pub struct PageStream {
    paging: Paging,
    /// Asked for, not here yet.
    in_flight: Option<Flight<ResultSet>>,
    /// Of the page that was asked for.
    deadline: Option<Deadline>,
    /// Arrived, not given out yet.
    arrived: VecDeque<Page>,
    /// Where the page after the last arrived one starts.
    next: Option<PagingState>,
    error: Option<Error>,
}

impl PageStream {
    /// Executes the request and waits for the first page, which stays inside.
    pub(crate) async fn start(bound: Bound<'_>) -> Result<Self> {
        let paging = bound.into_paging()?;
        let mut stream = Self {
            paging,
            in_flight: None,
            deadline: None,
            arrived: VecDeque::new(),
            next: None,
            error: None,
        };
        stream.ask()?;
        poll_fn(|cx| stream.poll_arrival(cx)).await;
        match stream.error.take() {
            Some(error) => Err(error),
            None => {
                stream.ask_ahead();
                Ok(stream)
            }
        }
    }

    /// The next page; `None` after the last.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: the page stays with the stream.
    pub fn try_next(&mut self) -> TryNext<'_, Self> {
        TryNext(self)
    }

    /// Submits the request with the paging state as it is.
    fn ask(&mut self) -> Result<()> {
        let Paging { session, statement, options, cql, .. } = &self.paging;
        let about = (Kind::Execute, &**cql);
        let flight =
            Flight::start(session, Patience::Wait, about, |place| place.execute(statement));
        self.in_flight = Some(flight.map_err(|error| self.explain(error))?);
        self.deadline = session.deadline(options);
        Ok(())
    }

    /// Asks for the page after the last one, if there is one and none is on its way.
    fn ask_next(&mut self) {
        if self.in_flight.is_some() || self.error.is_some() {
            return;
        }
        let Some(state) = self.next.take() else { return };
        // The request before has completed, so C reads the statement no more.
        let asked = match self.paging.statement.set_paging_state(state.as_bytes()) {
            Ok(()) => self.ask(),
            Err(error) => Err(self.explain(error)),
        };
        self.error = asked.err();
    }

    fn ask_ahead(&mut self) {
        if self.arrived.len() < self.paging.prefetch {
            self.ask_next();
        }
    }

    /// Resolves when nothing is in flight; the page is among the arrived then, or the error noted.
    fn poll_arrival(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(flight) = &mut self.in_flight else { return Poll::Ready(()) };
        let statement = &self.paging.statement;
        let outcome = match flight.poll(cx, |place| place.execute(statement)) {
            Poll::Ready(outcome) => outcome.map(|result| (result, flight.take_answer())),
            Poll::Pending => {
                let Some(deadline) = &mut self.deadline else { return Poll::Pending };
                Err(ready!(deadline.poll(cx, flight.is_sent())))
            }
        };
        self.in_flight = None;
        match outcome {
            Ok((result, answer)) => {
                let page = Page::new(result, answer, Arc::clone(&self.paging.cql));
                self.next = page.next_page();
                self.arrived.push_back(page);
            }
            Err(error) => self.error = Some(self.explain(error)),
        }
        Poll::Ready(())
    }

    fn explain(&self, error: Error) -> Error {
        let Paging { session, cql, options, .. } = &self.paging;
        session.suspect(cql, &error);
        options.explain(error.in_statement(cql).idempotent(self.paging.idempotent), session)
    }
}

impl Stream for PageStream {
    type Item = Result<Page>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            // Drives what is on its way also while pages lie ready, so that prefetching goes on.
            let idle = this.poll_arrival(cx).is_ready();
            if idle {
                this.ask_ahead();
            }
            match this.arrived.pop_front() {
                Some(page) if page.is_empty() => {}
                Some(page) => {
                    this.ask_ahead();
                    return Poll::Ready(Some(Ok(page)));
                }
                None if !idle => return Poll::Pending,
                None if this.error.is_some() => {
                    this.next = None;
                    return Poll::Ready(this.error.take().map(Err));
                }
                None if this.in_flight.is_none() && this.next.is_none() => {
                    return Poll::Ready(None);
                }
                None => this.ask_next(),
            }
        }
    }
}

impl fmt::Debug for PageStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream")
            .field("cql", &self.paging.cql)
            .field("arrived", &self.arrived.len())
            .field("in_flight", &self.in_flight.is_some())
            .finish_non_exhaustive()
    }
}

/// The rows of a result over all its pages, as owned values. `Send + Unpin + 'static`, and a
/// `futures_core::Stream`.
///
/// A row that cannot be read is an error in its place; the rows after it still come. After a page
/// that could not be fetched nothing more comes.
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// let mut users = session.query("SELECT id, name FROM users", ()).stream::<(i64, String)>().await?;
/// while let Some((id, name)) = users.try_next().await? {
///     println!("{id} {name}");
/// }
/// # Ok(()) }
/// ```
pub struct RowStream<T> {
    pages: PageStream,
    reading: Option<Reading>,
    of: PhantomData<fn() -> T>,
}

fn miscounted(kind: ErrorKind, cql: &str) -> Error {
    Error::new(kind, "").in_statement(cql)
}

/// The page being read.
struct Reading {
    cells: OwnedCells,
    columns: Box<[Column]>,
    map: ColumnMap,
    count: Count,
}

impl<T: FromRowOwned> RowStream<T> {
    pub(crate) async fn start(bound: Bound<'_>) -> Result<Self> {
        let pages = PageStream::start(bound).await?;
        if let Some(first) = pages.arrived.front() {
            plan::<T>(first.columns(), &pages.paging.cql)?;
        }
        Ok(Self { pages, reading: None, of: PhantomData })
    }

    /// The next row; `None` after the last.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: the row stays with the stream.
    pub fn try_next(&mut self) -> TryNext<'_, Self> {
        TryNext(self)
    }

    /// The only row, if there is one. Reads on past empty pages, and up to a second row.
    pub(crate) async fn at_most_one(mut self) -> Result<Option<T>> {
        let Some(row) = self.try_next().await? else { return Ok(None) };
        match self.try_next().await? {
            None => Ok(Some(row)),
            Some(_) => Err(miscounted(ErrorKind::TooManyRows, &self.pages.paging.cql)),
        }
    }

    /// The only row.
    pub(crate) async fn exactly_one(self) -> Result<T> {
        let cql = Arc::clone(&self.pages.paging.cql);
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

    fn read(&mut self, page: Page) -> Result<()> {
        let map = plan::<T>(page.columns(), page.cql())?;
        let count = Count::of(page.len());
        let (cells, columns) = page.into_cells();
        self.reading = Some(Reading { cells, columns, map, count });
        Ok(())
    }
}

impl Reading {
    /// The next row of the page, `None` after its last.
    fn next<T: FromRowOwned>(&mut self, cql: &str) -> Option<Result<T>> {
        if self.count.is_done() {
            return None;
        }
        match self.cells.step() {
            None => Some(Err(self.count.cut_short().in_statement(cql))),
            Some(row) => Some(read(row, &self.columns, &self.map, &mut self.count, cql)),
        }
    }
}

impl<T: FromRowOwned> Stream for RowStream<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(reading) = &mut this.reading {
                if let Some(row) = reading.next(&this.pages.paging.cql) {
                    return Poll::Ready(Some(row));
                }
                this.reading = None;
            }
            match ready!(Pin::new(&mut this.pages).poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => {
                    if let Err(error) = this.read(page) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }
}

impl<T> fmt::Debug for RowStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.reading.as_ref().map_or(0, |reading| reading.count.left());
        f.debug_struct("RowStream").field("left_in_page", &left).finish_non_exhaustive()
    }
}

/// The future of `try_next` on a stream. It only polls: dropping it loses nothing.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct TryNext<'a, S>(&'a mut S);

impl<T, S: Stream<Item = Result<T>> + Unpin> Future for TryNext<'_, S> {
    type Output = Result<Option<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut *self.0).poll_next(cx).map(Option::transpose)
    }
}
