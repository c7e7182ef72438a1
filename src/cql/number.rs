//! Booleans, integers and floats. Fixed lengths, no allocation.
//!
//! Integers and floats widen where nothing is lost, in both directions: `i64` reads an `int`
//! column, an `i32` binds to a `bigint` marker. The other way round is refused by type, before any
//! value is looked at, so that it cannot work in tests and fail on the first large number.

use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

/// A Rust type, the CQL types that it reads, each with the Rust type of the same width, and the
/// binder's method. A macro, since no function can implement a trait for several types.
macro_rules! number {
    ($T:ident, $bind:ident: $($Cql:ident as $Same:ident),*) => {
        impl<'r> FromValue<'r> for $T {
            fn check(t: &CqlType) -> Result<()> {
                match t {
                    $(CqlType::$Cql)|* => Ok(()),
                    _ => Err(Error::decode_wrong_type::<Self>(t)),
                }
            }

            #[inline]
            fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
                match t {
                    $(CqlType::$Cql => cell::fixed::<Self, { size_of::<$Same>() }>(t, cell)
                        .map(|bytes| Self::from($Same::from_be_bytes(bytes))),)*
                    _ => Err(Error::decode_wrong_type::<Self>(t)),
                }
            }
        }

        impl FromValueOwned for $T {}

        impl ToValue for $T {
            fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
                to.$bind(*self)
            }
        }
    };
}

number!(i8, i8: TinyInt as i8);
number!(i16, i16: TinyInt as i8, SmallInt as i16);
number!(i32, i32: TinyInt as i8, SmallInt as i16, Int as i32);
number!(i64, i64: TinyInt as i8, SmallInt as i16, Int as i32, BigInt as i64, Counter as i64);
number!(f32, f32: Float as f32);
number!(f64, f64: Float as f32, Double as f64);

/// `boolean`: any byte but zero is true.
impl<'r> FromValue<'r> for bool {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::Boolean => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        cell::fixed::<Self, 1>(t, cell).map(|[byte]| byte != 0)
    }
}

impl FromValueOwned for bool {}

impl ToValue for bool {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.bool(*self)
    }
}

/// A `counter`: its value when read, how much to add when bound.
///
/// An `i64` reads and binds to a counter as well; this type refuses everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Counter(pub i64);

impl<'r> FromValue<'r> for Counter {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::Counter => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        cell::fixed::<Self, 8>(t, cell).map(|bytes| Self(i64::from_be_bytes(bytes)))
    }
}

impl FromValueOwned for Counter {}

