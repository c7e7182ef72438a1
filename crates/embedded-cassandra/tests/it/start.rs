//! Starts that fail, and starts that mend themselves.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use embedded_cassandra::{Cassandra, Error, Progress, shared};

use crate::child::Program;
use crate::own_node;
use crate::scratch::{Scratch, processes_with};

#[test]
fn a_setting_that_cassandra_refuses_is_in_the_error() {
    let _guard = own_node();
    let error = Cassandra::builder()
        .extra_yaml("no_such_setting: 1\n")
        .jvm_arg("-Dtest.marker=refused-setting")
        .start()
        .unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Exited { .. }), "{text}");
    assert!(text.contains("no_such_setting"), "{text}");
    assert!(processes_with("-Dtest.marker=refused-setting").is_empty());
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let refused = |builder: embedded_cassandra::Builder| match builder.start() {
        Err(Error::Setting { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    let builder = Cassandra::builder;
    assert_eq!(refused(builder().version("3.11")), "version");
    assert_eq!(refused(builder().version("5.0.8</version>")), "version");
    assert_eq!(refused(builder().heap_mb(1)), "heap_mb");
    assert_eq!(refused(builder().address([10, 0, 0, 1].into())), "address");
    assert_eq!(refused(builder().port(0)), "port");
    assert_eq!(refused(builder().start_timeout(Duration::ZERO)), "start_timeout");
    assert_eq!(refused(builder().jvm_arg("oops")), "jvm_arg");
    assert_eq!(refused(builder().extra_yaml("rpc_address: 0.0.0.0")), "extra_yaml");
}

#[test]
fn a_node_that_takes_too_long_is_killed() {
    let _guard = own_node();
    let error = Cassandra::builder()
        .start_timeout(Duration::from_millis(300))
        .jvm_arg("-Dtest.marker=too-long")
        .start()
        .unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert!(processes_with("-Dtest.marker=too-long").is_empty());
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let wanted = taken.local_addr().unwrap();
    match Cassandra::builder().port(wanted.port()).start() {
        Err(Error::PortTaken { address }) => assert_eq!(address, wanted),
        other => panic!("{other:?}"),
    }
    // A node of ours has its port from the moment it is chosen.
    let node = shared().unwrap();
    let error = Cassandra::builder().port(node.port()).start().unwrap_err();
    assert!(matches!(error, Error::PortTaken { .. }), "{error}");
}

#[test]
fn a_port_that_is_taken_meanwhile_is_replaced() {
    let _guard = own_node();
    let thief: Arc<Mutex<Option<TcpListener>>> = Arc::default();
    let stolen = Arc::clone(&thief);
    let node = Cassandra::builder()
        .fast_schema(true)
        .progress(move |step| {
            if let Progress::Starting { address, .. } = step {
                let mut stolen = stolen.lock().unwrap();
                if stolen.is_none() {
                    *stolen = Some(TcpListener::bind(address).unwrap());
                }
            }
        })
        .start()
        .unwrap();
    let thief = thief.lock().unwrap().take().unwrap();
    assert_ne!(thief.local_addr().unwrap(), node.address());
    node.execute("SELECT key FROM system.local").unwrap();
}

/// The archives in a cache folder.
fn archives(cache: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "jsa")).collect()
}

#[test]
fn the_archive_is_made_once_used_and_never_in_the_way() {
    let _guard = own_node();
    let node = shared().unwrap();
    let jars = class_path_folder(node.pid());
    let scratch = Scratch::new();
    let cache = scratch.folder("cache");
    symlink(jars, cache.join("5.0.8")).unwrap();
    let start = || {
        let mut program = Program::start("start and report", "archive", |command| {
            command.env("EMBEDDED_CASSANDRA_CACHE", &cache);
        });
        let mut archived = false;
        loop {
            match program.hear() {
                line if line.starts_with("Archiving") => archived = true,
                line if line.starts_with("Starting") => {}
                line => {
                    assert!(line.starts_with("started"), "{line}");
                    return archived;
                }
            }
        }
    };
    assert!(start(), "the first start makes an archive");
    let archive = archives(&cache).remove(0);
    assert!(!start(), "the second uses it");
    let good = fs::read(&archive).expect("an archive that is used stays");

    // With wrong bytes in it: the JVM finds out and goes on without.
    let mut bad = good.clone();
    bad[20_000_000..20_004_096].fill(0xa5);
    replace(&archive, &bad);
    assert!(!start());
    assert!(!archive.exists(), "what the JVM did not take is thrown away");
    // Cut off: the JVM does not start with it. A second failure is the last.
    replace(&archive, &good[..10_000_000]);
    assert!(!start());
    assert!(!archive.exists());
    assert!(archive.with_extension("failed").exists());
    assert!(!start(), "it is not tried again");
}

/// Puts other contents in the place of an archive, which the JVM made read-only.
fn replace(archive: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(archive);
    fs::write(archive, bytes).unwrap();
}

/// The cache's folder of the version that a node runs, from its command line.
fn class_path_folder(pid: u32) -> PathBuf {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap();
    let line = String::from_utf8_lossy(&line).into_owned();
    let agent = line.split('\0').find_map(|word| word.strip_prefix("-javaagent:")).unwrap();
    PathBuf::from(agent).parent().unwrap().parent().unwrap().to_owned()
}
