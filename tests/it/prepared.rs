//! Prepared statements that the server has forgotten, or that stand for something else by now.

use async_cassandra::cql::Value;
use async_cassandra::{BatchKind, ErrorKind, Session};

use crate::server::Test;
use crate::tap::Tap;

const CREATE: &str = "CREATE TABLE t (id int PRIMARY KEY, v int)";
const INSERT: &str = "INSERT INTO t (id, v) VALUES (?, ?)";
const SELECT: &str = "SELECT v FROM t WHERE id = ?";

/// A server forgets the statements of a table that is dropped.
async fn create_anew(session: &Session, create: &str) {
    session.query("DROP TABLE IF EXISTS t", ()).await.unwrap();
    session.query(create, ()).await.unwrap();
}

async fn value(session: &Session, id: i32) -> i32 {
    let page = session.query(SELECT, (id,)).await.unwrap();
    page.rows::<(i32,)>().unwrap().next().unwrap().unwrap().0
}

pub async fn forgotten(test: Test) {
    let session = &test.session;
    create_anew(session, CREATE).await;
    let insert = session.prepare(INSERT).await.unwrap();
    let update = session.prepare("UPDATE t SET v = ? WHERE id = ?").await.unwrap();
    for round in 0..2 {
        insert.bind((1, round)).await.unwrap();
        assert_eq!(value(session, 1).await, round);
        create_anew(session, CREATE).await;
        // Prepared again by the driver, one after the other, within the request.
        let batch = session
            .batch(BatchKind::Logged)
            .add(insert.bind((2, round)))
            .add(update.bind((round, 3)))
            .add(session.query("DELETE FROM t WHERE id = ?", (9,)));
        batch.await.unwrap();
        assert_eq!((value(session, 2).await, value(session, 3).await), (round, round));
    }
}

/// While the table is gone nothing is executed, and afterwards all is well.
pub async fn gone(test: Test) {
    let session = &test.session;
    create_anew(session, CREATE).await;
    let insert = session.prepare(INSERT).await.unwrap();
    insert.bind((1, 1)).await.unwrap();
    value(session, 1).await;
    session.query("DROP TABLE t", ()).await.unwrap();
    let error = insert.bind((1, 1)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error}");
    // Not kept beyond the DROP: the prepare says what is wrong.
    let error = session.query(SELECT, (1,)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    create_anew(session, CREATE).await;
    insert.bind((1, 1)).await.unwrap();
    assert_eq!(value(session, 1).await, 1);
}

/// The same text takes another type: the session prepares anew what does not fit.
pub async fn of_another_type(test: Test) {
    // Another client makes the table: nothing tells the session.
    let (session, other) = (&test.session, &test.connect().await);
    create_anew(other, CREATE).await;
    let held = session.prepare(INSERT).await.unwrap();
    session.query(INSERT, (1, 1)).await.unwrap();
    create_anew(other, "CREATE TABLE t (id int PRIMARY KEY, v text)").await;
    // Found here, before anything is sent.
    session.query(INSERT, (1, "one")).await.unwrap();
    let error = session.query(INSERT, (1, 1)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");
    let error = held.bind((1, "one")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");

    create_anew(other, CREATE).await;
    session.query(INSERT, (1, 1)).await.unwrap();
    create_anew(other, "CREATE TABLE t (id int PRIMARY KEY, v bigint)").await;
    // Found by the server; the next is prepared anew.
    let error = session.query(INSERT, (1, 1)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    session.query(INSERT, (1, 1)).await.unwrap();
}

/// The table is made anew with another type of the same length: what the session keeps is prepared
/// anew, since it was this session that did it.
pub async fn read_as_another_type(test: Test) {
    let session = &test.session;
    create_anew(session, CREATE).await;
    session.query(INSERT, (1, 7)).await.unwrap();
    assert_eq!(session.query(SELECT, (1,)).scalar::<Value>().await.unwrap(), Value::from(7));
    create_anew(session, "CREATE TABLE t (id int PRIMARY KEY, v float)").await;
    session.query("INSERT INTO t (id, v) VALUES (1, 0.5)", ()).await.unwrap();
    assert_eq!(session.query(SELECT, (1,)).scalar::<Value>().await.unwrap(), Value::from(0.5_f32));

    // A column does not come back with another type.
    session.query("ALTER TABLE t DROP v", ()).await.unwrap();
    let error = session.query("ALTER TABLE t ADD v int", ()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    let error = session.query(SELECT, (1,)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
}

/// The server gives the text another id: a statement that was prepared before is dead.
pub async fn with_another_id(test: Test) {
    let tap = Tap::start();
    let builder = Session::builder().contact_points([tap.address]).keyspace(&test.keyspace);
    let session = &(test.runtime.configure)(builder).connect().await.unwrap();
    create_anew(session, CREATE).await;
    let held = session.prepare(INSERT).await.unwrap();
    let cached = || session.query(INSERT, (1, 1));
    cached().await.unwrap();
    let batch = || session.batch(BatchKind::Unlogged).add(cached()).execute();
    for request in [cached().execute(), held.bind((1, 1)).execute(), batch()] {
        create_anew(session, CREATE).await;
        tap.mangle(true);
        let error = request.await.unwrap_err();
        tap.mangle(false);
        assert_eq!(*error.kind(), ErrorKind::Unprepared, "{error}");
        assert!(error.message().contains("ID mismatch") && error.is_retryable(), "{error}");
        cached().await.unwrap();
    }
    session.prepare(INSERT).await.unwrap().bind((2, 2)).await.unwrap();
    assert_eq!((value(session, 1).await, value(session, 2).await), (1, 2));
}
