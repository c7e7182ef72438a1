//! The tables there are: the server's own, from which clients learn its topology and schema, and the
//! laboratory's.

mod lab;
mod schema;
mod system;

use std::net::SocketAddr;
use std::sync::Arc;

use crate::codec::types::{Cell, Type};

/// A table.
#[derive(Debug)]
pub struct Table {
    /// The keyspace it is in.
    pub keyspace: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order of `*`, the partition key first.
    pub columns: Vec<(&'static str, Type)>,
    /// What it answers.
    pub content: Content,
}

/// What a table answers.
#[derive(Debug)]
pub enum Content {
    /// These rows.
    Rows(Vec<Vec<Cell>>),
    /// For every key one row, with this text.
    One(Arc<[u8]>),
    /// Very many rows.
    Many,
}

/// The keyspace of the laboratory.
pub const LAB: &str = "lab";
/// The table of [`Content::Many`].
pub const BIG: &str = "big";

/// All tables of a server at `address`.
pub fn tables(address: SocketAddr) -> Vec<Table> {
    let mut tables = lab::tables();
    tables.extend(schema::tables(&lab::tables()));
    tables.extend(system::tables(address));
    tables
}

/// Whether a table that is not there is missed: an unknown table of the system is an error, by which
/// clients tell one server from another; any other may be a benchmark's own.
pub fn is_missed(keyspace: &str) -> bool {
    keyspace.starts_with("system")
}
