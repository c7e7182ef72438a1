//! One node of Apache Cassandra with the tables of the works, filled.

use std::net::SocketAddr;

use async_cassandra::rt::{DriverThreads, Threads};
use async_cassandra::{BatchKind, Session};
use embedded_cassandra::Cassandra;

use crate::Result;
use crate::work::{STREAM_ROWS, Text};

pub struct Node(Cassandra);

pub const VERSION: &str = "5.0.8";

/// Rows of `big` in one partition, and in one batch.
const PARTITION: i64 = 10_000;
const BATCH: i64 = 200;

impl Node {
    /// Some forty seconds.
    pub fn start() -> Result<Self> {
        let node = Cassandra::builder()
            .version(VERSION)
            .heap_mb(2048)
            // All of the heap at once, a collector and a compiler for the long run: the crate's own are
            // for tests.
            .jvm_arg("-Xms2048m")
            .jvm_arg("-XX:-UseSerialGC")
            .jvm_arg("-XX:+UseG1GC")
            .jvm_arg("-XX:TieredStopAtLevel=4")
            .jvm_arg("-XX:MaxDirectMemorySize=1g")
            .extra_yaml(
                "batch_size_warn_threshold: 64KiB\nconcurrent_reads: 32\nconcurrent_writes: 32",
            )
            .start()?;
        fill(&node)?;
        Ok(Self(node))
    }

    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }
}

fn fill(node: &Cassandra) -> Result<()> {
    node.execute(
        "CREATE KEYSPACE lab WITH replication = \
         {'class': 'SimpleStrategy', 'replication_factor': 1}",
    )?;
    for text in Text::ALL {
        node.execute(&format!("CREATE TABLE {} (id bigint PRIMARY KEY, v text)", text.table()))?;
    }
    node.execute(
        "CREATE TABLE lab.big (part int, id bigint, a text, b double, PRIMARY KEY (part, id))",
    )?;
    let address = node.address();
    DriverThreads::new(Threads)?.block_on(async move {
        let session = Session::builder()
            .contact_points([address.ip().to_string()])
            .port(address.port())
            .connect()
            .await?;
        for text in Text::ALL {
            rows_of(&session, text).await?;
        }
        big(&session).await?;
        session.close().await
    })?;
    // So that every run reads the same files.
    node.nodetool(&["flush", "lab"])?;
    node.nodetool(&["compact", "lab"])?;
    Ok(())
}

async fn rows_of(session: &Session, text: Text) -> async_cassandra::Result<()> {
    let insert = session.prepare(&text.insert()).await?;
    let rows = text.rows();
    let text = "x".repeat(text.len());
    for id in rows.first..rows.first + rows.count {
        insert.bind((id, text.as_str())).await?;
    }
    Ok(())
}

/// A few tasks, a batch at a time each.
async fn big(session: &Session) -> async_cassandra::Result<()> {
    const TASKS: i64 = 8;
    let insert =
        session.prepare("INSERT INTO lab.big (part, id, a, b) VALUES (?, ?, ?, ?)").await?;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (session, insert) = (session.clone(), insert.clone());
            session.clone().driver_threads().spawn(async move {
                let batches = STREAM_ROWS as i64 / BATCH;
                for first in (task..batches).step_by(TASKS as usize).map(|batch| batch * BATCH) {
                    let mut batch = session.batch(BatchKind::Unlogged);
                    for id in first..first + BATCH {
                        let part = (id / PARTITION) as i32;
                        batch.push(insert.bind((part, id, "0123456789abcdef", id as f64 / 2.0)));
                    }
                    batch.await?;
                }
                Ok::<_, async_cassandra::Error>(())
            })
        })
        .collect();
    for task in tasks {
        task.await?;
    }
    Ok(())
}
