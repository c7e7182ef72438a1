//! What the types of other crates share: to and from one of our own types, with errors that name
//! the type that the program wrote.

use super::super::value_error::{ValueProblem, asked_as, unbindable, unreadable};
use super::super::{ConvertError, CqlType, FromValue, ToValue, ValueBinder};
use crate::error::Result;

/// A time that a `timestamp` has no place for.
pub(super) const FINER_THAN_MILLIS: ConvertError =
    ConvertError::new("the time is finer than a millisecond");

/// Whether `T` can be read where `Own` can.
pub(super) fn check<'r, T, Own: FromValue<'r>>(t: &CqlType) -> Result<()> {
    Own::check(t).map_err(asked_as::<T>)
}

/// Reads a `T` by way of an `Own`.
pub(super) fn read<'r, T, Own: FromValue<'r>>(
    t: &CqlType,
    cell: Option<&'r [u8]>,
    convert: impl FnOnce(Own) -> Result<T, ConvertError>,
) -> Result<T> {
    let own = Own::from_value(t, cell).map_err(asked_as::<T>)?;
    convert(own).map_err(|error| unreadable::<T>(t, problem(&error)))
}

/// Binds a `T` as the `Own` that it is, or is not.
pub(super) fn bind<'r, T, Own: FromValue<'r> + ToValue>(
    own: Result<Own, ConvertError>,
    to: ValueBinder<'_>,
) -> Result<()> {
    let t = to.cql_type();
    match own {
        Ok(own) => own.bind(to).map_err(asked_as::<T>),
        // A type that does not fit comes before a value that does not.
        Err(_) if Own::check(t).is_err() => Err(to.wrong_type::<T>()),
        Err(error) => Err(unbindable::<T>(t, problem(&error))),
    }
}

fn problem(error: &ConvertError) -> ValueProblem {
    match *error == FINER_THAN_MILLIS {
        true => ValueProblem::Inexact,
        false => ValueProblem::OutOfRange,
    }
}

/// A type that is read and bound by way of `$Own`: how to make it of one, and one of it. A macro,
/// since no function can implement a trait for several types.
macro_rules! by_way_of {
    ($Own:ty: $T:ty, $read:expr, $bind:expr) => {
        impl<'r> $crate::cql::FromValue<'r> for $T {
            fn check(t: &$crate::cql::CqlType) -> $crate::Result<()> {
                $crate::cql::with::way::check::<Self, $Own>(t)
            }

            fn from_value(
                t: &$crate::cql::CqlType,
                cell: Option<&'r [u8]>,
            ) -> $crate::Result<Self> {
                $crate::cql::with::way::read::<Self, $Own>(t, cell, $read)
            }
        }

        impl $crate::cql::FromValueOwned for $T {}

        impl $crate::cql::ToValue for $T {
            fn bind(&self, to: $crate::cql::ValueBinder<'_>) -> $crate::Result<()> {
                let own: fn(&Self) -> Result<$Own, $crate::cql::ConvertError> = $bind;
                $crate::cql::with::way::bind::<Self, $Own>(own(self), to)
            }
        }
    };
}

pub(super) use by_way_of;
