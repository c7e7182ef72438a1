//! A C batch: references to statements, and options of its own.
//!
//! C reads the statements later, on the I/O thread, again at each retry, as it does with one that is
//! executed by itself. So whoever adds a statement gives up writing to it.

use std::ptr::NonNull;

use super::statement::Statement;
use super::sys;

/// An owned `CassBatch`.
#[derive(Debug)]
pub(crate) struct Batch(NonNull<sys::CassBatch>);

// SAFETY: a batch has no thread affinity: C guards its reference count with atomics.
unsafe impl Send for Batch {}
// SAFETY: what `&Batch` allows is executing it, which takes a reference and reads. Writing takes
// `&mut`.
unsafe impl Sync for Batch {}

impl Drop for Batch {
    fn drop(&mut self) {
        // SAFETY: we own one reference; requests in flight hold their own.
        unsafe { sys::cass_batch_free(self.0.as_ptr()) }
    }
}

impl Batch {
    /// An empty batch of C's `CassBatchType`: 0 logged, 1 unlogged, 2 counter.
    pub(crate) fn new(kind: sys::BatchType) -> Self {
        // SAFETY: a plain call; each driver knows these kinds.
        let raw = unsafe { sys::cass_batch_new(kind) };
        Self(NonNull::new(raw).expect("the C driver could not allocate a batch"))
    }

    /// C takes a reference to the statement, and reads it as long as the batch lives.
    pub(crate) fn add(&mut self, statement: &Statement) -> Result<(), sys::Code> {
        // SAFETY: both are live, and `&mut` says that nobody else writes to the batch.
        match unsafe { sys::cass_batch_add_statement(self.as_ptr(), statement.as_ptr()) } {
            sys::OK => Ok(()),
            code => Err(code),
        }
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CassBatch {
        self.0.as_ptr()
    }
}
