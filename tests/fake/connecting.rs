//! Connects: those that succeed, those that fail, those that nobody waits for.

use async_cassandra::{ErrorKind, Reached};

use crate::cell::{self, Cell};
use crate::harness::until;

pub async fn connects_and_closes(cell: Cell) {
    let session = cell.connect().await;
    assert!(!session.is_closed());
    session.close().await.unwrap();
    assert!(session.is_closed());
}

pub fn refused(cell: Cell) {
    cell.run(async move {
        let error = cell.builder().contact_points(["refused"]).connect().await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NoHosts);
        assert_eq!(error.reached_server(), Reached::No);
        for part in ["Connection refused", "refused:9042", cell.personality] {
            assert!(error.to_string().contains(part), "{part} in {error}");
        }
        let error = cell.builder().contact_points(["badauth"]).connect().await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::BadCredentials);
        assert_eq!(error.code(), Some(0x0200_0100));
        let error = cell.builder().keyspace("missing").connect().await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Keyspace);
        assert!(error.to_string().contains("'missing'"), "{error}");
        let error = cell.builder().contact_points(["nowhere"]).connect().await.unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{error}");
    });
}

pub fn dropped_half_way(cell: Cell) {
    for refusal in [None, Some("refused")] {
        cell.run(async move {
            let builder = cell.builder().contact_points(["slow"]).contact_points(refusal);
            let mut connect = builder.connect();
            assert!(futures::poll!(&mut connect).is_pending());
            assert_eq!(cell::detached(), 0);
            drop(connect);
        });
        assert_eq!(cell::detached(), 1);
        assert_eq!(cell::sessions(), 1, "it still connects");
        fake_driver::release();
        until("the session is gone", || cell::sessions() == 0);
    }
}

pub fn dropped_unpolled(cell: Cell) {
    let before = fake_driver::callbacks_run();
    cell.run(async move { drop(cell.builder().connect()) });
    assert_eq!(cell::sessions(), 0);
    assert_eq!(fake_driver::callbacks_run(), before);
}
