//! `vendor/functions.md`, the page that says where each function of the C driver is in this crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::libraries::functions;

/// Beginnings of the names that the page has to have.
const GROUPS: [&str; 12] = [
    "cass_session_",
    "cass_cluster_",
    "cass_execution_profile_",
    "cass_retry_policy_",
    "cass_timestamp_gen_",
    "cass_ssl_",
    "cass_authenticator_",
    "cass_statement_",
    "cass_prepared_",
    "cass_batch_",
    "cass_custom_payload_",
    "cass_future_",
];

/// The lines of the page: function, and what it says of it.
fn lines() -> Vec<(&'static str, &'static str)> {
    let page = include_str!("../../vendor/functions.md").lines();
    let rows = page.filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| row.split_once("` | ").expect("two columns")).collect()
}

/// All code below `folder`, as one text.
pub fn code(folder: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &code(&path);
        } else {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}

#[test]
fn each_function_has_one_line() {
    let mut found = BTreeMap::new();
    for (function, _) in lines() {
        *found.entry(function).or_insert(0) += 1;
    }
    let wanted = functions(false).into_iter();
    let wanted = wanted.filter(|name| GROUPS.iter().any(|group| name.starts_with(group)));
    let wanted: BTreeMap<_, _> = wanted.map(|name| (name, 1)).collect();
    assert_eq!(found, wanted);
}

#[test]
fn it_says_of_each_whether_it_is_called() {
    let code = code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/driver"));
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (function, text) in lines() {
        let call = format!("sys::{function}");
        let is_called = code
            .match_indices(&call)
            .any(|(at, call)| !code[at + call.len()..].starts_with(goes_on));
        assert_eq!(is_called, !text.starts_with('–'), "{function}: {text}");
    }
}
