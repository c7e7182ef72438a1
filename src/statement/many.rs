//! One prepared statement, executed for many rows of values.
//!
//! # Contract
//! - So many at a time as it was told, each submitted when a place comes free, answers in any order.
//! - The first error ends it: nothing is sent after it, what is in flight is waited for.
//! - One task, no thread. A wake names the request that it is for, so that a poll looks at those that
//!   were answered, however many are in flight.
//!
//! # Cost
//! A row costs its own request: C's statement and future, one slot of ours. Beside that one small
//! allocation for each of the `concurrency`, once; it serves one request after the other. The values
//! are bound when their turn comes, and gone before the next.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use atomic_waker::AtomicWaker;

use super::{Bound, Options, Prepared};
use crate::cql::ToRow;
use crate::driver::{Place, ResultSet};
use crate::error::{Error, ErrorKind, Result};
use crate::observe::span::Kind;
use crate::session::{Deadline, Flight, Patience};

/// Requests in flight, where nothing else was said.
const CONCURRENCY: usize = 64;

/// The most of them, whatever was said.
const MOST: usize = 1 << 16;

/// Requests that one poll begins at most; after that many it lets other tasks run.
const BUDGET: usize = 256;

/// A statement that is executed for each of many rows of values. Made by
/// [`Prepared::execute_many`]; awaited, it gives the number of rows.
///
/// # Cancel safety
/// Dropping it detaches what is in flight, as with every request; rows that were not begun are not
/// sent. How many were done, nobody knows then.
#[must_use = "futures do nothing unless polled"]
pub struct Many<'p, I> {
    prepared: &'p Prepared,
    /// `None` when it has ended.
    rows: Option<I>,
    options: Option<Options>,
    concurrency: usize,
    requests: Vec<Request<'p>>,
    /// The numbers of those that have nothing in flight.
    idle: Vec<usize>,
    answered: Arc<Answered>,
    /// One that waits for a place of the session: the others wait behind it.
    in_line: Option<usize>,
    done: u64,
    failed: Option<Error>,
}

impl<I> Unpin for Many<'_, I> {}

/// One request after the other.
struct Request<'p> {
    waker: Waker,
    now: Option<Now<'p>>,
}

/// What is in flight, or in line.
struct Now<'p> {
    flight: Flight<ResultSet>,
    bound: Bound<'p>,
    deadline: Option<Deadline>,
}

impl<'p, I: Iterator<Item: ToRow>> Many<'p, I> {
    pub(super) fn new(prepared: &'p Prepared, rows: I) -> Self {
        Self {
            prepared,
            rows: Some(rows),
            options: None,
            concurrency: CONCURRENCY,
            requests: Vec::new(),
            idle: Vec::new(),
            answered: Arc::default(),
            in_line: None,
            done: 0,
            failed: None,
        }
    }

    /// How many are in flight at a time, 65,536 at most. Default: 64. Those of the whole session are
    /// never more than [`max_in_flight`](crate::SessionBuilder::max_in_flight). Zero is an error at
    /// the await.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Options of each request; those that the statement was prepared with stand where these say
    /// nothing.
    pub fn options(mut self, options: &Options) -> Self {
        self.options.get_or_insert_default().merge(options);
        self
    }

    /// Ends it for good: no row comes after this.
    fn fail(&mut self, error: Error) {
        self.rows = None;
        self.failed.get_or_insert(error);
    }

    /// Looks at a request that was woken, or has just begun.
    fn look(&mut self, at: usize) {
        let Some(Request { waker, now }) = self.requests.get_mut(at) else { return };
        let Some(Now { flight, bound, deadline }) = now else { return };
        let cx = &mut Context::from_waker(waker);
        let outcome = match flight.poll(cx, |place| place.execute(bound.statement())) {
            Poll::Ready(outcome) => outcome.map(drop),
            Poll::Pending => {
                if self.in_line == Some(at) && flight.is_sent() {
                    self.in_line = None;
                }
                let sent = flight.is_sent();
                match deadline.as_mut().map(|deadline| deadline.poll(cx, sent)) {
                    Some(Poll::Ready(error)) => Err(error),
                    _ => return,
                }
            }
        };
        let outcome = outcome.map_err(|error| bound.explain(error));
        *now = None;
        self.idle.push(at);
        if self.in_line == Some(at) {
            self.in_line = None;
        }
        match outcome {
            Ok(()) => self.done += 1,
            Err(error) => self.fail(error),
        }
    }

