//! One marker that waits for its value: the type check, then the typed C call.

use std::net::IpAddr;

use super::target::{Native, Target};
use super::value_error::{ValueProblem, unbindable};
use super::{Column, CqlType, Timestamp, Uuid};
use crate::error::{Error, Result};

/// One marker of a statement, to be given its value by exactly one of the methods.
///
/// Each method checks that its Rust type fits the marker's [`cql_type`](Self::cql_type) and refuses
/// it if not: the server would misread the bytes. Integers and floats widen where nothing is lost.
/// The value is copied before the method returns.
///
/// # Errors
/// Every method fails with [`ErrorKind::Bind`](crate::ErrorKind::Bind) when the value does not fit,
/// or when the C driver refuses it.
#[must_use = "a marker that is given no value stays unset"]
pub struct ValueBinder<'b> {
    target: &'b mut dyn Target,
    index: usize,
    column: &'b Column,
}

impl<'b> ValueBinder<'b> {
    pub(super) fn new(target: &'b mut dyn Target, index: usize, column: &'b Column) -> Self {
        Self { target, index, column }
    }

    /// The marker's type.
    pub fn cql_type(&self) -> &'b CqlType {
        self.column.cql_type()
    }

    /// The error for a `T` that does not fit the marker's type.
    #[cold]
    pub fn wrong_type<T: ?Sized>(&self) -> Error {
        unbindable::<T>(self.cql_type(), ValueProblem::WrongType)
    }

    /// `boolean`.
    pub fn bool(self, v: bool) -> Result<()> {
        match self.cql_type() {
            CqlType::Boolean => self.put::<bool>(Native::Bool(v)),
            _ => Err(self.wrong_type::<bool>()),
        }
    }

    /// `tinyint`, and all wider integers.
    pub fn i8(self, v: i8) -> Result<()> {
        match self.cql_type() {
            CqlType::TinyInt => self.put::<i8>(Native::I8(v)),
            CqlType::SmallInt => self.put::<i8>(Native::I16(v.into())),
            CqlType::Int => self.put::<i8>(Native::I32(v.into())),
            CqlType::BigInt | CqlType::Counter => self.put::<i8>(Native::I64(v.into())),
            _ => Err(self.wrong_type::<i8>()),
        }
    }

    /// `smallint`, `int`, `bigint`, `counter`.
    pub fn i16(self, v: i16) -> Result<()> {
        match self.cql_type() {
            CqlType::SmallInt => self.put::<i16>(Native::I16(v)),
            CqlType::Int => self.put::<i16>(Native::I32(v.into())),
            CqlType::BigInt | CqlType::Counter => self.put::<i16>(Native::I64(v.into())),
            _ => Err(self.wrong_type::<i16>()),
        }
    }

    /// `int`, `bigint`, `counter`.
    pub fn i32(self, v: i32) -> Result<()> {
        match self.cql_type() {
            CqlType::Int => self.put::<i32>(Native::I32(v)),
            CqlType::BigInt | CqlType::Counter => self.put::<i32>(Native::I64(v.into())),
            _ => Err(self.wrong_type::<i32>()),
        }
    }

    /// `bigint`, `counter`.
    pub fn i64(self, v: i64) -> Result<()> {
        match self.cql_type() {
            CqlType::BigInt | CqlType::Counter => self.put::<i64>(Native::I64(v)),
            _ => Err(self.wrong_type::<i64>()),
        }
    }

    /// `counter` only: how much to add.
    pub fn counter(self, v: i64) -> Result<()> {
        match self.cql_type() {
            CqlType::Counter => self.put::<super::Counter>(Native::I64(v)),
            _ => Err(self.wrong_type::<super::Counter>()),
        }
    }

    /// `float`, `double`.
    pub fn f32(self, v: f32) -> Result<()> {
        match self.cql_type() {
            CqlType::Float => self.put::<f32>(Native::F32(v)),
            CqlType::Double => self.put::<f32>(Native::F64(v.into())),
            _ => Err(self.wrong_type::<f32>()),
        }
    }

    /// `double`.
    pub fn f64(self, v: f64) -> Result<()> {
        match self.cql_type() {
            CqlType::Double => self.put::<f64>(Native::F64(v)),
            _ => Err(self.wrong_type::<f64>()),
        }
    }

    /// `text`, and `ascii` if every character is.
    pub fn str(self, v: &str) -> Result<()> {
        match self.cql_type() {
            CqlType::Text => self.put::<str>(Native::Text(v)),
            CqlType::Ascii if v.is_ascii() => self.put::<str>(Native::Text(v)),
            CqlType::Ascii => Err(unbindable::<str>(self.cql_type(), ValueProblem::NotAscii)),
            _ => Err(self.wrong_type::<str>()),
        }
    }

    /// `blob`, and custom types as the server encodes them, which nothing here checks.
    pub fn bytes(self, v: &[u8]) -> Result<()> {
        match self.cql_type() {
            CqlType::Blob | CqlType::Custom(_) => self.put::<[u8]>(Native::Bytes(v)),
            _ => Err(self.wrong_type::<[u8]>()),
        }
    }

    /// `uuid`, and `timeuuid` if it is of version 1.
    pub fn uuid(self, v: Uuid) -> Result<()> {
        match self.cql_type() {
            CqlType::TimeUuid if v.version() != Some(1) => {
                Err(unbindable::<Uuid>(self.cql_type(), ValueProblem::NotTimeUuid))
            }
            CqlType::Uuid | CqlType::TimeUuid => self.put::<Uuid>(Native::Uuid(*v.as_bytes())),
            _ => Err(self.wrong_type::<Uuid>()),
        }
    }

    /// `timestamp`.
    pub fn timestamp(self, v: Timestamp) -> Result<()> {
        match self.cql_type() {
            CqlType::Timestamp => self.put::<Timestamp>(Native::I64(v.as_millis())),
            _ => Err(self.wrong_type::<Timestamp>()),
        }
    }

    /// `inet`.
    pub fn inet(self, v: IpAddr) -> Result<()> {
        match self.cql_type() {
            CqlType::Inet => self.put::<IpAddr>(Native::Inet(v)),
            _ => Err(self.wrong_type::<IpAddr>()),
        }
    }

    /// NULL, of any type. On a write it deletes the column and leaves a tombstone.
    pub fn null(self) -> Result<()> {
        self.put::<super::Null>(Native::Null)
    }

    /// No value: a write leaves the column as it is. It needs protocol version 4, which is the
    /// default; with version 3 the statement fails when it is executed.
    pub fn unset(self) -> Result<()> {
        // C leaves out what was not bound.
        Ok(())
    }

    fn put<T: ?Sized>(self, value: Native<'_>) -> Result<()> {
        let refused = |code| unbindable::<T>(self.column.cql_type(), ValueProblem::Driver(code));
        self.target.put(self.index, value).map_err(refused)
    }
}

impl std::fmt::Debug for ValueBinder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ValueBinder({}: {})", self.index, self.column)
    }
}
