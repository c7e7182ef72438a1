//! Custom payloads, on requests and on their answers.

use std::ffi::c_char;

use super::{CassFuture, CassStatement, Code};

pub use cassandra_cpp_sys::{
    CassCustomPayload, cass_custom_payload_free, cass_custom_payload_new,
    cass_custom_payload_set_n, cass_future_custom_payload_item_count,
};

unsafe extern "C" {
    pub fn cass_statement_set_custom_payload(
        statement: *mut CassStatement,
        payload: *const CassCustomPayload,
    ) -> Code;
    pub fn cass_future_custom_payload_item(
        future: *mut CassFuture,
        index: usize,
        name: *mut *const c_char,
        name_length: *mut usize,
        value: *mut *const u8,
        value_size: *mut usize,
    ) -> Code;
}
