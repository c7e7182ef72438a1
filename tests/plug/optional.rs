//! A driver that lacks optional functions.

use crate::alone::{alone, end_of};
use crate::c_calls::call_optional;
use crate::libraries::{folder, functions, lesser_driver, library};
use async_cassandra::{
    Authenticator, AuthenticatorError, ErrorKind, Peer, Session, Tls, Verify, driver,
};
use std::error::Error;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;

#[test]
fn a_driver_with_the_core_alone_is_used_and_says_what_it_lacks() {
    let name = "optional::a_driver_with_the_core_alone_is_used_and_says_what_it_lacks";
    alone(
        name,
        |_| {},
        || {
            let path = folder(name).join("libcore.so");
            let (core, all) = (functions(true), functions(false));
            library(&path, &core, &[]);
            let info = driver::load_from(&path).expect("the core is there");
            assert_eq!(info.entries(), core.len());
            assert_eq!(info.missing().len(), all.len() - core.len());
            assert!(info.has("cass_session_execute") && !info.has("cass_ssl_new"));
            assert!(info.missing().contains(&"cass_ssl_new"));
            println!("{info}");
        },
    );
}

/// An authenticator that is never asked.
struct Nobody;

impl Authenticator for Nobody {
    type Exchange = ();

    fn initial(&self, _: &Peer<'_>) -> Result<(Vec<u8>, ()), AuthenticatorError> {
        unreachable!("nobody asks")
    }

    fn challenge(&self, (): &mut (), _: &[u8]) -> Result<Vec<u8>, AuthenticatorError> {
        unreachable!("nobody asks")
    }
}

#[test]
fn what_needs_a_missing_function_is_an_error_and_all_else_works() {
    const MISSING: &str = "cass_cluster_set_queue_size_io";
    let name = "optional::what_needs_a_missing_function_is_an_error_and_all_else_works";
    alone(
        name,
        |_| {},
        || {
            let path = folder(name).join("liblesser.so");
            lesser_driver(&path, &functions(true));
            let info = driver::load_from(&path).expect("the core is there");
            assert!(info.missing().contains(&MISSING));
            // A port of this test where nobody answers.
            let nobody = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
            let port = nobody.expect("loopback has a free port").port();
            let builder = || Session::builder().contact_points(["127.0.0.1"]).port(port);

            let result = pollster::block_on(builder().queue_size(1024).connect());
            let error = result.expect_err("the driver has no such setting");
            assert_eq!(error.kind(), &ErrorKind::Unsupported { function: MISSING });
            let source = error.source().expect("it says more");
            assert!(source.to_string().contains("load another driver"), "{source}");

            let tls = Tls::new().verify(Verify::None);
            for (builder, missing) in [
                (builder().tls(tls), "cass_cluster_set_ssl"),
                (builder().authenticator(Nobody), "cass_cluster_set_authenticator_callbacks"),
            ] {
                let error = pollster::block_on(builder.connect()).expect_err("it has neither");
                assert_eq!(error.kind(), &ErrorKind::Unsupported { function: missing });
            }

            // Without the setting it is the server that is missing, so the driver was at work.
            let error = pollster::block_on(builder().connect()).expect_err("nobody is there");
            assert!(
                !matches!(error.kind(), ErrorKind::Unsupported { .. } | ErrorKind::NoDriver(_)),
                "{error}"
            );
            println!("{error}");
        },
    );
}

#[test]
fn calls_reach_the_library_that_was_loaded() {
    let name = "optional::calls_reach_the_library_that_was_loaded";
    alone(
        name,
        |_| {},
        || {
            let path = folder(name).join("libseven.so");
            library(&path, &functions(false), &[]);
            driver::load_from(&path).expect("all functions are there");
            assert_eq!(call_optional(), 7);
        },
    );
}

#[test]
fn an_unchecked_call_of_a_missing_function_names_it_and_aborts() {
    let name = "optional::an_unchecked_call_of_a_missing_function_names_it_and_aborts";
    let trapped = |output: std::process::Output| {
        assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{output:?}");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains("async-cassandra: cass_ssl_new was called"), "{text}");
    };
    trapped(end_of(
        name,
        |_| {},
        || {
            if std::env::var_os("LOAD").is_some() {
                let path = folder(name).join("libcore.so");
                library(&path, &functions(true), &[]);
                driver::load_from(&path).expect("the core is there");
            }
            call_optional();
        },
    ));
    // The same before and after a driver was loaded: the first child had none.
    trapped(end_of(name, |child| _ = child.env("LOAD", "1"), || {}));
}
