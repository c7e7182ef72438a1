//! C's timestamp generators. Whoever is given one keeps a reference of its own.

use std::ptr::NonNull;

use super::plug::Unsupported;
use super::units::{micros, millis};
use super::{plug, sys};
use crate::cluster::{Generator, Timestamps};

/// An owned `CassTimestampGen`.
pub(super) struct TimestampGen(NonNull<sys::CassTimestampGen>);

impl Drop for TimestampGen {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here. A driver that makes generators frees them: the
        // function was checked with the one that made it.
        unsafe { sys::cass_timestamp_gen_free(self.0.as_ptr()) }
    }
}

impl TimestampGen {
    pub(super) fn new(timestamps: Timestamps) -> Result<Self, Unsupported> {
        plug::optional!(sys::cass_timestamp_gen_free)?;
        // SAFETY: plain numbers; a fresh reference.
        let raw = unsafe {
            match timestamps.generator() {
                Generator::ServerSide => {
                    plug::optional!(sys::cass_timestamp_gen_server_side_new)?()
                }
                Generator::Monotonic { warn_after, warn_every } => {
                    let new = plug::optional!(sys::cass_timestamp_gen_monotonic_new_with_settings)?;
                    // A negative threshold means no warnings.
                    new(warn_after.map_or(-1, micros), millis(warn_every).into())
                }
            }
        };
        Ok(Self(NonNull::new(raw).expect("the C driver could not allocate a timestamp generator")))
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CassTimestampGen {
        self.0.as_ptr()
    }
}
