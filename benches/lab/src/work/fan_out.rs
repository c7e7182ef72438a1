//! Many requests at once in one task, joined; then as many again. What is timed is a whole lot.

use std::time::Instant;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::{Done, Text};
use crate::Result;
use crate::client::Database;
use crate::executor::Executor;
use crate::job::Job;

pub fn fan_out<D: Database, E: Executor>(
    executor: &E,
    database: &D,
    statement: &D::Prepared,
    job: &Job,
) -> Result<Done> {
    let (database, statement) = (database.clone(), statement.clone());
    let (at_once, requests) = (u64::from(job.in_flight), job.requests);
    executor.one(async move {
        let rows = Text::Short.rows();
        let mut done = Done::default();
        for lot in 0..requests / at_once {
            let started = Instant::now();
            let numbers = lot * at_once..(lot + 1) * at_once;
            let mut lot: FuturesUnordered<_> =
                numbers.map(|number| database.select(&statement, rows.of(number))).collect();
            while let Some(row) = lot.next().await {
                let (id, text) = row?;
                done.sum.row(id, &text);
            }
            done.latencies.push(started.elapsed().as_nanos() as u64);
        }
        Ok(done)
    })
}
