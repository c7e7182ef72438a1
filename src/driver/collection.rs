//! The cells of lists, sets and maps, whole.
//!
//! A cell begins with the number of its elements. The C++ driver reads that number when it reads
//! the row and gives out what follows; the driver that is written in Rust gives out all of it. Which
//! one is loaded shows in the first collection that comes: in the place of an element's bytes. No
//! content can feign it. It is found once in a process, which uses one driver; after that a cell
//! costs what any other does.

use std::sync::atomic::{AtomicU8, Ordering};

use super::{plug, sys};

/// What is known of the driver.
static GIVES: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
/// The cell with its number of elements.
const WHOLE: u8 = 1;
/// What follows the number.
const REST: u8 = 2;

/// The bytes of one cell, its number of elements included; `None` for NULL.
///
/// # Safety
/// `value` is a list, set or map of the current row, and its result outlives `'r`.
pub(super) unsafe fn cell<'r>(value: *const sys::CassValue) -> Option<&'r [u8]> {
    // SAFETY: the contract is the caller's.
    let (start, length) = unsafe { bytes(value) }?;
    // ORDERING: Relaxed, since the value says all; several threads find the same one.
    let gives = match GIVES.load(Ordering::Relaxed) {
        UNKNOWN => {
            // SAFETY: the contract is the caller's.
            let found = if unsafe { is_whole(value, start, length) } { WHOLE } else { REST };
            // ORDERING: as above.
            GIVES.store(found, Ordering::Relaxed);
            found
        }
        known => known,
    };
    // SAFETY: the slice of the response that C gave. A driver that leaves out the number has read
    // it from the four bytes before, which belong to the same response.
    unsafe {
        match (gives, length) {
            (REST, _) => Some(std::slice::from_raw_parts(start.sub(COUNT), length + COUNT)),
            (_, 0) => Some(&[]),
            _ => Some(std::slice::from_raw_parts(start, length)),
        }
    }
}

/// The bytes of a number of elements, and of the length of one.
const COUNT: usize = 4;
const LENGTH: usize = 4;

/// Whether the `length` bytes at `start`, which the driver gave for `value`, have the number of its
/// elements in front.
///
/// # Safety
/// `value` is a live list, set or map.
unsafe fn is_whole(value: *const sys::CassValue, start: *const u8, length: usize) -> bool {
    let (Ok(elements), Ok(next), Ok(get), Ok(is_collection)) = (
        plug::optional!(sys::cass_iterator_from_collection),
        plug::optional!(sys::cass_iterator_next),
        plug::optional!(sys::cass_iterator_get_value),
        plug::optional!(sys::cass_value_is_collection),
    ) else {
        return true;
    };
    // SAFETY: live, says the caller; the iterator is freed below, and its values are used before the
    // next step.
    unsafe {
        let iterator = elements(value);
        let mut before = 0;
        let mut found = None;
        while !iterator.is_null() && found.is_none() && next(iterator) != 0 {
            let element = get(iterator);
            before += LENGTH;
            found = match (bytes(element), is_collection(element)) {
                // NULL has no bytes whose place could be looked at, nor has an empty value.
                (None, _) | (Some((_, 0)), 0) => None,
                (Some((first, _)), 0) => Some(first.addr() == start.addr() + COUNT + before),
                // Of a whole one at least the number is there.
                (Some((_, 0)), _) => Some(false),
                (Some((first, inner)), _) => Some(is_whole(element, first, inner)),
            };
        }
        if !iterator.is_null() {
            sys::cass_iterator_free(iterator);
        }
        // Without such an element the bytes are lengths and nothing else.
        found.unwrap_or(length == COUNT + before)
    }
}

/// What the driver gives for a value; `None` for NULL.
///
/// # Safety
/// `value` is live or NULL.
unsafe fn bytes(value: *const sys::CassValue) -> Option<(*const u8, usize)> {
    let (mut start, mut length) = (std::ptr::null(), 0);
    // SAFETY: the contract is the caller's.
    let is_there = unsafe {
        !value.is_null() && sys::cass_value_get_bytes(value, &mut start, &mut length) == sys::OK
    };
    (is_there && !start.is_null()).then_some((start, length))
}
