//! A custom payload in C.
//!
//! Requests hold it by reference and C reads it when it sends, on its I/O threads. So it is filled
//! when it is made, and never changed.

use std::ptr::NonNull;

use super::{plug, sys};
use crate::error::Result;

/// An owned `CassCustomPayload`.
#[derive(Debug)]
pub(crate) struct Payload(NonNull<sys::CassCustomPayload>);

// SAFETY: never changed once it is made; C guards its reference count with atomics.
unsafe impl Send for Payload {}
// SAFETY: as above.
unsafe impl Sync for Payload {}

impl Drop for Payload {
    fn drop(&mut self) {
        // The driver that made it can free it.
        if let Ok(free) = plug::optional!(sys::cass_custom_payload_free) {
            // SAFETY: our reference, given up here; requests hold their own.
            unsafe { free(self.0.as_ptr()) }
        }
    }
}

impl Payload {
    /// A payload of these items. C keeps copies.
    ///
    /// # Errors
    /// The driver has no payloads.
    pub(crate) fn new<'a>(items: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Self> {
        let new = plug::optional!(sys::cass_custom_payload_new)?;
        let set = plug::optional!(sys::cass_custom_payload_set_n)?;
        plug::optional!(sys::cass_custom_payload_free)?;
        // SAFETY: no arguments.
        let raw = NonNull::new(unsafe { new() });
        let payload = Self(raw.expect("the C driver could not allocate a payload"));
        for (name, value) in items {
            let (text, length) = (name.as_ptr().cast(), name.len());
            // SAFETY: live, and known to nobody else yet; C copies name and value.
            unsafe { set(payload.0.as_ptr(), text, length, value.as_ptr(), value.len()) }
        }
        Ok(payload)
    }

    pub(super) fn as_ptr(&self) -> *const sys::CassCustomPayload {
        self.0.as_ptr()
    }
}
