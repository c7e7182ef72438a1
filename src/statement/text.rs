//! What a statement's text tells of prepared statements: whether it may be one whose answers need no
//! columns, and whether it makes others stale. Cost: a look at the first words.
//!
//! # `SELECT *`
//! Its columns are those of the table at the time, and not those of the statement. On protocol version 4, an execution of a prepared statement is answered without the names and
//! types of the columns, and C reads its rows by those that it was told when the statement was
//! prepared. Once a column was added or dropped, a `*` stands for other columns: their cells would be
//! read as those of the old ones, without an error, and a changed count is all that could be seen. So
//! such a text is prepared for the types of its markers alone, and each execution sends the text with
//! the values. Its answer names its own columns, whatever happened to the table.
//!
//! # ALTER and DROP
//! A column that is named changes its type only where its table is dropped and made anew. A session that does that forgets what it has prepared, so that its own next answers are read by the
//! new types.

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

/// Whether the text, once it was executed, may have changed the type of a column.
pub(super) fn alters(cql: &str) -> bool {
    let (first, _) = word(cql);
    ["alter", "drop"].iter().any(|known| first.eq_ignore_ascii_case(known))
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
    fn changes_of_the_schema_are_told() {
        for alters_it in ["ALTER TABLE t DROP a", " -- gone\n drop table t", "Drop keyspace k"] {
            assert!(alters(alters_it), "{alters_it}");
        }
        for does_not in ["CREATE TABLE t (a int PRIMARY KEY)", "DELETE FROM drop", "dropped", ""] {
            assert!(!alters(does_not), "{does_not}");
        }
    }

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
