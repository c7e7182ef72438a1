//! Compiles the raw C client against the header that cassandra-cpp-sys ships, and tells the program which
//! versions it was built from.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What the versions in the first line of the records are read for.
const PEERS: [&str; 8] = [
    "async-cassandra",
    "async-std",
    "cassandra-cpp",
    "cassandra-cpp-sys",
    "cdrs-tokio",
    "scylla",
    "smol",
    "tokio",
];

const C: [&str; 6] = ["session", "requests", "fan_out", "open", "prepare", "stream"];

fn main() {
    println!("cargo:rerun-if-changed=c");
    println!("cargo:rerun-if-changed=Cargo.lock");
    let mut c = cc::Build::new();
    c.include(header()).opt_level(3).warnings(true).files(C.map(|name| format!("c/{name}.c")));
    c.compile("lab_c");
    let lock = fs::read_to_string("Cargo.lock").expect("the lock file is beside this one");
    let versions: Vec<_> = PEERS
        .iter()
        .map(|name| format!("{name}={}", version(&lock, name).expect("it is a dependency")))
        .collect();
    println!("cargo:rustc-env=LAB_VERSIONS={}", versions.join(";"));
    println!("cargo:rustc-env=LAB_RUSTC={}", said(&env::var("RUSTC").unwrap(), &["--version"]));
}

/// The folder of `cassandra.h`: cargo knows where the crate's source is.
fn header() -> PathBuf {
    let cargo = env::var("CARGO").expect("cargo sets CARGO");
    let target = env::var("TARGET").expect("cargo sets TARGET");
    // Of this platform alone: the others' crates are nowhere on a new machine. Those that only tests
    // need are not there either, and are downloaded for this.
    let of_target = ["--filter-platform", &target];
    let metadata = ["metadata", "--format-version", "1", "--locked"];
    let metadata = said(&cargo, &[&metadata[..], &of_target].concat());
    let manifest = metadata
        .split("\"manifest_path\":\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.contains("/cassandra-cpp-sys-"))
        .expect("cassandra-cpp-sys is a dependency");
    let folder = Path::new(manifest).parent().expect("a manifest is in a folder");
    assert!(folder.join("cassandra.h").exists(), "{folder:?} has no cassandra.h");
    folder.to_owned()
}

fn version<'l>(lock: &'l str, name: &str) -> Option<&'l str> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    rest.split('"').next()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("it can be run");
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("it says text").trim().to_owned()
}
