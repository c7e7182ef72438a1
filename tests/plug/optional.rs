//! A driver that lacks optional functions.

use crate::alone::{alone, end_of};
use crate::c_calls::call_optional;
use crate::libraries::{folder, functions, library};
use async_cassandra::driver;
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
