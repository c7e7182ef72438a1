//! A result in C's memory, and the cells in it.
//!
//! Cells are slices of the response that C keeps; they live as long as the result. C decodes a
//! whole row a step; a cell then costs two calls. A damaged row ends C's iterator early, so the
//! count of rows seen is held against the result's own.

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::sync::OnceLock;

use smallvec::SmallVec;

use super::pending::Outcome;
use super::{collection, data_type, failure, sys, text};
use crate::cql::Column;
use crate::error::Result;

/// Cells that an index has room for before it has seen them: 1 MiB.
const TRUSTED_CELLS: usize = 1 << 16;

/// The cells of one row. As many as most rows have cost no allocation.
pub(crate) type RowCells<'r> = SmallVec<[Option<&'r [u8]>; 8]>;

/// An owned `CassResult`: immutable, independent of future and session.
pub(crate) struct ResultSet {
    raw: NonNull<sys::CassResult>,
    /// Every cell that C's iterator came to, row by row, once somebody asked for a row by its number.
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
    fn as_ptr(&self) -> *const sys::CassResult {
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
        Cells { walk: Walk::new(self, columns), of: PhantomData }
    }

    /// The cells of a row by its number. `None` for one that C does not come to: there are not so many,
    /// or the data is damaged.
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
        let expected = self.row_count().saturating_mul(walk.columns);
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
        OwnedCells { walk: Walk::new(&self, columns), row: RowCells::new(), _result: self }
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

/// The way through the rows of a result that somebody else keeps alive.
struct Walk {
    way: Way,
    columns: usize,
    /// Those that are lists, sets and maps.
    collections: Box<[usize]>,
}

// SAFETY: an iterator has no thread affinity; `&mut` keeps two threads from stepping it at once.
unsafe impl Send for Walk {}
// SAFETY: no method takes `&self`.
unsafe impl Sync for Walk {}

enum Way {
    /// To the only row, or to none: C has decoded it with the answer, and makes nothing for it.
    First(*const sys::CassRow),
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

impl Way {
    fn through(result: &ResultSet) -> Self {
        if result.row_count() <= 1 {
            // SAFETY: a live result; the row lives as long as it. NULL where there is none.
            return Self::First(unsafe { sys::cass_result_first_row(result.as_ptr()) });
        }
        // SAFETY: a live result; the owner of the walk keeps it alive.
        let raw = unsafe { sys::cass_iterator_from_result(result.as_ptr()) };
        Self::Iterator(NonNull::new(raw).expect("the C driver could not allocate an iterator"))
    }

    /// The next row, until the step after; NULL at the end.
    ///
    /// # Safety
    /// The result is live.
    unsafe fn step(&mut self) -> *const sys::CassRow {
        match self {
            Self::First(row) => std::mem::replace(row, std::ptr::null()),
            // SAFETY: the iterator is live and, says the caller, its result too.
            Self::Iterator(iterator) => unsafe {
                match sys::cass_iterator_next(iterator.as_ptr()) {
                    0 => std::ptr::null(),
                    _ => sys::cass_iterator_get_row(iterator.as_ptr()),
                }
            },
        }
    }
}

impl Walk {
    fn new(result: &ResultSet, columns: &[Column]) -> Self {
        let way = Way::through(result);
        let is_collection = |index: &usize| columns[*index].cql_type().is_collection();
        let collections = (0..columns.len()).filter(is_collection).collect();
        Self { way, columns: columns.len(), collections }
    }

    /// Fills `row` with the next row's cells; `false` at the end, or where the data is damaged.
    ///
    /// # Safety
    /// The result outlives the slices in `row`.
    unsafe fn step(&mut self, row: &mut RowCells<'_>) -> bool {
        // SAFETY: the result is live, says the caller; the row object is used before the next step
        // overwrites it.
        unsafe {
            let current = self.way.step();
            if current.is_null() {
                row.clear();
                return false;
            }
            // Of the row before, all of which is written over.
            if row.len() != self.columns {
                row.resize(self.columns, None);
            }
            for (index, place) in row.iter_mut().enumerate() {
                *place = cell(current, index);
            }
            for &index in &self.collections {
                row[index] = collection::cell(sys::cass_row_get_column(current, index));
            }
        }
        true
    }
}

/// The bytes of one cell; `None` for NULL.
///
/// # Safety
/// `row` is the iterator's current row, and its result outlives `'r`.
unsafe fn cell<'r>(row: *const sys::CassRow, index: usize) -> Option<&'r [u8]> {
    let (mut start, mut length) = (std::ptr::null(), 0);
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
    pub(crate) fn step(&mut self) -> Option<&[Option<&[u8]>]> {
        // SAFETY: the result lives in `self`; the row is lent for the borrow of `self` only.
        match unsafe { self.walk.step(&mut self.row) } {
            true => Some(&self.row),
            false => None,
        }
    }
}
