//! `uuid` and `timeuuid`: sixteen bytes in network order. No allocation but for text.

use std::fmt;
use std::str::FromStr;

use super::{CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

/// A UUID, for columns of type `uuid` and `timeuuid`.
///
/// It compares by its bytes. The server orders `timeuuid` columns by the time in them, which is
/// another order.
///
/// ```
/// use async_cassandra::cql::Uuid;
///
/// let id: Uuid = "f47ac10b-58cc-4372-a567-0e02b2c3d479".parse()?;
/// assert_eq!(id.version(), Some(4));
/// assert_eq!(id.to_string(), "f47ac10b-58cc-4372-a567-0e02b2c3d479");
/// assert_eq!(Uuid::from_u128(id.as_u128()), id);
/// # Ok::<_, async_cassandra::cql::ParseUuidError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// The UUID whose bits are all zero.
    pub const NIL: Self = Self([0; 16]);

    /// From sixteen bytes in network order, as RFC 9562 prints them.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes in network order.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From a number, its highest byte first.
    pub const fn from_u128(number: u128) -> Self {
        Self(number.to_be_bytes())
    }

    /// As a number, its highest byte first.
    pub const fn as_u128(&self) -> u128 {
        u128::from_be_bytes(self.0)
    }

    /// The version, 1 to 15, of a UUID of the common variant (RFC 9562); none for others, the nil
    /// UUID among them. A `timeuuid` has version 1, a random UUID version 4.
    pub const fn version(&self) -> Option<u8> {
        match (self.0[8] >> 6, self.0[6] >> 4) {
            (0b10, version @ 1..) => Some(version),
            _ => None,
        }
    }
}

impl From<[u8; 16]> for Uuid {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<Uuid> for [u8; 16] {
    fn from(uuid: Uuid) -> Self {
        uuid.0
    }
}

/// The places of the hyphens in the 36 characters.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut at = 0;
        for byte in self.0 {
            if HYPHENS.contains(&at) {
                at += 1;
            }
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 15)];
            at += 2;
        }
        // Only ASCII was written.
        f.pad(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a UUID: 32 hexadecimal digits, all together or in groups of 8-4-4-4-12.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseUuidError(());

impl fmt::Display for ParseUuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a UUID: 32 hexadecimal digits expected, grouped as 8-4-4-4-12")
    }
}

impl std::error::Error for ParseUuidError {}

/// Reads the form that `Display` writes, in either case, also without the hyphens.
impl FromStr for Uuid {
    type Err = ParseUuidError;

    fn from_str(text: &str) -> Result<Self, ParseUuidError> {
        let text = text.as_bytes();
        let is_grouped = text.len() == 36 && HYPHENS.iter().all(|at| text[*at] == b'-');
        if !is_grouped && text.len() != 32 {
            return Err(ParseUuidError(()));
        }
        let mut bytes = [0; 16];
        let mut at = 0;
        for byte in &mut bytes {
            if is_grouped && HYPHENS.contains(&at) {
                at += 1;
            }
            *byte = digit(text[at])? << 4 | digit(text[at + 1])?;
            at += 2;
        }
        Ok(Self(bytes))
    }
}

fn digit(character: u8) -> Result<u8, ParseUuidError> {
    match char::from(character).to_digit(16) {
        Some(value) => Ok(value as u8),
        None => Err(ParseUuidError(())),
    }
}

impl<'r> FromValue<'r> for Uuid {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::Uuid | CqlType::TimeUuid => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    #[inline]
    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        cell::fixed::<Self, 16>(t, cell).map(Self)
    }
}

impl FromValueOwned for Uuid {}

impl ToValue for Uuid {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.uuid(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    const TEXT: &str = "00112233-4455-1677-8899-aabbccddeeff";

    #[test]
    fn text_goes_both_ways() {
        let uuid: Uuid = TEXT.parse().unwrap();
        assert_eq!(uuid.as_bytes()[..4], [0x00, 0x11, 0x22, 0x33]);
        assert_eq!(uuid.to_string(), TEXT);
        assert_eq!(format!("{uuid:?}|{uuid:40}|"), format!("{TEXT}|{TEXT}    |"));
        assert_eq!(TEXT.to_uppercase().parse(), Ok(uuid));
        assert_eq!(TEXT.replace('-', "").parse(), Ok(uuid));
    }

    #[test]
    fn other_text_is_refused() {
        let others = [
            "",
            "0011",
            "00112233-4455-1677-8899-aabbccddeef",
            "00112233-4455-1677-8899-aabbccddeeff0",
            "0011223304455016770889900aabbccddeef",
            "00112233-4455-1677-8899-aabbccddeefg",
            "+0112233-4455-1677-8899-aabbccddeeff",
            "00112233-4455-1677-8899-aabbccddee\u{e9}",
            "{0112233445516778899aabbccddeeff}",
        ];
        for other in others {
            assert_eq!(other.parse::<Uuid>(), Err(ParseUuidError(())), "{other}");
        }
    }

    #[test]
    fn versions_are_those_of_the_common_variant() {
        let version = |text: &str| text.parse::<Uuid>().unwrap().version();
        assert_eq!(version(TEXT), Some(1));
        assert_eq!(version("f47ac10b-58cc-4372-a567-0e02b2c3d479"), Some(4));
        assert_eq!(version("f47ac10b-58cc-4372-e567-0e02b2c3d479"), None);
        assert_eq!(Uuid::NIL.version(), None);
    }

    #[test]
    fn reads_and_binds() {
        let uuid: Uuid = TEXT.parse().unwrap();
        for t in [CqlType::Uuid, CqlType::TimeUuid] {
            assert_eq!(Uuid::from_value(&t, Some(uuid.as_bytes())).unwrap(), uuid);
            assert!(Uuid::from_value(&t, Some(&[0; 15])).is_err());
            assert!(bound(&uuid, t).unwrap().starts_with("Uuid([0, 17, 34, 51,"));
        }
        assert!(Uuid::from_value(&CqlType::Blob, Some(uuid.as_bytes())).is_err());
        assert!(bound(&uuid, CqlType::Blob).is_err());
        assert!(bound(&Uuid::NIL, CqlType::Uuid).is_ok());
        let error = bound(&Uuid::NIL, CqlType::TimeUuid).unwrap_err().to_string();
        assert!(error.contains("(timeuuid): the UUID is not of version 1"), "{error}");
    }
}
