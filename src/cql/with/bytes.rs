//! `bytes`. Reading copies, one allocation: a page that stays in memory for a few of its bytes
//! would cost more.

use ::bytes::{Bytes, BytesMut};

use super::super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder};
use super::way;
use crate::error::Result;

impl<'r> FromValue<'r> for Bytes {
    fn check(t: &CqlType) -> Result<()> {
        way::check::<Self, &[u8]>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        way::read::<Self, &[u8]>(t, cell, |bytes| Ok(Self::copy_from_slice(bytes)))
    }
}

impl FromValueOwned for Bytes {}

impl ToValue for Bytes {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        way::bind::<Self, &[u8]>(Ok(&self[..]), to)
    }
}

impl ToValue for BytesMut {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        way::bind::<Self, &[u8]>(Ok(&self[..]), to)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::*;

    #[test]
    fn both_ways() {
        let t = CqlType::Blob;
        let bytes = Bytes::from_static(&[0, 255]);
        assert_eq!(Bytes::from_value(&t, Some(&[0, 255])).unwrap(), bytes);
        assert_eq!(Bytes::from_value(&t, Some(&[])).unwrap(), Bytes::new());
        assert_eq!(bound(&bytes, t.clone()).unwrap(), "Bytes([0, 255])");
        assert_eq!(bound(&BytesMut::from(&bytes[..]), t).unwrap(), "Bytes([0, 255])");
        let error = bound(&bytes, CqlType::Text).unwrap_err().to_string();
        assert!(error.starts_with("cannot bind Bytes to marker `v` (text): "), "{error}");
        let error = Bytes::check(&CqlType::Text).unwrap_err().to_string();
        assert!(error.starts_with("cannot read column (text) as Bytes: "), "{error}");
    }
}
