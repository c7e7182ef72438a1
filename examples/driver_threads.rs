//! A program without a runtime: its tasks run on the C driver's own threads. Each request of a task is
//! made from where the one before was answered; the example counts on which threads that was.
//!
//! ```text
//! cargo run --example driver_threads
//! CASSANDRA_CONTACT_POINTS=10.0.0.1,10.0.0.2 cargo run --example driver_threads
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use async_cassandra::rt::{DriverThreads, Threads};
use async_cassandra::{Result, Session, SessionBuilder};
use embedded_cassandra::Cassandra;

/// Tasks, and the requests that each makes one after the other.
const TASKS: i32 = 64;
const REQUESTS: i32 = 200;

/// How many answers a task got on which thread.
type Answers = BTreeMap<String, u32>;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (_node, builder) = match std::env::var("CASSANDRA_CONTACT_POINTS") {
        Ok(points) => (None, Session::builder().contact_points(points.split(','))),
        Err(_) => {
            let node = Cassandra::builder().start()?;
            let builder = Session::builder().contact_points([node.address()]);
            (Some(node), builder)
        }
    };
    let answers = DriverThreads::new(Threads)?.block_on(run(builder))?;
    for (thread, answers) in answers {
        println!("{answers:>6} answers on {thread}");
    }
    Ok(())
}

async fn run(builder: SessionBuilder) -> Result<Answers> {
    let session = builder.connect().await?;
    let threads = session.driver_threads();
    let tasks: Vec<_> = (0..TASKS).map(|_| threads.spawn(ask(session.clone()))).collect();
    let mut all = Answers::new();
    for task in tasks {
        for (thread, answers) in task.await? {
            *all.entry(thread).or_default() += answers;
        }
    }
    session.close().await?;
    Ok(all)
}

async fn ask(session: Session) -> Result<Answers> {
    let select = session.prepare("SELECT release_version FROM system.local").await?;
    let mut answers = Answers::new();
    for _ in 0..REQUESTS {
        select.bind(()).await?;
        // C's threads have no name.
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("a thread of the C driver").to_owned();
        *answers.entry(format!("{name}, {:?}", thread.id())).or_default() += 1;
    }
    Ok(answers)
}
