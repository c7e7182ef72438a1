//! Runs a test's body in a process of its own: this test binary again, with only that test.

use std::env;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const MARK: &str = "ASYNC_CASSANDRA_TEST_ALONE";
const DEADLINE: Duration = Duration::from_secs(60);

/// Runs `body` in a process of its own, whose environment `set_up` may change, and wants it to end
/// well. `test` is the full name of the calling test.
pub fn alone(test: &str, set_up: impl FnOnce(&mut Command), body: impl FnOnce()) -> Output {
    let output = end_of(test, set_up, body);
    let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{test}: {}\n{}{}", output.status, said[0], said[1]);
    assert!(said[0].contains(MARK), "{test} is no test's name");
    output
}

/// As [`alone`], whatever the end.
pub fn end_of(test: &str, set_up: impl FnOnce(&mut Command), body: impl FnOnce()) -> Output {
    if env::var_os(MARK).is_some() {
        body();
        println!("{MARK}");
        std::process::exit(0);
    }
    let mut command = Command::new(env::current_exe().expect("this program has a file"));
    command.args(["--exact", test, "--nocapture"]).env(MARK, "1");
    command.env_remove("ASYNC_CASSANDRA_DRIVER").stdout(Stdio::piped()).stderr(Stdio::piped());
    set_up(&mut command);
    let mut child = command.spawn().expect("the test binary runs");
    await_end(&mut child, test);
    // What a child says fits into a pipe, so it did not wait for a reader.
    child.wait_with_output().expect("the child has ended")
}

fn await_end(child: &mut Child, test: &str) {
    let end = Instant::now() + DEADLINE;
    while child.try_wait().expect("the child can be waited for").is_none() {
        if Instant::now() > end {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{test} did not end in {DEADLINE:?}");
        }
        thread::sleep(Duration::from_millis(2));
    }
}
