//! Lightweight transactions: applied, refused, and what is none.

use async_cassandra::{BatchKind, Consistency, ErrorKind, Lwt};

use crate::cell::Cell;

type User = (i32, String);

fn user() -> Lwt<User> {
    Lwt::Refused(Some((7, "name-7".to_owned())))
}

pub async fn outcomes(cell: Cell) {
    let session = cell.connect().await;
    for (cql, applied, lwt) in [
        ("APPLIED", true, Lwt::Applied),
        ("REFUSED", false, Lwt::Refused(None)),
        ("REFUSED NULLS", false, Lwt::Refused(None)),
        ("REFUSED ROW", false, user()),
    ] {
        let prepared = session.prepare(cql).idempotent(true).await.unwrap();
        let batch = || session.batch(BatchKind::Logged).add(session.query(cql, ()));
        assert_eq!(session.query(cql, ()).applied().await.unwrap(), applied);
        assert_eq!(prepared.bind(()).applied().await.unwrap(), applied);
        assert_eq!(batch().applied().await.unwrap(), applied);
        assert_eq!(session.query(cql, ()).lwt::<User>().await.unwrap(), lwt);
        assert_eq!(prepared.bind(()).lwt::<User>().await.unwrap(), lwt);
        assert_eq!(batch().lwt::<User>().await.unwrap(), lwt);
        // By reference, and borrowing from the page.
        let bound = prepared.bind(());
        let page = (&bound).await.unwrap();
        assert_eq!(page.applied().unwrap(), applied);
        let borrowed = page.lwt::<(i32, &str)>().unwrap();
        assert_eq!(borrowed.is_applied(), applied);
        if let Lwt::Refused(Some((id, name))) = borrowed {
            assert_eq!((id, name), (7, "name-7"));
        }
    }
    // Columns are looked at only when there is something to read.
    assert!(session.query("APPLIED", ()).lwt::<(i64,)>().await.unwrap().is_applied());
    let error = session.query("REFUSED ROW", ()).lwt::<(i64,)>().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode(_)), "{error}");
    assert_eq!(error.statement(), Some("REFUSED ROW"));
}

/// A transaction that may have run is not to be sent again, whatever its options say.
pub async fn never_idempotent(cell: Cell) {
    let session = cell.connect().await;
    let fails = session.prepare("ERROR 0x1100 late").idempotent(true).await.unwrap();
    assert!(fails.bind(()).await.unwrap_err().is_retryable());
    assert!(!fails.bind(()).applied().await.unwrap_err().is_retryable());
    assert!(!fails.bind(()).lwt::<User>().await.unwrap_err().is_retryable());
    let query = || session.query("ERROR 0x1100 late", ()).idempotent(true);
    assert!(!query().applied().await.unwrap_err().is_retryable());
    let batch = session.batch(BatchKind::Logged).add(query()).idempotent(true);
    assert!(!batch.applied().await.unwrap_err().is_retryable());
    // One that C reads already cannot be told any more.
    let bound = fails.bind(());
    let _ = (&bound).await;
    assert_eq!(*bound.applied().await.unwrap_err().kind(), ErrorKind::Frozen);
    let applied = session.prepare("APPLIED").await.unwrap();
    let bound = applied.bind(());
    (&bound).await.unwrap();
    assert!(bound.applied().await.unwrap());
    let bound = applied.bind(());
    (&bound).await.unwrap();
    let error = bound.consistency(Consistency::One).applied().await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Frozen);
}
