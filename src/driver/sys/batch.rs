//! Batches.

use std::ffi::c_uint;

use super::{Bool, Code};

pub use cassandra_cpp_sys::{CassBatch, cass_batch_free, cass_session_execute_batch};

/// `CassBatchType`.
pub type BatchType = c_uint;

unsafe extern "C" {
    pub fn cass_batch_new(kind: BatchType) -> *mut CassBatch;
    pub fn cass_batch_add_statement(
        batch: *mut CassBatch,
        statement: *const super::CassStatement,
    ) -> Code;
    pub fn cass_batch_set_consistency(batch: *mut CassBatch, level: c_uint) -> Code;
    pub fn cass_batch_set_serial_consistency(batch: *mut CassBatch, level: c_uint) -> Code;
    pub fn cass_batch_set_request_timeout(batch: *mut CassBatch, milliseconds: u64) -> Code;
    pub fn cass_batch_set_is_idempotent(batch: *mut CassBatch, yes: Bool) -> Code;
    pub fn cass_batch_set_timestamp(batch: *mut CassBatch, micros: i64) -> Code;
    pub fn cass_batch_set_tracing(batch: *mut CassBatch, on: Bool) -> Code;
    pub fn cass_batch_set_custom_payload(
        batch: *mut CassBatch,
        payload: *const super::CassCustomPayload,
    ) -> Code;
}
