//! Types of other crates, to a real server and back.

use std::fmt::Debug;

use async_cassandra::cql::{FromValueOwned, Row, ToValue, Value};
use async_cassandra::{ErrorKind, Session};
use serde_json::{Map, Value as Json, json};

use crate::server::Test;

/// Writes the value into the column, sees that the server shows it as `shown`, and reads it back.
async fn both_ways<T>(session: &Session, column: &str, value: T, shown: &str)
where
    T: ToValue + FromValueOwned + PartialEq + Debug,
{
    let update = format!("UPDATE t SET {column} = ? WHERE id = 1");
    session.query(&update, (&value,)).await.unwrap();
    let select = format!("SELECT {column} FROM t");
    let (own,): (Value,) = session.query(&select, ()).one().await.unwrap();
    assert_eq!(own.to_string(), shown);
    assert_eq!(session.query(&select, ()).scalar::<T>().await.unwrap(), value, "{shown}");
}

pub async fn values(test: Test) {
    let session = &test.session;
    let create = "CREATE TABLE t (id int PRIMARY KEY, u uuid, tu timeuuid, d date, tm time, \
                  ts timestamp, du duration, n decimal, v varint, b blob, x text)";
    session.query(create, ()).await.unwrap();

    let id = "2a1b5c80-6f1e-11ee-b962-0242ac120002";
    both_ways::<uuid::Uuid>(session, "u", id.parse().unwrap(), id).await;
    both_ways::<uuid::Uuid>(session, "tu", id.parse().unwrap(), id).await;
    both_ways(session, "b", bytes::Bytes::from_static(&[0, 255]), "0x00ff").await;
    let digits = format!("-{}", "7".repeat(100));
    both_ways::<num_bigint::BigInt>(session, "v", digits.parse().unwrap(), &digits).await;
    both_ways::<bigdecimal::BigDecimal>(session, "n", "-12.50".parse().unwrap(), "-12.50").await;
    both_ways::<rust_decimal::Decimal>(session, "n", "-12.50".parse().unwrap(), "-12.50").await;

    let (day, time, moment) =
        ("'2024-02-29'", "'22:13:20.000000005'", "'2024-02-29T22:13:20.005Z'");
    {
        use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
        let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        both_ways(session, "d", date, day).await;
        let at = NaiveTime::from_hms_nano_opt(22, 13, 20, 5).unwrap();
        both_ways(session, "tm", at, time).await;
        let at: DateTime<Utc> = date.and_hms_milli_opt(22, 13, 20, 5).unwrap().and_utc();
        both_ways(session, "ts", at, moment).await;
        both_ways(session, "du", TimeDelta::milliseconds(-1_500), "-1s500ms").await;
    }
    {
        use time::{Date, Duration, Month, Time};
        let date = Date::from_calendar_date(2024, Month::February, 29).unwrap();
        both_ways(session, "d", date, day).await;
        both_ways(session, "tm", Time::from_hms_nano(22, 13, 20, 5).unwrap(), time).await;
        let at = date.with_hms_milli(22, 13, 20, 5).unwrap().assume_utc();
        both_ways(session, "ts", at, moment).await;
        both_ways(session, "du", Duration::milliseconds(-1_500), "-1s500ms").await;
    }
    {
        use jiff::civil::{date, time as at};
        use jiff::{SignedDuration, Span, ToSpan};
        both_ways(session, "d", date(2024, 2, 29), day).await;
        both_ways(session, "tm", at(22, 13, 20, 5), time).await;
        let at: jiff::Timestamp = "2024-02-29T22:13:20.005Z".parse().unwrap();
        both_ways(session, "ts", at, moment).await;
        both_ways(session, "du", SignedDuration::from_millis(-1_500), "-1s500ms").await;
        let span = 14.months().days(3).milliseconds(1_500);
        session.query("UPDATE t SET du = ? WHERE id = 1", (span,)).await.unwrap();
        let (own, back): (Value, Span) =
            session.query("SELECT du, du FROM t", ()).one().await.unwrap();
        assert_eq!(own.to_string(), "1y2mo3d1s500ms");
        assert_eq!(back.fieldwise(), 14.months().days(3).nanoseconds(1_500_000_000).fieldwise());
    }
    {
        use secrecy::{ExposeSecret, SecretSlice, SecretString};
        let (text, bytes) = (SecretString::from("pass"), SecretSlice::from(vec![7_u8]));
        session.query("UPDATE t SET x = ?, b = ? WHERE id = 1", (&text, &bytes)).await.unwrap();
        let (text, bytes): (SecretString, SecretSlice<u8>) =
            session.query("SELECT x, b FROM t", ()).one().await.unwrap();
        assert_eq!((text.expose_secret(), bytes.expose_secret()), ("pass", &[7][..]));
    }

    // Out of range is an error, and nothing is sent or read as something else.
    session.query("UPDATE t SET d = 0, ts = -9223372036854775808 WHERE id = 1", ()).await.unwrap();
    let refused = [
        session.query("SELECT d FROM t", ()).scalar::<chrono::NaiveDate>().await.map(drop),
        session.query("SELECT d FROM t", ()).scalar::<time::Date>().await.map(drop),
        session.query("SELECT d FROM t", ()).scalar::<jiff::civil::Date>().await.map(drop),
        session.query("SELECT ts FROM t", ()).scalar::<jiff::Timestamp>().await.map(drop),
    ];
    for result in refused {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error:?}");
        assert!(error.to_string().contains(" in row 0 as "), "{error}");
    }
    let finer = jiff::Timestamp::from_nanosecond(1).unwrap();
    let error = session.query("UPDATE t SET ts = ? WHERE id = 1", (finer,)).await.unwrap_err();
    assert!(error.to_string().contains("finer than the type"), "{error}");
}

