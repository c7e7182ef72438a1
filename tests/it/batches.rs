//! Batches of all kinds.

use async_cassandra::{BatchKind, Consistency, ErrorKind, Session};

use crate::server::Test;

async fn rows(session: &Session) -> Vec<(i32, i32, i64)> {
    let page = session.query("SELECT id, v, writetime(v) FROM t", ()).await.unwrap();
    let mut rows: Vec<_> = page.rows().unwrap().collect::<Result<_, _>>().unwrap();
    rows.sort_unstable();
    rows
}

pub async fn writes(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, v int)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)").await.unwrap();
    for (at, kind) in [BatchKind::Logged, BatchKind::Unlogged].into_iter().enumerate() {
        let time = 100 + at as i64;
        let mut batch = session
            .batch(kind)
            .add(insert.bind((1, 1)))
            .add(session.query("INSERT INTO t (id, v) VALUES (2, 2)", ()))
            // Not prepared before the first round.
            .add(session.query("UPDATE t SET v = ? WHERE id = ?", (3, 3)))
            .add(session.query("UPDATE t SET v = ? WHERE id = ?", (4, 4)));
        batch.extend((5..40).map(|id| insert.bind((id, id))));
        batch.consistency(Consistency::One).timestamp(time).await.unwrap();
        assert_eq!(rows(session).await, (1..40).map(|id| (id, id, time)).collect::<Vec<_>>());
    }
    let delete = session.prepare("DELETE FROM t WHERE id = ?").await.unwrap();
    let mut batch = session.batch(BatchKind::Logged).timestamp(200);
    batch.extend((2..40).map(|id| delete.bind((id,))));
    batch.await.unwrap();
    assert_eq!(rows(session).await, [(1, 1, 101)]);

    // More than the protocol can count.
    let mut batch = session.batch(BatchKind::Unlogged);
    batch.extend((0..65_536).map(|id| delete.bind((id,))));
    let error = batch.await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Batch);
    assert!(error.to_string().contains("65,535"), "{error}");

    // One that is wrong takes all others with it.
    let batch = session
        .batch(BatchKind::Logged)
        .add(insert.bind((9, 9)))
        .add(session.query("INSERT INTO t (id, nothing) VALUES (1, 1)", ()));
    let error = batch.await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    assert!(error.to_string().contains("LOGGED BATCH of 2: INSERT INTO t"), "{error}");
    assert_eq!(rows(session).await, [(1, 1, 101)]);
}

pub async fn counters(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE c (id int PRIMARY KEY, n counter)", ()).await.unwrap();
    session.query("CREATE TABLE t (id int PRIMARY KEY, v int)", ()).await.unwrap();
    let add = session.prepare("UPDATE c SET n = n + ? WHERE id = ?").await.unwrap();
    let mut batch = session.batch(BatchKind::Counter).add(add.bind((40_i64, 1)));
    batch.push(session.query("UPDATE c SET n = n + 2 WHERE id = 1", ()));
    batch.push(add.bind((7_i64, 2)));
    batch.await.unwrap();
    let page = session.query("SELECT id, n FROM c", ()).await.unwrap();
    let mut sums: Vec<(i32, i64)> = page.rows().unwrap().collect::<Result<_, _>>().unwrap();
    sums.sort_unstable();
    assert_eq!(sums, [(1, 42), (2, 7)]);

    let insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)").await.unwrap();
    for kind in [BatchKind::Logged, BatchKind::Counter] {
        let mixed = session.batch(kind).add(add.bind((1_i64, 1))).add(insert.bind((1, 1)));
        let error = mixed.await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    }
}

pub async fn conditions(test: Test) {
    let session = &test.session;
    session
        .query("CREATE TABLE t (part int, id int, v int, PRIMARY KEY (part, id))", ())
        .await
        .unwrap();
    let claim = session
        .prepare("INSERT INTO t (part, id, v) VALUES (0, ?, ?) IF NOT EXISTS")
        .await
        .unwrap();
    let both =
        |v| session.batch(BatchKind::Unlogged).add(claim.bind((1, v))).add(claim.bind((2, v)));
    assert!(both(1).applied().await.unwrap());
    assert!(!both(2).applied().await.unwrap());
    // The row in the way, whichever comes first.
    let refused = both(3).lwt::<(i32, i32, i32)>().await.unwrap();
    assert!(matches!(refused, async_cassandra::Lwt::Refused(Some((0, 1 | 2, 1)))), "{refused:?}");
}

/// The server refuses what is over its threshold, and the guard tells before it does.
pub async fn too_large(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, v text)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id, v) VALUES (?, ?)").await.unwrap();
    let batch = |bytes: usize| {
        let rows = (0..10).map(|id| insert.bind((id, "x".repeat(bytes / 10))));
        let mut batch = session.batch(BatchKind::Unlogged);
        batch.extend(rows);
        batch
    };
    let (small, large) = (40 << 10, 60 << 10);
    batch(small).await.unwrap();
    let error = batch(large).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    assert!(error.message().contains("too large"), "{error}");
    let limit = 50 << 10;
    let error = batch(large).max_bytes(limit).await.unwrap_err();
    let bytes = large + 10 * 4;
    assert_eq!(*error.kind(), ErrorKind::BatchTooLarge { bytes, limit }, "{error}");
    batch(small).max_bytes(limit).await.unwrap();
    // On one partition it may be as large as it likes.
    let mut one = session.batch(BatchKind::Unlogged);
    one.extend((0..10).map(|_| insert.bind((1, "x".repeat(large / 10)))));
    one.await.unwrap();
}
