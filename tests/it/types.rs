//! The Rust types, beside `Value`: that goes through every type in `tests/types`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::{Duration, SystemTime};

use async_cassandra::cql::{
    Counter, CqlDuration, CqlType, Date, Decimal, Empty, MaybeEmpty, Null, Row, Time, TimeUuid,
    Uuid, Value, VarInt,
};

use crate::server::Test;

type Scalars = (Date, Time, CqlDuration, Decimal, VarInt, TimeUuid, SystemTime, Duration);
type Many = (
    Vec<i32>,
    HashSet<String>,
    BTreeMap<String, Vec<i64>>,
    HashMap<Uuid, (i32, Option<String>)>,
    [f32; 3],
    [String; 2],
    Box<[i16]>,
);

/// There and back, and what does not fit.
pub async fn rust_types(test: Test) {
    let session = &test.session;
    let table = "CREATE TABLE s (id int PRIMARY KEY, a date, b time, c duration, d decimal, \
                 e varint, f timeuuid, g timestamp, h duration)";
    session.query(table, ()).await.unwrap();
    let scalars: Scalars = (
        "2024-02-29".parse().unwrap(),
        "22:13:20.000000005".parse().unwrap(),
        CqlDuration::new(1, 2, 3).unwrap(),
        "-12.50".parse().unwrap(),
        "123456789012345678901234567890".parse().unwrap(),
        "2a1b5c80-6f1e-11ee-b962-0242ac120002".parse().unwrap(),
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
        Duration::from_nanos(1_500),
    );
    let (a, b, c, d, e, f, g, h) = &scalars;
    let insert = "INSERT INTO s (id, a, b, c, d, e, f, g, h) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)";
    session.query(insert, (a, b, c, d, e, f, g, h)).await.unwrap();
    let select = "SELECT a, b, c, d, e, f, g, h FROM s";
    assert_eq!(session.query(select, ()).one::<Scalars>().await.unwrap(), scalars);
    // What the server makes of them.
    let shown = "SELECT cast(a AS text), cast(b AS text), cast(d AS text), cast(e AS text) FROM s";
    let shown: (String, String, String, String) = session.query(shown, ()).one().await.unwrap();
    assert_eq!(shown, (a.to_string(), b.to_string(), d.to_string(), e.to_string()));
    // An integer binds to a varint.
    session.query("UPDATE s SET e = ? WHERE id = 1", (-7,)).await.unwrap();
    let (e,): (VarInt,) = session.query("SELECT e FROM s", ()).one().await.unwrap();
    assert_eq!(e, VarInt::from(-7));

    let table = "CREATE TABLE m (id int PRIMARY KEY, a list<int>, b set<text>, \
                 c map<text, frozen<list<bigint>>>, d map<uuid, frozen<tuple<int, text>>>, \
                 e vector<float, 3>, f vector<text, 2>, g list<smallint>)";
    session.query(table, ()).await.unwrap();
    let many: Many = (
        vec![3, 1, 2],
        HashSet::from(["x".to_owned(), "y".to_owned()]),
        BTreeMap::from([("k".to_owned(), vec![i64::MAX]), ("l".to_owned(), vec![])]),
        HashMap::from([(Uuid::NIL, (7, None)), (Uuid::from_u128(1), (8, Some("t".to_owned())))]),
        [0.1, 0.2, 0.3],
        ["".to_owned(), "z".repeat(300)],
        [1, 2].into(),
    );
    let insert = "INSERT INTO m (id, a, b, c, d, e, f, g) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let (a, b, c, d, e, f, g) = &many;
    session.query(insert, (1, a, b, c, d, e, f, g)).await.unwrap();
    let select = "SELECT a, b, c, d, e, f, g FROM m WHERE id = ?";
    assert_eq!(session.query(select, (1,)).one::<Many>().await.unwrap(), many);
    // Slices and arrays bind as well; a list or set that is not there is an empty one.
    session.query(insert, (2, &a[..], [""; 0], Null, Null, &e[..], Null, g)).await.unwrap();
    let select = "SELECT a, b, c FROM m WHERE id = ?";
    type Few = (Vec<i32>, BTreeSet<String>, Option<HashMap<String, Vec<i64>>>);
    let few: Few = session.query(select, (2,)).one().await.unwrap();
    assert_eq!(few, (a.clone(), BTreeSet::new(), None));
    let page = session.query("SELECT b FROM m WHERE id = 1", ()).await.unwrap();
    let (mut texts,): (Vec<&str>,) = page.rows().unwrap().next().unwrap().unwrap();
    texts.sort_unstable();
    assert_eq!(texts, ["x", "y"], "elements borrow from the page");
    let page = session.query("SELECT * FROM m WHERE id = 1", ()).await.unwrap();
    let row: Row = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(row.get::<Value>("a").unwrap().to_string(), "[3, 1, 2]");
    let ids: Vec<(i32,)> =
        session.query("SELECT id FROM m WHERE id IN ?", (vec![1, 2, 3],)).all().await.unwrap();
    assert_eq!(ids.len(), 2);

    // Empty is neither null nor a number.
    session.query("INSERT INTO m (id, a) VALUES (3, [blobAsInt(0x), 1])", ()).await.unwrap();
    let (a,): (Vec<MaybeEmpty<i32>>,) =
        session.query("SELECT a FROM m WHERE id = 3", ()).one().await.unwrap();
    assert_eq!(a, [MaybeEmpty::Empty, MaybeEmpty::Value(1)]);
    let error = session.query("SELECT a FROM m WHERE id = 3", ()).one::<(Vec<i32>,)>().await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("`a[0]` (int) in row 0 as i32: it is empty"), "{error}");
    let error = session.query("UPDATE s SET b = ? WHERE id = 1", (Empty,)).await.unwrap_err();
    assert!(error.to_string().contains("Empty to marker `b` (time)"), "{error}");

    // Nothing that does not fit is sent.
    let insert = session.prepare("INSERT INTO m (id, a, e) VALUES (?, ?, ?)").await.unwrap();
    for (error, expected) in [
        (insert.bind((1, ["x"], Null)).await.unwrap_err(), "marker `a[0]` (int)"),
        (insert.bind((1, [None::<i32>], Null)).await.unwrap_err(), "leave the element out"),
        (insert.bind((1, Null, [1.0_f32; 2])).await.unwrap_err(), "3 elements expected, 2 found"),
    ] {
        let error = error.to_string();
        assert!(error.contains(expected) && error.contains("INSERT INTO m"), "{error}");
    }
}

