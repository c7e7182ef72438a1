//! The C driver's log, of a connect that fails. Logger and level belong to a process, so each test has
//! one of its own.

use async_cassandra::observe::{Level, driver_log};
use async_cassandra::{Error, ErrorKind, Session, Tls};
use futures::executor::block_on;

use crate::harness::alone::alone;
use crate::harness::recorder::{Heard, Recorder, heard};
use crate::harness::until;

const DRIVER: &str = "async_cassandra::driver";
const CLIENT: &str = "async_cassandra";

/// Connects to nobody.
fn refused() -> Error {
    let builder = Session::builder().contact_points(["127.0.0.1:1"]);
    block_on(builder.connect()).unwrap_err()
}

fn listen() {
    tracing::subscriber::set_global_default(Recorder).unwrap();
}

#[test]
fn lines_reach_the_subscriber() {
    alone(
        "log::lines_reach_the_subscriber",
        |_| {},
        || {
            listen();
            let error = refused();
            until("the refusal is heard", || {
                heard(DRIVER).iter().any(|line| line.message.contains("refused"))
            });
            for line in heard(DRIVER) {
                assert!(line.level <= tracing::Level::WARN, "{line:?}");
                assert!(
                    line.file.as_deref().is_some_and(|file| file.ends_with(".cpp")),
                    "{line:?}"
                );
                assert!(line.line.is_some_and(|line| line > 0), "{line:?}");
                // Never on a thread of C, nor on the caller's.
                assert_eq!(line.thread.as_deref(), Some("cass-log"));
            }
            assert!(error.to_string().contains("refused"), "{error}");
            refused();
            let own = heard(CLIENT);
            assert_eq!(own.len(), 1, "{own:?}");
            assert_eq!(own[0].level, tracing::Level::INFO);
            assert!(own[0].message.starts_with("C driver: the embedded driver"), "{own:?}");
        },
    );
}

/// What is heard of some connects, at a level, until one of the lines is `wanted`.
fn heard_at(level: Level, wanted: impl Fn(&Heard) -> bool) -> Vec<Heard> {
    listen();
    driver_log(level).unwrap();
    for _ in 0..10 {
        let error = refused();
        assert!(error.to_string().contains("refused"), "explained at any level: {error}");
    }
    until("what is wanted is heard", || heard(DRIVER).iter().chain(&heard(CLIENT)).any(&wanted));
    heard(DRIVER)
}

#[test]
fn off_is_silent() {
    alone(
        "log::off_is_silent",
        |_| {},
        || {
            let lines = heard_at(Level::Off, |line| line.target == CLIENT);
            assert!(lines.is_empty(), "{lines:?}");
        },
    );
}

#[test]
fn errors_alone() {
    alone(
        "log::errors_alone",
        |_| {},
        || {
            let lines = heard_at(Level::Error, |line| line.level == tracing::Level::ERROR);
            assert!(lines.iter().all(|line| line.level == tracing::Level::ERROR), "{lines:?}");
        },
    );
}

#[test]
fn details_when_they_are_wanted() {
    alone(
        "log::details_when_they_are_wanted",
        |_| {},
        || {
            let lines = heard_at(Level::Debug, |line| line.level == tracing::Level::DEBUG);
            assert!(lines.iter().any(|line| line.level < tracing::Level::DEBUG), "{lines:?}");
        },
    );
}

#[test]
fn the_level_is_chosen_before_the_first_connect() {
    alone(
        "log::the_level_is_chosen_before_the_first_connect",
        |_| {},
        || {
            driver_log(Level::Debug).unwrap();
            driver_log(Level::Info).unwrap();
            drop(Session::builder().contact_points(["127.0.0.1:1"]).connect());
            driver_log(Level::Error).unwrap();
            refused();
            let error = driver_log(Level::Info).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Setting { name: "driver_log" });
            assert!(error.to_string().contains("before the first connect"), "{error}");
            driver_log(Level::Error).unwrap();
        },
    );
}

#[test]
fn the_embedded_openssl_is_named_once() {
    alone(
        "log::the_embedded_openssl_is_named_once",
        |_| {},
        || {
            listen();
            let authority = embedded_cassandra::Authority::new();
            for _ in 0..3 {
                let tls = Tls::new().ca_pem(authority.pem());
                let builder = Session::builder().contact_points(["127.0.0.1:1"]).tls(tls);
                block_on(builder.connect()).unwrap_err();
            }
            // Lines of the last connect are heard after those of the first.
            until("the last refusal is heard", || {
                let refusals = heard(DRIVER);
                refusals.iter().filter(|line| line.message.contains("refused")).count() >= 3
            });
            let mut warnings = heard(CLIENT);
            warnings.retain(|line| line.level == tracing::Level::WARN);
            assert_eq!(warnings.len(), 1, "{warnings:?}");
            assert!(warnings[0].message.contains("OpenSSL 1.1.1w"), "{warnings:?}");
            assert!(warnings[0].message.contains("ASYNC_CASSANDRA_DRIVER"), "{warnings:?}");
        },
    );
}

#[test]
fn nothing_is_printed_unasked() {
    let output = alone(
        "log::nothing_is_printed_unasked",
        |_| {},
        || {
            let error = refused();
            assert!(error.to_string().contains("refused"), "C had something to say: {error}");
        },
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
