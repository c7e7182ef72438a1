//! A row whose columns are known at run time only.
//!
//! One allocation a row, for the places of its cells; the bytes stay in the page. Each value that
//! is read costs a search for its name and a check of its type, which rows of a fixed type pay
//! once a page.

use std::fmt;

use super::column_map::{find, no_such_column};
use super::from_row::in_column;
use super::{Column, ColumnMap, FromRow, FromValue, RawRow};
use crate::error::Result;

/// A row of any columns, borrowing from its page.
///
/// ```
/// # use async_cassandra::{Result, cql::Row};
/// fn describe(row: &Row<'_>) -> Result<String> {
///     let name = row.get::<&str>("name")?;              // borrowed from the page
///     let age = row.get::<Option<i64>>("age")?;         // any integer column
///     let first: Option<&str> = row.get_at(0)?;
///     Ok(format!("{name} {age:?} {first:?}, {} columns", row.len()))
/// }
/// ```
#[derive(Clone)]
pub struct Row<'r> {
    cells: Box<[Option<&'r [u8]>]>,
    columns: &'r [Column],
}

impl<'r> Row<'r> {
    /// Reads the column called `name`: without quotes, and in lower case unless it was quoted in
    /// the CQL.
    ///
    /// # Errors
    /// There is no such column, there are several, or its value is not a `T`.
    pub fn get<T: FromValue<'r>>(&self, name: &str) -> Result<T> {
        self.get_at(find(self.columns, name)?)
    }

    /// Reads the column at `index`, counted from zero.
    ///
    /// # Errors
    /// There is no such column, or its value is not a `T`.
    pub fn get_at<T: FromValue<'r>>(&self, index: usize) -> Result<T> {
        let (Some(column), Some(cell)) = (self.columns.get(index), self.cells.get(index)) else {
            return Err(no_such_column(self.columns).at(index).into_error());
        };
        T::check(column.cql_type())
            .and_then(|()| T::from_value(column.cql_type(), *cell))
            .map_err(|error| in_column(error, column, index))
    }

    /// The columns, in the order of the CQL.
    pub fn columns(&self) -> &'r [Column] {
        self.columns
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are no columns.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

/// Shows the columns and no values, which may be anybody's.
impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = f.debug_map();
        for (column, cell) in self.columns.iter().zip(&self.cells) {
            let shown = cell.map_or("NULL".to_owned(), |cell| format!("{} bytes", cell.len()));
            row.entry(&format_args!("{column}"), &format_args!("{shown}"));
        }
        row.finish()
    }
}

impl<'r: 'a, 'a> FromRow<'r> for Row<'a> {
    fn plan(columns: &[Column]) -> Result<ColumnMap> {
        Ok(ColumnMap::all(columns))
    }

    fn from_row(row: RawRow<'_, 'r>) -> Result<Self> {
        let cells = row.cells().iter().copied();
        Ok(Self {
            cells: cells.map(|cell| cell as Option<&'a [u8]>).collect(),
            columns: row.columns(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::CqlType;
    use super::super::recorder::markers;
    use super::*;

    fn with_row(test: impl FnOnce(Row<'_>)) {
        let columns = markers([("name", CqlType::Text), ("age", CqlType::Int)]);
        let map = Row::plan(&columns).unwrap();
        test(Row::from_row(RawRow::new(&[Some(b"Ann"), None], &columns, &map)).unwrap());
    }

    #[test]
    fn reads_by_name_and_by_place() {
        with_row(|row| {
            assert_eq!(row.get::<&str>("name").unwrap(), "Ann");
            assert_eq!(row.get::<Option<i64>>("age").unwrap(), None);
            assert_eq!(row.get_at::<String>(0).unwrap(), "Ann");
            assert_eq!((row.len(), row.is_empty(), row.columns().len()), (2, false, 2));
            assert_eq!(format!("{row:?}"), "{name text: 3 bytes, age int: NULL}");
        });
    }

    #[test]
    fn errors_name_the_column() {
        with_row(|row| {
            let message = |error: crate::Error| error.to_string();
            assert!(message(row.get::<i32>("name").unwrap_err()).contains("`name` (text) as i32"));
            assert!(
                message(row.get::<i32>("age").unwrap_err())
                    .contains("`age` (int) as i32: it is NULL")
            );
            assert!(message(row.get::<i32>("Age").unwrap_err()).contains("it has `name`, `age`"));
            assert!(
                message(row.get_at::<i32>(2).unwrap_err()).starts_with("cannot read column 2: ")
            );
        });
    }
}
