//! Tests against a real Cassandra: one binary, one node, a keyspace for each test.

#[path = "../harness/mod.rs"]
mod harness;

mod across;
mod auth;
mod auto_traits;
mod connect;
mod endings;
mod log;
mod metrics;
mod outage;
mod proxy;
mod server;
mod session;
mod tls;
mod values;

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
        fn many_at_once() { cell(stringify!($runtime), session::many_at_once) }
        #[test]
        fn by_reference() { cell(stringify!($runtime), session::by_reference) }
        #[test]
        fn errors_name_what_failed() { cell(stringify!($runtime), session::errors) }
        #[test]
        fn options_reach_the_server() { cell(stringify!($runtime), session::options) }
        #[test]
        fn figures() { cell(stringify!($runtime), metrics::figures) }
        #[test]
        fn close_waits_and_refuses() { cell(stringify!($runtime), endings::close) }
        #[test]
        fn dropped_in_flight() { cell(stringify!($runtime), endings::dropped_in_flight) }
        #[test]
        fn each_for_itself() { cell(stringify!($runtime), endings::each_for_itself) }
    })* };
}

under!(tokio_multi_thread tokio_current_thread async_std smol futures_executor pollster inline_on_wake);
