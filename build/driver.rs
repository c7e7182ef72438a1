//! Makes a C driver out of two Python wheels, as files beside the build and as bytes for the
//! program.
//!
//! The extension module of `acsylla` contains ScyllaDB's fork of the C++ driver and exports all of
//! its functions. What it needs besides is OpenSSL 1.1, for which the later patch release out of
//! `psycopg2-binary` is taken, and symbols of a Python interpreter that the driver's code never
//! touches: a stub library defines them.

use crate::{elf, wheels, zip};
use object_rewrite::Rewriter;
use std::{collections::HashSet, fmt::Write, fs, path::Path, process};

/// The version of the driver inside the module.
const VERSION: &str = "2.16.2";
const MODULE: &str = "acsylla/_cython/cyacsylla.cpython-311-x86_64-linux-gnu.so";
const CRYPTO: &str = "libcrypto-ea28cefb.so.1.1";
const SSL: &str = "libssl-3e69114b.so.1.1";
const STUB: &str = "libasync-cassandra-stub.so";
const DRIVER: &str = "libcassandra.so.2";
/// The OpenSSL files that the module was linked with, and those that take their place.
const REPLACED: [(&str, &str); 2] =
    [("libcrypto-a324fe28.so.1.1.1k", CRYPTO), ("libssl-8248cfc9.so.1.1.1k", SSL)];
/// Sections that only a debugger or a linker reads; nine tenths of the module with its debug
/// information.
const STRIPPED: [&str; 12] = [
    ".annobin.notes",
    ".comment",
    ".debug_abbrev",
    ".debug_aranges",
    ".debug_info",
    ".debug_line",
    ".debug_loc",
    ".debug_ranges",
    ".debug_str",
    ".gnu.build.attributes",
    ".strtab",
    ".symtab",
];

/// Leaves the driver's files in `OUT_DIR/driver` and tells the crate to embed them, or stops the
/// build.
pub fn prepare(out: &Path) {
    wheels::watch();
    match files(out) {
        Ok(folder) => {
            println!("cargo:rustc-cfg=async_cassandra_embedded");
            println!("cargo:rustc-env=ASYNC_CASSANDRA_DRIVER_FILES={}", folder.display());
            println!("cargo:driver_files={}", folder.display());
        }
        Err(reason) => {
            eprintln!("{}", refusal(&reason));
            process::exit(1);
        }
    }
}

/// The one message for a bundle that cannot be had.
fn refusal(reason: &str) -> String {
    format!(
        "
async-cassandra: the C driver of feature `bundled` cannot be had.
{reason}

Ways out:
- put the two wheels that vendor/wheels.txt names into a folder, and set ASYNC_CASSANDRA_WHEELS
  to it (`pip download` on another machine; this serves offline and audited builds);
- build without feature `bundled`: this needs no C driver. At run time the program then opens the
  one that ASYNC_CASSANDRA_DRIVER names, or the system's libcassandra.so.2;
- install a C driver and set ASYNC_CASSANDRA_LINK=1 to link it.
"
    )
}

fn files(out: &Path) -> Result<std::path::PathBuf, String> {
    let (acsylla, psycopg2) =
        (wheels::wheel("acsylla", out)?, wheels::wheel("psycopg2-binary", out)?);
    let member = |archive: &[u8], name: &str| {
        zip::member(archive, name).ok_or_else(|| format!("no {name} in its wheel"))
    };
    let module = member(&acsylla, MODULE)?;
    let crypto = member(&psycopg2, &format!("psycopg2_binary.libs/{CRYPTO}"))?;
    let ssl = member(&psycopg2, &format!("psycopg2_binary.libs/{SSL}"))?;

    let folder = out.join("driver");
    let _ = fs::remove_dir_all(&folder);
    let written = |result: std::io::Result<()>| {
        result.map_err(|error| format!("OUT_DIR cannot be written: {error}"))
    };
    written(fs::create_dir_all(&folder))?;
    stub(&module, &folder)?;
    written(fs::write(folder.join(CRYPTO), crypto))?;
    written(fs::write(folder.join(SSL), ssl))?;
    written(fs::write(folder.join(DRIVER), driver(module)?))?;
    written(fs::write(out.join("embedded.rs"), embedded(&folder)))?;
    Ok(folder)
}

/// Turns the module into a driver: another OpenSSL, a name, the stub as one more needed library,
/// and the folder of the file itself as the place to look for all of them.
fn driver(mut module: Vec<u8>) -> Result<Vec<u8>, String> {
    let unexpected = || String::from("the module in acsylla's wheel is not laid out as expected");
    for (old, new) in REPLACED {
        elf::replace_string(&mut module, old, new).ok_or_else(unexpected)?;
    }
    elf::forget_static_symbols(&mut module).ok_or_else(unexpected)?;
    let broken = |error: object_rewrite::Error| {
        format!("the module in acsylla's wheel cannot be rewritten: {error}")
    };
    let mut rewriter = Rewriter::read(&module).map_err(broken)?;
    rewriter.delete_sections(
        &STRIPPED.iter().map(|name| name.as_bytes().to_vec()).collect::<HashSet<_>>(),
    );
    rewriter.elf_set_soname(DRIVER.into()).map_err(broken)?;
    rewriter.elf_set_runpath("$ORIGIN".into()).map_err(broken)?;
    rewriter.elf_add_needed(&[STUB.into()]).map_err(broken)?;
    let mut rewritten = Vec::new();
    rewriter.write(&mut rewritten).map_err(broken)?;
    elf::bind_to_itself(&mut rewritten).ok_or_else(unexpected)?;
    elf::close_gaps(&rewritten).ok_or_else(unexpected)
}

/// Builds the library that defines each Python symbol of the module as zeros that nobody reads.
fn stub(module: &[u8], folder: &Path) -> Result<(), String> {
    let python = |name: &str| name.starts_with("Py") || name.starts_with("_Py");
    let symbols = elf::undefined_symbols(module, python)
        .ok_or("the module in acsylla's wheel has no dynamic symbols")?;
    let mut source = String::new();
    for symbol in symbols {
        writeln!(source, "__attribute__((visibility(\"default\"))) char {symbol}[1024];")
            .expect("writing to a string");
    }
    let file = folder.with_file_name("stub.c");
    fs::write(&file, source).map_err(|error| format!("OUT_DIR cannot be written: {error}"))?;
    let mut compiler = cc::Build::new().cargo_metadata(false).get_compiler().to_command();
    compiler.args(["-shared", "-nostdlib", "-fPIC", "-s"]).arg(format!("-Wl,-soname,{STUB}"));
    let status = compiler.arg(&file).arg("-o").arg(folder.join(STUB)).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the C compiler could not link {STUB}: {status}")),
        Err(error) => Err(format!("the C compiler does not run: {error}")),
    }
}

/// The table that the crate includes: file names and contents in the order in which they have to be
/// opened.
fn embedded(folder: &Path) -> String {
    let mut text = String::from("static FILES: [(&str, &[u8]); 4] = [\n");
    for name in [STUB, CRYPTO, SSL, DRIVER] {
        writeln!(text, "    ({name:?}, include_bytes!({:?})),", folder.join(name))
            .expect("writing to a string");
    }
    writeln!(
        text,
        "];\n/// The version of the embedded driver.\npub(super) const VERSION: &str = {VERSION:?};"
    )
    .expect("writing to a string");
    text
}
