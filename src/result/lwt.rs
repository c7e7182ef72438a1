//! The answer to a lightweight transaction.
//!
//! Its first column says whether it was applied. The others are there only when it was not, and
//! they are others from statement to statement.

use super::Page;
use super::rows::{Count, read};
use crate::cql::{FromRow, FromValue};
use crate::driver::RowCells;
use crate::error::{Error, ErrorKind, Result};

/// The column that the server puts before all others.
const APPLIED: &str = "[applied]";

/// How a lightweight transaction ended.
///
/// ```
/// use async_cassandra::Lwt;
///
/// fn describe(outcome: Lwt<(i32, String)>) -> String {
///     match outcome {
///         Lwt::Applied => "done".to_owned(),
///         Lwt::Refused(Some((id, name))) => format!("{id} is {name}"),
///         Lwt::Refused(None) => "there is no such row".to_owned(),
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lwt<T> {
    /// The condition held, and the statement was done.
    Applied,
    /// The condition did not hold, and nothing was done: the row as it is. `None` when there is
    /// none, as with `IF EXISTS`: the server sends no columns then, or nothing but NULLs.
    Refused(Option<T>),
}

impl<T> Lwt<T> {
    /// Whether it was done.
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Applied)
    }
}

/// The answer to a statement with `IF`.
impl Page {
    /// Whether the statement was done.
    ///
    /// Requests have [`applied`](crate::Query::applied) too. This is for those that are executed by
    /// reference, or whose page is of use besides.
    ///
    /// # Errors
    /// [`ErrorKind::NotConditional`]: the statement has no `IF`. It was executed.
    pub fn applied(&self) -> Result<bool> {
        self.verdict().map(|(applied, _)| applied)
    }

    /// Whether the statement was done, and what stood against it; see [`applied`](Self::applied). The
    /// row may borrow from the page.
    ///
    /// # Errors
    /// [`ErrorKind::NotConditional`]: the statement has no `IF`. It was executed.
    /// [`ErrorKind::Decode`]: it was refused, and the columns are not those of `T`.
    pub fn lwt<'r, T: FromRow<'r>>(&'r self) -> Result<Lwt<T>> {
        let (applied, cells) = self.verdict()?;
        if applied {
            return Ok(Lwt::Applied);
        }
        let (cells, columns) = (&cells[1..], &self.columns()[1..]);
        if cells.iter().all(Option::is_none) {
            return Ok(Lwt::Refused(None));
        }
        let map = T::plan(columns).map_err(|error| error.in_statement(self.cql()))?;
        let row = read(cells, columns, &map, 0, self.cql())?;
        Ok(Lwt::Refused(Some(row)))
    }

    /// What the first row says, and the row: a cell for each column, at least one.
    fn verdict(&self) -> Result<(bool, RowCells<'_>)> {
        let in_statement = |error: Error| error.in_statement(self.cql());
        let Some(first) = self.columns().first().filter(|column| column.name() == APPLIED) else {
            let text = "its answer does not say whether it was applied, since it has no IF";
            return Err(in_statement(Error::new(ErrorKind::NotConditional, text)));
        };
        let mut row = RowCells::new();
        if self.is_empty() || !self.result().cells(self.columns()).step(&mut row) {
            return Err(Count::of(self.len()).cut_short(self.cql()));
        }
        bool::check(first.cql_type())
            .and_then(|()| bool::from_value(first.cql_type(), row[0]))
            .map(|applied| (applied, row))
            .map_err(in_statement)
    }
}
