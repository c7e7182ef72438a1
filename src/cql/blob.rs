//! Bytes: `blob`, and the raw bytes of custom and unknown types.
//!
//! `&[u8]` and `Cow<[u8]>` borrow from the page; `Vec<u8>` and `Box<[u8]>` copy, one allocation
//! each. An array of bytes is no value, nor is `u8`: `[T; N]` is kept for vectors.

use std::borrow::Cow;

use super::value_error::asked_as;
use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

fn check<T>(t: &CqlType) -> Result<()> {
    match t {
        CqlType::Blob | CqlType::Custom(_) | CqlType::Unknown(_) => Ok(()),
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

#[inline]
fn read<'r, T>(t: &CqlType, cell: Option<&'r [u8]>) -> Result<&'r [u8]> {
    check::<T>(t)?;
    cell::bytes::<T>(t, cell)
}

/// Borrows from the page.
impl<'r: 'a, 'a> FromValue<'r> for &'a [u8] {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell)
    }
}

/// Borrows from the page.
impl<'r: 'a, 'a> FromValue<'r> for Cow<'a, [u8]> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell).map(Cow::Borrowed)
    }
}

impl<'r> FromValue<'r> for Vec<u8> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell).map(Self::from)
    }
}

impl<'r> FromValue<'r> for Box<[u8]> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell).map(Self::from)
    }
}

impl FromValueOwned for Vec<u8> {}
impl FromValueOwned for Box<[u8]> {}

impl ToValue for [u8] {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.bytes(self)
    }
}

impl ToValue for Vec<u8> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.bytes(self).map_err(asked_as::<Self>)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn reads_blobs_and_types_without_a_rust_type() {
        for t in [CqlType::Blob, CqlType::Custom("a.B".into()), CqlType::Unknown(0x99)] {
            let cell = Some(&b"\x00\xff"[..]);
            assert_eq!(<&[u8]>::from_value(&t, cell).unwrap(), b"\x00\xff");
            assert!(matches!(Cow::<[u8]>::from_value(&t, cell).unwrap(), Cow::Borrowed(_)));
            assert_eq!(Vec::<u8>::from_value(&t, cell).unwrap(), b"\x00\xff");
            assert_eq!(&*Box::<[u8]>::from_value(&t, cell).unwrap(), b"\x00\xff");
            assert!(Vec::<u8>::from_value(&t, Some(b"")).unwrap().is_empty());
            assert!(Vec::<u8>::from_value(&t, None).is_err());
        }
        assert!(Vec::<u8>::check(&CqlType::Text).is_err());
        assert!(Vec::<u8>::check(&CqlType::List(Box::new(CqlType::TinyInt))).is_err());
    }

    #[test]
    fn binds_blobs() {
        assert_eq!(bound(&b"\x01"[..], CqlType::Blob).unwrap(), "Bytes([1])");
        assert_eq!(bound(&vec![1_u8, 2], CqlType::Blob).unwrap(), "Bytes([1, 2])");
        assert_eq!(bound(&Cow::Borrowed(&b"\x01"[..]), CqlType::Blob).unwrap(), "Bytes([1])");
        assert_eq!(bound(&vec![1_u8], CqlType::Custom("a.B".into())).unwrap(), "Bytes([1])");
        assert!(bound(&vec![1_u8], CqlType::Text).is_err());
    }
}
