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
    let (mut start, mut length) = (std::ptr::null::<c_char>(), 0);
    if get(&mut start, &mut length) != sys::OK {
        return None;
    }
    if start.is_null() {
        return Some(String::new());
    }
    // SAFETY: the contract is the caller's.
    let bytes = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), length) };
    Some(String::from_utf8_lossy(bytes).into_owned())
}
