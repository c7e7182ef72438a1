//! Binding one value.
//!
//! A value is checked against its marker's type and handed to C in one typed call, which copies
//! it: values of up to 12 bytes into the statement, longer ones into one allocation of C's.
//! Nothing is kept, so a value may be borrowed for the call only.

use std::borrow::Cow;
use std::sync::Arc;

use super::ValueBinder;
use crate::error::Result;

/// A value that can be bound to a marker.
///
/// It can be made into an object: `Vec<Box<dyn ToValue>>` is a list of values that is made up at
/// run time. Implement it for a type of your own by calling the one method of [`ValueBinder`] that
/// fits:
///
/// ```
/// use async_cassandra::Result;
/// use async_cassandra::cql::{ToValue, ValueBinder};
///
/// enum Colour { Red, Blue }
///
/// impl ToValue for Colour {
///     fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
///         to.str(match self {
///             Self::Red => "red",
///             Self::Blue => "blue",
///         })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be bound to a CQL marker",
    label = "not a value",
    note = "derive `ToValue`, or implement it on top of a type that has it; bytes are `Vec<u8>` or \
            `&[u8]`: slice an array with `&bytes[..]`; the integers of CQL have a sign: `i8`, `i16`, \
            `i32`, `i64`",
    note = "types of other crates, `chrono` for one, need the feature with the name of their crate"
)]
pub trait ToValue: Send + Sync {
    /// Binds the value to the marker `to`. A binder that is not used leaves its marker unset.
    ///
    /// # Errors
    /// The value does not fit the marker's type.
    fn bind(&self, to: ValueBinder<'_>) -> Result<()>;
}

/// `None` is NULL, which on a write deletes the column and leaves a tombstone. To leave the column
/// as it is, bind [`Unset`](super::Unset) or [`MaybeUnset`](super::MaybeUnset).
impl<T: ToValue> ToValue for Option<T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        match self {
            Some(value) => value.bind(to),
            None => to.null(),
        }
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        (**self).bind(to)
    }
}

impl<T: ToValue + ?Sized> ToValue for Box<T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        (**self).bind(to)
    }
}

impl<T: ToValue + ?Sized> ToValue for Arc<T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        (**self).bind(to)
    }
}

impl<T> ToValue for Cow<'_, T>
where
    T: ToValue + ToOwned + ?Sized,
    T::Owned: Send + Sync,
{
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        (**self).bind(to)
    }
}
