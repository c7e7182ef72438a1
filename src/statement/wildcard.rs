//! Whether a statement selects `*`: its columns are then those of the table at the time, and not
//! those of the statement.
//!
//! On protocol version 4, an execution of a prepared statement is answered without the names and
//! types of the columns, and C reads its rows by those that it was told when the statement was
//! prepared. Once a column was added or dropped, a `*` stands for other columns: their cells would be
//! read as those of the old ones, without an error, and a changed count is all that could be seen. So
//! such a text is prepared for the types of its markers alone, and each execution sends the text with
//! the values. Its answer names its own columns, whatever happened to the table.

/// Whether the text is a SELECT of `*`. Also says so of some that compute with a column called
/// `json`, which does no harm.
pub(super) fn selects_all(cql: &str) -> bool {
    let (first, mut rest) = word(cql);
    if !first.eq_ignore_ascii_case("select") {
        return false;
    }
    loop {
        let (next, after) = word(rest);
        match next {
            "" => return after.starts_with('*'),
            next if ["json", "distinct"].iter().any(|known| next.eq_ignore_ascii_case(known)) => {
                rest = after;
            }
            _ => return false,
        }
    }
}

/// The word that a text begins with, space and comments aside, and what follows it.
fn word(cql: &str) -> (&str, &str) {
    let mut rest = cql.trim_start();
    loop {
        let comment = if rest.starts_with("--") || rest.starts_with("//") {
            rest.split_once(['\n', '\r'])
        } else if let Some(inside) = rest.strip_prefix("/*") {
            inside.split_once("*/")
        } else {
            break;
        };
        rest = comment.map_or("", |(_, after)| after).trim_start();
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    rest.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_told_from_everything_else() {
        for all in [
            "SELECT * FROM t",
            "select*from t where id = ?",
            "\n  SELECT\t*\nFROM t",
            "SELECT DISTINCT * FROM t",
            "SELECT JSON * FROM t",
            "-- every column\nSELECT /* all\n of them */ * FROM t",
            "// so\r\nSELECT -- all\n * FROM t",
            "/**/SELECT/* */*/**/FROM t",
        ] {
            assert!(selects_all(all), "{all}");
        }
        for not_all in [
            "SELECT a FROM t",
            "SELECT count(*) FROM t",
            "SELECT a, b FROM t WHERE c = '*'",
            "SELECT json FROM t",
            "SELECT \"*\" FROM t",
            "SELECT a * b FROM t",
            "SELECT /* * */ a FROM t",
            "SELECT a /* , */ FROM t -- *",
            "INSERT INTO t (a) VALUES (1) -- SELECT *",
            "selects * from t",
            "SELECT",
            "SELECT /* *",
            "-- SELECT * FROM t",
            "",
        ] {
            assert!(!selects_all(not_all), "{not_all}");
        }
    }
}
