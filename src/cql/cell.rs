//! The bytes of one cell, taken apart with their lengths checked. Nothing here panics, whatever the
//! bytes are, and nothing allocates.

use super::CqlType;
use super::value_error::{ValueProblem, unreadable};
use crate::error::{Error, Result};

/// The bytes of a cell that is not NULL, to be read as `T`.
#[inline]
pub(super) fn bytes<'r, T: ?Sized>(t: &CqlType, cell: Option<&'r [u8]>) -> Result<&'r [u8]> {
    cell.ok_or_else(|| Error::decode_null::<T>(t))
}

/// The bytes of a cell that is neither NULL nor empty.
#[inline]
pub(super) fn some<'r, T: ?Sized>(t: &CqlType, cell: Option<&'r [u8]>) -> Result<&'r [u8]> {
    match bytes::<T>(t, cell)? {
        [] => Err(unreadable::<T>(t, ValueProblem::Empty)),
        bytes => Ok(bytes),
    }
}

/// The bytes of a cell that is not NULL and has exactly `N` of them.
#[inline]
pub(super) fn fixed<T: ?Sized, const N: usize>(
    t: &CqlType,
    cell: Option<&[u8]>,
) -> Result<[u8; N]> {
    let cell = bytes::<T>(t, cell)?;
    <[u8; N]>::try_from(cell).map_err(|_| bad_length::<T>(t, N, cell.len()))
}

#[cold]
fn bad_length<T: ?Sized>(t: &CqlType, expected: usize, got: usize) -> Error {
    unreadable::<T>(
        t,
        match got {
            0 => ValueProblem::Empty,
            _ => ValueProblem::BadLength { expected, got },
        },
    )
}

/// A cell that is neither NULL nor empty, as `parse` takes it.
pub(super) fn parsed<T, U>(
    t: &CqlType,
    cell: Option<&[u8]>,
    parse: impl FnOnce(&[u8]) -> Option<U>,
) -> Result<U> {
    parse(some::<T>(t, cell)?).ok_or_else(|| damaged::<T>(t))
}

#[cold]
pub(super) fn damaged<T: ?Sized>(t: &CqlType) -> Error {
    unreadable::<T>(t, ValueProblem::Damaged)
}

/// Takes a length of four bytes and the value of that length from the front; `Some(None)` is NULL,
/// `None` is damage.
#[inline]
pub(crate) fn take<'r>(rest: &mut &'r [u8]) -> Option<Option<&'r [u8]>> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
        *rest = after;
        return Some(None);
    };
    let (value, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(Some(value))
}

/// As [`take`], where the values of a tuple or UDT may end early: those left out are NULL.
pub(super) fn take_or_null<'r>(rest: &mut &'r [u8]) -> Option<Option<&'r [u8]>> {
    if rest.is_empty() { Some(None) } else { take(rest) }
}

/// Takes a count of four bytes from the front; none if it is negative, or if `rest` cannot hold so
/// many values of at least `size` bytes.
pub(super) fn take_count(rest: &mut &[u8], size: usize) -> Option<usize> {
    let (count, after) = rest.split_first_chunk::<4>()?;
    let count = usize::try_from(i32::from_be_bytes(*count)).ok()?;
    *rest = after;
    (count <= after.len() / size).then_some(count)
}
