//! What a page came from: its statement.

use std::sync::{Arc, OnceLock};

use super::{PreparedCore, text};
use crate::cql::Column;
use crate::driver::{Columns, ResultSet};

/// The statement of a page: unprepared text, or a prepared statement, which knows the columns of its
/// results.
///
/// Cost of a clone: one reference count.
#[derive(Clone)]
pub(crate) enum Origin {
    Text(Arc<str>),
    Prepared(Arc<PreparedCore>),
}

impl Origin {
    pub(crate) fn cql(&self) -> &Arc<str> {
        match self {
            Self::Text(cql) => cql,
            Self::Prepared(core) => &core.cql,
        }
    }

    /// Whether it may change what prepared statements stand for.
    pub(crate) fn alters(&self) -> bool {
        match self {
            Self::Text(cql) => text::alters(cql),
            Self::Prepared(core) => core.alters,
        }
    }

    fn known(&self) -> Option<&KnownColumns> {
        match self {
            Self::Text(_) => None,
            Self::Prepared(core) => Some(&core.columns),
        }
    }

    /// The columns of a result of this statement.
    pub(crate) fn columns(&self, result: &ResultSet) -> ResultColumns {
        match self.known() {
            // Most writes.
            _ if result.column_count() == 0 => ResultColumns::Own(Box::default()),
            Some(known) if known.are_of(result) => ResultColumns::Known,
            _ => ResultColumns::Own(result.columns().into_inner()),
        }
    }
}

/// The columns of a prepared statement's first result. The others have the same ones, as a rule, and
/// need no copy of their own.
#[derive(Default)]
pub(crate) struct KnownColumns(OnceLock<Columns>);

impl KnownColumns {
    /// Whether the result has these columns, name by name and type by type. The first one has.
    fn are_of(&self, result: &ResultSet) -> bool {
        // Another thread may have brought another result's.
        result.has_columns(self.0.get_or_init(|| result.columns()))
    }

    fn get(&self) -> &[Column] {
        self.0.get().map_or(&[], Columns::as_slice)
    }
}

/// The columns of one result.
pub(crate) enum ResultColumns {
    /// Those that its statement knows.
    Known,
    Own(Box<[Column]>),
}

impl ResultColumns {
    /// `origin` is the statement that they were asked of.
    pub(crate) fn of<'a>(&'a self, origin: &'a Origin) -> &'a [Column] {
        match self {
            Self::Own(columns) => columns,
            Self::Known => origin.known().map_or(&[], KnownColumns::get),
        }
    }
}
