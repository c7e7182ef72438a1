//! cdrs-tokio.

use cdrs_tokio::cluster::session::{Session, SessionBuilder, TcpSessionBuilder};
use cdrs_tokio::cluster::{NodeTcpConfigBuilder, TcpConnectionManager};
use cdrs_tokio::load_balancing::TopologyAwareLoadBalancingStrategy;
use cdrs_tokio::query_values;
use cdrs_tokio::transport::TransportTcp;
use cdrs_tokio::types::IntoRustByIndex;

use super::{
    INSERT, PAGE, ROWS, Running, SELECT, SELECT_1K, SELECT_100K, STREAM, TEXT, block_on, options,
};

type Cdrs = Session<
    TransportTcp,
    TcpConnectionManager,
    TopologyAwareLoadBalancingStrategy<TransportTcp, TcpConnectionManager>,
>;

async fn connect(running: &Running) -> Cdrs {
    let node = NodeTcpConfigBuilder::new()
        .with_contact_point(running.address.into())
        .build()
        .await
        .unwrap();
    TcpSessionBuilder::new(TopologyAwareLoadBalancingStrategy::new(None, true), node)
        .build()
        .await
        .unwrap()
}

#[test]
fn selects_have_the_key_that_was_asked_for_and_a_text_of_the_table_s_size() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        for (text, size) in [(SELECT, 16), (SELECT_1K, 1 << 10), (SELECT_100K, 100 << 10)] {
            let select = session.prepare(text).await.unwrap();
            for id in [7_i64, -1, i64::MAX] {
                let answer = session.exec_with_values(&select, query_values!(id)).await.unwrap();
                let rows = answer.response_body().unwrap().into_rows().unwrap();
                assert_eq!(rows.len(), 1);
                let found: i64 = rows[0].get_r_by_index(0).unwrap();
                let text: String = rows[0].get_r_by_index(1).unwrap();
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
            session.exec_with_values(&insert, query_values!(id, TEXT)).await.unwrap();
        }
        session.query("INSERT INTO lab.kv (id, v) VALUES (1, 'x')").await.unwrap();
    });
    assert!(running.end().requests > 100);
}

#[test]
fn a_stream_has_every_row_once() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        let stream = session.prepare(STREAM).await.unwrap();
        let mut pager = session.paged(PAGE as i32);
        let mut pager = pager.exec(&stream);
        let mut next = 0;
        loop {
            for row in pager.next().await.unwrap() {
                let id: i64 = row.get_r_by_index(0).unwrap();
                assert_eq!(id, next);
                next += 1;
            }
            if !pager.has_more() {
                break;
            }
        }
        assert_eq!(next, ROWS as i64);
    });
    assert!(running.end().requests >= (ROWS / PAGE) as u64);
}
