//! Reading a row.
//!
//! A row type makes its plan once a page: which columns, and whether their types fit. Then a row
//! costs one [`RawRow::get`] a field: two lookups in slices and the value's own decoding.

use super::column_map::no_such_column;
use super::{Column, ColumnMap, FromValue};
use crate::error::{Error, Result};

/// A row type, perhaps borrowing from the page that holds the row (`'r`).
///
/// Tuples of up to 16 values take the columns in their order and need exactly as many; a single
/// column is read as `(T,)`. [`Row`](super::Row) takes any columns. A struct
/// [derives it](super#structs-and-enums); by hand it is done as [`ColumnMap`] shows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a row",
    label = "not a row",
    note = "derive `FromRow` for a struct, or read a tuple of values; for one column that is `(T,)`"
)]
pub trait FromRow<'r>: Sized {
    /// Finds the columns of the fields, and checks their types. Called once a page, before its rows
    /// are read.
    ///
    /// # Errors
    /// A column is missing, there are too many, or a type does not fit.
    fn plan(columns: &[Column]) -> Result<ColumnMap>;

    /// Reads one row of a page whose columns `plan` has accepted.
    ///
    /// # Errors
    /// A value is NULL where the Rust type has no place for that, or is not what its type says.
    fn from_row(row: RawRow<'_, 'r>) -> Result<Self>;
}

/// A row that borrows nothing, so that it outlives its page: what streams hand out.
///
/// It has no methods. A hand-written [`FromRow`] for a type without lifetimes needs one more line:
/// `impl FromRowOwned for User {}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an owned row",
    label = "not a row that lives on without its page",
    note = "one column alone is a tuple of one: `(String,)`; a struct derives `FromRow`",
    note = "it holds `String` and not `&str`; to borrow, read the rows of a `Page` in place of a stream",
    note = "a row type without lifetimes of your own needs `impl FromRowOwned for {Self} {{}}`"
)]
pub trait FromRowOwned: for<'r> FromRow<'r> {}

/// One row as it came: its cells, and the plan that says which field is which cell.
///
/// The cells' bytes and the columns live as long as the page (`'r`); the row itself is a view on a
/// buffer that is used again for the next row (`'x`).
#[derive(Debug, Clone, Copy)]
pub struct RawRow<'x, 'r> {
    cells: &'x [Option<&'r [u8]>],
    columns: &'r [Column],
    map: &'x ColumnMap,
}

impl<'x, 'r> RawRow<'x, 'r> {
    /// `cells` are those of all columns, in their order; `map` is the plan for these columns.
    pub(crate) fn new(
        cells: &'x [Option<&'r [u8]>],
        columns: &'r [Column],
        map: &'x ColumnMap,
    ) -> Self {
        Self { cells, columns, map }
    }

    /// Reads the column of a field, counted from zero.
    ///
    /// # Errors
    /// The value is not a `T`; or `field` is not in the plan.
    #[inline]
    pub fn get<T: FromValue<'r>>(&self, field: usize) -> Result<T> {
        match self.place(field) {
            Some((index, column, cell)) => {
                T::from_value(column.cql_type(), cell).map_err(|e| in_column(e, column, index))
            }
            None => Err(no_field(self.columns, field)),
        }
    }

    /// The column of a field, with its place and its cell.
    #[inline]
    pub(super) fn place(&self, field: usize) -> Option<(usize, &'r Column, Option<&'r [u8]>)> {
        let at = self.map.column(field)?;
        Some((at, self.columns.get(at)?, *self.cells.get(at)?))
    }

    /// All columns of the page, also those that the plan leaves out.
    pub fn columns(&self) -> &'r [Column] {
        self.columns
    }

    /// The bytes of all columns, in their order; `None` is NULL.
    pub fn cells(&self) -> &'x [Option<&'r [u8]>] {
        self.cells
    }
}

#[cold]
#[inline(never)]
fn no_field(columns: &[Column], field: usize) -> Error {
    no_such_column(columns).at(field).into_error()
}

#[cold]
#[inline(never)]
pub(super) fn in_column(error: Error, column: &Column, index: usize) -> Error {
    error.map_value(|value| value.set_column(column, index))
}
