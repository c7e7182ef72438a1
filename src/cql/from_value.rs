//! Reading one value.
//!
//! The type is checked once a page ([`check`](FromValue::check)); after that a value costs a match
//! on the type, a comparison of lengths, and the copy if the Rust type owns its bytes. Nothing in
//! this crate panics on any bytes.

use super::CqlType;
use crate::error::Result;

/// A value that can be read from a cell, perhaps borrowing from the page that holds it (`'r`).
///
/// Implement it for a type of your own on top of one that has it:
///
/// ```
/// use async_cassandra::cql::{CqlType, FromValue, FromValueOwned};
/// use async_cassandra::{Error, Result};
///
/// #[derive(Debug)]
/// enum Colour { Red, Blue }
///
/// impl<'r> FromValue<'r> for Colour {
///     fn check(t: &CqlType) -> Result<()> {
///         <&str>::check(t)
///     }
///
///     fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
///         match <&str>::from_value(t, cell)? {
///             "red" => Ok(Self::Red),
///             "blue" => Ok(Self::Blue),
///             other => Err(Error::decode_custom(format!("`{other}` is no colour"))),
///         }
///     }
/// }
/// impl FromValueOwned for Colour {}
///
/// assert!(Colour::check(&CqlType::Text).is_ok());
/// assert!(matches!(Colour::from_value(&CqlType::Text, Some(b"blue")), Ok(Colour::Blue)));
/// let error = Colour::from_value(&CqlType::Text, Some(b"loud")).unwrap_err();
/// assert!(error.to_string().contains("`loud` is no colour"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a CQL value",
    label = "not a value",
    note = "derive `FromValue`, or implement it on top of a type that has it; a `blob` is `Vec<u8>` \
            or `&[u8]`; the integers of CQL have a sign: `i8`, `i16`, `i32`, `i64`",
    note = "types of other crates, `chrono` for one, need the feature with the name of their crate"
)]
pub trait FromValue<'r>: Sized {
    /// Whether values of the CQL type `t` can be read as `Self`: asked once a page, before any
    /// value is read.
    ///
    /// # Errors
    /// [`Error::decode_wrong_type`](crate::Error::decode_wrong_type).
    fn check(t: &CqlType) -> Result<()>;

    /// Reads one cell of the CQL type `t`: `None` is NULL, and zero bytes are an empty value, which
    /// is not the same.
    ///
    /// # Errors
    /// The cell is NULL and `Self` has no place for that, or its bytes are not a value of this
    /// type. The bytes come from the network: nothing may be taken for granted, and whatever they
    /// are, this must not panic.
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self>;
}

/// A value that borrows nothing, so that it outlives its page: what
/// [`FromRowOwned`](super::FromRowOwned) rows are made of.
///
/// It has no methods. A hand-written [`FromValue`] for a type without lifetimes needs one more
/// line: `impl FromValueOwned for Colour {}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an owned value",
    label = "not a value that lives on without its page",
    note = "read `String` and not `&str`, `Vec<u8>` and not `&[u8]`; or borrow: read the rows of a \
            `Page` in place of a stream",
    note = "the integers of CQL have a sign: `i8`, `i16`, `i32`, `i64`"
)]
pub trait FromValueOwned: for<'r> FromValue<'r> {}

/// NULL is `None`.
impl<'r, T: FromValue<'r>> FromValue<'r> for Option<T> {
    fn check(t: &CqlType) -> Result<()> {
        T::check(t)
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        match cell {
            Some(_) => T::from_value(t, cell).map(Some),
            None => Ok(None),
        }
    }
}

impl<T: FromValueOwned> FromValueOwned for Option<T> {}
