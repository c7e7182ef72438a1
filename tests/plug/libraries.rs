//! Libraries and files to load, some of them broken, made in a folder of the build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the prepared driver's files.
pub fn prepared() -> &'static Path {
    match option_env!("ASYNC_CASSANDRA_DRIVER_FILES") {
        Some(folder) => Path::new(folder),
        None => panic!("these tests want feature `bundled`, which this repository turns on"),
    }
}

/// The prepared driver.
pub fn driver() -> PathBuf {
    prepared().join("libcassandra.so.2")
}

/// A new, empty folder for `test`.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plug").join(test.replace("::", "-"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The functions of the list: all of them, or the core only.
pub fn functions(core_only: bool) -> Vec<&'static str> {
    let lines =
        include_str!("../../vendor/functions.txt").lines().filter(|line| !line.starts_with('#'));
    let wanted = lines.filter(|line| !core_only || line.ends_with(" core"));
    wanted.map(|line| line.split(' ').next().unwrap_or(line)).collect()
}

/// A library `file` in which each of `functions` returns 7.
pub fn library(file: &Path, functions: &[&str], more: &[&str]) {
    let source = file.with_extension("c");
    let lines = functions.iter().map(|name| format!("int {name}(void) {{ return 7; }}\n"));
    fs::write(&source, lines.collect::<String>()).expect("the folder can be written");
    compile(&source, file, more);
}

/// A library `file` that has `functions` alone, and passes their calls on to the prepared driver.
pub fn lesser_driver(file: &Path, functions: &[&str]) {
    let source = file.with_extension("c");
    let mut text = String::from("#include <dlfcn.h>\n");
    for name in functions {
        text += &format!("__attribute__((visibility(\"hidden\"))) void *to_{name};\n");
        text += &format!(
            "__asm__(\".pushsection .text\\n.globl {name}\\n.type {name},@function\\n\"\n"
        );
        text += &format!("        \"{name}: jmp *to_{name}(%rip)\\n.popsection\\n\");\n");
    }
    text += "__attribute__((constructor)) static void find(void) {\n";
    text += &format!("    void *driver = dlopen({:?}, RTLD_NOW | RTLD_LOCAL);\n", self::driver());
    for name in functions {
        text += &format!("    to_{name} = dlsym(driver, \"{name}\");\n");
    }
    text += "}\n";
    fs::write(&source, text).expect("the folder can be written");
    compile(&source, file, &[]);
}

fn compile(source: &Path, file: &Path, more: &[&str]) {
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC"]).arg(source).args(more).arg("-o").arg(file);
    let status = compiler.status().expect("a C compiler is there: the crate is built with one");
    assert!(status.success(), "cc {}: {status}", source.display());
}
