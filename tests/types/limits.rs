//! How large a value may be: taken whole, or refused by an error after which the session goes on.

use std::collections::{BTreeMap, BTreeSet};

use async_cassandra::cql::ValueProblem;
use async_cassandra::{Error, ErrorKind, Session};

use crate::Test;

const MIB: usize = 1 << 20;

/// Bytes of which no part looks like another.
fn bytes(length: usize) -> Vec<u8> {
    (0..length as u32).map(|at| (at.wrapping_mul(0x9E37_79B1) >> 24) as u8).collect()
}

/// Whether the session still does what it is asked.
async fn goes_on(session: &Session) {
    session.query("SELECT key FROM system.local", ()).await.unwrap();
}

pub async fn blobs(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE b (id int PRIMARY KEY, v blob)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO b (id, v) VALUES (?, ?)").await.unwrap();
    let select = session.prepare("SELECT v FROM b WHERE id = ?").await.unwrap();
    for (id, length) in (0..).zip([0, 1, 65_535, 65_536, MIB, 16 * MIB - 1, 16 * MIB]) {
        let blob = bytes(length);
        insert.bind((id, &blob)).await.unwrap_or_else(|error| panic!("{length}: {error}"));
        let read: Vec<u8> = select.bind((id,)).scalar().await.unwrap();
        assert!(read == blob, "{length}: {} bytes came back", read.len());
        let page = select.bind((id,)).await.unwrap();
        let (read,): (&[u8],) = page.rows().unwrap().next().unwrap().unwrap();
        assert!(read == blob, "{length}: borrowed");
    }
    // Larger than a message may be on this server.
    for length in [21 * MIB, 40 * MIB] {
        let error = insert.bind((100, bytes(length))).await.unwrap_err();
        refused(&error, "too big");
        goes_on(session).await;
    }
    let none: Option<(Vec<u8>,)> = select.bind((100,)).maybe_one().await.unwrap();
    assert_eq!(none, None);
    let text = format!("INSERT INTO b (id, v) VALUES (101, 0x{})", "00".repeat(11 * MIB));
    let error = session.query(&text, ()).await.unwrap_err();
    refused(&error, "too big");
    goes_on(session).await;
}

pub async fn collections(test: Test) {
    let session = &test.session;
    let table = "CREATE TABLE c (id int PRIMARY KEY, l list<int>, s set<text>, m map<int, text>, \
                 f frozen<list<bigint>>, g frozen<map<text, frozen<list<int>>>>, v vector<float, 8192>)";
    session.query(table, ()).await.unwrap();
    let insert =
        session.prepare("INSERT INTO c (id, l, s, m, f, g, v) VALUES (?, ?, ?, ?, ?, ?, ?)");
    let insert = insert.await.unwrap();
    type Row = (
        Vec<i32>,
        BTreeSet<String>,
        BTreeMap<i32, String>,
        Vec<i64>,
        BTreeMap<String, Vec<i32>>,
        Vec<f32>,
    );
    // More elements than two bytes can count, where they are frozen.
    for (id, many, frozen) in [(1, 10_000, 10_000), (2, 1, 70_000)] {
        let row: Row = (
            (0..many).collect(),
            (0..many).map(|at| format!("{at:x}")).collect(),
            (0..many).map(|at| (at, at.to_string())).collect(),
            (0..frozen).collect(),
            (0..frozen).map(|at| (at.to_string(), vec![at as i32; 3])).collect(),
            (0..8192_u16).map(f32::from).collect(),
        );
        let (l, s, m, f, g, v) = &row;
        insert.bind((id, l, s, m, f, g, v)).await.unwrap();
        let select = "SELECT l, s, m, f, g, v FROM c WHERE id = ?";
        let read: Row = session.query(select, (id,)).one().await.unwrap();
        assert!(read == row, "{id}");
    }
}

pub async fn keys(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE k (a text, b text, v int, PRIMARY KEY (a, b))", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO k (a, b, v) VALUES (?, ?, 1)").await.unwrap();
    let (longest, longer) = ("x".repeat(65_535), "x".repeat(65_536));
    insert.bind((&longest, "")).await.unwrap();
    let select = session.prepare("SELECT b FROM k WHERE a = ?").await.unwrap();
    assert_eq!(select.bind((&longest,)).scalar::<String>().await.unwrap(), "");
    for (a, b) in [(&longer[..], "b"), ("a", &longer), ("", "b")] {
        let error = insert.bind((a, b)).await.unwrap_err();
        refused(&error, "");
        goes_on(session).await;
    }
}