/// A type that is not CQL's own is bytes; a counter is added to.
pub async fn custom_and_counter(test: Test) {
    let session = &test.session;
    let class = "org.apache.cassandra.db.marshal.CompositeType(\
                 org.apache.cassandra.db.marshal.Int32Type,org.apache.cassandra.db.marshal.UTF8Type)";
    let create = format!("CREATE TABLE c (id int PRIMARY KEY, x '{class}', l list<blob>)");
    session.query(&create, ()).await.unwrap();
    let bytes = vec![0, 4, 0, 0, 0, 7, 0, 0, 1, b'a', 0];
    let value = Value::Custom(bytes.clone());
    let insert = "INSERT INTO c (id, x) VALUES (?, ?)";
    session.query(insert, (1, &bytes)).await.unwrap();
    session.query(insert, (2, &value)).await.unwrap();
    let literal = format!("INSERT INTO c (id, x) VALUES (3, {value})");
    session.query(&literal, ()).await.unwrap();
    let page = session.query("SELECT x, x FROM c", ()).await.unwrap();
    let CqlType::Custom(name) = page.columns()[0].cql_type() else {
        panic!("{:?}", page.columns())
    };
    assert!(name.contains("CompositeType("), "{name}");
    let rows: Vec<(&[u8], Value)> = page.rows().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows, vec![(&bytes[..], value); 3]);
    let error = session.query(insert, (4, "text")).await.unwrap_err().to_string();
    assert!(error.contains("str to marker `x`") && error.contains("bind Vec<u8>"), "{error}");

    let create = "CREATE TABLE n (id int PRIMARY KEY, n counter)";
    session.query(create, ()).await.unwrap();
    let add = session.prepare("UPDATE n SET n = n + ? WHERE id = 1").await.unwrap();
    add.bind((Counter(i64::MAX),)).await.unwrap();
    add.bind((-7_i64,)).await.unwrap();
    add.bind((Value::Counter(Counter(-1)),)).await.unwrap();
    let select = "SELECT n, n, n FROM n";
    let read = session.query(select, ()).one::<(Counter, i64, Value)>().await.unwrap();
    let n = i64::MAX - 8;
    assert_eq!(read, (Counter(n), n, Value::Counter(Counter(n))));
    let error = add.bind((Uuid::NIL,)).await.unwrap_err().to_string();
    assert!(error.contains("bind Counter or an integer"), "{error}");
}
