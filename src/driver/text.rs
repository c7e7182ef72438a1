//! Texts that C lends: a start and a length, copied before they go.

use std::ffi::c_char;

use super::sys;

/// The text that `get` stores, or `None` where C has none. Damaged UTF-8 is shown, not refused.
///
/// # Safety
/// Where `get` returns OK, it has stored a start and a length of bytes that live until they are
/// copied here, or left NULL.
pub(super) unsafe fn lent(
    get: impl FnOnce(*mut *const c_char, *mut usize) -> sys::Code,
) -> Option<String> {
    // SAFETY: the contract is the caller's; the bytes are copied before they go.
    let bytes: &[u8] = unsafe { bytes(get) }?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// Whether the text that `get` stores is `known`.
///
/// # Safety
/// As [`lent`].
pub(super) unsafe fn is(
    known: &str,
    get: impl FnOnce(*mut *const c_char, *mut usize) -> sys::Code,
) -> bool {
    // SAFETY: the contract is the caller's; the bytes are compared before they go.
    unsafe { bytes(get) }.unwrap_or_default() == known.as_bytes()
}

/// # Safety
/// As [`lent`], and the bytes live for `'a`.
unsafe fn bytes<'a>(
    get: impl FnOnce(*mut *const c_char, *mut usize) -> sys::Code,
) -> Option<&'a [u8]> {
    let (mut start, mut length) = (std::ptr::null::<c_char>(), 0);
    if get(&mut start, &mut length) != sys::OK {
        return None;
    }
    if start.is_null() {
        return Some(&[]);
    }
    // SAFETY: the contract is the caller's.
    Some(unsafe { std::slice::from_raw_parts(start.cast::<u8>(), length) })
}
