//! Empty values: zero bytes, which is neither NULL nor unset.
//!
//! Cassandra lets most scalar columns hold one, a heritage of its first protocol. For text and
//! blobs it is the empty text and no bytes; for numbers, times and addresses it is no value of the
//! Rust type, and must be asked for.

use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder};
use crate::error::Result;

/// An empty value.
///
/// It can be bound to text and blobs, to a varint that stands alone, and inside of sets, maps and
/// tuples to any type that the server allows it for; elsewhere write it in the CQL:
/// `blobAsInt(0x)`. Cassandra 5.0 keeps one in a column of its own, and shows it as NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Empty;

/// A value, or an [`Empty`] one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MaybeEmpty<T> {
    /// Zero bytes.
    #[default]
    Empty,
    /// A value.
    Value(T),
}

impl<T> MaybeEmpty<T> {
    /// The value, if there is one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Empty => None,
            Self::Value(value) => Some(value),
        }
    }
}

/// Zero bytes are [`Empty`](MaybeEmpty::Empty), of whatever type.
impl<'r, T: FromValue<'r>> FromValue<'r> for MaybeEmpty<T> {
    fn check(t: &CqlType) -> Result<()> {
        T::check(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        match cell {
            Some([]) => T::check(t).map(|()| Self::Empty),
            cell => T::from_value(t, cell).map(Self::Value),
        }
    }
}

impl<T: FromValueOwned> FromValueOwned for MaybeEmpty<T> {}

impl ToValue for Empty {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.empty()
    }
}

impl<T: ToValue> ToValue for MaybeEmpty<T> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        match self {
            Self::Empty => to.empty(),
            Self::Value(value) => value.bind(to),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn empty_null_and_values_are_three_things() {
        type Read = Option<MaybeEmpty<i32>>;
        let read = |cell| Read::from_value(&CqlType::Int, cell);
        assert_eq!(read(None).unwrap(), None);
        assert_eq!(read(Some(&[])).unwrap(), Some(MaybeEmpty::Empty));
        assert_eq!(read(Some(&[0, 0, 0, 7])).unwrap(), Some(MaybeEmpty::Value(7)));
        assert_eq!(MaybeEmpty::Value(7).into_option(), Some(7));
        assert!(MaybeEmpty::<i32>::from_value(&CqlType::Text, Some(&[])).is_err());
        let error = i32::from_value(&CqlType::Int, Some(&[])).unwrap_err().to_string();
        assert!(error.ends_with("it is empty; read it as MaybeEmpty<i32>"), "{error}");
    }

    #[test]
    fn bound_where_there_is_a_way() {
        let list = |t| CqlType::List(Box::new(t));
        assert_eq!(bound(&Empty, CqlType::Text).unwrap(), "Text(\"\")");
        assert_eq!(bound(&Empty, CqlType::VarInt).unwrap(), "Bytes([])");
        assert_eq!(
            bound(&[Empty], list(CqlType::Blob)).unwrap(),
            "Nested([0, 0, 0, 1, 0, 0, 0, 0])"
        );
        let tuple = CqlType::Tuple(vec![CqlType::Int]);
        assert_eq!(bound(&(Empty,), tuple).unwrap(), "Nested([0, 0, 0, 0])");
        for t in [CqlType::Set(Box::new(CqlType::Int)), CqlType::Set(Box::new(CqlType::VarInt))] {
            assert_eq!(bound(&[Empty], t.clone()).unwrap(), "Nested([0, 0, 0, 1, 0, 0, 0, 0])");
            assert!(bound(&[[Empty]], list(t)).is_ok());
        }
        assert!(bound(&[[Empty]], list(list(CqlType::Int))).is_ok());
        assert!(bound(&[Empty], CqlType::Vector(Box::new(CqlType::VarInt), 1)).is_err());
        let inside = bound(&[Empty], list(CqlType::VarInt));
        for error in [bound(&Empty, CqlType::Int), inside] {
            let error = error.unwrap_err().to_string();
            assert!(error.contains("blobAsInt(0x)"), "{error}");
        }
        assert!(bound(&[Empty], list(CqlType::Date)).is_err(), "the server refuses it");
        assert!(bound(&Empty, list(CqlType::Int)).is_err());
        assert_eq!(bound(&MaybeEmpty::Value(7), CqlType::Int).unwrap(), "I32(7)");
        assert_eq!(bound(&MaybeEmpty::<&str>::Empty, CqlType::Text).unwrap(), "Text(\"\")");
    }
}
