//! What a running node does.

use std::net::TcpStream;
use std::path::Path;

use embedded_cassandra::{Cassandra, Error, Row, shared};

use crate::scratch::{Scratch, runs};
use crate::{own_node, wait_until};

/// The first cell as text.
fn text(rows: &[Row]) -> &str {
    std::str::from_utf8(rows[0][0].as_deref().unwrap()).unwrap()
}

fn setting(node: &Cassandra, name: &str) -> String {
    let cql = format!("SELECT value FROM system_views.settings WHERE name = '{name}'");
    text(&node.execute(&cql).unwrap()).to_owned()
}

/// The process group of a process.
fn group(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    after_name.split_whitespace().nth(2).unwrap().parse().unwrap()
}

#[test]
fn it_answers() {
    let node = shared().unwrap();
    let version = node.execute("SELECT release_version FROM system.local").unwrap();
    assert_eq!(text(&version), "5.0.8");
    assert_eq!(node.address().to_string(), format!("{}:{}", node.contact_point(), node.port()));
    assert!(runs(node.pid()));
    assert!(node.log_path().is_file());
    assert!(std::ptr::eq(node, shared().unwrap()));
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.pid())).unwrap();
    let locked = status.lines().find_map(|line| line.strip_prefix("VmLck:"));
    assert_eq!(locked.map(str::trim), Some("0 kB"), "memory that is not used costs nothing");
    assert_eq!(group(node.pid()), node.pid(), "Ctrl-C shall reach the program and not the node");
}

#[test]
fn keyspaces_are_apart() {
    let node = shared().unwrap();
    let [one, two] = [node.create_keyspace().unwrap(), node.create_keyspace().unwrap()];
    assert_ne!(one, two);
    for keyspace in [&one, &two] {
        node.execute(&format!(
            "CREATE TABLE {keyspace}.t (k int PRIMARY KEY, v text, l list<int>)"
        ))
        .unwrap();
    }
    node.execute(&format!("INSERT INTO {one}.t (k, v) VALUES (1, 'one')")).unwrap();
    let rows = node.execute(&format!("SELECT v, l, k FROM {one}.t")).unwrap();
    assert_eq!(rows, [vec![Some(b"one".to_vec()), None, Some(vec![0, 0, 0, 1])]]);
    assert!(node.execute(&format!("SELECT * FROM {two}.t")).unwrap().is_empty());
}

#[test]
fn a_statement_that_is_refused_says_why() {
    let node = shared().unwrap();
    match node.execute("SELEKT 1") {
        Err(Error::Cql { code: 0x2000, message }) => assert!(message.contains("SELEKT")),
        other => panic!("{other:?}"),
    }
    node.execute("SELECT key FROM system.local").unwrap();
}

#[test]
fn many_threads_may_ask() {
    let node = shared().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(node.execute("SELECT key FROM system.local").unwrap().len(), 1);
                }
            });
        }
    });
}

#[test]
fn two_nodes_run_at_once_and_a_stopped_one_is_gone() {
    let _guard = own_node();
    let first = shared().unwrap();
    let second = Cassandra::builder().fast_schema(true).start().unwrap();
    assert_ne!(first.address(), second.address());
    let keyspace = second.create_keyspace().unwrap();
    assert!(first.execute(&format!("CREATE TABLE {keyspace}.t (k int PRIMARY KEY)")).is_err());
    second.execute(&format!("CREATE TABLE {keyspace}.t (k int PRIMARY KEY)")).unwrap();

    let (address, pid, log) = (second.address(), second.pid(), second.log_path());
    second.stop().unwrap();
    assert!(!runs(pid));
    assert!(TcpStream::connect(address).is_err());
    drop(second);
    assert!(!log.parent().and_then(Path::parent).unwrap().exists());
    first.execute("SELECT key FROM system.local").unwrap();
}

#[test]
fn data_outlives_a_kill_and_a_stop() {
    let _guard = own_node();
    let scratch = Scratch::new();
    let builder = Cassandra::builder().data_dir(scratch.path("data"));
    let node = builder.start().unwrap();
    node.execute(
        "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    )
    .unwrap();
    node.execute("CREATE TABLE k.t (k int PRIMARY KEY, v text)").unwrap();
    node.execute("INSERT INTO k.t (k, v) VALUES (1, 'kept')").unwrap();

    match builder.start() {
        Err(Error::DataDir { reason, .. }) => assert!(reason.contains("another node")),
        other => panic!("{other:?}"),
    }
    // The last word before it dies counts.
    for k in 2..200 {
        node.execute(&format!("INSERT INTO k.t (k, v) VALUES ({k}, 'late')")).unwrap();
    }
    let pid = node.pid();
    drop(node);
    assert!(!runs(pid));

    let node = builder.start().unwrap();
    assert_eq!(text(&node.execute("SELECT v FROM k.t WHERE k = 1").unwrap()), "kept");
    assert_eq!(node.execute("SELECT k FROM k.t").unwrap().len(), 199);
    node.execute("INSERT INTO k.t (k, v) VALUES (1, 'changed')").unwrap();
    node.stop().unwrap();
    drop(node);

    let node = builder.start().unwrap();
    assert_eq!(text(&node.execute("SELECT v FROM k.t WHERE k = 1").unwrap()), "changed");
}

#[test]
fn settings_reach_the_node() {
    let _guard = own_node();
    let node = Cassandra::builder()
        .heap_mb(384)
        .address([127, 0, 0, 9].into())
        .extra_yaml(
            "concurrent_reads: 3\n\
             # A password is asked for.\n\
             authenticator:\n  class_name: PasswordAuthenticator\n",
        )
        .jvm_arg("-Dtest.marker=settings")
        .start()
        .unwrap();
    assert_eq!(node.contact_point(), "127.0.0.9");
    assert_eq!(setting(&node, "concurrent_reads"), "3");
    assert_eq!(setting(&node, "concurrent_writes"), "8");
    node.create_keyspace().unwrap();
    let line = std::fs::read(format!("/proc/{}/cmdline", node.pid())).unwrap();
    let line = String::from_utf8_lossy(&line).into_owned();
    assert!(line.contains("-Xmx384m") && line.contains("-Dtest.marker=settings"));
}

#[test]
fn a_node_that_was_killed_by_others_is_an_error_and_no_hang() {
    let _guard = own_node();
    let node = Cassandra::builder().fast_schema(true).start().unwrap();
    let pid = node.pid();
    let killed = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(killed.unwrap().success());
    wait_until("the node is gone", || !runs(pid));
    for _ in 0..2 {
        let error = node.execute("SELECT key FROM system.local").unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    }
    node.stop().unwrap();
}
