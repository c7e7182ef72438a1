//! Connect, prepare, execute, close.
//!
//! A [`Session`] is a handle to one connected cluster: clone it freely, share it between threads and
//! runtimes. Everything on it is submitted to the C driver's threads; nothing here blocks, spawns or
//! needs a runtime. Dropping the last handle closes it in the background.

mod cache;
mod close;
mod connect;
mod coordinator;
mod diagnosis;
mod flight;
mod joint;
mod prepare;
mod trace;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use close::{Close, CloseFuture};
pub use connect::Connect;
pub use coordinator::Coordinator;
pub(crate) use flight::{Deadline, Flight, Patience};
pub(crate) use prepare::PrepareCached;
pub use prepare::{Prepare, PrepareFuture};
pub use trace::{Trace, TraceEvent};

use crate::cluster::{Profiles, SessionBuilder};
use crate::cql::ToRow;
use crate::driver;
use crate::error::{Error, ErrorKind};
use crate::observe::Metrics;
use crate::rt::{AnyRuntime, DriverThreads};
use crate::statement::{Batch, BatchKind, Options, Origin, PreparedCore, Query};
use cache::Cache;
use joint::Joint;

/// A connected session. Cheap to clone; all clones are one session.
///
/// ```no_run
/// # async fn f() -> async_cassandra::Result<()> {
/// use async_cassandra::Session;
///
/// let session = Session::builder().contact_points(["127.0.0.1"]).keyspace("shop").connect().await?;
/// session.query("INSERT INTO users (id, name) VALUES (?, ?)", (1, "Ann")).await?;
/// session.close().await?;
/// # Ok(()) }
/// ```
///
/// # Ending
/// [`close`](Self::close) refuses new requests, waits for those in flight and says how it went.
/// Dropping the last handle (prepared statements and streams hold one too) does the same without
/// waiting, and never blocks. A request that fails never closes the session.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    driver: driver::Session,
    runtime: AnyRuntime,
    cache: Cache,
    defaults: Defaults,
    /// Of requests without options.
    deadline: Option<Duration>,
    profiles: Profiles,
    keyspace: Option<Box<str>>,
}

/// What requests are held to that say nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Defaults {
    pub(crate) protocol_version: u8,
    pub(crate) deadline: Option<Duration>,
    pub(crate) close_timeout: Duration,
    pub(crate) statement_cache: usize,
    pub(crate) max_batch_bytes: usize,
}

impl Defaults {
    /// How long a request with these options may take by our own clock.
    fn deadline_of(&self, profiles: &Profiles, options: &Options) -> Option<Duration> {
        let asked_for = options.deadline_or(self.deadline);
        // An unknown profile is told when the request is submitted.
        let needed = match profiles.get(options.profile_name()) {
            Ok(fallback) if fallback.speculates => {
                Some(speculative_deadline(options.timeout_or(fallback.timeout)))
            }
            _ => None,
        };
        asked_for.into_iter().chain(needed).min()
    }
}