/// Every type as JSON, which the server takes as the same value.
pub async fn json_of_rows(test: Test) {
    let session = &test.session;
    let types = [
        ("a", "ascii", "'it''s'", json!("it's")),
        ("b", "bigint", "-9223372036854775808", json!(i64::MIN)),
        ("c", "blob", "0x00ff", json!("0x00ff")),
        ("d", "boolean", "true", json!(true)),
        ("e", "date", "'2024-02-29'", json!("2024-02-29")),
        ("f", "decimal", "-12.50", json!("-12.50")),
        ("g", "double", "1e300", json!(1e300)),
        ("h", "duration", "1y2mo3d1s500ms", json!("1y2mo3d1s500ms")),
        ("i", "float", "0.1", json!(0.1)),
        ("j", "inet", "'::1'", json!("::1")),
        ("k", "int", "null", json!(null)),
        ("l", "smallint", "-7", json!(-7)),
        ("m", "text", "'ä \"x\"'", json!("ä \"x\"")),
        ("n", "time", "'22:13:20.000000005'", json!("22:13:20.000000005")),
        ("o", "timestamp", "'2024-02-29T22:13:20.005Z'", json!("2024-02-29T22:13:20.005Z")),
        (
            "p",
            "timeuuid",
            "2a1b5c80-6f1e-11ee-b962-0242ac120002",
            json!("2a1b5c80-6f1e-11ee-b962-0242ac120002"),
        ),
        ("q", "tinyint", "7", json!(7)),
        ("r", "varint", "12345678901234567890123", json!("12345678901234567890123")),
        ("s", "double", "NaN", json!("NaN")),
        ("t", "list<float>", "[0.1, 3.4028235e38]", json!([0.1, 3.4028235e38])),
        ("u", "map<int, frozen<set<text>>>", "{7: {'x'}}", json!({"7": ["x"]})),
        ("v", "tuple<int, text>", "(1, null)", json!([1, null])),
        ("w", "frozen<address>", "{street: 'a', zip: 7}", json!({"street": "a", "zip": 7})),
        ("x", "vector<float, 2>", "[0.5, 1.5]", json!([0.5, 1.5])),
        ("y", "date", "4294967295", json!("4294967295")),
        ("z", "timestamp", "-9223372036854775808", json!("-9223372036854775808")),
    ];
    session.query("CREATE TYPE address (street text, zip int)", ()).await.unwrap();
    let columns = types.each_ref().map(|(name, t, ..)| format!("{name} {t}")).join(", ");
    session.query(&format!("CREATE TABLE t (id int PRIMARY KEY, {columns})"), ()).await.unwrap();
    let names = types.each_ref().map(|(name, ..)| *name).join(", ");
    let values = types.each_ref().map(|(_, _, literal, _)| *literal).join(", ");
    session.query(&format!("INSERT INTO t (id, {names}) VALUES (1, {values})"), ()).await.unwrap();

    let row: Map<String, Json> = session.query("SELECT * FROM t", ()).one().await.unwrap();
    assert_eq!(row["id"], json!(1));
    for (name, t, _, expected) in &types {
        assert_eq!(row[*name], *expected, "{t}");
    }
    let mut again = row.clone();
    again["id"] = json!(2);
    let text = Json::Object(again).to_string();
    session.query("INSERT INTO t JSON ?", (text,)).await.unwrap();
    let page = session.query("SELECT * FROM t", ()).await.unwrap();
    let rows: Vec<Row<'_>> = page.rows().unwrap().collect::<Result<_, _>>().unwrap();
    for (name, ..) in &types {
        let shown = |row: &Row<'_>| row.get::<Value>(name).unwrap().to_string();
        assert_eq!(shown(&rows[0]), shown(&rows[1]), "{name}");
    }
    // One column alone, and rows of a stream.
    let json: Json = session.query("SELECT w FROM t WHERE id = 2", ()).scalar().await.unwrap();
    assert_eq!(json, json!({"street": "a", "zip": 7}));
    let rows = session.query("SELECT id FROM t", ()).stream::<Map<String, Json>>().await.unwrap();
    assert_eq!(futures::StreamExt::count(rows).await, 2);
}
