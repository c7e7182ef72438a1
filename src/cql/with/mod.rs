//! Types of other crates as values, one file for each crate, behind the feature of its name.
//!
//! Each goes by way of one of this module's own types, which hold exactly what a column holds: the
//! type checks, the bytes and the C calls are theirs. A conversion is exact or an error; nothing
//! is rounded, cut or wrapped.

#[cfg(feature = "bigdecimal")]
mod bigdecimal;
#[cfg(feature = "bytes")]
mod bytes;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "num-bigint")]
mod num_bigint;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "secrecy")]
mod secrecy;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
#[cfg(any(
    feature = "bigdecimal",
    feature = "bytes",
    feature = "chrono",
    feature = "jiff",
    feature = "num-bigint",
    feature = "rust_decimal",
    feature = "time",
    feature = "uuid",
))]
#[allow(dead_code, unused_macros, unused_imports, reason = "no crate needs all of it")]
mod way;
