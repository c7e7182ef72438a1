//! Our own client, and with it the C++ driver.

use async_cassandra::{Session, rt};
use futures::TryStreamExt;

use super::{
    INSERT, PAGE, ROWS, Running, SELECT, SELECT_1K, SELECT_100K, STREAM, TEXT, block_on, options,
};

async fn connect(running: &Running) -> Session {
    Session::builder()
        .contact_points([running.address.to_string()])
        .runtime(rt::Tokio::current())
        .connect()
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
                let page = select.bind((id,)).await.unwrap();
                let rows: Vec<(i64, String)> =
                    page.into_rows().unwrap().collect::<Result<_, _>>().unwrap();
                assert_eq!(rows.len(), 1);
                assert_eq!((rows[0].0, rows[0].1.len()), (id, size));
                assert!(rows[0].1.starts_with(TEXT));
            }
        }
        session.close().await.unwrap();
    });
}

#[test]
fn inserts_are_answered() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        let insert = session.prepare(INSERT).await.unwrap();
        for id in 0..100_i64 {
            insert.bind((id, TEXT)).await.unwrap();
        }
        session.query("INSERT INTO lab.kv (id, v) VALUES (1, 'x')", ()).await.unwrap();
        session.query("CREATE TABLE lab.x (id int PRIMARY KEY)", ()).await.unwrap();
        session.close().await.unwrap();
    });
    assert!(running.end().requests > 100);
}

#[test]
fn a_stream_has_every_row_once() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        let stream = session.prepare(STREAM).await.unwrap();
        let rows = stream.bind(()).page_size(PAGE as u32).stream().await.unwrap();
        let rows: Vec<(i64, String, f64)> = rows.try_collect().await.unwrap();
        assert_eq!(rows.len(), ROWS);
        for (at, (id, a, b)) in rows.into_iter().enumerate() {
            assert_eq!((id, a.as_str(), b), (at as i64, TEXT, at as f64 / 2.0));
        }
        session.close().await.unwrap();
    });
    assert!(running.end().requests >= (ROWS / PAGE) as u64);
}
