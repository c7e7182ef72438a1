//! The rows of a page.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::Page;
use crate::cql::{Column, ColumnMap, FromRow, RawRow, Row};
use crate::driver::{Cells, RowCells};
use crate::error::{Error, ErrorKind, Result};

/// The rows of a [`Page`] as `T`, which may borrow from the page.
///
/// A row that cannot be read is an error in its place; the rows after it still come. Made by
/// [`Page::rows`].
pub struct Rows<'r, T> {
    cells: Cells<'r>,
    row: RowCells<'r>,
    columns: &'r [Column],
    map: ColumnMap,
    count: Count,
    cql: &'r str,
    of: PhantomData<fn() -> T>,
}

impl<'r, T: FromRow<'r>> Rows<'r, T> {
    pub(super) fn new(page: &'r Page) -> Result<Self> {
        let map = plan::<T>(page.columns(), page.cql())?;
        Ok(Self::planned(page, map))
    }
}

impl<'r> Rows<'r, Row<'r>> {
    pub(super) fn of_any_columns(page: &'r Page) -> Self {
        Self::planned(page, ColumnMap::all(page.columns()))
    }
}

impl<'r, T> Rows<'r, T> {
    fn planned(page: &'r Page, map: ColumnMap) -> Self {
        let columns = page.columns();
        Self {
            map,
            row: RowCells::new(),
            cells: page.result().cells(columns),
            columns,
            count: Count::of(page.len()),
            cql: page.cql(),
            of: PhantomData,
        }
    }
}

impl<'r, T: FromRow<'r>> Iterator for Rows<'r, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.count.is_done() {
            return None;
        }
        if !self.cells.step(&mut self.row) {
            return Some(Err(self.count.cut_short(self.cql)));
        }
        Some(read(&self.row, self.columns, &self.map, self.count.next(), self.cql))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.count.size_hint()
    }
}

impl<'r, T: FromRow<'r>> FusedIterator for Rows<'r, T> {}

impl<T> fmt::Debug for Rows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("left", &self.count.left()).finish_non_exhaustive()
    }
}

/// How many rows a page has and how many were seen: the cells end at damage as they do at the end, so
/// only this count tells the two apart.
pub(super) struct Count {
    seen: usize,
    all: usize,
}

impl Count {
    pub(super) fn of(all: usize) -> Self {
        Self { seen: 0, all }
    }

    pub(super) fn is_done(&self) -> bool {
        self.seen == self.all
    }

    pub(super) fn left(&self) -> usize {
        self.all - self.seen
    }

    /// Counts a row and gives its number in the page, from zero.
    pub(super) fn next(&mut self) -> usize {
        self.seen += 1;
        self.seen - 1
    }

    /// The rows ended before the last. Nothing more comes.
    #[cold]
    #[inline(never)]
    pub(super) fn cut_short(&mut self, cql: &str) -> Error {
        let Self { seen, all } = *self;
        self.seen = all;
        damaged(all, seen).in_statement(cql)
    }

    /// For the iterators.
    pub(super) fn size_hint(&self) -> (usize, Option<usize>) {
        // A damaged page ends early, with an error as its last item.
        (usize::from(!self.is_done()), Some(self.left()))
    }
}

/// A page of so many rows ends before this one.
pub(super) fn damaged(all: usize, row: usize) -> Error {
    let text = format!("the page says {all} rows, and row {row} is damaged or missing");
    Error::new(ErrorKind::Malformed, text)
}

/// Checks the columns against `T`.
pub(super) fn plan<'r, T: FromRow<'r>>(columns: &[Column], cql: &str) -> Result<ColumnMap> {
    if columns.is_empty() {
        return Err(Error::new(ErrorKind::NotRows, "it is no SELECT").in_statement(cql));
    }
    T::plan(columns).map_err(|error| error.in_statement(cql))
}

/// Reads a row from its cells. An error names its number in the page, and the statement.
#[inline]
pub(super) fn read<'r, T: FromRow<'r>>(
    cells: &[Option<&'r [u8]>],
    columns: &'r [Column],
    map: &ColumnMap,
    at: usize,
    cql: &str,
) -> Result<T> {
    T::from_row(RawRow::new(cells, columns, map)).map_err(|error| in_row(error, at, cql))
}

#[cold]
#[inline(never)]
fn in_row(error: Error, at: usize, cql: &str) -> Error {
    error.map_value(|value| value.set_row(at)).in_statement(cql)
}