    /// Begins the next request, if there is one and it may. False when there is none.
    fn begin(&mut self) -> bool {
        if self.in_line.is_some() || self.in_flight() == self.concurrency {
            return false;
        }
        let Some(row) = self.rows.as_mut().and_then(Iterator::next) else {
            self.rows = None;
            return false;
        };
        let mut bound = self.prepared.bind(row);
        if let Some(options) = &self.options {
            bound = bound.options(options);
        }
        if let Some(error) = bound.error() {
            let error = error.clone();
            self.fail(error);
            return false;
        }
        let about = (Kind::Execute, &**bound.cql());
        let submit = |place: Place| place.execute(bound.statement());
        match Flight::start(bound.session(), Patience::Wait, about, submit) {
            Err(error) => {
                let error = bound.explain(error);
                self.fail(error);
                false
            }
            Ok(flight) => {
                let at = self.place();
                if !flight.is_sent() {
                    self.in_line = Some(at);
                }
                let deadline = bound.own_deadline();
                self.requests[at].now = Some(Now { flight, bound, deadline });
                self.look(at);
                true
            }
        }
    }

    /// A request that has nothing in flight.
    fn place(&mut self) -> usize {
        self.idle.pop().unwrap_or_else(|| {
            let at = self.requests.len();
            let waker = Waker::from(Arc::new(Answer { answered: Arc::clone(&self.answered), at }));
            self.requests.push(Request { waker, now: None });
            at
        })
    }

    fn in_flight(&self) -> usize {
        self.requests.len() - self.idle.len()
    }

    /// Looks at all that were woken since the last time.
    fn look_at_answers(&mut self) {
        for at in 0..self.answered.words.len() {
            let mut bits = self.answered.take(at);
            while bits != 0 {
                self.look(at * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }
}

impl<I: Iterator<Item: ToRow>> Future for Many<'_, I> {
    type Output = Result<u64>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if this.answered.words.is_empty() {
            if this.concurrency == 0 {
                let text = "0 lets no request go out";
                return Poll::Ready(Err(Error::new(
                    ErrorKind::Setting { name: "concurrency" },
                    text,
                )));
            }
            this.concurrency = this.concurrency.min(MOST);
            this.answered = Arc::new(Answered::new(this.concurrency));
        }
        // Before the answers are looked at: whoever comes later wakes.
        this.answered.task.register(cx.waker());
        this.look_at_answers();
        for _ in 0..BUDGET {
            if !this.begin() {
                if this.rows.is_none() && this.in_flight() == 0 {
                    return Poll::Ready(this.failed.clone().map_or(Ok(this.done), Err));
                }
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<I> fmt::Debug for Many<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Many")
            .field("cql", &self.prepared.cql())
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

/// Which requests were woken, and whose task to wake.
#[derive(Default)]
struct Answered {
    task: AtomicWaker,
    /// A bit for each request.
    words: Box<[AtomicU64]>,
}

impl Answered {
    fn new(requests: usize) -> Self {
        let words = (0..requests.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Self { task: AtomicWaker::new(), words }
    }

    fn take(&self, word: usize) -> u64 {
        let word = &self.words[word];
        // ORDERING: `task` orders this after the bits that were set before its last wake; whoever sets
        // one later wakes again. The answers themselves are published by their slots.
        if word.load(Ordering::Relaxed) == 0 { 0 } else { word.swap(0, Ordering::Relaxed) }
    }
}

/// The waker of one request.
struct Answer {
    answered: Arc<Answered>,
    at: usize,
}

impl Wake for Answer {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // ORDERING: see `take`.
        self.answered.words[self.at / 64].fetch_or(1 << (self.at % 64), Ordering::Relaxed);
        self.answered.task.wake();
    }
}
