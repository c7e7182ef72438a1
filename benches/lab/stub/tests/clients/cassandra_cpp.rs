//! cassandra-cpp, over the C++ driver that our client loads.

use cassandra_cpp::{AsRustType, BindRustType, Cluster, LendingIterator, Session};

use super::{INSERT, PAGE, ROWS, Running, SELECT, STREAM, TEXT, block_on, options};

/// With the driver's own settings: it tries newer protocols first, and has to be refused them.
async fn connect(running: &Running) -> Session {
    async_cassandra::driver::load().unwrap();
    let mut cluster = Cluster::default();
    cluster.set_contact_points(&running.address.ip().to_string()).unwrap();
    cluster.set_port(running.address.port()).unwrap();
    cluster.connect().await.unwrap()
}

#[test]
fn newer_protocols_are_refused_and_selects_and_inserts_answered() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        let select = session.prepare(SELECT).await.unwrap();
        let insert = session.prepare(INSERT).await.unwrap();
        for id in 0..100_i64 {
            let mut request = insert.bind();
            request.bind(0, id).unwrap();
            request.bind(1, TEXT).unwrap();
            request.execute().await.unwrap();
            let mut request = select.bind();
            request.bind(0, id).unwrap();
            let result = request.execute().await.unwrap();
            let row = result.first_row().unwrap();
            let (found, text): (i64, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            assert_eq!((found, text.as_str()), (id, TEXT));
        }
    });
    // One that was refused, that of control, that of requests.
    let totals = running.end();
    assert!(totals.connections >= 3, "{totals:?}");
}

#[test]
fn a_stream_has_every_row_once() {
    let running = Running::start(options());
    block_on(async {
        let session = connect(&running).await;
        let stream = session.prepare(STREAM).await.unwrap();
        let mut state: Option<Vec<u8>> = None;
        let mut next = 0;
        loop {
            let mut request = stream.bind();
            request.set_paging_size(PAGE as i32).unwrap();
            if let Some(state) = &state {
                request.set_paging_state_token(state).unwrap();
            }
            let result = request.execute().await.unwrap();
            let mut rows = result.iter();
            while let Some(row) = rows.next() {
                let id: i64 = row.get(0).unwrap();
                assert_eq!(id, next);
                next += 1;
            }
            drop(rows);
            state = result.paging_state_token().unwrap();
            if state.is_none() {
                break;
            }
        }
        assert_eq!(next, ROWS as i64);
    });
}
