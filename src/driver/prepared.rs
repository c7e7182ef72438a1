//! A prepared statement in C, and the types of its markers.

use std::ptr::NonNull;

use super::pending::Outcome;
use super::statement::Statement;
use super::{data_type, failure, sys, text};
use crate::cql::Column;
use crate::error::Result;

/// An owned `CassPrepared` with its markers, which are read once.
pub(crate) struct Prepared {
    raw: NonNull<sys::CassPrepared>,
    markers: Box<[Column]>,
}

// SAFETY: C documents prepared statements as immutable and shared between threads.
unsafe impl Send for Prepared {}
// SAFETY: as above.
unsafe impl Sync for Prepared {}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here.
        unsafe { sys::cass_prepared_free(self.raw.as_ptr()) }
    }
}

impl Prepared {
    pub(crate) fn markers(&self) -> &[Column] {
        &self.markers
    }

    /// The type of a marker, in C. It lives as long as `self`.
    pub(super) fn data_type(&self, index: usize) -> *const sys::CassDataType {
        // SAFETY: `self` is live; C gives NULL for an index that is not there.
        unsafe { sys::cass_prepared_parameter_data_type(self.raw.as_ptr(), index) }
    }

    /// A statement with every marker unset.
    pub(crate) fn bind(&self) -> Statement {
        // SAFETY: `self` is live; the result is a fresh reference.
        unsafe { Statement::from_raw(sys::cass_prepared_bind(self.raw.as_ptr())) }
    }
}

impl Outcome for Prepared {
    unsafe fn read(future: *mut sys::CassFuture) -> Result<Self> {
        // SAFETY: set, says the caller; the getter gives a reference of our own or NULL.
        let raw = unsafe { sys::cass_future_get_prepared(future) };
        match NonNull::new(raw.cast_mut()) {
            // SAFETY: a live reference that is ours.
            Some(raw) => Ok(unsafe { Self { raw, markers: markers(raw) } }),
            // SAFETY: set, says the caller.
            None => Err(unsafe { failure::from_future(future) }),
        }
    }
}

/// C has no count of markers: ask for names until it says "out of bounds".
///
/// # Safety
/// `raw` is live.
unsafe fn markers(raw: NonNull<sys::CassPrepared>) -> Box<[Column]> {
    let mut found = Vec::new();
    loop {
        // SAFETY: live, says the caller; name and type live as long as the prepared statement.
        unsafe {
            let (raw, index) = (raw.as_ptr(), found.len());
            let name = text::lent(|s, l| sys::cass_prepared_parameter_name(raw, index, s, l));
            let Some(name) = name else { return found.into() };
            let cql_type = data_type::read(sys::cass_prepared_parameter_data_type(raw, index));
            found.push(Column::new(name, cql_type));
        }
    }
}
