//! C's retry policies. They have no state; whoever is given one keeps a reference of its own.
//!
//! Cost: one or two small allocations each, freed when the last user is gone.

use std::ptr::NonNull;

use super::plug::Unsupported;
use super::{plug, sys};
use crate::cluster::{self, RetryKind};

/// An owned `CassRetryPolicy`.
pub(super) struct RetryPolicy(NonNull<sys::CassRetryPolicy>);

impl Drop for RetryPolicy {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here. A driver that makes policies frees them: the function
        // was checked with the one that made it.
        unsafe { sys::cass_retry_policy_free(self.0.as_ptr()) }
    }
}

impl RetryPolicy {
    pub(super) fn new(policy: cluster::RetryPolicy) -> Result<Self, Unsupported> {
        plug::optional!(sys::cass_retry_policy_free)?;
        // SAFETY: no arguments; a fresh reference.
        let child = unsafe {
            Self::owned(match policy.kind {
                RetryKind::Standard => plug::optional!(sys::cass_retry_policy_default_new)?(),
                RetryKind::Fallthrough => {
                    plug::optional!(sys::cass_retry_policy_fallthrough_new)?()
                }
            })
        };
        if !policy.logged {
            return Ok(child);
        }
        let log = plug::optional!(sys::cass_retry_policy_logging_new)?;
        // SAFETY: the child is alive and no logging policy itself; C takes its own reference to it.
        Ok(unsafe { Self::owned(log(child.as_ptr())) })
    }

    /// # Safety
    /// `raw` is a reference that the caller gives away, or null when C could not allocate.
    unsafe fn owned(raw: *mut sys::CassRetryPolicy) -> Self {
        Self(NonNull::new(raw).expect("the C driver could not allocate a retry policy"))
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CassRetryPolicy {
        self.0.as_ptr()
    }
}
