//! The C functions that this crate calls and that mention a C enum, declared with integers.
//!
//! `cassandra-cpp-sys` declares C enums as Rust enums. A code that it does not list, from a newer
//! driver or a newer server, would be undefined behaviour the moment it arrives as a return value,
//! a callback parameter or through an out-pointer. So whatever mentions one is declared here again
//! with the integer that travels; an unknown code stays a number and is shown as such. Opaque
//! types and functions without enums come from `cassandra-cpp-sys` as they are.

use std::ffi::{c_char, c_int, c_uint, c_void};

mod answer;
mod authenticator;
mod batch;
mod metrics;
mod nested;
mod payload;
mod settings;
mod ssl;

pub use answer::*;
pub use authenticator::*;
pub use batch::*;
pub use metrics::*;
pub use nested::*;
pub use payload::*;
pub use settings::*;
pub use ssl::*;

pub use cassandra_cpp_sys::{
    CassCluster, CassDataType, CassErrorResult, CassFuture, CassInet, CassIterator, CassPrepared,
    CassResult, CassRow, CassSession, CassStatement, CassUuid, CassValue, cass_cluster_free,
    cass_cluster_new, cass_cluster_set_connect_timeout, cass_cluster_set_credentials_n,
    cass_cluster_set_request_timeout, cass_data_type_sub_data_type, cass_data_type_sub_type_count,
    cass_error_result_free, cass_error_result_num_failures, cass_error_result_responses_received,
    cass_error_result_responses_required, cass_future_error_message, cass_future_free,
    cass_future_get_error_result, cass_future_get_prepared, cass_future_get_result,
    cass_future_wait, cass_iterator_free, cass_iterator_from_result, cass_iterator_get_row,
    cass_prepared_bind, cass_prepared_free, cass_prepared_parameter_data_type,
    cass_result_column_count, cass_result_column_data_type, cass_result_first_row,
    cass_result_free, cass_result_row_count, cass_row_get_column, cass_session_close,
    cass_session_connect, cass_session_connect_keyspace_n, cass_session_execute, cass_session_free,
    cass_session_new, cass_session_prepare_n, cass_statement_free, cass_statement_new_n,
};

/// `CassError`: the source in the top byte, the code below.
pub type Code = u32;
/// `cass_bool_t`: zero is false.
pub type Bool = u32;
/// `CassFutureCallback`.
pub type FutureCallback = unsafe extern "C" fn(future: *mut CassFuture, data: *mut c_void);
/// `CassLogCallback`.
pub type LogCallback = unsafe extern "C" fn(message: *const LogMessage, data: *mut c_void);

pub const OK: Code = 0;

/// `CassLogMessage`, its severity as the integer it is.
#[repr(C)]
pub struct LogMessage {
    pub time_ms: u64,
    pub severity: c_uint,
    pub file: *const c_char,
    pub line: c_int,
    pub function: *const c_char,
    pub message: [c_char; 1024],
}

