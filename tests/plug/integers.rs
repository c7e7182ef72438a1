//! No C enum is a Rust enum here: what the crate takes from cassandra-cpp-sys mentions none.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

use crate::table::code;

/// The source of cassandra-cpp-sys, as one text.
fn declarations() -> String {
    let mut metadata = Command::new(env!("CARGO"));
    // What other platforms need may not be there.
    metadata.args(["metadata", "--format-version=1", "--offline"]);
    metadata.args(["--filter-platform", "x86_64-unknown-linux-gnu"]);
    let output = metadata.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let manifest = text
        .split("\"manifest_path\":\"")
        .filter_map(|rest| rest.split_once('"'))
        .map(|(path, _)| Path::new(path))
        .find(|path| {
            let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
            folder.is_some_and(|name| name.starts_with("cassandra-cpp-sys-"))
        });
    code(&manifest.expect("it is a dependency").with_file_name("src"))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Its enums, under both names that each has.
fn enums(declarations: &str) -> HashSet<&str> {
    let names = declarations.split("pub enum ").skip(1).filter_map(|rest| words(rest).next());
    names.flat_map(|name| [name, name.trim_end_matches('_')]).collect()
}

/// What declares `name`: a function's signature, a struct's fields, what a type stands for.
fn declaration<'a>(declarations: &'a str, name: &str) -> &'a str {
    for (start, end) in [("pub fn ", ";"), ("pub struct ", "\n}"), ("pub type ", ";")] {
        for (at, start) in declarations.match_indices(&format!("{start}{name}")) {
            let rest = &declarations[at + start.len()..];
            if !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                return rest.split(end).next().unwrap_or(rest);
            }
        }
    }
    ""
}

/// The names that stand behind the crate's name anywhere in `code`.
fn taken(code: &str) -> HashSet<&str> {
    let places = code.split("cassandra_cpp_sys::").skip(1);
    places
        .flat_map(|place| match place.strip_prefix('{') {
            Some(list) => words(list.split('}').next().unwrap_or(list)).collect::<Vec<_>>(),
            None => words(place).take(1).collect(),
        })
        .collect()
}

/// Whether `name` is an enum, or what declares it leads to one.
fn reaches<'a>(
    declarations: &'a str,
    enums: &HashSet<&str>,
    name: &'a str,
    seen: &mut HashSet<&'a str>,
) -> bool {
    enums.contains(name)
        || (seen.insert(name)
            && words(declaration(declarations, name))
                .filter(|word| word.starts_with("Cass") || word.starts_with("cass_"))
                .any(|word| reaches(declarations, enums, word, seen)))
}

#[test]
fn nothing_that_is_taken_mentions_an_enum() {
    let declarations = declarations();
    let enums = enums(&declarations);
    let mentions = |name: &str| reaches(&declarations, &enums, name, &mut HashSet::new());
    // It would be seen: returned, as itself, in a struct, behind a callback.
    for one in ["cass_future_error_code", "CassError", "CassLogMessage", "cass_log_set_callback"] {
        assert!(mentions(one), "{one}");
    }
    let code = code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let taken = taken(&code);
    assert!(taken.len() > 30, "{taken:?}");
    let wrong: Vec<_> = taken.into_iter().filter(|name| mentions(name)).collect();
    assert!(
        wrong.is_empty(),
        "these mention a C enum: declare them again in src/driver/sys: {wrong:?}"
    );
}
