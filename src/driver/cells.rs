//! The way through the rows of a result, cell by cell.
//!
//! Cells are slices of the response that C keeps; they live as long as the result. There are three
//! ways to them:
//!
//! | way | for | a row costs |
//! |---|---|---|
//! | C's first row | at most one row | two calls of C a cell |
//! | the response's bytes | the embedded driver, from two rows on ([`response`](super::response)) | no call; every length is checked |
//! | C's iterator | every other driver | two calls, and two more a cell |
//!
//! A damaged row ends each of them early, so the count of rows seen is held against the result's own.

use std::marker::PhantomData;
use std::ptr::{self, NonNull};

use smallvec::SmallVec;

use super::response::{self, Cursor};
use super::result::ResultSet;
use super::{collection, sys};
use crate::cql::{Column, take_cell};

/// The cells of one row. As many as most rows have cost no allocation.
pub(crate) type RowCells<'r> = SmallVec<[Option<&'r [u8]>; 8]>;

/// The way through the rows of a result that somebody else keeps alive.
pub(super) struct Walk {
    way: Way,
    columns: usize,
    /// Those that are lists, sets and maps: C gives out a part of their cells.
    collections: Box<[usize]>,
}

// SAFETY: an iterator has no thread affinity; `&mut` keeps two threads from stepping it at once.
unsafe impl Send for Walk {}
// SAFETY: no method takes `&self`.
unsafe impl Sync for Walk {}

enum Way {
    /// To the only row, or to none: C has decoded it with the answer, and makes nothing for it.
    First(*const sys::CassRow),
    /// Through the bytes of so many rows. `'static` stands for "as long as the result".
    Bytes { rest: &'static [u8], rows: usize },
    /// C's iterator.
    Iterator(NonNull<sys::CassIterator>),
}

impl Drop for Way {
    fn drop(&mut self) {
        if let Self::Iterator(iterator) = self {
            // SAFETY: ours, given up here. It holds no reference to its result and touches none.
            unsafe { sys::cass_iterator_free(iterator.as_ptr()) }
        }
    }
}

impl Walk {
    /// `columns` are those of the result.
    pub(super) fn new(result: &ResultSet, columns: &[Column]) -> Self {
        let is_collection = |index: &usize| columns[*index].cql_type().is_collection();
        let collections = (0..columns.len()).filter(is_collection).collect();
        let mut walk = Self { way: Way::First(ptr::null()), columns: columns.len(), collections };
        walk.way = walk.way(result);
        walk
    }

    fn way(&self, result: &ResultSet) -> Way {
        let rows = result.row_count();
        if rows == 0 {
            return Way::First(ptr::null());
        }
        // SAFETY: a live result with rows; the row lives as long as it.
        let (first, cursor) = unsafe {
            (sys::cass_result_first_row(result.as_ptr()), response::cursor(result.as_ptr()))
        };
        if cursor.is_some_and(Cursor::is_overrun) {
            return Way::First(ptr::null());
        }
        // NULL where C has found no whole row.
        if rows == 1 || first.is_null() {
            return Way::First(first);
        }
        if let Some(rest) = cursor.and_then(|cursor| self.bytes(first, cursor)) {
            return Way::Bytes { rest, rows };
        }
        // SAFETY: a live result; the owner of the walk keeps it alive.
        let raw = unsafe { sys::cass_iterator_from_result(result.as_ptr()) };
        Way::Iterator(NonNull::new(raw).expect("the C driver could not allocate an iterator"))
    }

    /// Where the rows lie.
    fn bytes(&self, first: *const sys::CassRow, cursor: Cursor) -> Option<&'static [u8]> {
        let mut cells = RowCells::new();
        // SAFETY: the first row and the cursor of one live result; its bytes live as long as it, which
        // is what `'static` stands for.
        unsafe {
            self.fill(&mut cells, first);
            cursor.rows(&cells)
        }
    }

