//! The program: how it starts, how it ends, and what it says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn start(arguments: &[&str]) -> (Child, ChildStdin, BufReader<ChildStdout>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lab-stub"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening ").expect("an address").into();
    (child, stdin, stdout, address)
}

/// OPTIONS, on stream 5; true if it was answered with SUPPORTED.
fn asks(address: &str) -> bool {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&[4, 0, 0, 5, 0x05, 0, 0, 0, 0]).unwrap();
    let mut header = [0; 9];
    stream.read_exact(&mut header).unwrap();
    header[..5] == [0x84, 0, 0, 5, 0x06]
}

#[test]
fn it_ends_with_its_standard_input() {
    let (mut child, stdin, mut stdout, address) = start(&[]);
    assert!(asks(&address));
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("\"requests\":1,"), "{rest}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_tells_at_sigterm_what_it_did() {
    let (mut child, _stdin, mut stdout, address) = start(&["--delay-us", "1000"]);
    assert!(asks(&address) && asks(&address));
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(rest.starts_with("{\"cpu_ns\":") && rest.ends_with("}\n"), "{rest}");
    assert!(rest.contains("\"connections\":2,\"requests\":2,\"bytes_in\":18,"), "{rest}");
    assert!(child.wait().unwrap().success());
}

#[test]
fn wrong_options_are_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_lab-stub")).arg("--rows").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--rows has no value"));
}
