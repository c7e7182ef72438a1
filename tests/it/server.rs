//! The node of this binary, and a session for each test.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_cassandra::{Session, SessionBuilder, observe};
use embedded_cassandra::Cassandra;

use crate::harness::{self, Runtime, until, within_deadline};

pub fn node() -> &'static Cassandra {
    embedded_cassandra::shared().unwrap_or_else(|error| panic!("{error}"))
}

/// Held by a test as long as it has a node of its own: one at a time, beside the shared one.
pub fn own_node() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a test gets: a session in a keyspace of its own.
pub struct Test {
    pub session: Session,
    pub keyspace: String,
    pub runtime: Runtime,
}

impl Test {
    /// Another session in the same keyspace.
    pub async fn connect(&self) -> Session {
        connect(self.runtime, &self.keyspace).await
    }
}

/// Settings of a session in the test's keyspace.
pub fn builder(test: &Test) -> SessionBuilder {
    configure(test.runtime, &test.keyspace)
}

fn configure(runtime: Runtime, keyspace: &str) -> SessionBuilder {
    let builder = Session::builder().contact_points([node().address()]).keyspace(keyspace);
    (runtime.configure)(builder)
}

async fn connect(runtime: Runtime, keyspace: &str) -> Session {
    configure(runtime, keyspace).connect().await.unwrap()
}

/// Runs one test under one runtime.
pub fn cell<F>(runtime: &'static str, body: fn(Test) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let keyspace = node().create_keyspace().unwrap();
    within_deadline(move || {
        let runtime = harness::runtime(runtime);
        (runtime.block_on)(Box::pin(async move {
            let session = connect(runtime, &keyspace).await;
            body(Test { session, keyspace, runtime }).await;
        }));
        // Not in the task: an executor that polls on wake would block one of the driver's threads.
        until("no request is detached, no session is leaked", || {
            let counters = observe::counters();
            counters.detached == 0 && counters.leaked == 0
        });
    });
}
