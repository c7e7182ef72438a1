//! Values that are made of others, and the scalars that came after the first ones.

use std::ffi::{c_char, c_uint};

use super::{Bool, CassInet, CassStatement, CassUuid, CassValue, Code};

pub use cassandra_cpp_sys::{
    CassCollection, CassTuple, CassUserType, cass_collection_free, cass_iterator_from_collection,
    cass_iterator_get_value, cass_tuple_free, cass_tuple_new, cass_user_type_free,
    cass_user_type_new_from_data_type,
};

unsafe extern "C" {
    pub fn cass_statement_bind_uint32(statement: *mut CassStatement, index: usize, v: u32) -> Code;
    pub fn cass_statement_bind_decimal(
        statement: *mut CassStatement,
        index: usize,
        unscaled: *const u8,
        length: usize,
        scale: i32,
    ) -> Code;
    pub fn cass_statement_bind_duration(
        statement: *mut CassStatement,
        index: usize,
        months: i32,
        days: i32,
        nanos: i64,
    ) -> Code;
    pub fn cass_statement_bind_collection(
        statement: *mut CassStatement,
        index: usize,
        v: *const CassCollection,
    ) -> Code;
    pub fn cass_statement_bind_tuple(
        statement: *mut CassStatement,
        index: usize,
        v: *const CassTuple,
    ) -> Code;
    pub fn cass_statement_bind_user_type(
        statement: *mut CassStatement,
        index: usize,
        v: *const CassUserType,
    ) -> Code;

    pub fn cass_collection_new(kind: c_uint, items: usize) -> *mut CassCollection;
    pub fn cass_collection_append_bytes(
        collection: *mut CassCollection,
        bytes: *const u8,
        length: usize,
    ) -> Code;

    pub fn cass_value_is_collection(value: *const CassValue) -> Bool;

    pub fn cass_tuple_set_null(tuple: *mut CassTuple, index: usize) -> Code;
    pub fn cass_tuple_set_bytes(
        tuple: *mut CassTuple,
        index: usize,
        bytes: *const u8,
        length: usize,
    ) -> Code;

    pub fn cass_user_type_set_null(udt: *mut CassUserType, index: usize) -> Code;
    pub fn cass_user_type_set_bool(udt: *mut CassUserType, index: usize, v: Bool) -> Code;
    pub fn cass_user_type_set_int8(udt: *mut CassUserType, index: usize, v: i8) -> Code;
    pub fn cass_user_type_set_int16(udt: *mut CassUserType, index: usize, v: i16) -> Code;
    pub fn cass_user_type_set_int32(udt: *mut CassUserType, index: usize, v: i32) -> Code;
    pub fn cass_user_type_set_int64(udt: *mut CassUserType, index: usize, v: i64) -> Code;
    pub fn cass_user_type_set_uint32(udt: *mut CassUserType, index: usize, v: u32) -> Code;
    pub fn cass_user_type_set_float(udt: *mut CassUserType, index: usize, v: f32) -> Code;
    pub fn cass_user_type_set_double(udt: *mut CassUserType, index: usize, v: f64) -> Code;
    pub fn cass_user_type_set_uuid(udt: *mut CassUserType, index: usize, v: CassUuid) -> Code;
    pub fn cass_user_type_set_inet(udt: *mut CassUserType, index: usize, v: CassInet) -> Code;
    pub fn cass_user_type_set_string_n(
        udt: *mut CassUserType,
        index: usize,
        text: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_user_type_set_bytes(
        udt: *mut CassUserType,
        index: usize,
        bytes: *const u8,
        length: usize,
    ) -> Code;
    pub fn cass_user_type_set_decimal(
        udt: *mut CassUserType,
        index: usize,
        unscaled: *const u8,
        length: usize,
        scale: i32,
    ) -> Code;
    pub fn cass_user_type_set_duration(
        udt: *mut CassUserType,
        index: usize,
        months: i32,
        days: i32,
        nanos: i64,
    ) -> Code;
    pub fn cass_user_type_set_collection(
        udt: *mut CassUserType,
        index: usize,
        v: *const CassCollection,
    ) -> Code;
    pub fn cass_user_type_set_tuple(
        udt: *mut CassUserType,
        index: usize,
        v: *const CassTuple,
    ) -> Code;
    pub fn cass_user_type_set_user_type(
        udt: *mut CassUserType,
        index: usize,
        v: *const CassUserType,
    ) -> Code;
}
