//! Every CQL type, there and back, on each line of Cassandra; what another client makes of the same
//! bytes; and how large values may be.
//!
//! One node runs at a time. Random values come from a seed that is printed;
//! `ASYNC_CASSANDRA_SEED` repeats a run. `cargo test --test types -- --nocapture` prints the counts.

mod limits;
mod plain;
mod python;
mod random;
mod round_trip;
mod shapes;

use std::sync::{Mutex, PoisonError};

use async_cassandra::Session;
use embedded_cassandra::Cassandra;

const FIVE_ZERO: &str = "5.0.8";
const FOUR_ONE: &str = "4.1.10";

/// What the nodes get besides: room for values of 16 MiB, and for a little more, and for a statement of
/// 65,535 markers; and time, where a machine has much else to do.
const LARGE: &str = "commitlog_segment_size: 64MiB\nnative_transport_max_frame_size: 20MiB\n\
                     prepared_statements_cache_size: 64MiB\n\
                     write_request_timeout: 10s\nread_request_timeout: 10s\n";

/// The node that runs, with its version.
static NODE: Mutex<Option<(&str, Cassandra)>> = Mutex::new(None);

/// Runs one test on a node of this version, in a keyspace of its own; one test at a time.
fn on<F: Future<Output = ()>>(version: &'static str, body: impl FnOnce(Test) -> F) {
    let mut running = NODE.lock().unwrap_or_else(PoisonError::into_inner);
    if running.as_ref().is_none_or(|(known, _)| *known != version) {
        // The other one stops before.
        *running = None;
        let builder = Cassandra::builder().version(version).fast_schema(true).extra_yaml(LARGE);
        *running = Some((version, builder.start().unwrap_or_else(|error| panic!("{error}"))));
    }
    let (_, node) = running.as_ref().expect("it was started");
    let keyspace = node.create_keyspace().unwrap();
    let address = node.address();
    futures::executor::block_on(async {
        let builder = Session::builder().contact_points([address]).keyspace(&keyspace);
        let session = builder.connect().await.unwrap();
        body(Test { session, keyspace: keyspace.clone(), address, version }).await;
    });
}

/// What a test gets.
struct Test {
    session: Session,
    keyspace: String,
    address: std::net::SocketAddr,
    version: &'static str,
}

#[test]
fn there_and_back_on_five_zero() {
    on(FIVE_ZERO, there_and_back);
}

#[test]
fn there_and_back_on_four_one() {
    on(FOUR_ONE, there_and_back);
}

async fn there_and_back(test: Test) {
    let start = std::time::Instant::now();
    let mut runner = random::runner();
    let written = round_trip::everything(&test, &mut runner).await;
    println!("{}: {} round trips in {:.1?}", test.version, written.trips, start.elapsed());
    let start = std::time::Instant::now();
    let values = python::reads_and_writes(&test, &written).await;
    println!("{}: {values} values through Python in {:.1?}", test.version, start.elapsed());
}

#[test]
fn counters_on_five_zero() {
    on(FIVE_ZERO, round_trip::counters);
}

#[test]
fn counters_on_four_one() {
    on(FOUR_ONE, round_trip::counters);
}

#[test]
fn blobs_of_many_megabytes() {
    on(FIVE_ZERO, limits::blobs);
}

#[test]
fn collections_of_many_elements() {
    on(FIVE_ZERO, limits::collections);
}

#[test]
fn keys_that_are_too_long() {
    on(FIVE_ZERO, limits::keys);
}

#[test]
fn values_that_no_length_can_say() {
    on(FIVE_ZERO, limits::beyond_lengths);
}

#[test]
fn as_many_values_as_there_may_be() {
    on(FIVE_ZERO, limits::markers);
}

#[test]
fn messages_of_256_megabytes() {
    on(FIVE_ZERO, limits::messages);
}

#[test]
fn rows_of_many_columns() {
    on(FIVE_ZERO, limits::columns);
}
