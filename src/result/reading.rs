//! The rows of a page that is kept by who reads it.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

use super::Page;
use super::rows::{Count, plan, read};
use crate::cql::{ColumnMap, FromRow, FromRowOwned};
use crate::driver::OwnedCells;
use crate::error::Result;
use crate::statement::{Origin, ResultColumns};

/// A page being read, row by row; a row is lent until the next.
pub(super) struct Reading {
    cells: OwnedCells,
    columns: ResultColumns,
    count: Count,
    bytes: u64,
    origin: Origin,
}

impl Reading {
    pub(super) fn new(page: Page) -> Self {
        let count = Count::of(page.len());
        let (cells, columns, origin) = page.into_cells();
        Self { cells, columns, count, bytes: 0, origin }
    }

    /// The plan for a row type; an error if the columns do not fit it.
    pub(super) fn plan<'r, T: FromRow<'r>>(&self) -> Result<ColumnMap> {
        plan::<T>(self.columns.of(&self.origin), self.origin.cql())
    }

    pub(super) fn is_done(&self) -> bool {
        self.count.is_done()
    }

    /// Bytes of the values of the rows so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next row, `None` after the last. `map` is a plan for these columns.
    #[inline]
    pub(super) fn next<'a, T: FromRow<'a>>(&'a mut self, map: &ColumnMap) -> Option<Result<T>> {
        if self.count.is_done() {
            return None;
        }
        let Some(row) = self.cells.step() else {
            return Some(Err(self.count.cut_short(self.origin.cql())));
        };
        self.bytes += row.iter().flatten().map(|cell| cell.len() as u64).sum::<u64>();
        let columns = self.columns.of(&self.origin);
        Some(read(row, columns, map, self.count.next(), self.origin.cql()))
    }
}

/// The rows of a [`Page`] as owned values, with the page inside. Made by [`Page::into_rows`].
///
/// A row that cannot be read is an error in its place; the rows after it still come.
pub struct IntoRows<T> {
    reading: Reading,
    map: ColumnMap,
    of: PhantomData<fn() -> T>,
}

impl<T: FromRowOwned> IntoRows<T> {
    pub(super) fn new(page: Page) -> Result<Self> {
        let map = plan::<T>(page.columns(), page.cql())?;
        Ok(Self { reading: Reading::new(page), map, of: PhantomData })
    }
}

impl<T: FromRowOwned> Iterator for IntoRows<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        self.reading.next(&self.map)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.reading.count.size_hint()
    }
}

impl<T: FromRowOwned> FusedIterator for IntoRows<T> {}

impl<T> fmt::Debug for IntoRows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoRows").field("left", &self.reading.count.left()).finish_non_exhaustive()
    }
}