/// As many values as the protocol counts in a statement, and one more.
pub async fn markers(test: Test) {
    const MOST: usize = 65_535;
    let session = &test.session;
    let create = "CREATE TABLE n (a int, b int, c int, PRIMARY KEY (a, b))";
    session.query(create, ()).await.unwrap();
    let inserts = "INSERT INTO n (a, b, c) VALUES (?, ?, ?);".repeat(MOST / 3);
    let cql = format!("BEGIN UNLOGGED BATCH {inserts} APPLY BATCH");
    let values: Vec<i32> = (0..MOST as i32).map(|at| if at % 3 == 0 { 0 } else { at }).collect();
    let most = session.prepare(&cql).await.unwrap();
    most.bind(&values).await.unwrap();
    let rows = session.query("SELECT a, b, c FROM n", ()).all::<(i32, i32, i32)>().await.unwrap();
    assert!(rows.into_iter().flat_map(|(a, b, c)| [a, b, c]).eq(values.iter().copied()));

    let (fewer, more) = (&values[1..], [&values[..], &[0]].concat());
    for wrong in [fewer, &more] {
        let error = most.bind(wrong).await.unwrap_err();
        let ErrorKind::Bind(value) = error.kind() else { panic!("{error}") };
        let problem = ValueProblem::Count { expected: MOST, got: wrong.len() };
        assert_eq!(*value.problem(), problem);
        goes_on(session).await;
    }
    let cql = format!("BEGIN UNLOGGED BATCH {inserts} DELETE FROM n WHERE a = ?; APPLY BATCH");
    let error = session.query(&cql, &more).await.unwrap_err();
    refused(&error, "markers");
    goes_on(session).await;
}

/// Messages of the length that the protocol allows, which no server takes by default, and longer.
pub async fn messages(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE f (id int PRIMARY KEY, v blob)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO f (id, v) VALUES (1, ?)").await.unwrap();
    for length in [256 * MIB, 256 * MIB + 1, 300 * MIB] {
        let error = insert.bind((vec![7_u8; length],)).await.unwrap_err();
        refused(&error, "too big");
        goes_on(session).await;
    }
}

/// A row of ten thousand columns.
pub async fn columns(test: Test) {
    const COLUMNS: i32 = 10_000;
    let session = &test.session;
    let name = |at: i32| format!("c{at}");
    let declared: Vec<_> = (1..COLUMNS).map(|at| format!("{} int", name(at))).collect();
    let create = format!("CREATE TABLE w (c0 int PRIMARY KEY, {})", declared.join(", "));
    session.query(&create, ()).await.unwrap();
    let names: Vec<_> = (0..COLUMNS).map(name).collect();
    let marks = vec!["?"; names.len()].join(",");
    let insert = format!("INSERT INTO w ({}) VALUES ({marks})", names.join(", "));
    let values: Vec<i32> = (0..COLUMNS).collect();
    session.query(&insert, &values).await.unwrap();
    let page = session.query("SELECT * FROM w", ()).await.unwrap();
    assert_eq!(page.columns().len(), names.len());
    let row = (&page).into_iter().next().unwrap().unwrap();
    for (name, value) in names.iter().zip(values) {
        assert_eq!(row.get::<i32>(name).unwrap(), value, "{name}");
    }
}

/// By the server, with these words.
#[track_caller]
fn refused(error: &Error, words: &str) {
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

pub async fn beyond_lengths(test: Test) {
    let session = &test.session;
    let table =
        "CREATE TABLE d (id int PRIMARY KEY, v blob, l list<blob>, t tuple<blob>, n varint)";
    session.query(table, ()).await.unwrap();
    // Nobody looks at them, so they take no memory.
    let longest = vec![0_u8; i32::MAX as usize + 1];
    let error = session.query("UPDATE d SET v = ? WHERE id = 1", (&longest,)).await.unwrap_err();
    too_long(&error, "`v`");
    let list = session.query("UPDATE d SET l = ? WHERE id = 1", ([&longest[..]],)).await;
    too_long(&list.unwrap_err(), "`l[0]`");
    let tuple = session.query("UPDATE d SET t = ? WHERE id = 1", ((&longest[..],),)).await;
    too_long(&tuple.unwrap_err(), "`t.0`");
    goes_on(session).await;
}

#[track_caller]
fn too_long(error: &Error, place: &str) {
    assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains(place) && text.contains("long"), "{text}");
}
