//! What C tells about an answer besides its rows: trace, coordinator, payload.
//!
//! It lives in the future, and costs calls under the future's lock. So the future of a request stays
//! with its page, and is asked when somebody asks the page. That costs a request nothing: the future
//! is freed with the page in place of before it. It holds what the page's result holds too, and some
//! hundred bytes.

use std::ptr::NonNull;

use super::statement::Statement;
use super::{plug, sys, text, uuid};
use crate::error::Result;

/// The future of a request that was answered.
#[derive(Debug)]
pub(crate) struct Answer(NonNull<sys::CassFuture>);

// SAFETY: the C future is a reference-counted object guarded by its own mutex.
unsafe impl Send for Answer {}
// SAFETY: as above; what it lends is immutable once it is set.
unsafe impl Sync for Answer {}

impl Drop for Answer {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here.
        unsafe { sys::cass_future_free(self.0.as_ptr()) }
    }
}

impl Answer {
    /// # Safety
    /// `future` is a reference that the caller owns and gives away. It is the future of a request,
    /// and set, so that no call here waits.
    pub(super) unsafe fn new(future: NonNull<sys::CassFuture>) -> Self {
        Self(future)
    }

    fn as_ptr(&self) -> *mut sys::CassFuture {
        self.0.as_ptr()
    }

    pub(crate) fn tracing_id(&self) -> Option<[u8; 16]> {
        // SAFETY: live and set.
        unsafe { tracing_id(self.as_ptr()) }
    }

    /// The items that the server sent along.
    ///
    /// # Errors
    /// The driver cannot tell.
    pub(crate) fn payload(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let count = plug::optional!(sys::cass_future_custom_payload_item_count)?;
        let item = plug::optional!(sys::cass_future_custom_payload_item)?;
        // SAFETY: live and set.
        let items = unsafe { count(self.as_ptr()) };
        let read = |index| {
            let (mut value, mut size) = (std::ptr::null(), 0);
            // SAFETY: live and set; name and value live as long as the future.
            let name = unsafe {
                text::lent(|start, length| {
                    item(self.as_ptr(), index, start, length, &mut value, &mut size)
                })?
            };
            let value: &[u8] = match size {
                0 => &[],
                // SAFETY: as above.
                _ => unsafe { std::slice::from_raw_parts(value, size) },
            };
            Some((name, value.into()))
        };
        Ok((0..items).filter_map(read).collect())
    }

    /// Sends `request` to the node that gave this answer, and to no other. False when C does not
    /// know it. (C shows the address to nobody.)
    ///
    /// # Errors
    /// The driver cannot tell, or cannot send there.
    pub(crate) fn pin(&self, request: &mut Statement) -> Result<bool> {
        let coordinator = plug::optional!(sys::cass_future_coordinator)?;
        let set_node = plug::optional!(sys::cass_statement_set_node)?;
        // SAFETY: live and set; the node lives as long as the future, and the statement copies it.
        unsafe {
            let node = coordinator(self.as_ptr());
            Ok(!node.is_null() && set_node(request.as_ptr(), node) == sys::OK)
        }
    }
}

/// The id under which the server traced a request, if it did.
///
/// # Safety
/// `future` is live and set.
pub(super) unsafe fn tracing_id(future: *mut sys::CassFuture) -> Option<[u8; 16]> {
    let mut id = sys::CassUuid { time_and_version: 0, clock_seq_and_node: 0 };
    // SAFETY: live and set, says the caller.
    match unsafe { sys::cass_future_tracing_id(future, &mut id) } {
        sys::OK => Some(uuid::from_c(id)),
        _ => None,
    }
}
