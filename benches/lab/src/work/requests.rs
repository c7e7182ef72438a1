//! Closed loops: so many tasks, each with its own share of the requests, which it makes one after the
//! other. Nothing is shared between them but the session.

use std::time::Instant;

use super::{Done, Rows, SAMPLED, Text, Work};
use crate::Result;
use crate::client::Database;
use crate::executor::Executor;
use crate::job::Job;

pub fn requests<D: Database, E: Executor>(
    executor: &E,
    database: &D,
    statement: &D::Prepared,
    job: &Job,
) -> Result<Done> {
    let each = job.requests / u64::from(job.in_flight);
    let mut done = Done::default();
    let tasks = (0..u64::from(job.in_flight)).map(|task| {
        let (database, statement) = (database.clone(), statement.clone());
        let share = Share { first: task * each, count: each };
        let work = job.work;
        let task = async move {
            match work {
                Work::Insert(text) => inserts(database, statement, text, share).await,
                _ => selects(database, statement, work.text().rows(), share).await,
            }
        };
        done.task_bytes = Some(size_of_val(&task));
        task
    });
    let all = executor.run(tasks);
    for task in all {
        done.add(task?);
    }
    Ok(done)
}

/// The requests of one task.
struct Share {
    first: u64,
    count: u64,
}

async fn selects<D: Database>(
    database: D,
    statement: D::Prepared,
    rows: Rows,
    share: Share,
) -> Result<Done> {
    let mut done = share.done();
    for made in 0..share.count {
        let started = timed(made);
        let (id, text) = database.select(&statement, rows.of(share.first + made)).await?;
        done.sum.row(id, &text);
        done.latencies.extend(started.map(nanoseconds));
    }
    Ok(done)
}

async fn inserts<D: Database>(
    database: D,
    statement: D::Prepared,
    text: Text,
    share: Share,
) -> Result<Done> {
    let mut done = share.done();
    let (rows, text) = (text.written(), "x".repeat(text.len()));
    for made in 0..share.count {
        let started = timed(made);
        database.insert(&statement, rows.of(share.first + made), &text).await?;
        done.sum.rows += 1;
        done.latencies.extend(started.map(nanoseconds));
    }
    Ok(done)
}

impl Share {
    /// With room for all times, so that none is made on the way.
    fn done(&self) -> Done {
        let times = self.count.div_ceil(u64::from(SAMPLED)) as usize;
        Done { latencies: Vec::with_capacity(times), ..Done::default() }
    }
}

fn timed(made: u64) -> Option<Instant> {
    made.is_multiple_of(u64::from(SAMPLED)).then(Instant::now)
}

fn nanoseconds(started: Instant) -> u64 {
    started.elapsed().as_nanos() as u64
}
