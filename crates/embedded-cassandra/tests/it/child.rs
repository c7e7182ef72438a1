//! Programs of their own, for what a test cannot do to itself: another environment, another end.
//!
//! The test binary starts itself with one test, `program`, and a variable that says what to do.

use std::io::{BufRead, BufReader, Lines, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

use embedded_cassandra::{Builder, Cassandra, Error, Progress, shared};

use crate::wait_until;

const TASK: &str = "EMBEDDED_CASSANDRA_TEST_TASK";
const MARKER: &str = "EMBEDDED_CASSANDRA_TEST_MARKER";
/// What a program says begins with this; the rest of its output is the test harness's.
const SAYS: &str = "@@";

/// A program that runs, and is killed with this value.
pub struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts a program that does `task`; `set_up` changes its environment.
    pub fn start(task: &str, marker: &str, set_up: impl FnOnce(&mut Command)) -> Self {
        // A shell that runs these tests in the background has them ignore Ctrl-C, and their children.
        let mut command = Command::new("/usr/bin/env");
        command.arg("--default-signal=INT").arg(std::env::current_exe().unwrap());
        command.args(["--exact", "child::program", "--nocapture", "--test-threads=1"]);
        command.env(TASK, task).env(MARKER, marker).env_remove("JAVA_HOME");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        set_up(&mut command);
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next thing it says.
    pub fn hear(&mut self) -> String {
        for line in self.lines.by_ref().map_while(Result::ok) {
            if let Some((_, said)) = line.split_once(SAYS) {
                return said.to_owned();
            }
        }
        panic!("the program ended without a word")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn wait(&mut self) {
        let child = &mut self.child;
        wait_until("the program has ended", || child.try_wait().unwrap().is_some());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn say(what: impl std::fmt::Display) {
    // One line, whatever it is.
    println!("{SAYS}{}", what.to_string().replace('\n', " | "));
}

fn marked() -> Builder {
    let marker = std::env::var(MARKER).unwrap();
    Cassandra::builder().jvm_arg(format!("-Dtest.marker={marker}"))
}

fn describe(result: Result<Cassandra, Error>) {
    match result {
        Ok(node) => say(format!("started {}", node.pid())),
        Err(error) => {
            let kind = format!("{error:?}");
            let kind = kind.split([' ', '{']).next().unwrap();
            say(format!("{kind}: {error}"));
        }
    }
}

/// The other side of [`Program`]; as a test it does nothing.
#[test]
fn program() {
    match std::env::var(TASK).as_deref() {
        Ok("start") => describe(marked().start()),
        Ok("start and report") => {
            describe(marked().progress(|step| say(format!("{step:?}"))).start());
        }
        Ok("start and stay") => start_and_stay(|_| {}),
        Ok("start, pause and stay") => start_and_stay(|node| node.pause().unwrap()),
        Ok("start, restart and stay") => start_and_stay(|node| node.restart().unwrap()),
        Ok("start, kill and stay") => start_and_stay(|node| node.kill().unwrap()),
        Ok("say starting and stay") => {
            let report = |step: &Progress| {
                if matches!(step, Progress::Starting { .. }) {
                    say("starting");
                }
            };
            describe(marked().progress(report).start());
        }
        Ok("share and return") => {
            let node = shared().unwrap();
            say(node.pid());
            say(node.log_path().display());
        }
        Ok(other) => panic!("unknown task {other}"),
        Err(_) => {}
    }
}

/// The thread that starts the node ends, the program goes on.
fn start_and_stay(then: impl Fn(&Cassandra)) {
    let node = thread::spawn(|| marked().start().unwrap()).join().unwrap();
    node.execute("SELECT key FROM system.local").unwrap();
    then(&node);
    say(node.pid());
    say(node.log_path().display());
    // Until it is ended, or the tests are: their end of the pipe goes with them.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}
