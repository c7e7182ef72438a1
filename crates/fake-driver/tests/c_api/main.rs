//! Drives the fake driver through its C functions, as the client does, in each personality.
#![cfg(target_os = "linux")]

mod aborts;
mod api;
mod batches;
mod names;
mod orders;
mod records;
mod refusals;
mod requests;
mod sessions;
mod stamps;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::Object;
use fake_driver::{Live, live};

const PERSONALITIES: [&str; 6] = ["inline", "late", "unset", "locked", "bursts", "threads"];

/// Counts and gate belong to the process: one test at a time, and each leaves nothing behind.
struct Turn(#[allow(dead_code, reason = "held, not read")] MutexGuard<'static, ()>);

impl Turn {
    fn take() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = Self(TURN.lock().unwrap_or_else(PoisonError::into_inner));
        assert_eq!(live(), Live::default(), "an earlier test left something");
        turn
    }

    fn done(self) {
        wait_until("every object is freed", || live() == Live::default());
    }
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}: {:?}", live());
        std::thread::yield_now();
    }
}

/// The code of a future that is freed afterwards.
fn outcome(future: Object) -> u32 {
    api::give(c"cass_future_wait", future);
    let code = api::number(c"cass_future_error_code", future);
    api::give(c"cass_future_free", future);
    code
}

fn connected(points: &str) -> Object {
    let (session, cluster) = (api::session(), api::cluster(points));
    assert_eq!(outcome(api::connect(session, cluster, "")), 0);
    api::give(c"cass_cluster_free", cluster);
    session
}

fn close_and_free(session: Object) {
    assert_eq!(outcome(api::object(c"cass_session_close", session)), 0);
    api::give(c"cass_session_free", session);
}

/// Executes a simple statement without values.
fn run(session: Object, text: &str) -> Object {
    let statement = api::statement(text, 0);
    let future = api::execute(session, statement);
    api::give(c"cass_statement_free", statement);
    future
}

/// The result of a future that is freed.
fn result(future: Object) -> Object {
    let result = api::object(c"cass_future_get_result", future);
    assert!(!result.is_null(), "{}", api::message(future));
    api::give(c"cass_future_free", future);
    result
}

/// All cells of a result that is freed; None for null.
fn cells(result: Object) -> Vec<Vec<Option<Vec<u8>>>> {
    let columns = api::size(c"cass_result_column_count", result);
    let iterator = api::object(c"cass_iterator_from_result", result);
    let mut rows = Vec::new();
    while api::number(c"cass_iterator_next", iterator) != 0 {
        let row = api::object(c"cass_iterator_get_row", iterator);
        let cell = |index| {
            let value = api::object_at(c"cass_row_get_column", row, index);
            match api::number(c"cass_value_is_null", value) {
                0 => Some(api::bytes(c"cass_value_get_bytes", value).unwrap()),
                _ => {
                    let error = api::bytes(c"cass_value_get_bytes", value).unwrap_err();
                    assert_eq!(error, api::NULL_VALUE);
                    None
                }
            }
        };
        rows.push((0..columns).map(cell).collect());
        assert!(api::object_at(c"cass_row_get_column", row, columns).is_null());
    }
    assert_eq!(api::size(c"cass_result_row_count", result), rows.len());
    api::give(c"cass_iterator_free", iterator);
    api::give(c"cass_result_free", result);
    rows
}
