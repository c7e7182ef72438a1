//! Empty archives for libraries that cassandra-cpp-sys asks the linker for and that this machine
//! does not have.
//!
//! The build script of cassandra-cpp-sys says `-lcassandra -luv -lssl -lcrypto -lstdc++`, as shared
//! libraries. Nothing of theirs is called: the entries define every function. But a linker stops at
//! a library that it cannot find, and takes an archive where it finds no shared object in a folder.
//! So a missing one gets an empty archive, and only a missing one: an empty `libssl.a` would shadow
//! the real one for every other crate of the program.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// An archive with no member.
const EMPTY: &[u8] = b"!<arch>\n";

/// Folders that cassandra-cpp-sys adds to the linker's search path.
const SEARCHED: [&str; 7] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/local/lib/x86_64-linux-gnu",
    "/usr/local/lib64",
    "/usr/local/lib",
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/opt/openssl/lib",
];

/// Files that change when a package is installed: what was missing may then be there, and its
/// stand-in must go.
const INSTALLED: [&str; 4] = [
    "/var/lib/dpkg/status",
    "/var/lib/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/etc/ld.so.cache",
];

/// Writes a stand-in for each of `libraries` that the linker does not find, after removing what an
/// earlier build left.
pub fn write(out: &Path, libraries: &[&str]) {
    for name in ["CASSANDRA_SYS_LIB_PATH", "LIBRARY_PATH", "OPENSSL_DIR", "OPENSSL_LIB_DIR"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    let folder = out.join("stand-ins");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("OUT_DIR can be written");
    let missing: Vec<_> = libraries.iter().filter(|library| !is_found(library)).collect();
    if missing.is_empty() {
        return;
    }
    for library in missing {
        fs::write(folder.join(format!("lib{library}.a")), EMPTY).expect("OUT_DIR can be written");
    }
    println!("cargo:rustc-link-search=native={}", folder.display());
    for file in INSTALLED.iter().filter(|file| Path::new(file).exists()) {
        println!("cargo:rerun-if-changed={file}");
    }
}

fn is_found(library: &str) -> bool {
    let names =
        [format!("lib{library}.so"), format!("lib{library}.a"), format!("lib{library}.dylib")];
    names
        .iter()
        .any(|name| folders().iter().any(|folder| folder.join(name).exists()) || linker_finds(name))
}

/// Where a program's link may look besides the linker's own folders.
pub fn folders() -> Vec<PathBuf> {
    // In a cross build the same folders hold this machine's libraries, which the linker passes
    // over.
    let native = env::var_os("HOST") == env::var_os("TARGET");
    let mut folders: Vec<_> = SEARCHED.iter().filter(|_| native).map(PathBuf::from).collect();
    if let Ok(list) = env::var("CASSANDRA_SYS_LIB_PATH") {
        folders.extend(list.split(';').map(PathBuf::from));
    }
    if let Some(list) = env::var_os("LIBRARY_PATH") {
        folders.extend(env::split_paths(&list));
    }
    folders.extend(env::var_os("OPENSSL_LIB_DIR").map(PathBuf::from));
    if let Some(root) = env::var_os("OPENSSL_DIR").map(PathBuf::from) {
        folders.extend([root.join("lib"), root.join("lib64")]);
    }
    folders
}

/// Asks the compiler that links: it prints a path when it finds the file, and the bare name when it
/// does not.
fn linker_finds(name: &str) -> bool {
    let question = format!("-print-file-name={name}");
    let compiler = cc::Build::new().cargo_metadata(false).get_compiler().to_command();
    let linker = env::var_os("RUSTC_LINKER").map(Command::new);
    linker.into_iter().chain([compiler]).any(|mut command| {
        let answer = command.arg(&question).output();
        answer.is_ok_and(|answer| {
            let path = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
            answer.status.success() && path.contains('/') && Path::new(&path).exists()
        })
    })
}
