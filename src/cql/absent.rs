//! No value: NULL, which deletes, and unset, which leaves alone.

use super::{ToValue, ValueBinder};
use crate::error::Result;

/// NULL for a marker of any type. On a write it deletes the column and leaves a tombstone, which
/// later reads must skip; [`Unset`] leaves the column as it is.
///
/// `None` of any `Option` of a value binds the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Null;

/// No value for a marker of any type: a write leaves the column as it is, and leaves no tombstone.
///
/// It needs protocol version 4, which is the default.
///
/// ```
/// # use async_cassandra::cql::{ToRow, Unset};
/// # fn bind(_: impl ToRow) {}
/// bind((1, "Ann", Unset)); // for INSERT INTO users (id, name, email) VALUES (?, ?, ?)
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Unset;

/// A value, or [`Unset`].
///
/// ```
/// use async_cassandra::cql::MaybeUnset;
///
/// let email: Option<&str> = None;
/// assert_eq!(MaybeUnset::from_option(email), MaybeUnset::Unset); // keeps the old e-mail address
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MaybeUnset<T> {
    /// Leave the column as it is.
    #[default]
    Unset,
    /// Write this value.
    Set(T),
}

impl<T> MaybeUnset<T> {
    /// `None` becomes [`Unset`](Self::Unset): the column keeps its value. (An `Option` itself binds
    /// `None` as NULL.)
    pub fn from_option(value: Option<T>) -> Self {
        value.map_or(Self::Unset, Self::Set)
    }
}

impl ToValue for Null {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.null()
    }
}

impl ToValue for Unset {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.unset()
    }
}

impl<T: ToValue> ToValue for MaybeUnset<T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        match self {
            Self::Unset => to.unset(),
            Self::Set(value) => value.bind(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::CqlType;
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn null_and_unset_differ_and_fit_every_type() {
        for t in
            [CqlType::Int, CqlType::Text, CqlType::VarInt, CqlType::List(Box::new(CqlType::Int))]
        {
            assert_eq!(bound(&Null, t.clone()).unwrap(), "Null");
            assert_eq!(bound(&None::<i32>, t.clone()).unwrap(), "Null");
            assert_eq!(bound(&Unset, t.clone()).unwrap(), "");
            assert_eq!(bound(&MaybeUnset::<i32>::Unset, t).unwrap(), "");
        }
        assert_eq!(bound(&Some(1), CqlType::Int).unwrap(), "I32(1)");
        assert_eq!(bound(&MaybeUnset::Set(1), CqlType::Int).unwrap(), "I32(1)");
        assert_eq!(bound(&MaybeUnset::from_option(Some(Null)), CqlType::Int).unwrap(), "Null");
    }
}
