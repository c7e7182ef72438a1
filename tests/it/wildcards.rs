//! `SELECT *` and a table that changes: rows are read by the columns that they were sent with.

use std::collections::BTreeMap;

use async_cassandra::cql::{Row, Value};
use async_cassandra::{ErrorKind, Page, Session};

use crate::server::Test;

const SELECT: &str = "SELECT * FROM t WHERE part = ?";

/// The columns' names and values of each row.
fn rows(page: &Page) -> Vec<BTreeMap<String, Option<i32>>> {
    let row = |row: Row<'_>| {
        let names = row.columns().iter().map(|column| column.name());
        names.map(|name| (name.to_owned(), row.get(name).unwrap())).collect()
    };
    page.into_iter().map(|r| row(r.unwrap())).collect()
}

/// What rows of part 0 with `id` as their only other value of the key look like.
fn expected<const N: usize>(
    others: [(&str, Option<i32>); N],
) -> Vec<BTreeMap<String, Option<i32>>> {
    let row = |id| {
        let key = [("part", Some(0)), ("id", Some(id))];
        key.iter().chain(&others).map(|(name, v)| ((*name).to_owned(), *v)).collect()
    };
    (0..3).map(row).collect()
}

/// Another client changes the table and prepares the same text, so that the server knows it again by
/// the id that the first client has.
async fn alter(other: &Session, changes: &[&str]) {
    for change in changes {
        other.query(&format!("ALTER TABLE t {change}"), ()).await.unwrap();
    }
    other.query(SELECT, (0,)).await.unwrap();
    other.prepare(SELECT).await.unwrap().bind((0,)).await.unwrap();
}

pub async fn altered(test: Test) {
    let (session, other) = (&test.session, test.connect().await);
    let table = "CREATE TABLE t (part int, id int, b int, c int, PRIMARY KEY (part, id))";
    session.query(table, ()).await.unwrap();
    let insert =
        session.prepare("INSERT INTO t (part, id, b, c) VALUES (0, ?, 2, 3)").await.unwrap();
    for id in 0..3 {
        insert.bind((id,)).await.unwrap();
    }
    let held = session.prepare(SELECT).await.unwrap();
    // Its answer has every column of the row, and says so by itself.
    let claim = "INSERT INTO t (part, id) VALUES (0, 0) IF NOT EXISTS";
    let claim = session.prepare(claim).await.unwrap();
    let both =
        async || [held.bind((0,)).await.unwrap(), session.query(SELECT, (0,)).await.unwrap()];
    let steps: [(&[&str], Vec<_>); 4] = [
        (&[], expected([("b", Some(2)), ("c", Some(3))])),
        // One more than before.
        (&["ADD a int"], expected([("a", None), ("b", Some(2)), ("c", Some(3))])),
        // As many as before, other ones.
        (&["DROP b", "ADD d int"], expected([("a", None), ("c", Some(3)), ("d", None)])),
        // Fewer.
        (&["DROP a"], expected([("c", Some(3)), ("d", None)])),
    ];
    for (changes, expected) in steps {
        alter(&other, changes).await;
        for page in both().await {
            assert_eq!(rows(&page), expected, "after {changes:?}");
        }
        let refused = claim.bind(()).await.unwrap();
        assert!(!refused.applied().unwrap());
        let row = (&refused).into_iter().next().unwrap().unwrap();
        for (name, value) in &expected[0] {
            assert_eq!(row.get::<Option<i32>>(name).unwrap(), *value, "{name} after {changes:?}");
        }
        assert_eq!(row.columns().len(), expected[0].len() + 1, "after {changes:?}");
    }
}

/// A literal of each kind of type that a marker may have.
const TYPES: [(&str, &str); 27] = [
    ("ascii", "'plain'"),
    ("bigint", "-9000000000"),
    ("blob", "0x00ff"),
    ("boolean", "true"),
    ("date", "'2024-02-29'"),
    ("decimal", "-12.345"),
    ("double", "0.1"),
    ("duration", "1mo2d3ns"),
    ("float", "0.5"),
    ("inet", "'2001:db8::1'"),
    ("int", "-7"),
    ("smallint", "300"),
    ("text", "'ä€🦀'"),
    ("time", "'12:34:56.789'"),
    ("timestamp", "'2024-02-29T12:00:00.001Z'"),
    ("timeuuid", "2a1b5c80-6f1e-11ee-b962-0242ac120002"),
    ("tinyint", "-1"),
    ("uuid", "5f9c6a3e-32a1-4bbd-9a38-5c6e6d1a0b7f"),
    ("varint", "-123456789012345678901234567890"),
    ("frozen<list<int>>", "[3, 1, 2]"),
    ("frozen<set<text>>", "{'a', 'b'}"),
    ("frozen<map<text, bigint>>", "{'a': 1, 'b': 2}"),
    ("frozen<tuple<int, text>>", "(1, null)"),
    ("frozen<u>", "{a: 1, b: [{x: 'one'}]}"),
    ("vector<float, 3>", "[0.1, 0.2, 0.3]"),
    ("vector<text, 2>", "['a', '']"),
    (
        "frozen<list<frozen<map<int, frozen<tuple<date, frozen<set<inet>>>>>>>>",
        "[{1: ('2024-01-01', {'192.0.2.1'})}]",
    ),
];

