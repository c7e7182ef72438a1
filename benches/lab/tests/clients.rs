//! Every client does every work against the stub, and all come to the same.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::OnceLock;

use lab_stub::options::Options;
use lab_stub::server::Server;
use serde_json::Value;

const CLIENTS: [&str; 12] = [
    "c",
    "driver-threads",
    "tokio-mt",
    "tokio-ct",
    "tokio-mt-queue",
    "tokio-ct-queue",
    "async-std",
    "smol",
    "threads",
    "cassandra-cpp",
    "scylla",
    "cdrs-tokio",
];

/// One for all tests, until the process ends.
fn stub() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let options = Options { rows: 1_000, ..Options::default() };
            let server = Server::bind(&options).expect("it listens");
            send.send(server.address()).expect("the test waits for it");
            server.run().expect("it serves");
        });
        receive.recv().expect("it starts")
    })
}

fn record(client: &str, work: &str, options: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_lab"))
        .args(["client", client, work, "--address", &stub().to_string()])
        .args(options.split_whitespace())
        .output()
        .expect("it can be run");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{client} {work}: {words}");
    serde_json::from_slice(&output.stdout).expect("it prints one record")
}

/// The same for all clients.
fn all(work: &str, options: &str, requests: u64, ids: i64, bytes: u64) {
    for client in CLIENTS {
        let record = record(client, work, options);
        assert_eq!(record["requests"], requests, "{client}");
        assert_eq!(record["checksum"]["ids"], ids, "{client}");
        assert_eq!(record["checksum"]["bytes"], bytes, "{client}");
        for what in ["server", "client", "work", "round", "wall_ns", "user_ns", "system_ns"] {
            assert!(!record[what].is_null(), "{client}: {what}");
        }
    }
}

#[test]
fn selects() {
    // The rows 0 to 99, each with 16 bytes.
    all("select", "--in-flight 4 --requests 100", 100, 4950, 1600);
    all("select-1k", "--in-flight 1 --requests 100", 100, 4950, 102_400);
    all("select-100k", "--in-flight 2 --requests 10", 10, 45, 1_024_000);
}

#[test]
fn inserts() {
    all("insert", "--in-flight 4 --requests 100", 100, 0, 0);
}

#[test]
fn requests_that_are_joined() {
    all("fan-out", "--in-flight 10 --requests 100", 100, 4950, 1600);
}

#[test]
fn streams() {
    // All rows of the stub, 0 to 999.
    all("stream", "--requests 1000 --page-size 100 --prefetch 1", 1000, 499_500, 16_000);
    all("stream", "--requests 1000 --page-size 300 --prefetch 0", 1000, 499_500, 16_000);
    all("stream-borrowed", "--requests 1000 --page-size 100 --prefetch 4", 1000, 499_500, 16_000);
}

#[test]
fn connects_and_prepares() {
    all("connect", "--requests 2", 2, 0, 0);
    all("prepare", "--requests 10", 10, 0, 0);
}

#[test]
fn an_open_loop_keeps_its_rate() {
    for client in CLIENTS.iter().filter(|client| **client != "threads") {
        let record = record(client, "open-select", "--rate 1000 --requests 100");
        assert_eq!(record["checksum"]["ids"], 4950, "{client}");
        // The last request was due after 99 ms, and nobody sends early.
        assert!(record["wall_ns"].as_u64().unwrap() >= 99_000_000, "{client}");
        let times = record["latency_histogram"].as_array().unwrap();
        let count: u64 = times.iter().map(|bucket| bucket[1].as_u64().unwrap()).sum();
        assert_eq!(count, 100, "{client}");
    }
}

#[test]
fn counting_is_for_rust() {
    let counted = |client| record(client, "select", "--in-flight 4 --requests 400 --count");
    assert_eq!(counted("c")["allocations"], Value::Null);
    // The decoded text at least.
    assert!(counted("driver-threads")["allocations"].as_u64().unwrap() >= 400);
    assert!(counted("scylla")["live_bytes_peak"].as_u64().unwrap() > 0);
}

#[test]
fn mistakes_are_told() {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    let output = lab.args(["client", "nobody", "select"]).output().unwrap();
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "lab: there is no client nobody\n");
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    let address = "127.0.0.1:1";
    let output = lab.args(["client", "c", "select", "--address", address, "--x", "1"]).output();
    assert_eq!(String::from_utf8_lossy(&output.unwrap().stderr), "lab: there is no --x here\n");
}
