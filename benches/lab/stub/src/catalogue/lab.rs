//! The tables of the laboratory.

use super::{BIG, Content, LAB, Table};
use crate::codec::types::Type;
use crate::rows::text;

/// The tables `kv`, `kv_1k` and `kv_100k`, by the size of their text, and `big`.
pub fn tables() -> Vec<Table> {
    let one = |name, size| Table {
        keyspace: LAB,
        name,
        columns: vec![("id", Type::Bigint), ("v", Type::Text)],
        content: Content::One(text(size).into()),
    };
    let big = Table {
        keyspace: LAB,
        name: BIG,
        columns: vec![
            ("part", Type::Int),
            ("id", Type::Bigint),
            ("a", Type::Text),
            ("b", Type::Double),
        ],
        content: Content::Many,
    };
    vec![one("kv", 16), one("kv_1k", 1 << 10), one("kv_100k", 100 << 10), big]
}