/// Values go out with the text as they do with what was prepared from it, whatever their type.
pub async fn of_every_type(test: Test) {
    let session = &test.session;
    for create in ["CREATE TYPE w (x text)", "CREATE TYPE u (a int, b frozen<list<frozen<w>>>)"] {
        session.query(create, ()).await.unwrap();
    }
    for (n, (cql, literal)) in TYPES.iter().enumerate() {
        // Durations have no order, and cannot be part of a key.
        let key = if *cql == "duration" { "part" } else { "part, v" };
        let create = format!("CREATE TABLE t{n} (part int, v {cql}, x int, PRIMARY KEY ({key}))");
        session.query(&create, ()).await.unwrap();
        let insert = format!("INSERT INTO t{n} (part, v, x) VALUES (1, {literal}, 7)");
        session.query(&insert, ()).await.unwrap();
        let select = format!("SELECT part, v, x FROM t{n}");
        let row = session.query(&select, ()).one::<(i32, Value, i32)>().await.unwrap();
        let all = format!("SELECT * FROM t{n} WHERE part = ? AND v = ? ALLOW FILTERING");
        let read = session.query(&all, (1, &row.1)).one::<(i32, Value, i32)>().await;
        assert_eq!(read.unwrap_or_else(|error| panic!("{cql}: {error}")), row, "{cql}");
        let held = session.prepare(&all).await.unwrap();
        assert_eq!(held.bind((1, &row.1)).one::<(i32, Value, i32)>().await.unwrap(), row, "{cql}");
        assert!(held.bind((2, &row.1)).await.unwrap().is_empty(), "{cql}");
        let error = held.bind((1, [(1, true)])).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{cql}: {error}");
    }
}

/// Names, pages, options, and an execution by reference are as ever.
pub async fn as_ever(test: Test) {
    let session = &test.session;
    let table = "CREATE TABLE t (part int, id int, v int, PRIMARY KEY (part, id))";
    session.query(table, ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (part, id, v) VALUES (1, ?, ?)").await.unwrap();
    insert.execute_many((0..50).map(|id| (id, id * id))).await.unwrap();
    let cql = "SELECT * FROM t WHERE part = :part AND id IN :ids AND id IN :ids LIMIT :most";
    let error = session.prepare(cql).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    let cql = "SELECT * FROM t WHERE id <= :last AND part = :part AND id > :first LIMIT :most";
    let values: BTreeMap<_, i32> = [("first", 4), ("last", 44), ("part", 1), ("most", 30)].into();
    let held = session.prepare(cql).await.unwrap();
    let bound = held.bind(&values).page_size(7).idempotent(true);
    for _ in 0..2 {
        assert_eq!((&bound).await.unwrap().len(), 7);
    }
    for prefetch in [0, 2] {
        let rows = held.bind(&values).page_size(7).prefetch(prefetch);
        let rows: Vec<(i32, i32, i32)> = rows.all().await.unwrap();
        assert_eq!(rows, (5..35).map(|id| (1, id, id * id)).collect::<Vec<_>>());
    }
    let first = session.query(cql, &values).page_size(10).await.unwrap();
    let next = session.query(cql, &values).page_size(10).start_at(first.next_page().unwrap());
    let next = next.await.unwrap();
    let rows: Vec<(i32, i32, i32)> = next.rows().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows, (15..25).map(|id| (1, id, id * id)).collect::<Vec<_>>());
    let ids = "SELECT * FROM t WHERE part = ? AND id IN ?";
    let page = session.query(ids, (1, [3, 48, 99])).tracing(true).await.unwrap();
    assert_eq!(page.rows::<(i32, i32, i32)>().unwrap().count(), 2);
    assert!(page.tracing_id().is_some());
    let before = session.metrics().statements;
    for _ in 0..10 {
        session.query(ids, (1, vec![1])).await.unwrap();
    }
    assert_eq!(session.metrics().statements.hits, before.hits + 10);
}

/// Columns that are named keep their places when the type of one grows: fields that came later are
/// passed over.
pub async fn udts_that_grow(test: Test) {
    let (session, other) = (&test.session, test.connect().await);
    session.query("CREATE TYPE u (a int, b text)", ()).await.unwrap();
    session.query("CREATE TABLE t (part int PRIMARY KEY, v u, x int)", ()).await.unwrap();
    session.query("INSERT INTO t (part, v, x) VALUES (0, {a: 1, b: 'b'}, 7)", ()).await.unwrap();
    let select = "SELECT part, v, x FROM t WHERE part = ?";
    let held = session.prepare(select).await.unwrap();
    let old = vec![("a".to_owned(), Value::from(1)), ("b".to_owned(), Value::from("b"))];
    let read = async || held.bind((0,)).one::<(i32, Value, i32)>().await.unwrap();
    assert_eq!(read().await, (0, Value::Udt(old.clone()), 7));
    other.query("ALTER TYPE u ADD c int", ()).await.unwrap();
    other.query("UPDATE t SET v.c = 3 WHERE part = 0", ()).await.unwrap();
    other.prepare(select).await.unwrap().bind((0,)).await.unwrap();
    assert_eq!(read().await, (0, Value::Udt(old.clone()), 7));
    // Another prepare in the same session is news for all who hold the statement.
    session.prepare(select).await.unwrap();
    let new = old.into_iter().chain([("c".to_owned(), Value::from(3))]).collect();
    assert_eq!(read().await, (0, Value::Udt(new), 7));
}
