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
//!
//! # Structs and enums
//! With feature `derive`, which is on by default:
//!
//! ```
//! # #[cfg(feature = "derive")] mod example {
//! use async_cassandra::cql::{FromRow, FromValue, ToRow, ToValue, Uuid};
//! use async_cassandra::{Result, Session};
//!
//! #[derive(FromRow, ToRow)]
//! struct User<'a> {
//!     id: Uuid,
//!     name: &'a str, // borrows from the page
//!     home: Option<Address>,
//!     #[cassandra(rename = "lvl")]
//!     level: Level,
//! }
//!
//! #[derive(FromValue, ToValue)] // a UDT
//! struct Address {
//!     street: String,
//!     zip: Zip,
//! }
//!
//! #[derive(FromValue, ToValue)] // an int
//! struct Zip(i32);
//!
//! #[derive(FromValue, ToValue)] // text: 'novice', 'expert'
//! #[cassandra(rename_all = "lowercase")]
//! enum Level {
//!     Novice,
//!     Expert,
//! }
//!
//! async fn move_all(session: &Session, insert: &str) -> Result<()> {
//!     let select = format!("SELECT {} FROM users", User::COLUMNS); // id, name, home, lvl
//!     let page = session.query(&select, ()).await?;
//!     for user in page.rows::<User>()? {
//!         session.query(insert, &user?).await?; // VALUES (:id, :name, :home, :lvl)
//!     }
//!     Ok(())
//! }
//! # }
//! ```
//!
//! | derive | on | is |
//! |---|---|---|
//! | `FromRow`, `ToRow` | a struct with named fields | columns and markers by name |
//! | | `struct Pair(A, B)`, or `by_order` | columns and markers in their order, exactly as many |
//! | `FromValue`, `ToValue` | a struct with named fields | a UDT, its fields by name |
//! | | `struct Id(T)` | whatever `T` is |
//! | | `struct Point(A, B)` | a tuple |
//! | | an enum without fields | text, the name of the variant; with `repr` an integer |
//!
//! A row may have more columns than the struct has fields, and a UDT more fields, which are then
//! NULL when bound; the other way round is an error, unless the field has a `default`. To bind a
//! row, each value needs its marker and each marker its value; [`MaybeUnset`] leaves one unset.
//! `COLUMNS`, which `FromRow` adds to structs with named fields, is the list of columns for a
//! `SELECT`. Types without lifetimes get [`FromRowOwned`] and [`FromValueOwned`] as well.
//!
//! | `#[cassandra(…)]` on a type | |
//! |---|---|
//! | `rename_all = "camelCase"` | how fields or variants are called in CQL: also `lowercase`, `UPPERCASE`, `PascalCase`, `snake_case`, `SCREAMING_SNAKE_CASE`, `kebab-case` |
//! | `by_order` | a row by the order of its fields, and not by their names |
//! | `repr = "i16"` | an enum by its discriminants: `i8`, `i16`, `i32`, `i64` |
//! | `crate = "path"` | where this crate is, if not at `::async_cassandra` |
//!
//! | on a field (`rename` on a variant too) | |
//! |---|---|
//! | `rename = "Name"` | what it is called in CQL, capitals included and without quotes |
//! | `default`, `default = "function"` | when read: the value where there is no such column or field, and for NULL |
//! | `skip` | not in CQL: read as its `Default`, never bound |
//! | `flatten` | in a row: the fields of another struct that derives the same |
//! | `with = "module"` | by the module's functions `check(&CqlType) -> Result<()>`, `from_value(&CqlType, Option<&[u8]>) -> Result<T>`, `bind(&T, ValueBinder) -> Result<()>`, as far as they are needed |

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
#[doc(hidden)]
pub mod derive;
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

#[cfg(feature = "derive")]
pub use async_cassandra_derive::{FromRow, FromValue, ToRow, ToValue};

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