impl ToValue for Counter {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.counter(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    const INTEGERS: [(CqlType, usize); 5] = [
        (CqlType::TinyInt, 1),
        (CqlType::SmallInt, 2),
        (CqlType::Int, 4),
        (CqlType::BigInt, 8),
        (CqlType::Counter, 8),
    ];

    /// Reads -2 from each integer type at least as narrow as `T`, and is refused by the others.
    fn reads_what_fits<T>()
    where
        T: for<'r> FromValue<'r> + From<i8> + PartialEq + std::fmt::Debug,
    {
        for (t, length) in &INTEGERS {
            let bytes = &(-2_i64).to_be_bytes()[8 - length..];
            let value = T::from_value(t, Some(bytes));
            if *length <= size_of::<T>() {
                assert!(T::check(t).is_ok());
                assert_eq!(value.unwrap(), T::from(-2), "{t}");
            } else {
                assert!(T::check(t).is_err() && value.is_err(), "{t} does not fit");
            }
        }
    }

    #[test]
    fn integers_widen_when_read() {
        reads_what_fits::<i8>();
        reads_what_fits::<i16>();
        reads_what_fits::<i32>();
        reads_what_fits::<i64>();
        assert!(i64::check(&CqlType::Timestamp).is_err());
        assert!(i32::check(&CqlType::Float).is_err());
    }

    #[test]
    fn integers_widen_when_bound() {
        assert_eq!(bound(&-1_i8, CqlType::TinyInt).unwrap(), "I8(-1)");
        assert_eq!(bound(&-1_i8, CqlType::SmallInt).unwrap(), "I16(-1)");
        assert_eq!(bound(&-1_i16, CqlType::Int).unwrap(), "I32(-1)");
        assert_eq!(bound(&-1_i32, CqlType::BigInt).unwrap(), "I64(-1)");
        assert_eq!(bound(&-1_i64, CqlType::BigInt).unwrap(), "I64(-1)");
        for t in [CqlType::Counter, CqlType::BigInt] {
            assert_eq!(bound(&1_i8, t.clone()).unwrap(), "I64(1)");
            assert_eq!(bound(&1_i16, t.clone()).unwrap(), "I64(1)");
            assert_eq!(bound(&1_i32, t).unwrap(), "I64(1)");
        }
        assert!(bound(&1_i16, CqlType::TinyInt).is_err());
        assert!(bound(&1_i32, CqlType::SmallInt).is_err());
        assert!(bound(&1_i64, CqlType::Int).is_err());
        assert!(bound(&1_i64, CqlType::Timestamp).is_err());
    }

    #[test]
    fn floats_widen_and_do_not_narrow() {
        let single = 1.5_f32.to_be_bytes();
        let double = (-0.1_f64).to_be_bytes();
        assert_eq!(f32::from_value(&CqlType::Float, Some(&single)).unwrap(), 1.5);
        assert_eq!(f64::from_value(&CqlType::Float, Some(&single)).unwrap(), 1.5);
        assert_eq!(f64::from_value(&CqlType::Double, Some(&double)).unwrap(), -0.1);
        assert!(f32::check(&CqlType::Double).is_err());
        assert_eq!(bound(&1.5_f32, CqlType::Double).unwrap(), "F64(1.5)");
        assert_eq!(bound(&1.5_f32, CqlType::Float).unwrap(), "F32(1.5)");
        assert!(bound(&1.5_f64, CqlType::Float).is_err());
        assert!(bound(&1.5_f64, CqlType::Int).is_err());
    }

    #[test]
    fn booleans() {
        for (byte, expected) in [(0, false), (1, true), (0x80, true)] {
            assert_eq!(bool::from_value(&CqlType::Boolean, Some(&[byte])).unwrap(), expected);
        }
        assert!(bool::from_value(&CqlType::Boolean, Some(&[])).is_err());
        assert!(bool::from_value(&CqlType::TinyInt, Some(&[1])).is_err());
        assert_eq!(bound(&true, CqlType::Boolean).unwrap(), "Bool(true)");
        assert!(bound(&true, CqlType::TinyInt).is_err());
    }

    #[test]
    fn counters() {
        let seven = 7_i64.to_be_bytes();
        assert_eq!(Counter::from_value(&CqlType::Counter, Some(&seven)).unwrap(), Counter(7));
        assert!(Counter::from_value(&CqlType::BigInt, Some(&seven)).is_err());
        assert_eq!(bound(&Counter(7), CqlType::Counter).unwrap(), "I64(7)");
        assert!(bound(&Counter(7), CqlType::BigInt).is_err());
    }

    #[test]
    fn null_and_empty_are_two_errors() {
        let message = |cell| i32::from_value(&CqlType::Int, cell).unwrap_err().to_string();
        assert!(message(None).ends_with("it is NULL; read it as Option<i32>"));
        assert!(message(Some(&[])).ends_with("it is empty; read it as MaybeEmpty<i32>"));
        assert!(message(Some(&[0; 5])).ends_with("4 bytes expected, 5 found"));
        assert_eq!(Option::<i32>::from_value(&CqlType::Int, None).unwrap(), None);
        assert!(Option::<i32>::from_value(&CqlType::Int, Some(&[])).is_err());
    }
}
