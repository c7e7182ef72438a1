//! What is written comes back as it was.

use std::net::IpAddr;

use async_cassandra::cql::{Counter, Null, Row, Timestamp, Unset, Uuid};

use crate::server::Test;

type Everything = (
    bool,
    i8,
    i16,
    i32,
    i64,
    f32,
    f64,
    String,
    String,
    Vec<u8>,
    Uuid,
    Uuid,
    Timestamp,
    IpAddr,
    IpAddr,
    Option<i32>,
);

type First = (bool, i8, i16, i32, i64, f32, f64, String);
type Last = (String, Vec<u8>, Uuid, Uuid, Timestamp, IpAddr, IpAddr, Option<i32>);

/// std compares and prints tuples of up to twelve.
fn halves(row: Everything) -> (First, Last) {
    let (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) = row;
    ((a, b, c, d, e, f, g, h), (i, j, k, l, m, n, o, p))
}

pub async fn round_trip(test: Test) {
    let session = &test.session;
    session
        .query(
            "CREATE TABLE everything (key text PRIMARY KEY, a boolean, b tinyint, c smallint, \
             d int, e bigint, f float, g double, h text, i ascii, j blob, k uuid, l timeuuid, \
             m timestamp, n inet, o inet, p int)",
            (),
        )
        .await
        .unwrap();
    let time_uuid: Uuid = "2a1b5c80-6f1e-11ee-b962-0242ac120002".parse().unwrap();
    let random: Uuid = "5f9c6a3e-32a1-4bbd-9a38-5c6e6d1a0b7f".parse().unwrap();
    let v4: IpAddr = "192.0.2.1".parse().unwrap();
    let v6: IpAddr = "2001:db8::1".parse().unwrap();
    let rows: [(&str, Everything); 3] = [
        (
            "low",
            (
                false,
                i8::MIN,
                i16::MIN,
                i32::MIN,
                i64::MIN,
                f32::MIN,
                f64::MIN,
                String::new(),
                String::new(),
                Vec::new(),
                random,
                time_uuid,
                Timestamp::from_millis(i64::MIN),
                v4,
                v6,
                None,
            ),
        ),
        (
            "high",
            (
                true,
                i8::MAX,
                i16::MAX,
                i32::MAX,
                i64::MAX,
                f32::MAX,
                f64::MAX,
                "ä€🦀".into(),
                "plain".into(),
                vec![0, 255, 7],
                random,
                time_uuid,
                Timestamp::from_millis(i64::MAX),
                v6,
                v4,
                Some(i32::MAX),
            ),
        ),
        (
            "middle",
            (
                true,
                0,
                -1,
                1,
                -2,
                0.1,
                -0.2,
                "x".repeat(70_000),
                "y".into(),
                vec![1; 100_000],
                random,
                time_uuid,
                Timestamp::from_millis(0),
                v4,
                v4,
                Some(0),
            ),
        ),
    ];
    let update = session
        .prepare(
            "UPDATE everything SET a = ?, b = ?, c = ?, d = ?, e = ?, f = ?, g = ?, h = ?, i = ?, \
             j = ?, k = ?, l = ?, m = ?, n = ?, o = ? WHERE key = ?",
        )
        .await
        .unwrap();
    let last = session.prepare("UPDATE everything SET p = ? WHERE key = ?").await.unwrap();
    let select = session
        .prepare(
            "SELECT a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p FROM everything WHERE key = ?",
        )
        .await
        .unwrap();
    for (key, row) in rows {
        let (a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) = &row;
        update.bind((a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, key)).await.unwrap();
        last.bind((p, key)).await.unwrap();
        let page = select.bind((key,)).await.unwrap();
        let read: Everything = page.rows().unwrap().next().unwrap().unwrap();
        let ((read_first, read_last), (first, last)) = (halves(read), halves(row));
        assert_eq!(read_first, first, "{key}");
        assert_eq!(read_last, last, "{key}");
    }
}

pub async fn null_and_unset(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, a text, b text)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id, a, b) VALUES (?, ?, ?)").await.unwrap();
    insert.bind((1, "a", "b")).await.unwrap();
    // Null deletes, unset leaves alone, empty is a value.
    insert.bind((1, Null, Unset)).await.unwrap();
    insert.bind((2, "", None::<&str>)).await.unwrap();
    let select = session.prepare("SELECT a, b FROM t WHERE id = ?").await.unwrap();
    let page = select.bind((1,)).await.unwrap();
    let row: (Option<&str>, Option<&str>) = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(row, (None, Some("b")));
    let page = select.bind((2,)).await.unwrap();
    let row: (Option<&str>, Option<&str>) = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(row, (Some(""), None));

    session.query("CREATE TABLE c (id int PRIMARY KEY, n counter)", ()).await.unwrap();
    let add = session.prepare("UPDATE c SET n = n + ? WHERE id = 1").await.unwrap();
    add.bind((Counter(40),)).await.unwrap();
    add.bind((2_i64,)).await.unwrap();
    let page = session.query("SELECT n FROM c", ()).await.unwrap();
    assert_eq!(page.rows::<(Counter,)>().unwrap().next().unwrap().unwrap().0, Counter(42));
}

pub async fn dynamic_rows(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, name text)", ()).await.unwrap();
    session.query("INSERT INTO t (id, name) VALUES (?, ?)", (1, "Ann")).await.unwrap();
    let page = session.query("SELECT * FROM t", ()).await.unwrap();
    let row = page.rows::<Row>().unwrap().next().unwrap().unwrap();
    assert_eq!(row.get::<&str>("name").unwrap(), "Ann");
    assert_eq!(row.get::<i64>("id").unwrap(), 1);
    let error = row.get::<i32>("age").unwrap_err();
    assert!(error.to_string().contains("age"), "{error}");
}
