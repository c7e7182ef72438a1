//! Requests that fail: kinds, fields, codes, and what is left of them.

use async_cassandra::{Consistency, ErrorKind, Reached, Retry, Session, WriteType};

use crate::cell::Cell;

const QUORUM: Consistency = Consistency::Quorum;

/// Fails by text and prepared; both must be the same error.
async fn fail(session: &Session, code: u32) -> async_cassandra::Error {
    let cql = format!("ERROR {code:#x} said so");
    let error = session.query(&cql, ()).await.unwrap_err();
    let prepared = session.prepare(&cql).await.unwrap();
    let again = prepared.bind(()).await.unwrap_err();
    assert_eq!((again.kind(), again.code()), (error.kind(), error.code()));
    assert_eq!(error.message(), "said so");
    assert_eq!(error.statement(), Some(cql.as_str()));
    error
}

pub async fn server(cell: Cell) {
    use ErrorKind::*;
    let session = cell.connect().await;
    let (consistency, required, received) = (QUORUM, 2, 1);
    let (failures, write_type, data_present) = (1, WriteType::Simple, true);
    let keyspace = || "fake_keyspace".to_owned();
    for (code, kind) in [
        (0x0000, Server),
        (0x000A, Protocol),
        (0x0100, BadCredentials),
        (0x1000, Unavailable { consistency, required, alive: received }),
        (0x1001, Overloaded),
        (0x1002, Bootstrapping),
        (0x1003, Truncate),
        (0x1100, WriteTimeout { consistency, required, received, write_type }),
        (0x1200, ReadTimeout { consistency, required, received, data_present }),
        (0x1300, ReadFailure { consistency, required, received, failures, data_present }),
        (0x1400, FunctionFailure { keyspace: keyspace(), function: "fake_function".to_owned() }),
        (0x1500, WriteFailure { consistency, required, received, failures, write_type }),
        (0x2000, Syntax),
        (0x2100, Unauthorized),
        (0x2200, Invalid),
        (0x2300, Configuration),
        (0x2400, AlreadyExists { keyspace: keyspace(), table: "fake_table".to_owned() }),
        (0x2500, Unprepared),
        // In no list: of a newer protocol, of another server, of none.
        (0x0001, Unknown),
        (0x1600, Unknown),
        (0x1700, Unknown),
        (0x4321, Unknown),
        (0xFF_FFFF, Unknown),
    ] {
        let error = fail(&session, code).await;
        assert_eq!((error.kind(), error.code()), (&kind, Some(0x0200_0000 | code)));
    }
    assert!(!session.is_closed());
    session.query("OK", ()).await.unwrap();
}

/// The driver's own codes, 1 to 35 so far.
pub async fn driver(cell: Cell) {
    let session = cell.connect().await;
    for code in (1..=40).chain([0x1234, 0xFF_FFFF]) {
        let (kind, retry, reached) = match code {
            5 => (ErrorKind::Resolution, Retry::No, Reached::No),
            7 => (ErrorKind::QueueFull, Retry::Safe, Reached::No),
            2 | 10 | 22 => (ErrorKind::NoHosts, Retry::Safe, Reached::No),
            9 => (ErrorKind::ConnectionLost, Retry::IfIdempotent, Reached::Maybe),
            14 => (ErrorKind::Timeout, Retry::IfIdempotent, Reached::Maybe),
            15 => (ErrorKind::Keyspace, Retry::No, Reached::Maybe),
            _ => (ErrorKind::Driver, Retry::No, Reached::Maybe),
        };
        let error = fail(&session, 0x0100_0000 | code).await;
        assert_eq!((error.kind(), error.code()), (&kind, Some(0x0100_0000 | code)));
        assert_eq!((error.retry(), error.reached_server()), (retry, reached), "{error}");
    }
    assert!(!session.is_closed());
}

/// Those of TLS, 1 to 7 so far, and those of no source that is known.
pub async fn others(cell: Cell) {
    let session = cell.connect().await;
    let of_tls = (1..=8).chain([0xFF_FFFF]).map(|code| (0x0300_0000 | code, ErrorKind::Tls));
    let of_none = [0x0400_0001, 0x7F00_ABCD, u32::MAX].map(|code| (code, ErrorKind::Unknown));
    for (code, kind) in of_tls.chain(of_none) {
        let error = fail(&session, code).await;
        assert_eq!((error.kind(), error.code()), (&kind, Some(code)));
        assert_eq!((error.retry(), error.reached_server()), (Retry::No, Reached::Maybe));
    }
}

pub async fn syntax(cell: Cell) {
    let session = cell.connect().await;
    let errors = [
        session.query("NONSENSE", ()).await.unwrap_err(),
        session.query("NONSENSE", (1,)).await.unwrap_err(),
        session.prepare("NONSENSE").await.unwrap_err(),
        session.query("NONSENSE", (1,)).stream::<(i32,)>().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.code()), (&ErrorKind::Syntax, Some(0x0200_2000)));
        assert_eq!(error.statement(), Some("NONSENSE"));
        assert_eq!(error.reached_server(), Reached::Yes);
    }
    let error = session.query("ECHO int", ()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid, "no value for the marker: {error}");
}

/// The same ways once more, with the C objects counted at the end.
pub fn leave_nothing(cell: Cell) {
    cell.run(async move {
        server(cell).await;
        driver(cell).await;
        others(cell).await;
        syntax(cell).await;
    });
}
