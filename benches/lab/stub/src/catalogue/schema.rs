//! `system_schema`, as far as clients read it: they learn from it how to find a key's replica.

use super::{BIG, Content, LAB, Table};
use crate::codec::types::{self, Cell, Type, text, text_map, texts};

const TEXT_MAP: Type = Type::Map(&Type::Text, &Type::Text);
const TEXT_SET: Type = Type::Set(&Type::Text);
const TEXT_LIST: Type = Type::List(&Type::Text);

/// The schema of `described`.
pub fn tables(described: &[Table]) -> Vec<Table> {
    let table = |name, columns: &[(&'static str, Type)], rows| Table {
        keyspace: "system_schema",
        name,
        columns: [("keyspace_name", Type::Text)].iter().chain(columns).copied().collect(),
        content: Content::Rows(rows),
    };
    let columns = described.iter().flat_map(columns_of).collect();
    vec![
        table(
            "keyspaces",
            &[("durable_writes", Type::Boolean), ("replication", TEXT_MAP)],
            vec![keyspace(LAB)],
        ),
        table(
            "tables",
            &[
                ("table_name", Type::Text),
                ("caching", TEXT_MAP),
                ("comment", Type::Text),
                ("compaction", TEXT_MAP),
                ("flags", TEXT_SET),
                ("gc_grace_seconds", Type::Int),
                ("id", Type::Uuid),
            ],
            described.iter().map(row_of).collect(),
        ),
        table(
            "columns",
            &[
                ("table_name", Type::Text),
                ("column_name", Type::Text),
                ("clustering_order", Type::Text),
                ("column_name_bytes", Type::Blob),
                ("kind", Type::Text),
                ("position", Type::Int),
                ("type", Type::Text),
            ],
            columns,
        ),
        table(
            "types",
            &[("type_name", Type::Text), ("field_names", TEXT_LIST), ("field_types", TEXT_LIST)],
            vec![],
        ),
        table("views", &[("view_name", Type::Text), ("base_table_name", Type::Text)], vec![]),
        table(
            "indexes",
            &[
                ("table_name", Type::Text),
                ("index_name", Type::Text),
                ("kind", Type::Text),
                ("options", TEXT_MAP),
            ],
            vec![],
        ),
        table(
            "functions",
            &[
                ("function_name", Type::Text),
                ("argument_types", TEXT_LIST),
                ("argument_names", TEXT_LIST),
                ("body", Type::Text),
                ("called_on_null_input", Type::Boolean),
                ("language", Type::Text),
                ("return_type", Type::Text),
            ],
            vec![],
        ),
        table(
            "aggregates",
            &[
                ("aggregate_name", Type::Text),
                ("argument_types", TEXT_LIST),
                ("final_func", Type::Text),
                ("initcond", Type::Text),
                ("return_type", Type::Text),
                ("state_func", Type::Text),
                ("state_type", Type::Text),
            ],
            vec![],
        ),
    ]
}

fn keyspace(name: &str) -> Vec<Cell> {
    let replication =
        [("class", "org.apache.cassandra.locator.SimpleStrategy"), ("replication_factor", "1")];
    vec![text(name), types::boolean(true), text_map(&replication)]
}

fn row_of(table: &Table) -> Vec<Cell> {
    let mut id = [0x5A; 16];
    id[..table.name.len()].copy_from_slice(table.name.as_bytes());
    vec![
        text(table.keyspace),
        text(table.name),
        text_map(&[("keys", "ALL"), ("rows_per_partition", "NONE")]),
        text(""),
        text_map(&[("class", "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy")]),
        texts(&["compound"]),
        types::int(864_000),
        Some(id.to_vec()),
    ]
}

fn columns_of(table: &Table) -> impl Iterator<Item = Vec<Cell>> {
    table.columns.iter().enumerate().map(|(at, (name, kind))| {
        let (role, order, position) = match at {
            0 => ("partition_key", "none", 0),
            1 if table.name == BIG => ("clustering", "asc", 0),
            _ => ("regular", "none", -1),
        };
        vec![
            text(table.keyspace),
            text(table.name),
            text(name),
            text(order),
            text(name),
            text(role),
            types::int(position),
            text(match kind {
                Type::Bigint => "bigint",
                Type::Double => "double",
                Type::Int => "int",
                _ => "text",
            }),
        ]
    })
}
