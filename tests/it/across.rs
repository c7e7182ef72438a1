//! Several runtimes, one session.

use async_cassandra::{Session, observe};
use futures::executor::block_on;

use crate::harness::across;
use crate::harness::{until, within_deadline};
use crate::server::node;

const ROWS: &str = "SELECT part, n FROM numbers WHERE part = 0";

/// Runs a test with a session whose keyspace has a table of 120 rows.
fn with_rows(test: fn(Session, String)) {
    within_deadline(move || {
        let keyspace = node().create_keyspace().unwrap();
        let session = connect(&keyspace);
        block_on(async {
            let table = "CREATE TABLE numbers (part int, n int, PRIMARY KEY (part, n))";
            session.query(table, ()).await.unwrap();
            let insert =
                session.prepare("INSERT INTO numbers (part, n) VALUES (0, ?)").await.unwrap();
            let rows = (0..120).map(|n| insert.bind((n,)).execute());
            futures::future::try_join_all(rows).await.unwrap();
        });
        test(session.clone(), keyspace);
        assert!(!session.is_closed());
        drop(session);
        until("nothing is left", || {
            let counters = observe::counters();
            counters.detached == 0 && counters.leaked == 0
        });
    });
}

fn connect(keyspace: &str) -> Session {
    block_on(Session::builder().contact_points([node().address()]).keyspace(keyspace).connect())
        .unwrap()
}

#[test]
fn two_runtimes_share_a_session() {
    with_rows(|session, _| {
        across::two_share(&session, ROWS);
    });
}

#[test]
fn futures_move_between_runtimes() {
    with_rows(|_, keyspace| {
        let connect = || {
            let builder = Session::builder().contact_points([node().address()]);
            builder.keyspace(&keyspace).connect()
        };
        across::moved(connect, ROWS);
    });
}

#[test]
fn a_runtime_ends_at_work() {
    with_rows(|session, _| across::ended_at_work(&session, ROWS));
}