impl Session {
    /// Where every session starts: contact points and settings.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::new()
    }

    pub(crate) fn new(
        driver: driver::Session,
        runtime: AnyRuntime,
        defaults: Defaults,
        profiles: Profiles,
        keyspace: Option<Box<str>>,
    ) -> Self {
        let cache = Cache::new(defaults.statement_cache);
        let deadline = defaults.deadline_of(&profiles, &Options::new());
        Self(Arc::new(Inner { driver, runtime, cache, defaults, deadline, profiles, keyspace }))
    }

    /// A request from text and values. With values, the text is prepared at its first use and
    /// kept; without any (`()`) it goes as it is.
    ///
    /// Mistakes are told at the await: a value that does not fit, a wrong number of them.
    pub fn query<'s>(&'s self, cql: &str, values: impl ToRow + 's) -> Query<'s> {
        Query::new(self, cql, values)
    }

    /// Prepares a statement for many executions, on the node that is asked and then, in the C++
    /// drivers, on all others.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let insert = session.prepare("INSERT INTO t (id) VALUES (?)").idempotent(true).await?;
    /// for id in 0..3 {
    ///     insert.bind((id,)).await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn prepare(&self, cql: &str) -> Prepare<'_> {
        Prepare::new(self, cql)
    }

    /// A batch of writes; add requests to it.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// use async_cassandra::BatchKind;
    ///
    /// let insert = session.prepare("INSERT INTO t (id) VALUES (?)").await?;
    /// session.batch(BatchKind::Unlogged).add(insert.bind((1,))).add(insert.bind((2,))).await?;
    /// # Ok(()) }
    /// ```
    pub fn batch(&self, kind: BatchKind) -> Batch<'_> {
        Batch::new(self, kind)
    }

    /// Closes the session: new requests fail with [`ErrorKind::Closed`](crate::ErrorKind::Closed),
    /// those that wait for a place as well, those in flight finish. Twice, and from many tasks at
    /// once, is fine.
    pub fn close(&self) -> Close<'_> {
        Close::new(self)
    }

    /// The session's figures at this moment: the C driver's, and how many requests are in flight.
    /// After the close, the last ones.
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) {
    /// let now = session.metrics();
    /// println!("{} in flight, p99 {:?}", now.in_flight, now.requests.p99);
    /// println!("{:.0} requests/s over {} connections", now.rates.one_minute, now.connections);
    /// # }
    /// ```
    ///
    /// # Cost
    /// The C driver adds up its histograms, a quarter of a millisecond of work in the embedded one,
    /// under a lock that calls of this method share: for a scrape every few seconds, not for each
    /// request.
    pub fn metrics(&self) -> Metrics {
        Metrics { statements: self.0.cache.figures(), ..self.0.driver.metrics() }
    }

    /// The keyspace of statements that name none, as [`SessionBuilder::keyspace`] was told.
    pub fn keyspace(&self) -> Option<&str> {
        self.0.keyspace.as_deref()
    }

    /// Runs tasks on the C driver's own threads, inside the context of the session's
    /// [runtime](SessionBuilder::runtime).
    ///
    /// ```no_run
    /// # async fn f(session: async_cassandra::Session) -> async_cassandra::Result<()> {
    /// let own = session.clone();
    /// let task = session.driver_threads().spawn(async move {
    ///     for id in 0..1000 {
    ///         own.query("INSERT INTO seen (id) VALUES (?)", (id,)).await?;
    ///     }
    ///     Ok::<_, async_cassandra::Error>(())
    /// });
    /// task.await?;
    /// # Ok(()) }
    /// ```
    pub fn driver_threads(&self) -> DriverThreads {
        DriverThreads::inside(&self.0.runtime)
    }

    /// Whether the session takes no more requests.
    pub fn is_closed(&self) -> bool {
        self.0.driver.is_closed()
    }

    /// Requests that were sent and whose answer has not come, those included whose future was
    /// dropped. Statements being prepared count too.
    pub fn in_flight(&self) -> usize {
        self.0.driver.in_flight()
    }

    /// Requests that wait for one of the places that
    /// [`max_in_flight`](SessionBuilder::max_in_flight) gives. A few of them may have been dropped.
    pub fn waiting(&self) -> usize {
        self.0.driver.waiting()
    }

    pub(crate) fn driver(&self) -> &driver::Session {
        &self.0.driver
    }

    pub(crate) fn runtime(&self) -> &AnyRuntime {
        &self.0.runtime
    }

    /// What requests fall back to.
    pub(crate) fn profiles(&self) -> &Profiles {
        &self.0.profiles
    }

    /// The deadline of a request with these options, if it has one. Where C may send requests to
    /// several hosts, it may lose the answer and its own timeout with it: there each has one.
    pub(crate) fn deadline(&self, options: &Options) -> Option<Deadline> {
        let after = match options.is_none() {
            true => self.0.deadline,
            false => self.0.defaults.deadline_of(&self.0.profiles, options),
        };
        Some(Deadline::new(self, after?))
    }

    /// Whether the protocol has custom payloads.
    pub(crate) fn has_payloads(&self) -> bool {
        self.0.defaults.protocol_version >= 4
    }

    pub(crate) fn max_batch_bytes(&self) -> usize {
        self.0.defaults.max_batch_bytes
    }

    pub(crate) fn close_timeout(&self) -> Duration {
        self.0.defaults.close_timeout
    }

    /// Whether the two are one session.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn cache(&self) -> &Cache {
        &self.0.cache
    }

    /// The statement that was prepared from this text.
    pub(crate) fn cached(&self, cql: &str) -> Option<Arc<PreparedCore>> {
        self.cache().get(cql)
    }

    /// A request was bound to what [`cached`](Self::cached) gave.
    pub(crate) fn cache_hit(&self) {
        self.cache().hit();
    }

    /// Prepares for the cache. Callers that miss at the same time share one prepare.
    pub(crate) fn prepare_cached(
        &self,
        cql: &Arc<str>,
        patience: Patience,
        deadline: Option<Deadline>,
    ) -> PrepareCached<'_> {
        PrepareCached::new(self, cql, patience, deadline)
    }

    /// A prepare of the cache is over.
    fn settle(&self, joint: &Joint, core: Option<&Arc<PreparedCore>>) {
        self.cache().settle(joint, core);
    }

    /// Forgets the prepared statement with this very text, its own, where the error may mean that the
    /// server now has another: then it is prepared anew at its next use.
    pub(crate) fn suspect(&self, cql: &Arc<str>, error: &Error) {
        if matches!(error.kind(), ErrorKind::Unprepared | ErrorKind::Invalid) {
            self.forget(cql);
        }
    }

    /// Has the text prepared anew at its next use. `cql` is a prepared statement's own: what was
    /// prepared from the same text since then stays.
    pub(crate) fn forget(&self, cql: &Arc<str>) {
        self.cache().remove(cql);
    }

    /// A statement was executed. One that may change what others stand for has them prepared anew.
    pub(crate) fn executed(&self, origin: &Origin) {
        if origin.alters() {
            self.cache().clear();
        }
    }

    /// The error of a request that would not wait.
    pub(crate) fn busy(&self) -> Error {
        let text = format!("{} requests are in flight", self.driver().places());
        Error::new(ErrorKind::Busy, text)
    }
}

/// When C has this timeout, it has answered by then, or never will.
fn speculative_deadline(timeout: Duration) -> Duration {
    const GRACE: Duration = Duration::from_secs(1);
    const WITHOUT_TIMEOUT: Duration = Duration::from_secs(60);
    match timeout {
        Duration::MAX => WITHOUT_TIMEOUT,
        timeout => timeout.saturating_add(GRACE),
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("closed", &self.is_closed()).finish_non_exhaustive()
    }
}
