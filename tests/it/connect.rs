//! Connecting: what fails, what is dropped half-way, what ends without a close.

use std::process::{Command, Stdio};
use std::time::Duration;

use async_cassandra::{ErrorKind, Session, SessionBuilder, observe};
use futures::executor::block_on;

use crate::harness::{until, within_deadline};
use crate::server::node;

fn builder() -> SessionBuilder {
    Session::builder().contact_points([node().address()])
}

#[test]
fn a_dead_host_is_named_with_its_cause() {
    within_deadline(|| {
        let builder = Session::builder().contact_points(["127.0.0.1:1", "127.0.0.77"]);
        let error = block_on(builder.connect()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NoHosts);
        for part in ["127.0.0.1", "127.0.0.77", "refused"] {
            assert!(error.to_string().contains(part), "{part} in {error}");
        }
    });
}

#[test]
fn a_host_that_does_not_resolve_is_named() {
    within_deadline(|| {
        let builder = Session::builder().contact_points(["no-such-host.invalid"]);
        let error = block_on(builder.connect()).unwrap_err();
        assert!(error.to_string().contains("no-such-host.invalid"), "{error}");
    });
}

#[test]
fn a_keyspace_that_does_not_exist() {
    within_deadline(|| {
        let error = block_on(builder().keyspace("nowhere").connect()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Keyspace, "{error:?}");
        assert!(error.to_string().contains("nowhere"), "{error}");
    });
}

#[test]
fn settings_reach_the_driver() {
    within_deadline(|| {
        let session = builder()
            .protocol_version(3)
            .io_threads(2)
            .connections_per_host(2)
            .queue_size(1024)
            .connect_timeout(Duration::from_secs(5))
            .request_timeout(Duration::from_secs(5))
            .auth("nobody", "checked only where the server asks");
        let session = block_on(session.connect()).unwrap();
        let page = block_on(session.query("SELECT key FROM system.local", ()).execute()).unwrap();
        assert_eq!(page.len(), 1);
    });
}

/// Threads of this process that belong to the C driver's sessions are joined when it is freed.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, |tasks| tasks.count())
}

#[test]
fn connects_that_are_dropped_leak_nothing() {
    within_deadline(|| {
        block_on(builder().connect()).unwrap();
        let mut dropped = 0;
        for round in 0..40 {
            let mut connect = builder().connect();
            let polled = block_on(async { futures::poll!(&mut connect) });
            dropped += u32::from(polled.is_pending());
            // Some are dropped at once, some a little later: every stage of the handshake.
            for _ in 0..round * 20 {
                std::thread::yield_now();
            }
        }
        assert!(dropped > 0, "every connect was over before it could be dropped");
        until("every session is closed and freed", || {
            let counters = observe::counters();
            counters.detached == 0 && counters.reaping == 0
        });
        assert_eq!(observe::counters().leaked, 0);
        until("the threads of the dropped sessions are gone", || threads() < 40 + 20);
    });
}

/// Runs in a process of its own, started by the test below.
#[test]
#[ignore = "started by `a_program_that_ends_without_close_ends_cleanly`"]
fn child_that_ends_without_close() {
    let address = std::env::var("CHILD_ADDRESS").expect("started by another test");
    let session = block_on(Session::builder().contact_points([address]).connect()).unwrap();
    let mut requests: Vec<_> =
        (0..200).map(|_| session.query("SELECT * FROM system.local", ()).execute()).collect();
    for request in &mut requests {
        let _ = block_on(async { futures::poll!(request) });
    }
    match std::env::var("CHILD_END").as_deref() {
        Ok("exit") => std::process::exit(0),
        Ok("forget") => std::mem::forget((requests, session.clone())),
        _ => {}
    }
}

#[test]
fn a_program_that_ends_without_close_ends_cleanly() {
    let address = node().address().to_string();
    for end in ["return", "exit", "forget"] {
        for _ in 0..5 {
            let status = Command::new(std::env::current_exe().unwrap())
                .args(["--ignored", "--exact", "connect::child_that_ends_without_close"])
                .env("CHILD_ADDRESS", &address)
                .env("CHILD_END", end)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .status()
                .unwrap();
            assert!(status.success(), "{end}: {status}");
        }
    }
}
