//! CQL types and Rust types: reading from the bytes of a cell, binding through typed C calls.
//!
//! | CQL | read as | bound from | with feature |
//! |---|---|---|---|
//! | `boolean` | `bool` | `bool` | |
//! | `tinyint` | `i8`, `i16`, `i32`, `i64` | `i8` | |
//! | `smallint` | `i16`, `i32`, `i64` | `i8`, `i16` | |
//! | `int` | `i32`, `i64` | `i8`, `i16`, `i32` | |
//! | `bigint` | `i64` | `i8`, `i16`, `i32`, `i64` | |
//! | `counter` | [`Counter`], `i64` | [`Counter`], `i8`, `i16`, `i32`, `i64` | |
//! | `varint` | [`VarInt`] | [`VarInt`], `i8`, `i16`, `i32`, `i64` | `num-bigint`: `BigInt` |
//! | `float` | `f32`, `f64` | `f32` | |
//! | `double` | `f64` | `f32`, `f64` | |
//! | `decimal` | [`Decimal`] | [`Decimal`] | `bigdecimal`: `BigDecimal`; `rust_decimal`: `Decimal` |
//! | `text`, `varchar`, `ascii` | `String`, `&str`, `Cow<str>`, `Box<str>`, `Arc<str>` | the same, `str` | `secrecy`: `SecretString` |
//! | `blob` | `Vec<u8>`, `&[u8]`, `Cow<[u8]>`, `Box<[u8]>` | the same, `[u8]` | `bytes`: `Bytes`, `BytesMut` (bound only); `secrecy`: `SecretSlice<u8>` |
//! | `uuid` | [`Uuid`] | [`Uuid`], [`TimeUuid`] | `uuid`: `Uuid` |
//! | `timeuuid` | [`TimeUuid`], [`Uuid`] | the same, of version 1 | `uuid`: `Uuid` |
//! | `date` | [`Date`] | [`Date`] | `chrono`: `NaiveDate`; `time`: `Date`; `jiff`: `civil::Date` |
//! | `time` | [`Time`] | [`Time`] | `chrono`: `NaiveTime`; `time`: `Time`; `jiff`: `civil::Time` |
//! | `timestamp` | [`Timestamp`], [`SystemTime`](std::time::SystemTime) | the same | `chrono`: `DateTime<Utc>`; `time`: `OffsetDateTime`; `jiff`: `Timestamp` |
//! | `duration` | [`CqlDuration`], [`Duration`](std::time::Duration) | the same | `chrono`: `TimeDelta`; `time`: `Duration`; `jiff`: `Span`, `SignedDuration` |
//! | `inet` | `IpAddr`, `Ipv4Addr`, `Ipv6Addr` | the same | |
//! | `list<T>`, `set<T>` | `Vec<T>`, `Box<[T]>`, `HashSet<T>`, `BTreeSet<T>`; NULL is an empty one | the same, `[T]`, `[T; N]` | |
//! | `map<K, V>` | `HashMap<K, V>`, `BTreeMap<K, V>`; NULL is an empty one | the same | |
//! | `tuple<A, B>` | `(A, B)`, to 16 elements; a struct | the same | `derive` |
//! | a UDT | a struct; [`Value`] | the same | `derive` |
//! | `vector<T, n>` | `[T; N]`, `Vec<T>`, `Box<[T]>` | the same, `[T]` | |
//! | `frozen<T>` | as `T` | as `T` | |
//! | a custom type | as `blob` | as `blob` | |
//! | any | [`Value`] | [`Value`] | `serde_json`: `Value` (read only) |
//! | any row | [`Row`], [`FromRow`] types | [`ToRow`] types | `serde_json`: `Map<String, Value>` (read only) |
//! | NULL | `Option<T>` | `Option<T>`, [`Null`] | |
//! | unset | | [`Unset`], [`MaybeUnset`] | |
//! | empty, which is neither | [`MaybeEmpty`] | [`Empty`], [`MaybeEmpty`] | |
//!
//! `&T`, `Box<T>`, `Arc<T>` and `Cow<T>` bind as `T` does. `None` and [`Null`] delete what is in the
//! column and leave a tombstone; [`Unset`] leaves it alone. `u8` is no value, and so an
//! array of bytes is none: take a slice or a `Vec<u8>`.
//!
//! Every conversion is exact. One that may lose something is refused by its types, before any value
//! is seen; where it depends on the value (a day that `chrono` has no name for, a time finer than a
//! millisecond) the value is refused with an error. The own types hold exactly what a column of
//! their type can hold, so they never are. What comes from the network is checked: no bytes make
//! this module panic.
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
//!
//! A `?` is called what its column is, and others have names that the server makes up, as `[limit]`,
//! `[ttl]` and `in(id)`: rename the field so, or write `:limit` for a name of your own. `COLUMNS`,
//! which `FromRow` adds to structs with named fields, is the list of columns for a `SELECT`. Types
//! without lifetimes get [`FromRowOwned`] and [`FromValueOwned`] as well.
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

//! # Types of other crates
//! - Dates, times and moments beyond what the crate can hold are an error when read; so is binding a
//!   moment finer than a millisecond, and one of chrono's leap seconds. A moment's offset is no part
//!   of it: it is read in UTC.
//! - A `duration` is three numbers, and months and days have no fixed length: the crates' durations of
//!   seconds bind as nanoseconds, and read what has nothing else. jiff's `Span` has months and days;
//!   its years count as twelve months and its weeks as seven days.
//! - Decimals keep their scale; `rust_decimal` reads what fits 96 bits and 28 digits behind the point.
//! - A secret is wiped when it is dropped. The page that it was read from, and what the C driver
//!   copied of it to send it, are not.
//!
//! # JSON
//! With feature `serde_json` any column reads as its `Value`, any row as a `Map<String, Value>`, and
//! a [`Value`] turns into one. The form is that of `SELECT JSON`, which `INSERT … JSON` takes, with
//! two differences: `decimal` and `varint` are text, since most readers of JSON would round a number,
//! and names with capitals carry no quotes.
//!
//! | CQL | JSON |
//! |---|---|
//! | NULL | `null` |
//! | `tinyint`, `smallint`, `int`, `bigint`, `counter` | a number |
//! | `float`, `double` | a number, or `"NaN"`, `"Infinity"`, `"-Infinity"` |
//! | `boolean` | `true`, `false` |
//! | `decimal`, `varint` | text with all digits |
//! | `blob`, custom types | `"0x00ff"` |
//! | `list`, `set`, `tuple`, `vector` | an array |
//! | `map` | an object; a key that is not text is the text of its JSON |
//! | a UDT | an object |
//! | an empty value | `""` |
//! | all others | text, as in a literal of CQL |

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
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
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
#[cfg(test)]
mod table;
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
mod with;

#[cfg(feature = "derive")]
pub use async_cassandra_derive::{FromRow, FromValue, ToRow, ToValue};

pub use absent::{MaybeUnset, Null, Unset};
pub(crate) use cell::take as take_cell;
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
