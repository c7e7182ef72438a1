//! The rows of a page in any order.

use std::fmt;
use std::marker::PhantomData;

use super::Page;
use super::rows::{damaged, plan, read};
use crate::cql::{ColumnMap, FromRow};
use crate::error::Result;

/// The rows of a [`Page`] in any order, as `T`, which may borrow from the page. Made by
/// [`Page::indexed`].
pub struct IndexedRows<'r, T> {
    page: &'r Page,
    map: ColumnMap,
    of: PhantomData<fn() -> T>,
}

impl<'r, T: FromRow<'r>> IndexedRows<'r, T> {
    pub(super) fn new(page: &'r Page) -> Result<Self> {
        let map = plan::<T>(page.columns(), page.cql())?;
        Ok(Self { page, map, of: PhantomData })
    }

    /// The row with this number, counted from zero; `None` when there are not so many.
    ///
    /// # Errors
    /// The row cannot be read, or the page is damaged before it.
    pub fn get(&self, number: usize) -> Option<Result<T>> {
        let page = self.page;
        if number >= page.len() {
            return None;
        }
        let Some(cells) = page.result().row(number, page.columns()) else {
            return Some(Err(damaged(page.len(), number).in_statement(page.cql())));
        };
        Some(read(cells, page.columns(), &self.map, number, page.cql()))
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.page.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.page.is_empty()
    }
}

impl<T> fmt::Debug for IndexedRows<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexedRows").field("rows", &self.page.len()).finish_non_exhaustive()
    }
}
