//! Batches, custom payloads, lightweight transactions, and a server that forgets.

use crate::api::{self, Bind, Object};
use crate::{PERSONALITIES, Turn, cells, close_and_free, connected, outcome, result, run};

/// A batch of simple statements, which it keeps alive.
fn batch(texts: &[&str]) -> Object {
    let batch = api::batch(0);
    for text in texts {
        let statement = api::statement(text, 0);
        assert_eq!(api::set_object(c"cass_batch_add_statement", batch, statement), 0);
        api::give(c"cass_statement_free", statement);
    }
    batch
}

/// Executes a batch that is freed while it is in flight.
fn run_batch(session: Object, texts: &[&str]) -> Object {
    let batch = batch(texts);
    let future = api::execute_batch(session, batch);
    api::give(c"cass_batch_free", batch);
    future
}

#[test]
fn a_batch_ends_as_its_statements_do() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        for texts in [&[][..], &["OK"], &["OK", "ROWS 1 1", "OK"]] {
            let result = result(run_batch(session, texts));
            assert_eq!(api::size(c"cass_result_column_count", result), 0);
            api::give(c"cass_result_free", result);
        }
        let future = run_batch(session, &["OK", "REFUSED", "ERROR 0x1100 late", "SELECT"]);
        assert_eq!(api::message(future), "late");
        assert_eq!(outcome(future), 0x0200_1100);
        let rows = cells(result(run_batch(session, &["OK", "APPLIED", "REFUSED"])));
        assert_eq!(rows, [[Some(vec![1])]]);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn a_batch_with_a_never_ends_at_the_close() {
    let turn = Turn::take();
    let session = connected("late");
    let future = run_batch(session, &["OK", "REFUSED", "NEVER"]);
    assert!(!api::wait_timed(future, 1000));
    close_and_free(session);
    assert_eq!(outcome(future), api::TIMED_OUT);
    turn.done();
}

#[test]
fn values_and_options_of_a_batch() {
    let turn = Turn::take();
    let session = connected("unset");
    let batch = batch(&["OK"]);
    let statement = api::statement("ECHO int", 1);
    assert_eq!(api::bind(statement, 0, Bind::Int(1)), 0);
    assert_eq!(api::set_object(c"cass_batch_add_statement", batch, statement), 0);
    for option in [
        c"cass_batch_set_consistency",
        c"cass_batch_set_serial_consistency",
        c"cass_batch_set_is_idempotent",
        c"cass_batch_set_tracing",
    ] {
        assert_eq!(api::set(option, batch, 1), 0, "{option:?}");
    }
    let future = api::execute_batch(session, batch);
    assert_eq!(api::tracing_id(future), 0);
    assert_eq!(outcome(future), 0);
    // When it is answered, both may be changed again.
    assert_eq!(api::bind(statement, 0, Bind::Bigint(1)), 0);
    assert_eq!(outcome(api::execute_batch(session, batch)), api::INVALID_QUERY);
    api::give(c"cass_statement_free", statement);
    api::give(c"cass_batch_free", batch);
    close_and_free(session);
    turn.done();
}

#[test]
fn payloads_come_back() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let payload = api::payload();
        api::set_item(payload, "b", b"first");
        api::set_item(payload, "a", b"");
        api::set_item(payload, "b", b"second");
        let (statement, batch) = (api::statement("OK", 0), batch(&["OK"]));
        api::set_object(c"cass_statement_set_custom_payload", statement, payload);
        api::set_object(c"cass_batch_set_custom_payload", batch, payload);
        api::give(c"cass_custom_payload_free", payload);
        for future in [api::execute(session, statement), api::execute_batch(session, batch)] {
            assert_eq!(api::size(c"cass_future_custom_payload_item_count", future), 2);
            assert_eq!(api::item(future, 0), Ok((b"b".to_vec(), b"second".to_vec())));
            assert_eq!(api::item(future, 1), Ok((b"a".to_vec(), vec![])));
            assert_eq!(api::item(future, 2), Err(api::OUT_OF_BOUNDS));
            assert_eq!(outcome(future), 0);
        }
        api::give(c"cass_statement_free", statement);
        api::give(c"cass_batch_free", batch);
        let future = run(session, "OK");
        assert_eq!(api::size(c"cass_future_custom_payload_item_count", future), 0);
        assert_eq!(api::item(future, 0), Err(api::NO_CUSTOM_PAYLOAD));
        assert_eq!(outcome(future), 0);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn transactions_say_whether_they_were_applied() {
    let turn = Turn::take();
    let session = connected("late");
    let read = |text| cells(result(run(session, text)));
    assert_eq!(read("applied"), [[Some(vec![1])]]);
    assert_eq!(read("REFUSED"), [[Some(vec![0])]]);
    let row = [Some(vec![0]), Some(vec![0, 0, 0, 7]), Some(b"name-7".to_vec())];
    assert_eq!(read("REFUSED ROW"), [row]);
    assert_eq!(read("REFUSED NULLS"), [[Some(vec![0]), None, None]]);
    assert_eq!(outcome(run(session, "REFUSED other")), api::SYNTAX_ERROR);
    close_and_free(session);
    turn.done();
}

#[test]
fn what_was_prepared_before_it_forgot_is_dead() {
    let turn = Turn::take();
    let session = connected("late");
    let prepare = || {
        let future = api::prepare(session, "OK");
        let prepared = api::object(c"cass_future_get_prepared", future);
        assert_eq!(outcome(future), 0);
        let statement = api::object(c"cass_prepared_bind", prepared);
        api::give(c"cass_prepared_free", prepared);
        statement
    };
    let before = prepare();
    assert_eq!(outcome(api::execute(session, before)), 0);
    fake_driver::forget();
    for _ in 0..2 {
        let future = api::execute(session, before);
        assert!(api::message(future).starts_with("ID mismatch"));
        assert_eq!(outcome(future), api::UNEXPECTED_RESPONSE);
    }
    let after = prepare();
    assert_eq!(outcome(api::execute(session, after)), 0);
    for statement in [before, after] {
        api::give(c"cass_statement_free", statement);
    }
    close_and_free(session);
    turn.done();
}
