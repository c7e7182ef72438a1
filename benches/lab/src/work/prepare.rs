//! Prepares statements that no one has prepared before, one after the other.

use std::time::{Instant, SystemTime};

use super::Done;
use crate::Result;
use crate::client::Database;
use crate::executor::Executor;

pub fn prepare<D: Database, E: Executor>(executor: &E, database: &D, times: u64) -> Result<Done> {
    let database = database.clone();
    let texts = texts(times);
    executor.one(async move {
        let mut done = Done::default();
        for text in texts {
            let started = Instant::now();
            database.prepare(&text).await?;
            done.latencies.push(started.elapsed().as_nanos() as u64);
        }
        Ok(done)
    })
}

/// Texts that differ from each other, and from those of other runs: a server keeps what it has
/// prepared.
pub fn texts(count: u64) -> Vec<String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let first = now.as_micros() as u64 % 1_000_000_000;
    (first..first + count)
        .map(|number| format!("SELECT id, v FROM lab.kv WHERE id = ? LIMIT {}", number + 1))
        .collect()
}
