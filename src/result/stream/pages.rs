//! The pages of a result, one by one.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Position, Progress, TryNext};
use crate::driver::{Asker, Coming, Landing, Next, Place, Room, Waiting};
use crate::error::{Error, Result};
use crate::observe::span::{Kind, Span, Subject};
use crate::result::Page;
use crate::session::{Deadline, Session};
use crate::statement::{Bound, Options, Origin, Paging, PagingOptions, PagingState};

/// Empty pages that one poll passes over; after that many it lets other tasks run.
const EMPTY_PAGES: usize = 32;

/// The pages of a result, one by one. `Send + Unpin + 'static`, and a `futures_core::Stream`.
///
/// Empty pages are skipped. After an error nothing more comes, until [`retry`](Self::retry).
///
/// ```no_run
/// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
/// let mut pages = session.query("SELECT name FROM users", ()).prefetch(2).pages().await?;
/// while let Some(page) = pages.try_next().await? {
///     for row in page.rows::<(&str,)>()? {
///         println!("{}", row?.0);
///     }
/// }
/// # Ok(()) }
/// ```
///
/// # Memory
/// It has [`prefetch`](crate::Query::prefetch) + 1 pages at most, asked for, arrived or given out. The
/// page that was given out last counts until the next one is asked of the stream: one that is kept
/// longer is one more.
pub struct PageStream {
    about: About,
    room: Arc<Room>,
    /// Who asks, while it is here.
    asker: Option<Box<Asker>>,
    stage: Stage,
    /// Of the page that is on its way.
    span: Option<Span>,
    deadline: Option<Deadline>,
    /// Of the whole stream.
    end_by: Option<Deadline>,
    /// Arrived, not given out yet.
    arrived: VecDeque<Page>,
    /// Where the page after the last arrived one starts.
    next: Option<PagingState>,
    health: Health,
    /// Whether the page given out last still has its room.
    given: bool,
    progress: Progress,
    /// Where the page given out last starts, and what is after it.
    from: Position,
    to: Position,
}

/// What a stream keeps of its request, beside the statement.
pub(super) struct About {
    session: Session,
    origin: Origin,
    options: Options,
}

enum Stage {
    /// The next page is to be asked for.
    Due,
    /// It waits for a place.
    InLine(Waiting),
    Coming(Coming),
    /// Nothing more is asked for.
    Over,
}

enum Health {
    Well,
    /// To be told when all that has arrived is given out.
    Failed(Error),
    Told,
}

impl PageStream {
    /// Executes the request and waits for the first page, which stays inside.
    pub(crate) async fn start(bound: Bound<'_>) -> Result<Self> {
        let mut stream = Self::new(bound.into_paging()?);
        poll_fn(|cx| stream.poll_first(cx)).await?;
        Ok(stream)
    }

    /// Goes on after a first page, which stays inside.
    pub(crate) fn after(bound: Bound<'_>, first: Page) -> Result<Self> {
        let mut stream = Self::new(bound.into_paging()?);
        // It has as much room as it was given: one page at least.
        stream.room.take();
        stream.arrive(first);
        if stream.next.is_none() {
            stream.stage = Stage::Over;
        }
        Ok(stream)
    }

    fn new(paging: Paging) -> Self {
        let Paging { session, statement, origin, options, paging } = paging;
        let PagingOptions { prefetch, start, deadline: end_by } = paging;
        let room = Room::new(prefetch.saturating_add(1));
        let start = Position::first(start);
        Self {
            asker: Some(Asker::new(statement, Arc::clone(&room))),
            room,
            stage: Stage::Due,
            span: None,
            deadline: None,
            end_by: end_by.map(|after| Deadline::new(&session, after)),
            arrived: VecDeque::new(),
            next: None,
            health: Health::Well,
            given: false,
            progress: Progress::default(),
            from: start.clone(),
            to: start,
            about: About { session, origin, options },
        }
    }

