//! Markers of every kind, and statements for many rows.

use std::collections::{BTreeMap, HashMap};

use async_cassandra::cql::{FromRow, ToRow, ToValue, Unset};
use async_cassandra::{BatchKind, ErrorKind, Lwt, Options};

use crate::server::Test;

#[derive(Debug, PartialEq, Clone, FromRow, ToRow)]
struct User {
    id: i32,
    name: String,
    email: Option<String>,
}

fn users(count: i32) -> Vec<User> {
    let email = |id| (id % 2 == 0).then(|| format!("{id}@example.org"));
    (0..count).map(|id| User { id, name: format!("n{id}"), email: email(id) }).collect()
}

const CREATE: &str = "CREATE TABLE users (id int PRIMARY KEY, name text, email text)";

/// By the name of a field, of a map's key, and by place; one name in several places.
pub async fn by_name(test: Test) {
    let session = &test.session;
    session.query(CREATE, ()).await.unwrap();
    let users = users(4);
    let insert = "INSERT INTO users (name, email, id) VALUES (:name, :email, :id)";
    session.query(insert, &users[0]).await.unwrap();
    let held = session.prepare(insert).await.unwrap();
    held.bind(&users[1]).await.unwrap();
    let map: HashMap<&str, Box<dyn ToValue>> = [
        ("id", Box::new(2) as _),
        ("name", Box::new("n2") as _),
        ("email", Box::new("2@example.org") as _),
    ]
    .into();
    session.query(insert, &map).await.unwrap();
    // Known at run time, by place.
    let mut list: Vec<Box<dyn ToValue>> = vec![Box::new("n3")];
    list.push(Box::new(Unset));
    list.push(Box::new(3_i8));
    session.query(insert, list).await.unwrap();
    let mut read =
        session.query("SELECT id, name, email FROM users", ()).all::<User>().await.unwrap();
    read.sort_by_key(|user| user.id);
    assert_eq!(read, users);

    let update = "UPDATE users SET name = :name, email = :name WHERE id = :id IF name != :name";
    let values: BTreeMap<&str, &dyn ToValue> = [("id", &1 as _), ("name", &"x" as _)].into();
    assert!(session.query(update, &values).applied().await.unwrap());
    let refused = session.query(update, &values).lwt::<(String,)>().await.unwrap();
    assert_eq!(refused, Lwt::Refused(Some(("x".to_owned(),))));
    let values: BTreeMap<&str, i32> = [("id", 1)].into();
    let error = session.query(update, &values).await.unwrap_err();
    assert!(error.to_string().contains("`name` (text): no value has this name"), "{error}");
}

