//! Tests against a real Cassandra: one binary, one node, a keyspace for each test.

#[path = "../harness/mod.rs"]
mod harness;

mod across;
mod answers;
mod auth;
mod auto_traits;
mod batches;
mod connect;
mod crates;
mod damage;
mod derives;
mod endings;
mod heartbeat;
mod limits;
mod log;
mod markers;
mod metrics;
mod outage;
mod policies;
mod prepared;
mod proxy;
mod server;
mod session;
mod settings;
mod spans;
mod tap;
mod tls;
mod transactions;
mod types;
mod values;
mod wildcards;

use server::cell;

/// Every test of behaviour, under one runtime.
macro_rules! under {
    ($($runtime:ident)*) => { $(mod $runtime {
        use super::*;

        #[test]
        fn values_round_trip() { cell(stringify!($runtime), values::round_trip) }
        #[test]
        fn null_and_unset_are_kept_apart() { cell(stringify!($runtime), values::null_and_unset) }
        #[test]
        fn dynamic_rows() { cell(stringify!($runtime), values::dynamic_rows) }
        #[test]
        fn pages_follow_each_other() { cell(stringify!($runtime), session::pages) }
        #[test]
        fn streams_give_every_row() { cell(stringify!($runtime), session::streams) }
        #[test]
        fn streams_go_on_from_their_position() { cell(stringify!($runtime), session::streams_go_on) }
        #[test]
        fn rows_by_their_number() { cell(stringify!($runtime), session::rows) }
        #[test]
        fn many_at_once() { cell(stringify!($runtime), session::many_at_once) }
        #[test]
        fn by_reference() { cell(stringify!($runtime), session::by_reference) }
        #[test]
        fn errors_name_what_failed() { cell(stringify!($runtime), session::errors) }
        #[test]
        fn options_reach_the_server() { cell(stringify!($runtime), session::options) }
        #[test]
        fn ten_thousand_at_once() { cell(stringify!($runtime), limits::ten_thousand_at_once) }
        #[test]
        fn deadlines() { cell(stringify!($runtime), limits::deadlines) }
        #[test]
        fn figures() { cell(stringify!($runtime), metrics::figures) }
        #[test]
        fn many_rows_of_one_statement() { cell(stringify!($runtime), markers::many_rows) }
        #[test]
        fn batches_write_all() { cell(stringify!($runtime), batches::writes) }
        #[test]
        fn transactions() { cell(stringify!($runtime), transactions::outcomes) }
        #[test]
        fn traces_are_read() { cell(stringify!($runtime), answers::traces) }
        #[test]
        fn traces_that_are_not_there() { cell(stringify!($runtime), answers::no_trace) }
        #[test]
        fn coordinators_are_found() { cell(stringify!($runtime), answers::coordinator) }
        #[test]
        fn close_waits_and_refuses() { cell(stringify!($runtime), endings::close) }
        #[test]
        fn dropped_in_flight() { cell(stringify!($runtime), endings::dropped_in_flight) }
        #[test]
        fn each_for_itself() { cell(stringify!($runtime), endings::each_for_itself) }
    })* };
}

under!(tokio_multi_thread tokio_current_thread async_std smol futures_executor pollster inline_on_wake driver_threads);

/// What the server does, which no runtime changes.
mod server_side {
    use super::*;

    fn once<F: Future<Output = ()> + Send + 'static>(body: fn(server::Test) -> F) {
        cell("futures_executor", body);
    }

    #[test]
    fn types_of_rust() {
        once(types::rust_types);
    }
    #[test]
    fn types_without_a_literal() {
        once(types::custom_and_counter);
    }
    #[test]
    fn types_of_other_crates() {
        once(crates::values);
    }
    #[test]
    fn types_as_json() {
        once(crates::json_of_rows);
    }
    #[test]
    fn types_of_the_program() {
        once(derives::round_trip);
    }
    #[test]
    fn types_of_the_program_that_do_not_fit() {
        once(derives::mistakes);
    }
    #[test]
    fn pages_that_were_cut() {
        once(damage::rows);
    }
    #[test]
    fn first_rows_that_were_cut() {
        once(damage::first_rows);
    }
    #[test]
    fn batches_of_counters() {
        once(batches::counters);
    }
    #[test]
    fn batches_with_conditions() {
        once(batches::conditions);
    }
    #[test]
    fn transactions_that_are_none() {
        once(transactions::of_others);
    }
    #[test]
    fn payloads_both_ways() {
        once(answers::payloads);
    }
    #[test]
    fn statements_forgotten() {
        once(prepared::forgotten);
    }
    #[test]
    fn statements_of_a_table_gone() {
        once(prepared::gone);
    }
    #[test]
    fn statements_of_another_type() {
        once(prepared::of_another_type);
    }
    #[test]
    fn batches_too_large() {
        once(batches::too_large);
    }
    #[test]
    fn markers_by_name() {
        once(markers::by_name);
    }
    #[test]
    fn markers_without_column() {
        once(markers::without_column);
    }
    #[test]
    fn wildcards_of_every_type() {
        once(wildcards::of_every_type);
    }
    #[test]
    fn udts_that_grow() {
        once(wildcards::udts_that_grow);
    }
    #[test]
    fn wildcards_as_ever() {
        once(wildcards::as_ever);
    }
    #[test]
    fn wildcards_of_a_table_that_changes() {
        once(wildcards::altered);
    }
    #[test]
    fn statements_read_as_another_type() {
        once(prepared::read_as_another_type);
    }
    #[test]
    fn statements_with_another_id() {
        once(prepared::with_another_id);
    }
}