    /// The next page; `None` after the last.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: the page stays with the stream.
    pub fn try_next(&mut self) -> TryNext<'_, Self> {
        TryNext::new(self)
    }

    /// The rows of all pages, one by one, each borrowing from its page.
    pub fn into_borrowed_rows(self) -> super::BorrowedRows {
        super::BorrowedRows::new(self)
    }

    /// How much was given out so far.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Where another stream goes on: after the page that was given out last.
    pub fn position(&self) -> Position {
        self.to.clone()
    }

    /// After an error: has the page that failed asked for again, when the stream is polled next. A page
    /// that took too long and may still come is waited for again. Nothing is lost or given out twice.
    ///
    /// Says whether there is anything to try: not so when no page has failed, when the deadline of the
    /// whole stream has passed, or after [`cancel`](Self::cancel). Whether it makes sense, the error
    /// tells: [`Error::is_retryable`](crate::Error::is_retryable).
    pub fn retry(&mut self) -> bool {
        let failed = matches!(self.health, Health::Told) && !matches!(self.stage, Stage::Over);
        if failed {
            self.health = Health::Well;
            self.deadline = self.about.deadline();
        }
        failed
    }

    /// Ends the stream: pages that lie ready are dropped, those on their way are freed when they
    /// arrive (the C driver knows no cancel), and `None` comes next. [`position`](Self::position) and
    /// [`progress`](Self::progress) stay. A drop does the same.
    pub fn cancel(&mut self) {
        self.stage = Stage::Over;
        self.span = None;
        self.asker = None;
        self.arrived.clear();
        self.end_by = None;
        self.health = Health::Well;
    }

    pub(super) fn cql(&self) -> &Arc<str> {
        self.about.origin.cql()
    }

    /// The page that comes next, where it is there.
    pub(super) fn peek(&self) -> Option<&Page> {
        self.arrived.front()
    }

    /// Where the page given out last starts.
    pub(super) fn page_start(&self) -> &Position {
        &self.from
    }

    /// The rest of the page given out last is not read.
    pub(super) fn go_back_to(&mut self, position: Position) {
        self.to = position;
    }

    /// Resolves when a page lies ready, or the first has failed.
    fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if let Poll::Ready(error) = self.poll_end(cx) {
            return Poll::Ready(Err(error));
        }
        self.advance(cx);
        if !self.arrived.is_empty() {
            return Poll::Ready(Ok(()));
        }
        match self.take_failure() {
            Some(error) => Poll::Ready(Err(error)),
            None => self.poll_deadline(cx).map(Err),
        }
    }

    /// Goes on as far as it can without waiting: takes in what has come, asks for what has room.
    fn advance(&mut self, cx: &mut Context<'_>) {
        loop {
            match &mut self.stage {
                Stage::InLine(waiting) => match Pin::new(waiting).poll(cx) {
                    Poll::Ready(place) => self.submit(place),
                    Poll::Pending => return,
                },
                Stage::Coming(coming) => match coming.poll(cx) {
                    Poll::Ready(landing) => self.land(landing),
                    Poll::Pending => return,
                },
                Stage::Due if matches!(self.health, Health::Well) && self.room.take() => self.ask(),
                Stage::Due | Stage::Over => return,
            }
        }
    }

    /// Asks for the next page, which has its room.
    fn ask(&mut self) {
        self.begin();
        if let (Some(asker), Some(state)) = (&mut self.asker, &self.next) {
            if let Err(error) = asker.start_at(state.as_bytes()) {
                return self.fail(error);
            }
        }
        match self.about.session.driver().enter().transpose() {
            Some(place) => self.submit(place),
            None => self.stage = Stage::InLine(self.about.session.driver().wait()),
        }
    }

    fn submit(&mut self, place: Result<Place>) {
        let asked = place.and_then(|place| match self.asker.take() {
            Some(asker) => asker.ask(place),
            None => unreachable!("a page is due, and the asker is not here"),
        });
        match asked {
            Ok(coming) => self.stage = Stage::Coming(coming),
            Err(error) => self.fail(error),
        }
    }

    /// Takes in what a request has come back with.
    fn land(&mut self, Landing { outcome, next }: Landing) {
        if let Some(mut span) = self.span.take() {
            span.end(&outcome);
        }
        self.stage = Stage::Due;
        let failed = match outcome {
            Ok((result, answer)) => {
                self.about.session.executed(&self.about.origin);
                self.arrive(Page::new(result, answer, self.about.origin.clone()));
                None
            }
            Err(error) => Some(error),
        };
        match next {
            Some(Next::Asked(coming)) => {
                self.begin();
                self.stage = Stage::Coming(coming);
            }
            Some(Next::Home(asker)) => self.asker = Some(asker),
            // It was asked for, and had its room.
            Some(Next::Failed(error)) => {
                self.begin();
                self.fail(error);
            }
            None => {}
        }
        match failed {
            Some(error) => self.fail(error),
            None if self.next.is_none() => self.stage = Stage::Over,
            None => {}
        }
    }

    fn arrive(&mut self, page: Page) {
        self.next = page.next_page();
        self.arrived.push_back(page);
    }

    /// A page that was asked for does not come.
    fn fail(&mut self, error: Error) {
        self.room.give_back();
        self.stage = match self.asker {
            Some(_) => Stage::Due,
            None => Stage::Over,
        };
        let error = self.about.explain(error);
        if let Some(mut span) = self.span.take() {
            span.end(&Err::<(), _>(error.clone()));
        }
        self.health = Health::Failed(error);
    }

    /// The failure that is to be told, once.
    fn take_failure(&mut self) -> Option<Error> {
        match std::mem::replace(&mut self.health, Health::Told) {
            Health::Failed(error) => Some(error),
            other => {
                self.health = other;
                None
            }
        }
    }

    /// A request begins.
    fn begin(&mut self) {
        let About { session, origin, .. } = &self.about;
        let cql = origin.cql();
        let subject = Subject { kind: Kind::Execute, cql, keyspace: session.keyspace() };
        self.span = Some(Span::new(subject));
        self.deadline = self.about.deadline();
    }

    /// The deadline of the page that the stream waits for.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        let sent = matches!(self.stage, Stage::Coming(_));
        let Some(deadline) = &mut self.deadline else { return Poll::Pending };
        let Poll::Ready(error) = deadline.poll(cx, sent) else { return Poll::Pending };
        self.deadline = None;
        self.health = Health::Told;
        if !sent {
            // Who is not polled may not stand in line.
            self.room.give_back();
            self.stage = Stage::Due;
            self.span = None;
        }
        Poll::Ready(self.about.explain(error))
    }

    /// The deadline of the whole stream, which ends it.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        let Some(end_by) = &mut self.end_by else { return Poll::Pending };
        let Poll::Ready(error) = end_by.poll_stream(cx) else { return Poll::Pending };
        self.cancel();
        Poll::Ready(self.about.explain(error))
    }

    /// Counts a page as given out.
    fn give(&mut self, page: &Page) {
        self.progress.pages += 1;
        self.progress.rows += page.len() as u64;
        let to = Position::after(page.next_page());
        self.from = std::mem::replace(&mut self.to, to);
    }

    /// The page given out last is done with.
    fn release(&mut self) {
        if std::mem::take(&mut self.given) {
            self.room.give_back();
        }
    }
}