/// Where the server has no column: times, limits, lists.
pub async fn without_column(test: Test) {
    let session = &test.session;
    session
        .query("CREATE TABLE t (part int, id int, v text, PRIMARY KEY (part, id))", ())
        .await
        .unwrap();
    let cql = "INSERT INTO t (part, id, v) VALUES (?, ?, ?) USING TIMESTAMP ? AND TTL ?";
    let insert = session.prepare(cql).await.unwrap();
    let rows = (0..20).map(|n| (n / 10, n % 10, "v", 1000_i64 + i64::from(n), 5000));
    assert_eq!(insert.execute_many(rows).await.unwrap(), 20);
    let markers: Vec<_> =
        insert.markers().iter().map(|m| (m.name(), m.cql_type().to_string())).collect();
    assert_eq!((markers[3].1.as_str(), markers[4].1.as_str()), ("bigint", "int"), "{markers:?}");
    let select = "SELECT writetime(v), ttl(v) FROM t WHERE part = ? AND id = ?";
    let (written, left) = session.query(select, (1, 3)).one::<(i64, i32)>().await.unwrap();
    assert!(written == 1013 && (4000..=5000).contains(&left), "{written} {left}");
    // Without: the server's own time to live, the driver's own clock.
    insert.bind((9, 9, "v", Unset, Unset)).await.unwrap();
    let (written, left) = session.query(select, (9, 9)).one::<(i64, Option<i32>)>().await.unwrap();
    assert!(written > 1_700_000_000_000_000 && left.is_none(), "{written} {left:?}");

    let ids = async |cql: &str, values: &dyn ToRow| {
        let rows = session.query(cql, values).all::<(i32, i32)>().await.unwrap();
        rows.into_iter().map(|(part, id)| part * 10 + id).collect::<Vec<_>>()
    };
    assert_eq!(ids("SELECT part, id FROM t WHERE part = ? LIMIT ?", &(0, 3)).await, [0, 1, 2]);
    let cql = "SELECT part, id FROM t WHERE part IN (?, ?) PER PARTITION LIMIT ?";
    assert_eq!(ids(cql, &(0, 1, 2)).await, [0, 1, 10, 11]);
    let cql = "SELECT part, id FROM t WHERE part IN ? AND id = ?";
    assert_eq!(ids(cql, &([0, 1, 7], 4)).await, [4, 14]);
    assert_eq!(ids(cql, &(Vec::<i32>::new(), 4)).await, [0_i32; 0]);
    let cql = "SELECT part, id FROM t WHERE part = :part AND id IN :ids LIMIT :most";
    let values: BTreeMap<&str, &dyn ToValue> =
        [("part", &1 as _), ("ids", &[9, 1, 5] as _), ("most", &2 as _)].into();
    assert_eq!(ids(cql, &values).await, [11, 15]);
    let cql = "SELECT part, id FROM t WHERE part = ? AND (id) IN ?";
    assert_eq!(ids(cql, &(0, [(2,), (8,)])).await, [2, 8]);
    let error = session.query("SELECT part, id FROM t LIMIT ?", ("three",)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");
    let error = session.query("SELECT part, id FROM t LIMIT ?", (0,)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");

    let delete = session.prepare("DELETE FROM t USING TIMESTAMP ? WHERE part = ? AND id > ?");
    let delete = delete.await.unwrap();
    let batch = session.batch(BatchKind::Unlogged).add(delete.bind((1015_i64, 1, 3)));
    batch.await.unwrap();
    let cql = "SELECT part, id FROM t WHERE part = ?";
    assert_eq!(ids(cql, &(1,)).await, [10, 11, 12, 13, 16, 17, 18, 19]);
}

/// Every row is written, borrowed or not, and the first error ends it.
pub async fn many_rows(test: Test) {
    let session = &test.session;
    session.query(CREATE, ()).await.unwrap();
    let cql = "INSERT INTO users (id, name, email) VALUES (:id, :name, :email)";
    let insert = session.prepare(cql).idempotent(true).await.unwrap();
    let users = users(2000);
    let written: u64 = insert.execute_many(&users).concurrency(256).await.unwrap();
    assert_eq!(written, 2000);
    let count = || session.query("SELECT count(*) FROM users", ());
    assert_eq!(count().scalar::<i64>().await.unwrap(), 2000);
    let mut read =
        session.query("SELECT id, name, email FROM users", ()).all::<User>().await.unwrap();
    read.sort_by_key(|user| user.id);
    assert_eq!(read, users);

    let late = Options::new().timestamp(1);
    let delete = session.prepare("DELETE FROM users WHERE id = ?").await.unwrap();
    assert_eq!(delete.execute_many((0..9).map(|id| (id,))).options(&late).await.unwrap(), 9);
    assert_eq!(count().scalar::<i64>().await.unwrap(), 2000, "older than what it deletes");
    assert_eq!(delete.execute_many((0..9).map(|id| (id,))).await.unwrap(), 9);
    assert_eq!(count().scalar::<i64>().await.unwrap(), 1991);

    session.query("ALTER TABLE users DROP email", ()).await.unwrap();
    let error = insert.execute_many(&users).concurrency(16).await.unwrap_err();
    assert_eq!(error.statement(), Some(cql), "{error}");
}
