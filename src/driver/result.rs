//! A result in C's memory. `cells` goes through its rows.

use std::ptr::NonNull;
use std::sync::OnceLock;

use super::cells::{Cells, OwnedCells, RowCells, Walk};
use super::pending::Outcome;
use super::{data_type, failure, sys, text};
use crate::cql::Column;
use crate::error::Result;

/// Cells that an index has room for before it has seen them: 1 MiB.
const TRUSTED_CELLS: usize = 1 << 16;

/// An owned `CassResult`: immutable, independent of future and session.
pub(crate) struct ResultSet {
    raw: NonNull<sys::CassResult>,
    /// Every cell that a walk came to, row by row, once somebody asked for a row by its number.
    /// `'static` stands for "as long as `raw`", and leaves this type only with the lifetime of a
    /// borrow.
    index: OnceLock<Box<[Option<&'static [u8]>]>>,
}

// SAFETY: C documents results as immutable; the reference count is atomic.
unsafe impl Send for ResultSet {}
// SAFETY: as above.
unsafe impl Sync for ResultSet {}

impl Drop for ResultSet {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here.
        unsafe { sys::cass_result_free(self.raw.as_ptr()) }
    }
}

impl Outcome for ResultSet {
    unsafe fn read(future: *mut sys::CassFuture) -> Result<Self> {
        // SAFETY: set, says the caller; the getter gives a reference of our own, or NULL for a
        // failed future.
        match NonNull::new(unsafe { sys::cass_future_get_result(future) }.cast_mut()) {
            Some(raw) => Ok(Self { raw, index: OnceLock::new() }),
            // SAFETY: set, says the caller.
            None => Err(unsafe { failure::from_future(future) }),
        }
    }
}

impl ResultSet {
    pub(super) fn as_ptr(&self) -> *const sys::CassResult {
        self.raw.as_ptr()
    }

    pub(crate) fn row_count(&self) -> usize {
        // SAFETY: a live result.
        unsafe { sys::cass_result_row_count(self.as_ptr()) }
    }

    pub(crate) fn column_count(&self) -> usize {
        // SAFETY: a live result.
        unsafe { sys::cass_result_column_count(self.as_ptr()) }
    }

    /// Names and types. Empty for a result without rows: asking C for a name there crashes.
    pub(crate) fn columns(&self) -> Columns {
        let columns = 0..self.column_count();
        let codes = columns.clone().map(|index| self.type_code(index)).collect();
        Columns { columns: columns.map(|index| self.column(index)).collect(), codes }
    }

    /// C's number for the type of a column.
    fn type_code(&self, index: usize) -> u32 {
        // SAFETY: as in `column`.
        unsafe { data_type::code(sys::cass_result_column_data_type(self.as_ptr(), index)) }
    }

    /// Whether its columns are these, by names and types. Allocates nothing, but for classes that are
    /// no types of their own.
    pub(crate) fn has_columns(&self, known: &Columns) -> bool {
        let mut all = known.columns.iter().zip(&known.codes).enumerate();
        known.columns.len() == self.column_count()
            && all.all(|(index, (column, code))| self.has_column(index, column, *code))
    }

    fn has_column(&self, index: usize, known: &Column, code: u32) -> bool {
        // SAFETY: as in `column`.
        unsafe {
            let raw = self.as_ptr();
            text::is(known.name(), |s, l| sys::cass_result_column_name(raw, index, s, l))
                && data_type::is(
                    known.cql_type(),
                    code,
                    sys::cass_result_column_data_type(raw, index),
                )
        }
    }

    fn column(&self, index: usize) -> Column {
        // SAFETY: a live result with metadata, since it has columns; text and type live as long as
        // the result.
        unsafe {
            let raw = self.as_ptr();
            let name = text::lent(|s, l| sys::cass_result_column_name(raw, index, s, l));
            let cql_type = data_type::read(sys::cass_result_column_data_type(raw, index));
            Column::new(name.unwrap_or_default(), cql_type)
        }
    }

    pub(crate) fn has_more_pages(&self) -> bool {
        // SAFETY: a live result.
        unsafe { sys::cass_result_has_more_pages(self.as_ptr()) != 0 }
    }

    /// Where the next page starts, if there is one.
    pub(crate) fn paging_state(&self) -> Option<&[u8]> {
        let (mut start, mut length) = (std::ptr::null(), 0);
        // SAFETY: a live result; the token lives as long as the result.
        unsafe {
            if !self.has_more_pages()
                || sys::cass_result_paging_state_token(self.as_ptr(), &mut start, &mut length)
                    != sys::OK
                || start.is_null()
            {
                return None;
            }
            Some(std::slice::from_raw_parts(start.cast(), length))
        }
    }

    /// Walks the rows from the first. `columns` are those of this result.
    pub(crate) fn cells(&self, columns: &[Column]) -> Cells<'_> {
        Cells::new(self, columns)
    }

    /// The cells of a row by its number. `None` for one that a walk does not come to: there are not so
    /// many, or the data is damaged.
    ///
    /// The first call goes through all rows, and keeps the places of their cells.
    pub(crate) fn row(&self, number: usize, columns: &[Column]) -> Option<&[Option<&[u8]>]> {
        let cells = self.index.get_or_init(|| self.walk_all(columns));
        let columns = self.column_count();
        let start = number.checked_mul(columns)?;
        cells.get(start..start.checked_add(columns)?).filter(|row| !row.is_empty())
    }

    fn walk_all(&self, columns: &[Column]) -> Box<[Option<&'static [u8]>]> {
        let mut walk = Walk::new(self, columns);
        // The count is the server's word, and no reason to allocate any amount.
        let expected = self.row_count().saturating_mul(columns.len());
        let mut cells = Vec::with_capacity(expected.min(TRUSTED_CELLS));
        let mut row = RowCells::new();
        // SAFETY: the result lives in `self`, which lends these cells for the borrow of it only.
        while unsafe { walk.step(&mut row) } {
            cells.extend_from_slice(&row);
        }
        cells.into()
    }

    /// Walks the rows and keeps the result alive meanwhile.
    pub(crate) fn into_cells(self, columns: &[Column]) -> OwnedCells {
        OwnedCells::new(self, columns)
    }
}

/// Names and types of the columns of a result.
pub(crate) struct Columns {
    columns: Box<[Column]>,
    /// C's number for the type of each.
    codes: Box<[u32]>,
}

impl Columns {
    pub(crate) fn as_slice(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn into_inner(self) -> Box<[Column]> {
        self.columns
    }
}