    /// Fills `row` with the next row's cells; `false` at the end, or where the data is damaged.
    ///
    /// # Safety
    /// The result outlives the slices in `row`.
    #[inline]
    pub(super) unsafe fn step(&mut self, row: &mut RowCells<'_>) -> bool {
        let current = match &mut self.way {
            Way::Bytes { rest, rows } => {
                let is_row = *rows > 0 && split(rest, row, self.columns);
                *rows = if is_row { *rows - 1 } else { 0 };
                return is_row;
            }
            Way::First(first) => std::mem::replace(first, ptr::null()),
            // SAFETY: the iterator is live and, says the caller, its result too.
            Way::Iterator(iterator) => unsafe {
                match sys::cass_iterator_next(iterator.as_ptr()) {
                    0 => ptr::null(),
                    _ => sys::cass_iterator_get_row(iterator.as_ptr()),
                }
            },
        };
        if current.is_null() {
            return false;
        }
        // SAFETY: the row object is used before the next step overwrites it; the rest says the caller.
        unsafe { self.fill(row, current) };
        true
    }

    /// Fills `row` with the cells of one of C's rows.
    ///
    /// # Safety
    /// `current` is a row of the result, which outlives the slices in `row`.
    #[inline]
    unsafe fn fill(&self, row: &mut RowCells<'_>, current: *const sys::CassRow) {
        fit(row, self.columns);
        // SAFETY: a live row with so many columns.
        unsafe {
            for (index, place) in row.iter_mut().enumerate() {
                *place = cell(current, index);
            }
            for &index in &self.collections {
                row[index] = collection::cell(sys::cass_row_get_column(current, index));
            }
        }
    }
}

/// Makes room for so many cells. Those of the row before are all written over.
#[inline]
fn fit(row: &mut RowCells<'_>, columns: usize) {
    if row.len() != columns {
        row.clear();
        (0..columns).for_each(|_| row.push(None));
    }
}

/// Takes the cells of a row from the front; `false` where the bytes end before the row.
#[inline]
fn split(rest: &mut &'static [u8], row: &mut RowCells<'_>, columns: usize) -> bool {
    fit(row, columns);
    row.iter_mut().all(|place| take_cell(rest).map(|cell| *place = cell).is_some())
}

/// The bytes of one cell; `None` for NULL.
///
/// # Safety
/// `row` is a live row, and its result outlives `'r`.
#[inline]
unsafe fn cell<'r>(row: *const sys::CassRow, index: usize) -> Option<&'r [u8]> {
    let (mut start, mut length) = (ptr::null(), 0);
    // SAFETY: the contract is the caller's; C gives the slice of the response, or an error code for
    // NULL, and an empty value may have any start.
    unsafe {
        let value = sys::cass_row_get_column(row, index);
        if value.is_null() || sys::cass_value_get_bytes(value, &mut start, &mut length) != sys::OK {
            return None;
        }
        match length {
            0 => Some(&[]),
            _ => Some(std::slice::from_raw_parts(start, length)),
        }
    }
}

/// The rows of a borrowed result. Cells live as long as the result, not only until the next row.
pub(crate) struct Cells<'r> {
    walk: Walk,
    of: PhantomData<&'r ResultSet>,
}

impl<'r> Cells<'r> {
    pub(super) fn new(result: &'r ResultSet, columns: &[Column]) -> Self {
        Self { walk: Walk::new(result, columns), of: PhantomData }
    }

    #[inline]
    pub(crate) fn step(&mut self, row: &mut RowCells<'r>) -> bool {
        // SAFETY: the result is borrowed for `'r`.
        unsafe { self.walk.step(row) }
    }
}

/// The rows of a result that lives inside: a row is lent until the next step.
pub(crate) struct OwnedCells {
    walk: Walk,
    /// Cells of the result below; `'static` stands for "as long as `_result`", and leaves this
    /// type only with the lifetime of a borrow.
    row: RowCells<'static>,
    _result: ResultSet,
}

impl OwnedCells {
    pub(super) fn new(result: ResultSet, columns: &[Column]) -> Self {
        Self { walk: Walk::new(&result, columns), row: RowCells::new(), _result: result }
    }

    #[inline]
    pub(crate) fn step(&mut self) -> Option<&[Option<&[u8]>]> {
        // SAFETY: the result lives in `self`; the row is lent for the borrow of `self` only.
        match unsafe { self.walk.step(&mut self.row) } {
            true => Some(&self.row),
            false => None,
        }
    }
}
