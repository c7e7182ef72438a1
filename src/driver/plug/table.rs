//! The list of the driver's functions, and the table that the entries jump through.

// `NAMES`, sorted; `CORE`, which says of each whether the crate cannot do without it; for a driver
// that is linked `MISSING`, the places of those that it lacks.
include!(concat!(env!("OUT_DIR"), "/functions.rs"));

/// One function of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Function(usize);

impl Function {
    /// The function that `path` ends with. Meant for constants: a name that is not in the list
    /// stops the build there.
    pub(crate) const fn named(path: &str) -> Self {
        let bytes = path.as_bytes();
        let mut start = bytes.len();
        while start > 0 && bytes[start - 1] != b':' && bytes[start - 1] != b' ' {
            start -= 1;
        }
        match search(bytes.split_at(start).1) {
            Some(index) => Self(index),
            None => panic!("this function is not in vendor/functions.txt"),
        }
    }

    /// The function of that name, if the list has it.
    pub(super) fn find(name: &str) -> Option<Self> {
        search(name.as_bytes()).map(Self)
    }

    /// Each function of the list.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..NAMES.len()).map(Self)
    }

    pub(super) fn index(self) -> usize {
        self.0
    }

    pub(super) fn name(self) -> &'static str {
        // The names are ASCII: the list was read as text.
        NAMES[self.0].to_str().unwrap_or_default()
    }

    #[cfg(not(async_cassandra_linked))]
    pub(super) fn c_name(self) -> &'static std::ffi::CStr {
        NAMES[self.0]
    }

    #[cfg(async_cassandra_linked)]
    pub(super) fn is_missing(self) -> bool {
        MISSING.contains(&self.0)
    }

    #[cfg(not(async_cassandra_linked))]
    pub(super) fn is_core(self) -> bool {
        CORE[self.0]
    }
}

const fn search(name: &[u8]) -> Option<usize> {
    let (mut low, mut high) = (0, NAMES.len());
    while low < high {
        let middle = low.midpoint(high);
        match order(NAMES[middle].to_bytes(), name) {
            0 => return Some(middle),
            1 => high = middle,
            _ => low = middle + 1,
        }
    }
    None
}

/// 1 when `left` comes after `right`, 0 when they are equal, -1 else. (`Ord` is not for constants.)
const fn order(left: &[u8], right: &[u8]) -> i8 {
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return if left[at] > right[at] { 1 } else { -1 };
        }
        at += 1;
    }
    if left.len() == right.len() {
        0
    } else if left.len() > right.len() {
        1
    } else {
        -1
    }
}

#[cfg(not(async_cassandra_linked))]
pub(super) use slots::fill;

#[cfg(not(async_cassandra_linked))]
mod slots {
    use super::NAMES;
    use std::ffi::c_void;
    use std::sync::atomic::{AtomicPtr, Ordering};

    unsafe extern "C" {
        /// The table of the generated entries, in the order of `NAMES`.
        #[link_name = "async_cassandra_entries"]
        static ENTRIES: [AtomicPtr<c_void>; NAMES.len()];
    }

    /// Points the entries at `functions`; where that is null the trap stays.
    pub(in super::super) fn fill(functions: &[*mut c_void]) {
        // SAFETY: build.rs defines the table with one aligned pointer for each name, and it is only
        // used as atomics; the entries read a slot with a plain load of a pointer, which
        // cannot tear.
        let entries = unsafe { &ENTRIES };
        for (slot, function) in entries.iter().zip(functions) {
            if !function.is_null() {
                // ORDERING: Release, so that whoever jumps through the slot finds the library's
                // memory as the loader left it. Callers are ordered behind all
                // slots by `LOADED`, which is set after them.
                slot.store(*function, Ordering::Release);
            }
        }
    }
}
