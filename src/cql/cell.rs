//! The bytes of one cell, taken apart with their length checked. Nothing here allocates or panics,
//! whatever the bytes are.

use super::CqlType;
use super::value_error::{ValueProblem, unreadable};
use crate::error::{Error, Result};

/// The bytes of a cell that is not NULL, to be read as `T`.
#[inline]
pub(super) fn bytes<'r, T: ?Sized>(t: &CqlType, cell: Option<&'r [u8]>) -> Result<&'r [u8]> {
    cell.ok_or_else(|| Error::decode_null::<T>(t))
}

/// The bytes of a cell that is not NULL and has exactly `N` of them.
#[inline]
pub(super) fn fixed<T: ?Sized, const N: usize>(
    t: &CqlType,
    cell: Option<&[u8]>,
) -> Result<[u8; N]> {
    let cell = bytes::<T>(t, cell)?;
    <[u8; N]>::try_from(cell)
        .map_err(|_| unreadable::<T>(t, ValueProblem::BadLength { expected: N, got: cell.len() }))
}
