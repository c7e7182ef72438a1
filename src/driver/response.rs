//! Where the rows of a result lie in the response that C keeps.
//!
//! C gives rows out by an iterator, which copies place and length of each cell, and gives each out by
//! two calls. It holds no cell's length against the end of the response: it reads on behind a page that
//! was cut short. Whoever has the bytes walks them in a third of the time and checks every length, but C
//! has no function that says where they end.
//!
//! The embedded driver is one file, known by its hash (`vendor/wheels.txt`). Where its results keep
//! the cursor that C's iterators start from is known, then, too: [`AT`]. It stands behind the first
//! row, which C decodes as the answer comes. What it says is believed where it agrees with the cells of
//! that row as C's functions give them out, and with any other driver nothing is read here at all.
//! `tests/it/damage.rs` fails when the place is no longer right.

use std::mem::size_of;

use super::{plug, sys};

/// Where the first row of a result ends, as the C++ driver keeps it (its class `Decoder`).
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    place: *const u8,
    /// Of the whole body of the response.
    length: usize,
    /// From `place` to the end of the body. Wraps around where a cell was longer than that.
    left: usize,
}

/// Where a result of the embedded driver keeps its cursor: in bytes from its start.
const AT: usize = 0x298;

/// The bytes of a length in front of a cell.
const LENGTH: usize = size_of::<i32>();

/// The cursor of a result; `None` with another driver than the embedded one.
///
/// # Safety
/// A live result with rows.
#[inline]
pub(super) unsafe fn cursor(result: *const sys::CassResult) -> Option<Cursor> {
    // SAFETY: live, says the caller. The embedded driver's results have a cursor in this place, all
    // of whose bytes are set where there is a row; it is aligned as they are.
    plug::is_embedded().then(|| unsafe { result.byte_add(AT).cast::<Cursor>().read() })
}

impl Cursor {
    /// Whether the first row is longer than the response.
    pub(super) fn is_overrun(self) -> bool {
        self.left > self.length
    }

    /// The bytes of all rows, with whatever follows the last; `None` where the cursor does not agree
    /// with the cells of the first row, or nothing tells.
    ///
    /// # Safety
    /// The cursor and the first row are of one live result, which outlives `'r` and is not overrun.
    pub(super) unsafe fn rows<'r>(self, first: &[Option<&[u8]>]) -> Option<&'r [u8]> {
        let Self { place, length, left } = self;
        let size = row_before(place, first).filter(|size| *size <= length - left)?;
        // SAFETY: `place` is where the last cell of the row ends, so within the response, whose body
        // has so many bytes before and after it; they live and rest as long as the result.
        Some(unsafe { std::slice::from_raw_parts(place.sub(size), size + left) })
    }
}

/// How many bytes a row takes that ends at `end`; none if one of its cells lies elsewhere than it would
/// then, or if nothing tells where any of them lies.
fn row_before(end: *const u8, cells: &[Option<&[u8]>]) -> Option<usize> {
    let mut size = 0;
    let mut seen = false;
    for cell in cells.iter().rev() {
        let bytes = cell.unwrap_or_default();
        size += bytes.len();
        // The place of an empty cell says nothing.
        if !bytes.is_empty() {
            seen = true;
            if bytes.as_ptr().addr() != end.addr().checked_sub(size)? {
                return None;
            }
        }
        size += LENGTH;
    }
    seen.then_some(size)
}

#[cfg(test)]
mod tests {
    use super::row_before;

    const ROW: &[u8] = b"\0\0\0\x02ab\xff\xff\xff\xff\0\0\0\x01c\0\0\0\0";

    #[test]
    fn a_row_is_measured_from_its_end() {
        let [ab, c] = [Some(&ROW[4..6]), Some(&ROW[14..15])];
        let end = ROW.as_ptr_range().end;
        assert_eq!(row_before(end, &[ab, None, c, Some(&[])]), Some(ROW.len()));
        assert_eq!(row_before(end, &[ab, None, c, None]), Some(ROW.len()));
        assert_eq!(row_before(end, &[c, None]), Some(9));
    }

    #[test]
    fn cells_that_lie_elsewhere_are_no_such_row() {
        let [ab, c] = [Some(&ROW[4..6]), Some(&ROW[14..15])];
        let end = ROW.as_ptr_range().end;
        assert_eq!(row_before(end, &[ab, c, None]), None, "a cell between them is missing");
        assert_eq!(row_before(end, &[ab, None, c]), None, "the end is elsewhere");
        assert_eq!(row_before(end, &[Some(b"xy"), None, c, None]), None, "another response");
        assert_eq!(row_before(end, &[None, Some(&[])]), None, "nothing has a place");
    }
}
