//! Where bound values go: a seam between the checks, which are ours, and the typed C calls.
//!
//! One indirect call a value, beside some ten nanoseconds that C takes for it.

use std::net::IpAddr;

use crate::driver::Statement;

/// A value that was checked, in the shape of the C call that takes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Native<'v> {
    Null,
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    /// bigint and counter, and the milliseconds of a timestamp.
    I64(i64),
    F32(f32),
    F64(f64),
    Text(&'v str),
    Bytes(&'v [u8]),
    /// In network order.
    Uuid([u8; 16]),
    Inet(IpAddr),
}

/// What takes values by the place of their marker; C's own code when it refuses one.
pub(super) trait Target {
    fn put(&mut self, index: usize, value: Native<'_>) -> Result<(), u32>;
}

impl Target for Statement {
    fn put(&mut self, index: usize, value: Native<'_>) -> Result<(), u32> {
        match value {
            Native::Null => self.bind_null(index),
            Native::Bool(v) => self.bind_bool(index, v),
            Native::I8(v) => self.bind_i8(index, v),
            Native::I16(v) => self.bind_i16(index, v),
            Native::I32(v) => self.bind_i32(index, v),
            Native::I64(v) => self.bind_i64(index, v),
            Native::F32(v) => self.bind_f32(index, v),
            Native::F64(v) => self.bind_f64(index, v),
            Native::Text(v) => self.bind_str(index, v),
            Native::Bytes(v) => self.bind_bytes(index, v),
            Native::Uuid(v) => self.bind_uuid(index, v),
            Native::Inet(v) => self.bind_inet(index, v),
        }
    }
}
