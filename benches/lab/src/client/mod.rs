//! The clients, a file each. The Rust ones are [`Database`]s and go through the same works; the raw C
//! one does them in C.
//!
//! All do the same: one connection, protocol v4, consistency LOCAL_ONE, a client timestamp with every
//! request, no tracing, default timeouts, each row decoded into its types.

mod c;
mod cassandra_cpp;
mod cdrs_tokio;
mod database;
mod ours;
mod scylla;

use std::fmt;
use std::str::FromStr;

use crate::executor::{
    AsyncStd, CurrentThread, DriverThreads, Executor, MultiThread, Smol, Spawn, Threads,
};
use crate::job::Job;
use crate::measure::Meter;
use crate::record::Record;
use crate::work::{self, Done, Work};
use crate::{Error, Result};

pub use database::{Database, Paging};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    C,
    DriverThreads,
    TokioMt,
    TokioCt,
    /// With a completion queue.
    TokioMtQueue,
    TokioCtQueue,
    AsyncStd,
    Smol,
    Threads,
    CassandraCpp,
    Scylla,
    CdrsTokio,
}

const NAMES: [(Client, &str); 12] = [
    (Client::C, "c"),
    (Client::DriverThreads, "driver-threads"),
    (Client::TokioMt, "tokio-mt"),
    (Client::TokioCt, "tokio-ct"),
    (Client::TokioMtQueue, "tokio-mt-queue"),
    (Client::TokioCtQueue, "tokio-ct-queue"),
    (Client::AsyncStd, "async-std"),
    (Client::Smol, "smol"),
    (Client::Threads, "threads"),
    (Client::CassandraCpp, "cassandra-cpp"),
    (Client::Scylla, "scylla"),
    (Client::CdrsTokio, "cdrs-tokio"),
];

impl Client {
    pub const ALL: [Self; 12] = [
        Self::C,
        Self::DriverThreads,
        Self::TokioMt,
        Self::TokioCt,
        Self::TokioMtQueue,
        Self::TokioCtQueue,
        Self::AsyncStd,
        Self::Smol,
        Self::Threads,
        Self::CassandraCpp,
        Self::Scylla,
        Self::CdrsTokio,
    ];

    /// Those that take part in the open loop.
    pub const OPEN: [Self; 6] = [
        Self::C,
        Self::DriverThreads,
        Self::TokioMt,
        Self::CassandraCpp,
        Self::Scylla,
        Self::CdrsTokio,
    ];

    /// Whether it is another library.
    pub const fn is_peer(self) -> bool {
        matches!(self, Self::CassandraCpp | Self::Scylla | Self::CdrsTokio)
    }

    pub const fn is_rust(self) -> bool {
        !matches!(self, Self::C)
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, name) = NAMES.iter().find(|(client, _)| client == self).expect("each has a name");
        f.write_str(name)
    }
}

impl FromStr for Client {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = NAMES.iter().find(|(_, other)| *other == name);
        Ok(found.ok_or_else(|| format!("there is no client {name}"))?.0)
    }
}

/// Does the job, and says what it cost.
pub fn run(job: &Job) -> Result<Record> {
    // Those that call C share one driver, loaded before anything is measured.
    if !matches!(job.client, Client::Scylla | Client::CdrsTokio) {
        async_cassandra::driver::load()?;
    }
    match job.client {
        Client::C => c::run(job),
        Client::DriverThreads => spawning::<ours::Ours<DriverThreads>, DriverThreads>(job),
        Client::TokioMt => spawning::<ours::Ours<MultiThread>, MultiThread>(job),
        Client::TokioCt => spawning::<ours::Ours<CurrentThread>, CurrentThread>(job),
        Client::TokioMtQueue => spawning::<ours::Ours<MultiThread, true>, MultiThread>(job),
        Client::TokioCtQueue => spawning::<ours::Ours<CurrentThread, true>, CurrentThread>(job),
        Client::AsyncStd => spawning::<ours::Ours<AsyncStd>, AsyncStd>(job),
        Client::Smol => spawning::<ours::Ours<Smol>, Smol>(job),
        Client::Threads => rust::<ours::Ours<Threads>, Threads>(job, |_, _, _, _| {
            Err("a FuturesUnordered takes no tasks from other threads".into())
        }),
        Client::CassandraCpp => spawning::<cassandra_cpp::CassandraCpp, MultiThread>(job),
        Client::Scylla => spawning::<scylla::Scylla, MultiThread>(job),
        Client::CdrsTokio => spawning::<cdrs_tokio::CdrsTokio, MultiThread>(job),
    }
}

fn spawning<D: Database, E: Spawn>(job: &Job) -> Result<Record> {
    rust::<D, E>(job, work::open)
}

/// The open loop, for executors that can.
type Open<D, E> = fn(&E, &D, &<D as Database>::Prepared, &Job) -> Result<Done>;

/// Connects, prepares, warms up with a tenth of the work, and measures the work.
fn rust<D: Database, E: Executor>(job: &Job, open: Open<D, E>) -> Result<Record> {
    let executor = E::new()?;
    if job.work == Work::Connect {
        work::connect::<D, E>(&executor, job.address, 1)?;
        return measured(job, |job| work::connect::<D, E>(&executor, job.address, job.requests));
    }
    let address = job.address;
    let database = executor.one(async move { D::connect(address).await })?;
    let statement = {
        let (database, cql) = (database.clone(), job.work.statement());
        executor.one(async move { database.prepare(&cql).await })?
    };
    let record = measured(job, |job| match job.work {
        Work::Stream | Work::StreamBorrowed => work::stream(&executor, &database, &statement, job),
        Work::FanOut => work::fan_out(&executor, &database, &statement, job),
        Work::Prepare => work::prepare(&executor, &database, job.requests),
        Work::OpenSelect => open(&executor, &database, &statement, job),
        _ => work::requests(&executor, &database, &statement, job),
    })?;
    drop(statement);
    executor.one(async move { database.close().await })?;
    Ok(record)
}

/// Warms up with a tenth, and measures the whole.
fn measured(job: &Job, work: impl Fn(&Job) -> Result<Done>) -> Result<Record> {
    let meter = Meter::new(job.count);
    let tenth = (job.requests / 10).max(u64::from(job.in_flight));
    work(&Job { requests: tenth, ..job.clone() })?;
    let started = meter.start()?;
    let done = work(job)?;
    let costs = started.stop()?;
    Ok(Record::new(job, done, costs))
}