unsafe extern "C" {
    pub fn cass_cluster_set_contact_points_n(
        cluster: *mut CassCluster,
        points: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_cluster_set_port(cluster: *mut CassCluster, port: c_int) -> Code;
    pub fn cass_cluster_set_protocol_version(cluster: *mut CassCluster, version: c_int) -> Code;
    pub fn cass_cluster_set_num_threads_io(cluster: *mut CassCluster, threads: c_uint) -> Code;
    pub fn cass_cluster_set_queue_size_io(cluster: *mut CassCluster, size: c_uint) -> Code;
    pub fn cass_cluster_set_core_connections_per_host(
        cluster: *mut CassCluster,
        connections: c_uint,
    ) -> Code;

    pub fn cass_future_set_callback(
        future: *mut CassFuture,
        callback: FutureCallback,
        data: *mut c_void,
    ) -> Code;
    pub fn cass_future_ready(future: *mut CassFuture) -> Bool;
    pub fn cass_future_error_code(future: *mut CassFuture) -> Code;

    pub fn cass_error_result_consistency(result: *const CassErrorResult) -> c_uint;
    pub fn cass_error_result_data_present(result: *const CassErrorResult) -> Bool;
    pub fn cass_error_result_write_type(result: *const CassErrorResult) -> c_uint;
    pub fn cass_error_result_keyspace(
        result: *const CassErrorResult,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;
    pub fn cass_error_result_table(
        result: *const CassErrorResult,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;
    pub fn cass_error_result_function(
        result: *const CassErrorResult,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;

    pub fn cass_statement_set_consistency(statement: *mut CassStatement, level: c_uint) -> Code;
    pub fn cass_statement_set_serial_consistency(
        statement: *mut CassStatement,
        level: c_uint,
    ) -> Code;
    pub fn cass_statement_set_paging_size(statement: *mut CassStatement, rows: c_int) -> Code;
    pub fn cass_statement_set_paging_state_token(
        statement: *mut CassStatement,
        token: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_statement_set_request_timeout(
        statement: *mut CassStatement,
        milliseconds: u64,
    ) -> Code;
    pub fn cass_statement_set_is_idempotent(statement: *mut CassStatement, yes: Bool) -> Code;
    pub fn cass_statement_set_timestamp(statement: *mut CassStatement, micros: i64) -> Code;

    pub fn cass_statement_bind_null(statement: *mut CassStatement, index: usize) -> Code;
    pub fn cass_statement_bind_int8(statement: *mut CassStatement, index: usize, v: i8) -> Code;
    pub fn cass_statement_bind_int16(statement: *mut CassStatement, index: usize, v: i16) -> Code;
    pub fn cass_statement_bind_int32(statement: *mut CassStatement, index: usize, v: i32) -> Code;
    pub fn cass_statement_bind_int64(statement: *mut CassStatement, index: usize, v: i64) -> Code;
    pub fn cass_statement_bind_float(statement: *mut CassStatement, index: usize, v: f32) -> Code;
    pub fn cass_statement_bind_double(statement: *mut CassStatement, index: usize, v: f64) -> Code;
    pub fn cass_statement_bind_bool(statement: *mut CassStatement, index: usize, v: Bool) -> Code;
    pub fn cass_statement_bind_string_n(
        statement: *mut CassStatement,
        index: usize,
        text: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_statement_bind_bytes(
        statement: *mut CassStatement,
        index: usize,
        bytes: *const u8,
        length: usize,
    ) -> Code;
    pub fn cass_statement_bind_uuid(
        statement: *mut CassStatement,
        index: usize,
        v: CassUuid,
    ) -> Code;
    pub fn cass_statement_bind_inet(
        statement: *mut CassStatement,
        index: usize,
        v: CassInet,
    ) -> Code;

    pub fn cass_prepared_parameter_name(
        prepared: *const CassPrepared,
        index: usize,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;

    pub fn cass_data_type_type(data_type: *const CassDataType) -> c_uint;
    pub fn cass_data_type_sub_type_name(
        data_type: *const CassDataType,
        index: usize,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;
    pub fn cass_data_type_class_name(
        data_type: *const CassDataType,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;
    pub fn cass_data_type_type_name(
        data_type: *const CassDataType,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;
    pub fn cass_data_type_keyspace(
        data_type: *const CassDataType,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;

    pub fn cass_result_column_name(
        result: *const CassResult,
        index: usize,
        text: *mut *const c_char,
        length: *mut usize,
    ) -> Code;
    pub fn cass_result_has_more_pages(result: *const CassResult) -> Bool;
    pub fn cass_result_paging_state_token(
        result: *const CassResult,
        token: *mut *const c_char,
        length: *mut usize,
    ) -> Code;

    pub fn cass_iterator_next(iterator: *mut CassIterator) -> Bool;
    pub fn cass_value_get_bytes(
        value: *const CassValue,
        bytes: *mut *const u8,
        length: *mut usize,
    ) -> Code;

    pub fn cass_log_set_level(level: c_uint);
    pub fn cass_log_set_callback(callback: LogCallback, data: *mut c_void);
    pub fn cass_error_desc(code: Code) -> *const c_char;
}
