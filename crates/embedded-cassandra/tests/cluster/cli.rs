//! The program, as people use it who do not write Rust.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use crate::{alone, wait_until};

struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        // A shell that runs these tests in the background has them ignore Ctrl-C, and their children.
        let mut command = Command::new("/usr/bin/env");
        command.arg("--default-signal=INT").arg(env!("CARGO_BIN_EXE_embedded-cassandra"));
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// The values that it prints under `name`, until it is ready.
    fn until_ready(&mut self) -> Vec<(String, String)> {
        let mut said = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.stdout.read_line(&mut line).unwrap() > 0, "{}", self.complaint());
            if line == "ready\n" {
                return said;
            }
            let (name, value) = line.trim_end().split_once(": ").unwrap();
            said.push((name.into(), value.into()));
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    fn wait(&mut self) -> ExitStatus {
        let child = &mut self.child;
        wait_until("the program has ended", || child.try_wait().unwrap().is_some());
        child.wait().unwrap()
    }

    fn complaint(&mut self) -> String {
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn all<'a>(said: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    said.iter().filter(|(known, _)| known == name).map(|(_, value)| &**value).collect()
}

/// The process and the folder of a node, from its line.
fn node(line: &str) -> (PathBuf, PathBuf) {
    let pid = line.split("process ").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    let log = Path::new(line.split("log ").nth(1).unwrap());
    (Path::new("/proc").join(pid), log.parent().and_then(Path::parent).unwrap().to_owned())
}

#[test]
fn it_says_where_its_nodes_are_and_leaves_nothing() {
    let _guard = alone();
    let name = format!("embedded-cassandra-cli-{}", std::process::id());
    let certificates = std::env::temp_dir().join(name);
    let folder = certificates.to_str().unwrap();
    let arguments = ["start", "--nodes", "2", "--auth", "--tls", folder, "--heap", "384"];
    let mut program = Program::start(&arguments);
    let said = program.until_ready();
    let points: Vec<&str> = all(&said, "contact points")[0].split(',').collect();
    assert_eq!(points.len(), 2);
    assert_eq!((all(&said, "port"), all(&said, "user")), (vec!["9042"], vec!["cassandra"]));
    for name in ["trust", "client certificate", "client key"] {
        let text = std::fs::read_to_string(all(&said, name)[0]).unwrap();
        assert!(text.starts_with("-----BEGIN "), "{text}");
    }
    let nodes: Vec<_> = all(&said, "node").into_iter().map(node).collect();
    assert!(nodes.iter().all(|(process, folder)| process.exists() && folder.is_dir()));

    program.signal("-INT");
    assert!(program.wait().success());
    for (process, folder) in nodes {
        assert!(!process.exists() && !folder.exists());
    }
    std::fs::remove_dir_all(certificates).unwrap();
}

#[test]
fn ctrl_c_during_the_start_leaves_nothing_too() {
    let _guard = alone();
    let mut program = Program::start(&["start", "--nodes", "2"]);
    let mut stderr = BufReader::new(program.child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("starting Cassandra") {
        line.clear();
        assert!(stderr.read_line(&mut line).unwrap() > 0, "it never came to it");
    }
    let address = line.split(" on ").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
    let marker = format!("-Djava.rmi.server.hostname={address}\0");
    wait_until("java has been started", || runs(&marker));
    program.signal("-TERM");
    assert_eq!(program.wait().code(), Some(130));
    wait_until("java is gone", || !runs(&marker));
}

/// Whether there is a process with `marker` on its command line.
fn runs(marker: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.any(|line| String::from_utf8_lossy(&line).contains(marker))
}

#[test]
fn what_it_cannot_do_it_says_in_its_own_words() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let complaint = |arguments: &[&str]| {
        let mut program = Program::start(arguments);
        let code = program.wait().code().unwrap();
        (code, program.complaint())
    };
    for (arguments, expected, words) in [
        (&["start", "--frob"][..], 2, "--frob"),
        (&["stop"], 2, "only `start`"),
        (&["start", "--dc", "east"], 2, "dc1:2,dc2:1"),
        (&["start", "--nodes", "2", "--dc", "a:1"], 2, "both"),
        (&["start", "--require-client-certificates"], 2, "--tls"),
        (&["start", "--version", "3.11.4"], 1, "--version: \"3.11.4\" is no release"),
        (&["start", "--heap", "5"], 1, "--heap: 5 MiB is too little"),
        (&["start", "--nodes", "0"], 1, "--nodes or --dc: a cluster has"),
        (&["start", "--nodes", "2", "--data-dir", "/tmp/x"], 1, "--address"),
        (&["start", "--port", &port], 1, "--port"),
    ] {
        let (code, said) = complaint(arguments);
        assert_eq!(code, expected, "{said}");
        assert!(said.contains(words) && !said.contains("Builder"), "{said}");
    }
    let mut help = Program::start(&["--help"]);
    assert!(help.wait().success());
}
