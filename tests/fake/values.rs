//! Values of every type, there and back.

use std::net::IpAddr;

use async_cassandra::cql::{Null, Timestamp, Unset, Uuid};

use crate::cell::Cell;

const FIRST: &str = "ECHO ascii bigint blob boolean double float inet";
const SECOND: &str = "ECHO int smallint text timestamp timeuuid tinyint uuid";

type First = (String, i64, Vec<u8>, bool, f64, f32, IpAddr);
type Second = (i32, i16, String, Timestamp, Uuid, i8, Uuid);

pub async fn every_type(cell: Cell) {
    let session = cell.connect().await;
    let inet: IpAddr = "2001:db8::1".parse().unwrap();
    let first: First = ("plain".into(), i64::MIN, vec![0, 255, 7], true, -0.1, f32::MAX, inet);
    let (a, b, c, d, e, f, g) = &first;
    let page = session.query(FIRST, (a, b, c, d, e, f, g)).await.unwrap();
    assert_eq!(page.rows::<First>().unwrap().next().unwrap().unwrap(), first);

    let time_uuid: Uuid = "2a1b5c80-6f1e-11ee-b962-0242ac120002".parse().unwrap();
    let random: Uuid = "5f9c6a3e-32a1-4bbd-9a38-5c6e6d1a0b7f".parse().unwrap();
    let second: Second =
        (i32::MIN, -2, "ä€🦀".into(), Timestamp::from_millis(-1), time_uuid, -3, random);
    let (a, b, c, d, e, f, g) = &second;
    let page = session.query(SECOND, (a, b, c, d, e, f, g)).await.unwrap();
    assert_eq!(page.rows::<Second>().unwrap().next().unwrap().unwrap(), second);
}

pub async fn every_null(cell: Cell) {
    type Nulls1 = (
        Option<String>,
        Option<i64>,
        Option<Vec<u8>>,
        Option<bool>,
        Option<f64>,
        Option<f32>,
        Option<IpAddr>,
    );
    type Nulls2 = (
        Option<i32>,
        Option<i16>,
        Option<String>,
        Option<Timestamp>,
        Option<Uuid>,
        Option<i8>,
        Option<Uuid>,
    );
    let session = cell.connect().await;
    let nulls = (Null, Null, Null, Unset, None::<f64>, Null, Null);
    let page = session.query(FIRST, nulls).await.unwrap();
    let row: Nulls1 = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(row, Nulls1::default());
    let nulls = (Null, Unset, None::<&str>, Null, Null, Unset, Null);
    let page = session.query(SECOND, nulls).await.unwrap();
    let row: Nulls2 = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(row, Nulls2::default());
    // Empty is a value.
    let page = session.query("ECHO text blob", ("", &b""[..])).await.unwrap();
    let row: (Option<&str>, Option<&[u8]>) = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(row, (Some(""), Some(&b""[..])));
}
