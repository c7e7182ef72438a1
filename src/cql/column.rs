//! A column of a result, or a marker of a prepared statement: a name and a type.

use std::fmt;

use super::CqlType;

/// A column of a result, or a marker (`?` or `:name`) of a prepared statement.
///
/// The server names a `?` after the column that it is compared with or assigned to. `Display` is
/// the name and the type, as in a table's declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: Box<str>,
    cql_type: CqlType,
}

impl Column {
    pub(crate) fn new(name: impl Into<Box<str>>, cql_type: CqlType) -> Self {
        Self { name: name.into(), cql_type }
    }

    /// The name, exactly as the server gives it: without quotes, and in lower case unless it was
    /// quoted in the CQL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type.
    pub fn cql_type(&self) -> &CqlType {
        &self.cql_type
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.cql_type)
    }
}
