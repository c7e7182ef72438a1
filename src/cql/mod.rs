//! CQL types and Rust types: reading from the bytes of a cell, binding through typed C calls.
//!
//! | CQL | read as | bound from |
//! |---|---|---|
//! | `boolean` | `bool` | `bool` |
//! | `tinyint` | `i8`, `i16`, `i32`, `i64` | `i8` |
//! | `smallint` | `i16`, `i32`, `i64` | `i8`, `i16` |
//! | `int` | `i32`, `i64` | `i8`, `i16`, `i32` |
//! | `bigint` | `i64` | `i8`, `i16`, `i32`, `i64` |
//! | `counter` | [`Counter`], `i64` | [`Counter`], `i8`, `i16`, `i32`, `i64` |
//! | `float` | `f32`, `f64` | `f32` |
//! | `double` | `f64` | `f32`, `f64` |
//! | `text`, `varchar`, `ascii` | `String`, `&str`, `Cow<str>`, `Box<str>`, `Arc<str>` | the same, `str` |
//! | `blob` | `Vec<u8>`, `&[u8]`, `Cow<[u8]>`, `Box<[u8]>` | the same, `[u8]` |
//! | `uuid`, `timeuuid` | [`Uuid`] | [`Uuid`] |
//! | `timestamp` | [`Timestamp`], [`SystemTime`](std::time::SystemTime) | [`Timestamp`] |
//! | `inet` | `IpAddr`, `Ipv4Addr`, `Ipv6Addr` | the same |
//! | a type that is not listed | bytes, if it is custom or unknown | bytes, if it is custom |
//! | NULL | `Option<T>` | `Option<T>`, [`Null`] |
//! | unset | | [`Unset`], [`MaybeUnset`] |
//!
//! Every conversion is exact; one that may lose something is refused by its types, before any
//! value is seen. What comes from the network is checked: no bytes make this module panic.
//!
//! Rows are tuples ([`FromRow`], [`ToRow`]), structs, or a [`Row`] whose columns are known at run
//! time only; run-time lists and maps of values bind as well. Types are checked once a page when
//! reading, and for each value when binding, where C would check them too.

mod absent;
mod blob;
mod calendar;
mod cell;
mod class;
mod column;
mod column_map;
mod convert_error;
mod cql_duration;
mod cql_type;
mod date;
mod decimal;
mod empty;
mod from_row;
mod from_value;
#[cfg(test)]
mod hostile;
mod inet;
mod list;
mod literal;
mod map;
mod nested;
mod number;
#[cfg(test)]
mod recorder;
mod row;
mod row_binder;
mod target;
mod text;
mod time;
mod time_uuid;
mod timestamp;
mod to_row;
mod to_value;
mod tuple;
mod uuid;
mod value;
mod value_binder;
mod value_error;
mod var_int;
mod vint;

pub use absent::{MaybeUnset, Null, Unset};
pub use column::Column;
pub use column_map::ColumnMap;
pub use convert_error::ConvertError;
pub use cql_duration::CqlDuration;
pub use cql_type::CqlType;
pub use date::Date;
pub use decimal::Decimal;
pub use empty::{Empty, MaybeEmpty};
pub use from_row::{FromRow, FromRowOwned, RawRow};
pub use from_value::{FromValue, FromValueOwned};
pub use number::Counter;
pub use row::Row;
pub use row_binder::RowBinder;
pub use time::Time;
pub use time_uuid::TimeUuid;
pub use timestamp::{Timestamp, TimestampRangeError};
pub use to_row::ToRow;
pub use to_value::ToValue;
pub use uuid::{ParseUuidError, Uuid};
pub use value::Value;
pub use value_binder::ValueBinder;
pub use value_error::{ValueError, ValueProblem};
pub use var_int::VarInt;
