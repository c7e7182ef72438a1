//! Lightweight transactions.

use async_cassandra::{BatchKind, ErrorKind, Lwt, Reached, Retry};

use crate::server::Test;

type User = (i32, Option<String>);

fn ann() -> Lwt<User> {
    Lwt::Refused(Some((1, Some("Ann".to_owned()))))
}

pub async fn outcomes(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE users (id int PRIMARY KEY, name text)", ()).await.unwrap();
    let cql = "INSERT INTO users (id, name) VALUES (?, ?) IF NOT EXISTS";
    let insert = || session.query(cql, (1, "Ann"));
    assert_eq!(insert().lwt::<User>().await.unwrap(), Lwt::Applied);
    assert_eq!(insert().lwt::<User>().await.unwrap(), ann());
    assert!(!insert().applied().await.unwrap());
    let prepared = session.prepare(cql).await.unwrap();
    assert!(prepared.bind((2, "Bo")).applied().await.unwrap());
    assert_eq!(prepared.bind((1, "Bo")).lwt::<User>().await.unwrap(), ann());

    // No columns but the first: there is no row.
    let update = |id| session.query("UPDATE users SET name = ? WHERE id = ? IF EXISTS", ("Cy", id));
    assert_eq!(update(9).lwt::<User>().await.unwrap(), Lwt::Refused(None));
    assert!(update(2).applied().await.unwrap());
    // The columns of the condition.
    let cql = "UPDATE users SET name = ? WHERE id = ? IF name = ?";
    let rename = |from| session.query(cql, ("Di", 1, from));
    let refused = Lwt::Refused(Some(("Ann".to_owned(),)));
    assert_eq!(rename("Bo").lwt::<(String,)>().await.unwrap(), refused);
    assert_eq!(rename("Ann").lwt::<(String,)>().await.unwrap(), Lwt::Applied);
    let error = rename("Ann").lwt::<(i32,)>().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error}");
    assert!(session.query("DELETE FROM users WHERE id = 1 IF EXISTS", ()).applied().await.unwrap());

    let batch = session.batch(BatchKind::Logged).add(prepared.bind((1, "Ann")));
    assert!(batch.applied().await.unwrap());
}

/// They are executed, and the error says so.
pub async fn of_others(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();
    let insert = session.query("INSERT INTO t (id) VALUES (?)", (1,));
    let error = insert.applied().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotConditional, "{error}");
    assert_eq!(error.reached_server(), Reached::Yes);
    assert_eq!(error.statement(), Some("INSERT INTO t (id) VALUES (?)"));
    assert_eq!(error.retry(), Retry::No);
    let text = error.to_string();
    assert!(text.contains("executed") && text.contains("IF"), "{text}");
    let insert = session.prepare("INSERT INTO t (id) VALUES (1)").await.unwrap();
    let select = session.query("SELECT id FROM t", ());
    let batch = session.batch(BatchKind::Logged).add(insert.bind(()));
    for error in [
        select.lwt::<(i32,)>().await.unwrap_err(),
        insert.bind(()).applied().await.unwrap_err(),
        insert.bind(()).await.unwrap().applied().unwrap_err(),
        batch.applied().await.unwrap_err(),
    ] {
        assert_eq!(*error.kind(), ErrorKind::NotConditional, "{error}");
    }
    assert_eq!(session.query("SELECT id FROM t", ()).await.unwrap().len(), 1, "it was executed");
}
