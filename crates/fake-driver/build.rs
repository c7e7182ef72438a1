//! Compiles `vendor/fake` into a shared library and tells the crate where it lies.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    // Asked at run time: a target folder that two checkouts share may hold the other's build script.
    let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let sources = Path::new(&package).join("../../vendor/fake");
    println!("cargo:rerun-if-changed={}", sources.display());
    println!("cargo:rerun-if-env-changed=FAKE_DRIVER_CFLAGS");
    let library = PathBuf::from(variable("OUT_DIR")).join("libfake_cassandra.so");
    println!("cargo:rustc-env=FAKE_DRIVER_PATH={}", library.display());
    if variable("CARGO_CFG_TARGET_OS") == "linux" {
        compile(&sources, &library);
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("Cargo sets {name}"))
}

fn compile(sources: &Path, library: &Path) {
    let mut files: Vec<PathBuf> = std::fs::read_dir(sources)
        .unwrap_or_else(|error| panic!("{}: {error}", sources.display()))
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    files.sort();
    // The compiler, its target flags, optimisation and -fPIC as for any C of this build.
    let compiler = cc::Build::new().warnings(false).get_compiler();
    let mut command: Command = compiler.to_command();
    command
        .args(["-std=c11", "-D_GNU_SOURCE", "-g", "-Wall", "-Wextra", "-Werror"])
        .args(["-fPIC", "-fvisibility=hidden", "-pthread"])
        .args(["-shared", "-Wl,-z,defs", "-Wl,-soname,libfake_cassandra.so"]);
    // For the sanitizers: `tests/sanitize/run.sh` says with which.
    if let Ok(flags) = std::env::var("FAKE_DRIVER_CFLAGS") {
        command.args(flags.split_whitespace());
    }
    command.args(&files).arg("-o").arg(library);
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