impl Stream for PageStream {
    type Item = Result<Page>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        this.release();
        for _ in 0..EMPTY_PAGES {
            if matches!(this.health, Health::Told) {
                return Poll::Ready(None);
            }
            // Also while pages lie ready, so that prefetching goes on.
            this.advance(cx);
            if let Poll::Ready(error) = this.poll_end(cx) {
                return Poll::Ready(Some(Err(error)));
            }
            let Some(page) = this.arrived.pop_front() else {
                return match (this.take_failure(), &this.stage) {
                    (Some(error), _) => Poll::Ready(Some(Err(error))),
                    (None, Stage::Over) => Poll::Ready(None),
                    (None, _) => this.poll_deadline(cx).map(|error| Some(Err(error))),
                };
            };
            this.give(&page);
            if page.is_empty() {
                drop(page);
                this.room.give_back();
            } else {
                this.given = true;
                return Poll::Ready(Some(Ok(page)));
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl About {
    /// Of one page.
    fn deadline(&self) -> Option<Deadline> {
        self.session.deadline(&self.options)
    }

    fn explain(&self, error: Error) -> Error {
        let Self { session, origin, options } = self;
        let cql = origin.cql();
        session.suspect(cql, &error);
        options.explain(error.in_statement(cql).idempotent(options.is_idempotent()), session)
    }
}

impl fmt::Debug for PageStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageStream")
            .field("cql", self.about.origin.cql())
            .field("progress", &self.progress)
            .field("arrived", &self.arrived.len())
            .finish_non_exhaustive()
    }
}
