//! ScyllaDB's Rust driver.

use std::time::Duration;

use futures::TryStreamExt;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::errors::{DbError, ExecutionError, RequestAttemptError};
use scylla::statement::Statement;

use super::{
    INSERT, PAGE, ROWS, Running, SELECT, SELECT_1K, SELECT_100K, STREAM, TEXT, block_on, options,
};
use lab_stub::options::Options;

async fn connect(running: &Running) -> Session {
    SessionBuilder::new().known_node_addr(running.address).build().await.unwrap()
}

#[test]
fn selects_have_the_key_that_was_asked_for_and_a_text_of_the_table_s_size() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        for (text, size) in [(SELECT, 16), (SELECT_1K, 1 << 10), (SELECT_100K, 100 << 10)] {
            let select = session.prepare(text).await.unwrap();
            assert!(select.is_token_aware());
            for id in [7_i64, -1, i64::MAX] {
                let result = session.execute_unpaged(&select, (id,)).await.unwrap();
                let rows = result.into_rows_result().unwrap();
                let (found, text): (i64, String) = rows.single_row().unwrap();
                assert_eq!((found, text.len()), (id, size));
                assert!(text.starts_with(TEXT));
            }
        }
    });
}

#[test]
fn inserts_are_answered() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        let insert = session.prepare(INSERT).await.unwrap();
        for id in 0..100_i64 {
            session.execute_unpaged(&insert, (id, TEXT)).await.unwrap();
        }
        session.query_unpaged("INSERT INTO lab.kv (id, v) VALUES (1, 'x')", ()).await.unwrap();
    });
    assert!(running.end().requests > 100);
}

#[test]
fn a_stream_has_every_row_once() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        let mut stream = session.prepare(STREAM).await.unwrap();
        stream.set_page_size(PAGE as i32);
        let rows = session.execute_iter(stream, ()).await.unwrap();
        let rows: Vec<(i64, String, f64)> =
            rows.rows_stream().unwrap().try_collect().await.unwrap();
        assert_eq!(rows.len(), ROWS);
        for (at, (id, a, b)) in rows.into_iter().enumerate() {
            assert_eq!((id, a.as_str(), b), (at as i64, TEXT, at as f64 / 2.0));
        }
        let unprepared = session.query_iter(Statement::new(STREAM), ()).await.unwrap();
        let ids: Vec<(i64, String, f64)> =
            unprepared.rows_stream().unwrap().try_collect().await.unwrap();
        assert_eq!(ids.len(), ROWS);
    });
    assert!(running.end().requests >= (ROWS / PAGE) as u64);
}

#[test]
fn the_schema_tells_of_the_laboratory_and_ddl_is_agreed_to() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        session.query_unpaged("CREATE TABLE lab.x (id int PRIMARY KEY)", ()).await.unwrap();
        session.use_keyspace("lab", false).await.unwrap();
        session.await_schema_agreement().await.unwrap();
        let state = session.get_cluster_state();
        let lab = state.get_keyspace("lab").unwrap();
        assert_eq!(lab.tables["big"].partition_key, ["part"]);
        assert_eq!(lab.tables["big"].clustering_key, ["id"]);
        assert_eq!(state.get_nodes_info().len(), 1);
        assert_eq!(state.get_nodes_info()[0].address.ip(), running.address.ip());
    });
}

#[test]
fn errors_come_as_often_as_was_asked_for_and_answers_are_held() {
    let running = Running::start(Options {
        error: Some((0x1001, 10.0)),
        delay: Duration::from_micros(300),
        ..options()
    });
    block_on(async {
        let session = connect(&running).await;
        let select = session.prepare(SELECT).await.unwrap();
        let results = (0..1000_i64).map(|id| {
            let (session, select) = (&session, &select);
            async move {
                let start = std::time::Instant::now();
                let result = session.execute_unpaged(select, (id,)).await;
                assert!(start.elapsed() >= Duration::from_micros(300));
                result
            }
        });
        let results = futures::future::join_all(results).await;
        let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        assert!(errors.iter().all(|error| matches!(
            error,
            ExecutionError::LastAttemptError(RequestAttemptError::DbError(DbError::Overloaded, _))
        )));
        assert!(!errors.is_empty());
    });
}
