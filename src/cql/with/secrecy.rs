//! `secrecy`: text and blobs that are wiped when they are dropped, and printed by nobody.
//!
//! Only the value itself is: the page that it was read from, and what the C driver copied of it to
//! send it, are not wiped.

use ::secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder};
use crate::error::Result;

/// `text` and `ascii`; see `secrecy` for what is wiped.
impl<'r> FromValue<'r> for SecretString {
    fn check(t: &CqlType) -> Result<()> {
        <&str>::check(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        <&str>::from_value(t, cell).map(Self::from)
    }
}

/// `blob`.
impl<'r> FromValue<'r> for SecretSlice<u8> {
    fn check(t: &CqlType) -> Result<()> {
        <&[u8]>::check(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        <&[u8]>::from_value(t, cell).map(|bytes| Self::new(bytes.into()))
    }
}

impl FromValueOwned for SecretString {}
impl FromValueOwned for SecretSlice<u8> {}

impl ToValue for SecretString {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.str(self.expose_secret())
    }
}

impl ToValue for SecretSlice<u8> {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.bytes(self.expose_secret())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::*;

    #[test]
    fn both_ways() {
        let secret = SecretString::from_value(&CqlType::Text, Some(b"key")).unwrap();
        assert_eq!(secret.expose_secret(), "key");
        assert_eq!(bound(&secret, CqlType::Text).unwrap(), "Text(\"key\")");
        let secret = SecretSlice::<u8>::from_value(&CqlType::Blob, Some(&[1, 2])).unwrap();
        assert_eq!(secret.expose_secret(), [1, 2]);
        assert_eq!(bound(&secret, CqlType::Blob).unwrap(), "Bytes([1, 2])");
        assert!(SecretString::check(&CqlType::Blob).is_err());
        for error in [
            bound(&secret, CqlType::Text).unwrap_err(),
            SecretString::from_value(&CqlType::Text, Some(b"secret\xff")).unwrap_err(),
        ] {
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
