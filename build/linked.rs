//! What a driver that is linked at build time lacks.
//!
//! Drivers differ in their functions, and a program that mentions one which its driver does not have
//! would not link, even though it never calls it. So a small program that mentions all of them is
//! linked first. What the linker misses gets a stand-in that names itself and aborts, and counts as
//! missing when the program runs.

use crate::entries::Function;
use crate::stand_ins;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The libraries that a driver may need, as cassandra-cpp-sys asks for them.
const LIBRARIES: [&str; 5] = ["cassandra", "uv", "ssl", "crypto", "stdc++"];

/// The functions of the list that the driver lacks, by their places, each with a stand-in. Comes
/// after the stand-ins of libraries.
pub fn missing(functions: &[Function], out: &Path) -> Vec<usize> {
    let mut missing = Vec::new();
    // A linker may stop after so many errors: as long as it names new ones, it is asked again.
    loop {
        let left = (0..functions.len()).filter(|at| !missing.contains(at)).collect::<Vec<_>>();
        let found = unresolved(functions, &left, out);
        if found.is_empty() {
            break;
        }
        missing.extend(found);
    }
    // No driver at all, or none that the crate could use: the program's own link will say it.
    if missing.iter().any(|at| functions[*at].is_core()) {
        missing.clear();
    }
    missing.sort_unstable();
    stand_in(functions, &missing, out);
    missing
}

/// Those of `left` that the linker names when it does not find them.
fn unresolved(functions: &[Function], left: &[usize], out: &Path) -> Vec<usize> {
    let (source, object) = (out.join("mention.c"), out.join("mention.o"));
    let mut text = String::new();
    for at in left {
        add(&mut text, format_args!("extern void {}(void);\n", functions[*at].name()));
    }
    text.push_str("void (*const mentioned[])(void) = {\n");
    for at in left {
        add(&mut text, format_args!("    {},\n", functions[*at].name()));
    }
    text.push_str("    0};\nint main(void) { return mentioned[0] == 0; }\n");
    fs::write(&source, text).expect("OUT_DIR can be written");

    let compiler = || cc::Build::new().cargo_metadata(false).get_compiler().to_command();
    let compiled = compiler().arg("-c").arg(&source).arg("-o").arg(&object).output();
    if !compiled.is_ok_and(|done| done.status.success()) {
        return Vec::new();
    }
    let mut linker = env::var_os("RUSTC_LINKER").map_or_else(compiler, Command::new);
    linker.arg(&object).arg("-o").arg(out.join("mention"));
    linker.args(stand_ins::folders().iter().map(|folder| format!("-L{}", folder.display())));
    linker.arg(format!("-L{}", out.join("stand-ins").display()));
    linker.args(LIBRARIES.map(|library| format!("-l{library}")));
    match linker.output() {
        Ok(done) if !done.status.success() => {
            let said = String::from_utf8_lossy(&done.stderr);
            left.iter().copied().filter(|at| mentions(&said, functions[*at].name())).collect()
        }
        // Whatever else is wrong, the program's own link will say it.
        _ => Vec::new(),
    }
}

/// Whether `name` stands in `text` as a whole. Some systems put an underscore before it.
fn mentions(text: &str, name: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].strip_suffix('_').unwrap_or(&text[..at]);
        !before.ends_with(goes_on) && !text[at + name.len()..].starts_with(goes_on)
    })
}

fn stand_in(functions: &[Function], missing: &[usize], out: &Path) {
    if missing.is_empty() {
        return;
    }
    let mut text = String::from("#include <stdio.h>\n#include <stdlib.h>\n");
    for at in missing {
        let name = functions[*at].name();
        let said = format!("async-cassandra: {name} was called, but the linked driver lacks it");
        add(
            &mut text,
            format_args!(
                "void {name}(void)\n{{\n    fputs(\"{said}\\n\", stderr);\n    abort();\n}}\n"
            ),
        );
    }
    let source = out.join("missing.c");
    fs::write(&source, text).expect("OUT_DIR can be written");
    cc::Build::new().file(&source).compile("async_cassandra_missing");
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes all");
}
