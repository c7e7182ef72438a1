//! `decimal`: a number of any size and scale. One allocation a value.

use std::fmt;
use std::str::FromStr;

use super::{ConvertError, CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, VarInt, cell};
use crate::error::{Error, Result};

/// A decimal number of any size: exactly what a `decimal` column holds, which is an integer and
/// how many of its digits stand behind the point.
///
/// Two are equal when they have both in common: 1.0 is not 1.00, as the server keeps them apart.
///
/// ```
/// use async_cassandra::cql::{Decimal, VarInt};
///
/// let price: Decimal = "12.50".parse()?;
/// assert_eq!((price.unscaled(), price.scale()), (&VarInt::from(1250), 2));
/// assert_eq!(price, Decimal::new(1250, 2));
/// assert_eq!(price.to_string(), "12.50");
/// assert_eq!(Decimal::new(5, -3).to_string(), "5E+3");
/// # Ok::<_, async_cassandra::cql::ConvertError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Decimal {
    unscaled: VarInt,
    scale: i32,
}

impl Decimal {
    /// The number `unscaled`, divided by ten `scale` times; a negative scale multiplies.
    pub fn new(unscaled: impl Into<VarInt>, scale: i32) -> Self {
        Self { unscaled: unscaled.into(), scale }
    }

    /// All digits, without the point.
    pub fn unscaled(&self) -> &VarInt {
        &self.unscaled
    }

    /// How many digits stand behind the point; less than none where zeros stand before it.
    pub fn scale(&self) -> i32 {
        self.scale
    }

    /// From the number's own parts.
    pub fn into_parts(self) -> (VarInt, i32) {
        (self.unscaled, self.scale)
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (scale, unscaled) = bytes.split_first_chunk::<4>()?;
        let scale = i32::from_be_bytes(*scale);
        (!unscaled.is_empty()).then(|| Self { unscaled: VarInt::from_be_bytes(unscaled), scale })
    }
}

/// As the server prints it, and reads it without a loss: digits with a point, or with an exponent
/// where that would need many zeros.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.unscaled.to_string();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", &text[..]),
        };
        let scale = i64::from(self.scale);
        let length = digits.len() as i64;
        let exponent = length - 1 - scale;
        if scale == 0 {
            write!(f, "{sign}{digits}")
        } else if scale > 0 && exponent >= -6 {
            // The zeros are few: six at most beyond the digits.
            let digits = format!("{digits:0>width$}", width = (scale + 1).max(length) as usize);
            let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
            write!(f, "{sign}{whole}.{fraction}")
        } else {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            write!(f, "{sign}{first}{point}{rest}E{exponent:+}")
        }
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads digits with or without a sign, a point and an exponent.
impl FromStr for Decimal {
    type Err = ConvertError;

    fn from_str(text: &str) -> Result<Self, ConvertError> {
        const REASON: ConvertError = ConvertError::new("not a decimal number");
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i64>().map_err(|_| REASON)?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // A sign belongs before the digits, and they must not all be missing.
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(REASON);
        }
        let unscaled = format!("{whole}{fraction}").parse().map_err(|_| REASON)?;
        let scale = (fraction.len() as i64).checked_sub(exponent).map(i32::try_from);
        match scale {
            Some(Ok(scale)) => Ok(Self { unscaled, scale }),
            _ => Err(ConvertError::new("the exponent is out of range")),
        }
    }
}

impl<'r> FromValue<'r> for Decimal {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::Decimal => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        cell::parsed::<Self, _>(t, cell, Self::read)
    }
}

impl FromValueOwned for Decimal {}

impl ToValue for Decimal {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.decimal(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn text_goes_both_ways() {
        let cases = [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (0, -2, "0E+2"),
            (1250, 2, "12.50"),
            (-5, 1, "-0.5"),
            (-5, 7, "-5E-7"),
            (123, 8, "0.00000123"),
            (123, 9, "1.23E-7"),
            (123, -2, "1.23E+4"),
            (1, i32::MAX, "1E-2147483647"),
            (1, i32::MIN, "1E+2147483648"),
        ];
        for (unscaled, scale, text) in cases {
            assert_eq!(Decimal::new(unscaled, scale).to_string(), text);
            assert_eq!(text.parse(), Ok(Decimal::new(unscaled, scale)), "{text}");
        }
        assert_eq!("+1.e2".parse(), Ok(Decimal::new(1, -2)));
        assert_eq!(".5".parse(), Ok(Decimal::new(5, 1)));
        for text in
            ["", ".", "-", "1.-5", "1.2.3", "1e", "e1", "NaN", "1E+99999999999", "1E-2147483648"]
        {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn reads_and_binds() {
        let t = CqlType::Decimal;
        let read = |bytes: &[u8]| Decimal::from_value(&t, Some(bytes));
        assert_eq!(read(&[0, 0, 0, 2, 0x04, 0xE2]).unwrap(), Decimal::new(1250, 2));
        assert_eq!(read(&[0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).unwrap(), Decimal::new(-1, -1));
        for bytes in [&[][..], &[0; 3], &[0; 4]] {
            assert!(read(bytes).is_err());
        }
        assert!(Decimal::check(&CqlType::Double).is_err());
        assert_eq!(bound(&Decimal::new(1250, 2), t).unwrap(), "Decimal([4, 226], 2)");
        assert!(bound(&Decimal::new(1, 0), CqlType::VarInt).is_err());
    }
}
