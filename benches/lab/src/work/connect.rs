//! Connects and closes, one after the other.

use std::net::SocketAddr;
use std::time::Instant;

use super::Done;
use crate::Result;
use crate::client::Database;
use crate::executor::Executor;

pub fn connect<D: Database, E: Executor>(
    executor: &E,
    address: SocketAddr,
    times: u64,
) -> Result<Done> {
    executor.one(async move {
        let mut done = Done::default();
        for _ in 0..times {
            let started = Instant::now();
            D::connect(address).await?.close().await?;
            done.latencies.push(started.elapsed().as_nanos() as u64);
        }
        Ok(done)
    })
}
