//! Where bound values go: a seam between the checks, which are ours, and the typed C calls.
//!
//! One indirect call a value, beside some ten nanoseconds that C takes for it.

use std::net::IpAddr;

use super::{CqlDuration, CqlType};
use crate::driver::{Binding, Refusal};

/// A value that was checked, in the shape of the C call that takes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Native<'v> {
    Null,
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    /// bigint and counter, the milliseconds of a timestamp, the nanoseconds of a time.
    I64(i64),
    /// The days of a date.
    U32(u32),
    F32(f32),
    F64(f64),
    Text(&'v str),
    /// blob, custom, vector; varint as two's complement.
    Bytes(&'v [u8]),
    /// In network order.
    Uuid([u8; 16]),
    Inet(IpAddr),
    /// Two's complement, and the scale.
    Decimal(&'v [u8], i32),
    Duration(CqlDuration),
    /// A list, set, map, tuple or UDT as the protocol has it inside of others.
    Nested(&'v [u8]),
}

/// What takes values by the place of their marker, whose type goes with it.
pub(super) trait Target {
    fn put(&mut self, index: usize, t: &CqlType, value: Native<'_>) -> Result<(), Refusal>;
}

impl Target for Binding<'_> {
    fn put(&mut self, index: usize, t: &CqlType, value: Native<'_>) -> Result<(), Refusal> {
        let to = &mut *self.statement;
        let code = match value {
            Native::Null => to.bind_null(index),
            Native::Bool(v) => to.bind_bool(index, v),
            Native::I8(v) => to.bind_i8(index, v),
            Native::I16(v) => to.bind_i16(index, v),
            Native::I32(v) => to.bind_i32(index, v),
            Native::I64(v) => to.bind_i64(index, v),
            Native::F32(v) => to.bind_f32(index, v),
            Native::F64(v) => to.bind_f64(index, v),
            Native::Text(v) => to.bind_str(index, v),
            Native::Bytes(v) => to.bind_bytes(index, v),
            Native::Uuid(v) => to.bind_uuid(index, v),
            Native::Inet(v) => to.bind_inet(index, v),
            Native::U32(v) => return to.bind_u32(index, v),
            Native::Decimal(unscaled, scale) => return to.bind_decimal(index, unscaled, scale),
            Native::Duration(v) => {
                return to.bind_duration(index, v.months(), v.days(), v.nanos());
            }
            Native::Nested(v) => return self.bind_nested(index, t, v),
        };
        code.map_err(Refusal::Code)
    }
}

impl Native<'_> {
    /// How many bytes it has on the wire.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Null => 0,
            Self::Bool(_) | Self::I8(_) => 1,
            Self::I16(_) => 2,
            Self::I32(_) | Self::U32(_) | Self::F32(_) | Self::Inet(IpAddr::V4(_)) => 4,
            Self::I64(_) | Self::F64(_) => 8,
            Self::Uuid(_) | Self::Inet(IpAddr::V6(_)) => 16,
            Self::Text(v) => v.len(),
            Self::Bytes(v) | Self::Nested(v) => v.len(),
            Self::Decimal(unscaled, _) => unscaled.len().saturating_add(4),
            Self::Duration(v) => v.length(),
        }
    }

    /// Appends the value as the protocol has it inside of others: its length, then its bytes; a
    /// length below zero is NULL.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        match self {
            Self::Null => return out[start..].copy_from_slice(&(-1_i32).to_be_bytes()),
            Self::Bool(v) => out.push(u8::from(v)),
            Self::I8(v) => out.extend_from_slice(&v.to_be_bytes()),
            Self::I16(v) => out.extend_from_slice(&v.to_be_bytes()),
            Self::I32(v) => out.extend_from_slice(&v.to_be_bytes()),
            Self::I64(v) => out.extend_from_slice(&v.to_be_bytes()),
            Self::U32(v) => out.extend_from_slice(&v.to_be_bytes()),
            Self::F32(v) => out.extend_from_slice(&v.to_be_bytes()),
            Self::F64(v) => out.extend_from_slice(&v.to_be_bytes()),
            Self::Text(v) => out.extend_from_slice(v.as_bytes()),
            Self::Bytes(v) | Self::Nested(v) => out.extend_from_slice(v),
            Self::Uuid(v) => out.extend_from_slice(&v),
            Self::Inet(IpAddr::V4(v)) => out.extend_from_slice(&v.octets()),
            Self::Inet(IpAddr::V6(v)) => out.extend_from_slice(&v.octets()),
            Self::Decimal(unscaled, scale) => {
                out.extend_from_slice(&scale.to_be_bytes());
                out.extend_from_slice(unscaled);
            }
            Self::Duration(v) => v.write(out),
        }
        // Whoever writes the whole refuses what is longer than a length can say.
        let length = (out.len() - start - 4) as u32;
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}
