//! Text: `text` (which is also `varchar`) and `ascii`.
//!
//! Every read checks that the bytes are UTF-8, at some bytes a nanosecond. `&str` and `Cow<str>`
//! borrow from the page; `String`, `Box<str>` and `Arc<str>` copy, one allocation each. An empty
//! value is the empty text.

use std::borrow::Cow;
use std::sync::Arc;

use super::value_error::{ValueProblem, asked_as, unreadable};
use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

fn check<T>(t: &CqlType) -> Result<()> {
    match t {
        CqlType::Text | CqlType::Ascii => Ok(()),
        _ => Err(Error::decode_wrong_type::<T>(t)),
    }
}

#[inline]
fn read<'r, T>(t: &CqlType, cell: Option<&'r [u8]>) -> Result<&'r str> {
    check::<T>(t)?;
    let bytes = cell::bytes::<T>(t, cell)?;
    std::str::from_utf8(bytes).map_err(|_| unreadable::<T>(t, ValueProblem::NotUtf8))
}

/// Borrows from the page.
impl<'r: 'a, 'a> FromValue<'r> for &'a str {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell)
    }
}

/// Borrows from the page.
impl<'r: 'a, 'a> FromValue<'r> for Cow<'a, str> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell).map(Cow::Borrowed)
    }
}

impl<'r> FromValue<'r> for String {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell).map(Self::from)
    }
}

impl<'r> FromValue<'r> for Box<str> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell).map(Self::from)
    }
}

impl<'r> FromValue<'r> for Arc<str> {
    fn check(t: &CqlType) -> Result<()> {
        check::<Self>(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        read::<Self>(t, cell).map(Self::from)
    }
}

impl FromValueOwned for String {}
impl FromValueOwned for Box<str> {}
impl FromValueOwned for Arc<str> {}

impl ToValue for str {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.str(self)
    }
}

impl ToValue for String {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.str(self).map_err(asked_as::<Self>)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn reads_text_and_ascii() {
        for t in [CqlType::Text, CqlType::Ascii] {
            let cell = Some("Zoë".as_bytes());
            assert_eq!(<&str>::from_value(&t, cell).unwrap(), "Zoë");
            assert!(matches!(Cow::<str>::from_value(&t, cell).unwrap(), Cow::Borrowed("Zoë")));
            assert_eq!(String::from_value(&t, cell).unwrap(), "Zoë");
            assert_eq!(&*Box::<str>::from_value(&t, cell).unwrap(), "Zoë");
            assert_eq!(&*Arc::<str>::from_value(&t, cell).unwrap(), "Zoë");
            assert_eq!(String::from_value(&t, Some(b"")).unwrap(), "", "empty is not NULL");
            assert!(String::from_value(&t, None).is_err());
            assert_eq!(Option::<&str>::from_value(&t, None).unwrap(), None);
        }
        assert!(String::check(&CqlType::Blob).is_err());
        assert!(String::from_value(&CqlType::Blob, Some(b"a")).is_err());
    }

    #[test]
    fn refuses_what_is_not_utf8() {
        let error = <&str>::from_value(&CqlType::Text, Some(b"a\xff")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read column (text) as &str: the text is not UTF-8");
    }

    #[test]
    fn binds_text_and_ascii() {
        assert_eq!(bound("Zoë", CqlType::Text).unwrap(), "Text(\"Zoë\")");
        assert_eq!(bound(&"Ann".to_owned(), CqlType::Ascii).unwrap(), "Text(\"Ann\")");
        assert_eq!(bound(&Cow::Borrowed("Ann"), CqlType::Text).unwrap(), "Text(\"Ann\")");
        assert_eq!(bound(&Box::<str>::from("Ann"), CqlType::Text).unwrap(), "Text(\"Ann\")");
        assert_eq!(bound(&Arc::<str>::from("Ann"), CqlType::Text).unwrap(), "Text(\"Ann\")");
        let error = bound("Zoë", CqlType::Ascii).unwrap_err().to_string();
        assert!(error.contains("`v` (ascii): the text is not ASCII"), "{error}");
        let error = |value: &dyn ToValue| bound(value, CqlType::Blob).unwrap_err().to_string();
        assert!(error(&"a").contains("bind str to marker"), "{}", error(&"a"));
        let owned = error(&"a".to_owned());
        assert!(owned.contains("bind String to marker"), "{owned}");
    }
}
