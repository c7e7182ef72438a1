//! The statement language: results, values, pages and errors.

use crate::api::{self, Bind, Object};
use crate::{PERSONALITIES, Turn, cells, close_and_free, connected, outcome, result, run};

fn prepared(session: Object, text: &str) -> Object {
    let future = api::prepare(session, text);
    let prepared = api::object(c"cass_future_get_prepared", future);
    assert!(!prepared.is_null(), "{}", api::message(future));
    api::give(c"cass_future_free", future);
    prepared
}

/// Executes a statement that is freed, and reads all of its cells.
fn read(session: Object, statement: Object) -> Vec<Vec<Option<Vec<u8>>>> {
    let future = api::execute(session, statement);
    api::give(c"cass_statement_free", statement);
    cells(result(future))
}

#[test]
fn ok_is_an_empty_result_without_columns() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let result = result(run(session, " ok "));
        assert_eq!(api::size(c"cass_result_column_count", result), 0);
        assert_eq!(api::number(c"cass_result_has_more_pages", result), 0);
        assert!(cells(result).is_empty());
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn echo_returns_what_was_bound() {
    let values = [
        ("int", Bind::Int(-2), vec![0xFF, 0xFF, 0xFF, 0xFE]),
        ("bigint", Bind::Bigint(1 << 40), vec![0, 0, 1, 0, 0, 0, 0, 0]),
        ("timestamp", Bind::Bigint(5), vec![0, 0, 0, 0, 0, 0, 0, 5]),
        ("double", Bind::Double(1.0), vec![0x3F, 0xF0, 0, 0, 0, 0, 0, 0]),
        ("boolean", Bind::Bool(true), vec![1]),
        ("text", Bind::Text("Ann"), b"Ann".to_vec()),
        ("ascii", Bind::Text(""), vec![]),
        ("blob", Bind::Blob(&[0, 9]), vec![0, 9]),
        ("uuid", Bind::Uuid([0x1122_3344_5566_7788, 0x99AA_BBCC_DDEE_FF00]), {
            let bytes = 0x5566_7788_3344_1122_99AA_BBCC_DDEE_FF00_u128;
            bytes.to_be_bytes().to_vec()
        }),
        ("inet", Bind::Inet(&[127, 0, 0, 1]), vec![127, 0, 0, 1]),
    ];
    let types: Vec<&str> = values.iter().map(|(name, ..)| *name).collect();
    let text = format!("ECHO {} int int", types.join(" "));
    let mut expected: Vec<_> = values.iter().map(|(.., bytes)| Some(bytes.clone())).collect();
    expected.extend([None, None]);
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let prepared = prepared(session, &text);
        // The last one stays unset.
        let simple = api::statement(&text, values.len() + 2);
        for statement in [api::object(c"cass_prepared_bind", prepared), simple] {
            for (index, (name, value, _)) in values.iter().enumerate() {
                assert_eq!(api::bind(statement, index, *value), 0, "{name}");
            }
            assert_eq!(api::bind(statement, values.len(), Bind::Null), 0);
            let out_of_bounds = api::bind(statement, values.len() + 2, Bind::Null);
            assert_eq!(out_of_bounds, api::OUT_OF_BOUNDS);
            assert_eq!(read(session, statement), [expected.clone()]);
        }
        api::give(c"cass_prepared_free", prepared);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn stores_and_lookups_take_values() {
    let turn = Turn::take();
    let session = connected("inline");
    let store = api::statement("STORE bigint text", 2);
    assert_eq!(api::bind(store, 0, Bind::Bigint(-7)), 0);
    assert_eq!(api::bind(store, 1, Bind::Text("seven")), 0);
    let nothing = result(api::execute(session, store));
    api::give(c"cass_statement_free", store);
    assert_eq!(api::size(c"cass_result_column_count", nothing), 0);
    assert!(cells(nothing).is_empty());
    let of = |value| {
        let statement = api::statement("LOOKUP", 1);
        assert_eq!(api::bind(statement, 0, value), 0);
        read(session, statement)
    };
    let id = Some((-7_i64).to_be_bytes().to_vec());
    assert_eq!(of(Bind::Bigint(-7)), [[id, Some(b"name--7".to_vec())]]);
    assert_eq!(of(Bind::Null), [[None, Some(b"name-0".to_vec())]]);
    close_and_free(session);
    turn.done();
}

#[test]
fn prepared_markers_have_names_and_types() {
    let turn = Turn::take();
    let session = connected("late");
    let prepared = prepared(session, "echo text timeuuid");
    let name = |index| api::bytes_at(c"cass_prepared_parameter_name", prepared, index);
    assert_eq!((name(0), name(1)), (Ok(b"p0".to_vec()), Ok(b"p1".to_vec())));
    assert_eq!(name(2), Err(api::OUT_OF_BOUNDS));
    let data_type = |index| api::object_at(c"cass_prepared_parameter_data_type", prepared, index);
    let of = |index| api::number(c"cass_data_type_type", data_type(index));
    assert_eq!((of(0), of(1)), (0xD, 0xF));
    assert_eq!(api::size(c"cass_data_type_sub_type_count", data_type(0)), 0);
    assert!(data_type(2).is_null());
    let statement = api::object(c"cass_prepared_bind", prepared);
    assert_eq!(api::bind(statement, 0, Bind::Int(1)), api::INVALID_VALUE_TYPE);
    // The statement keeps what it needs.
    api::give(c"cass_prepared_free", prepared);
    assert_eq!(api::bind(statement, 0, Bind::Text("a")), 0);
    assert_eq!(read(session, statement), [[Some(b"a".to_vec()), None]]);
    close_and_free(session);
    turn.done();
}

#[test]
fn values_that_do_not_fit_are_invalid_queries() {
    let turn = Turn::take();
    let session = connected("late");
    let statement = api::statement("ECHO int", 1);
    assert_eq!(api::bind(statement, 0, Bind::Bigint(1)), 0);
    assert_eq!(outcome(api::execute(session, statement)), api::INVALID_QUERY);
    api::give(c"cass_statement_free", statement);
    assert_eq!(outcome(run(session, "ECHO int")), api::INVALID_QUERY);
    close_and_free(session);
    turn.done();
}

#[test]
fn unset_is_refused_under_protocol_3() {
    let turn = Turn::take();
    let (session, cluster) = (api::session(), api::cluster("late"));
    assert_eq!(api::set(c"cass_cluster_set_protocol_version", cluster, 3), 0);
    assert_eq!(outcome(api::connect(session, cluster, "")), 0);
    api::give(c"cass_cluster_free", cluster);
    let statement = api::statement("ECHO int", 1);
    assert_eq!(outcome(api::execute(session, statement)), api::PARAMETER_UNSET);
    api::give(c"cass_statement_free", statement);
    close_and_free(session);
    turn.done();
}

/// Follows the paging states to the end; the ids of each page.
fn pages(session: Object, text: &str) -> Vec<Vec<i32>> {
    let mut pages = Vec::new();
    let statement = api::statement(text, 0);
    loop {
        let page = result(api::execute(session, statement));
        let names: Vec<_> =
            (0..2).map(|index| api::bytes_at(c"cass_result_column_name", page, index)).collect();
        assert_eq!(names, [Ok(b"id".to_vec()), Ok(b"name".to_vec())]);
        let more = api::number(c"cass_result_has_more_pages", page) != 0;
        let token = api::bytes(c"cass_result_paging_state_token", page);
        let id = |row: Vec<Option<Vec<u8>>>| {
            let id = i32::from_be_bytes(row[0].clone().unwrap().try_into().unwrap());
            assert_eq!(row[1], Some(format!("name-{id}").into_bytes()));
            id
        };
        pages.push(cells(page).into_iter().map(id).collect());
        match token {
            Ok(token) => assert_eq!(api::set_paging_state(statement, &token), 0),
            Err(error) => assert_eq!(error, api::NO_PAGING_STATE),
        }
        if !more {
            break;
        }
    }
    api::give(c"cass_statement_free", statement);
    pages
}

#[test]
fn rows_come_in_pages() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        assert_eq!(pages(session, "ROWS 2 3"), [[0, 1], [2, 3], [4, 5]]);
        assert_eq!(pages(session, "ROWS 3 1"), [[0, 1, 2]]);
        assert_eq!(pages(session, "ROWS 0 2"), [[], []]);
        let statement = api::statement("ROWS 2 2", 0);
        for token in [&b"garbage!"[..], b"FAKE\0\0\0\x02"] {
            assert_eq!(api::set_paging_state(statement, token), 0);
            assert_eq!(outcome(api::execute(session, statement)), api::PROTOCOL_ERROR);
        }
        api::give(c"cass_statement_free", statement);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn a_last_page_fails_so_many_times() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let statement = api::statement("ROWS 2 1 0x1001 2", 0);
        for expected in [0x0200_1001, 0x0200_1001, 0, 0] {
            assert_eq!(outcome(api::execute(session, statement)), expected);
        }
        api::give(c"cass_statement_free", statement);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn results_are_counted() {
    let turn = Turn::take();
    let session = connected("inline");
    fake_driver::most_results();
    let both = [(); 2].map(|()| run(session, "ROWS 1 1"));
    for future in both {
        api::give(c"cass_future_free", future);
    }
    assert_eq!((fake_driver::most_results(), fake_driver::most_results()), (2, 0));
    close_and_free(session);
    turn.done();
}

#[test]
fn errors_have_code_message_and_fields() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let future = run(session, "ERROR 0x1200 took too long");
        assert!(api::object(c"cass_future_get_result", future).is_null());
        assert_eq!(api::message(future), "took too long");
        let error = api::object(c"cass_future_get_error_result", future);
        assert_eq!(outcome(future), 0x0200_1200);
        let field = |name| api::number(name, error);
        assert_eq!(field(c"cass_error_result_code"), 0x0200_1200);
        assert_eq!(field(c"cass_error_result_consistency"), 4);
        assert_eq!(field(c"cass_error_result_responses_received"), 1);
        assert_eq!(field(c"cass_error_result_responses_required"), 2);
        assert_eq!(field(c"cass_error_result_num_failures") as i32, -1);
        assert_eq!(field(c"cass_error_result_data_present"), 1);
        assert_eq!(field(c"cass_error_result_write_type"), 0);
        let no_keyspace = api::bytes(c"cass_error_result_keyspace", error);
        assert_eq!(no_keyspace, Err(0x0100_001A));
        api::give(c"cass_error_result_free", error);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn errors_of_every_code_pass_through() {
    let turn = Turn::take();
    let session = connected("late");
    for (text, code) in [
        ("ERROR 0x1000 a", 0x0200_1000),
        ("error 4352 a", 0x0200_1100),
        ("ERROR 0x02009999 unlisted", 0x0200_9999),
        ("ERROR 0x01000006 a", 0x0100_0006),
        ("ERROR 0", 0x0200_0000),
        ("ERROR", api::SYNTAX_ERROR),
        ("SELECT 1", api::SYNTAX_ERROR),
        ("", api::SYNTAX_ERROR),
        ("ECHO elephant", api::SYNTAX_ERROR),
        ("ROWS 5", api::SYNTAX_ERROR),
    ] {
        let future = run(session, text);
        let error = api::object(c"cass_future_get_error_result", future);
        assert_eq!(error.is_null(), code >> 24 != 2, "{text}");
        if !error.is_null() {
            api::give(c"cass_error_result_free", error);
        }
        assert_eq!(outcome(future), code, "{text}");
        let prepares = if code == api::SYNTAX_ERROR { code } else { 0 };
        assert_eq!(outcome(api::prepare(session, text)), prepares, "{text}");
    }
    assert_eq!(api::describe(0x0200_1100), "Write timeout");
    assert_eq!(api::describe(0x0200_9999), "");
    close_and_free(session);
    turn.done();
}

#[test]
fn tracing_ids_come_when_asked_for() {
    let turn = Turn::take();
    let session = connected("late");
    let statement = api::statement("OK", 0);
    let future = api::execute(session, statement);
    assert_eq!(api::tracing_id(future), api::NO_TRACING_ID);
    assert_eq!(outcome(future), 0);
    assert_eq!(api::set(c"cass_statement_set_tracing", statement, 1), 0);
    let future = api::execute(session, statement);
    assert_eq!(api::tracing_id(future), 0);
    assert_eq!(outcome(future), 0);
    api::give(c"cass_statement_free", statement);
    close_and_free(session);
    turn.done();
}
