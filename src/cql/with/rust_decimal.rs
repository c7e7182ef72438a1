//! `rust_decimal`: decimal numbers of up to 96 bits and 28 digits behind the point. One allocation
//! a value, ours.

use ::rust_decimal::Decimal as Theirs;

use super::super::{ConvertError, Decimal, VarInt};
use super::way::by_way_of;

/// With the scale that it has.
impl From<Theirs> for Decimal {
    fn from(number: Theirs) -> Self {
        // 28 at most.
        Self::new(number.mantissa(), number.scale() as i32)
    }
}

/// With the scale that it has, where there is room for it; zeros at the end may go or come to make
/// it fit, digits never.
impl TryFrom<&Decimal> for Theirs {
    type Error = ConvertError;

    fn try_from(number: &Decimal) -> Result<Self, ConvertError> {
        const REASON: ConvertError = ConvertError::new(
            "the number needs more than 96 bits, or more than 28 digits behind the point",
        );
        const MOST: i64 = Theirs::MAX_SCALE as i64;
        if *number.unscaled() == VarInt::from(0) {
            // Of any scale; a zero has no digits to lose.
            let scale = number.scale().clamp(0, MOST as i32);
            return Self::try_from_i128_with_scale(0, scale as u32).map_err(|_| REASON);
        }
        let mut unscaled = i128::try_from(number.unscaled()).map_err(|_| REASON)?;
        let mut scale = i64::from(number.scale());
        // 38 digits at most, so that neither loop is long, whatever the scale is.
        while scale < 0 {
            unscaled = unscaled.checked_mul(10).ok_or(REASON)?;
            scale += 1;
        }
        loop {
            let fits = u32::try_from(scale.min(MOST + 1)).ok();
            let fits = fits.and_then(|scale| Self::try_from_i128_with_scale(unscaled, scale).ok());
            match fits {
                Some(number) => return Ok(number),
                None if scale > 0 && unscaled % 10 == 0 => {
                    unscaled /= 10;
                    scale -= 1;
                }
                None => return Err(REASON),
            }
        }
    }
}

by_way_of!(Decimal: Theirs, |own| (&own).try_into(), |theirs| Ok((*theirs).into()));

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::super::super::{CqlType, FromValue};
    use super::*;

    fn theirs(text: &str) -> Result<Theirs, ConvertError> {
        Theirs::try_from(&text.parse::<Decimal>().unwrap())
    }

    #[test]
    fn both_ways_with_the_scale() {
        let most = "79228162514264337593543950335";
        for text in ["0", "0.00", "1.0", "-1.00", "12.50", most, "-0.0000000000000000000000000001"]
        {
            let own: Decimal = text.parse().unwrap();
            let number = Theirs::try_from(&own).unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(Decimal::from(number), own);
            let t = CqlType::Decimal;
            assert_eq!(bound(&number, t.clone()).unwrap(), bound(&own, t).unwrap());
        }
        let minus_zero = -Theirs::ZERO;
        assert_eq!(Decimal::from(minus_zero), Decimal::new(0, 0));
    }

    #[test]
    fn zeros_make_room_and_digits_do_not() {
        assert_eq!(theirs("5E+3").unwrap().to_string(), "5000");
        assert_eq!(theirs("1.0E+28").unwrap().to_string(), "10000000000000000000000000000");
        let small = format!("0.{}1{}", "0".repeat(27), "0".repeat(9));
        assert_eq!(theirs(&small).unwrap(), theirs("1E-28").unwrap());
        assert_eq!(theirs("0E+2000000000").unwrap().to_string(), "0");
        assert_eq!(theirs("0E-2000000000").unwrap(), Theirs::ZERO);
        for text in [
            "1E-29",
            "1E+29",
            "79228162514264337593543950336",
            "1E+2000000000",
            "10E-2000000000",
            "1.0000000000000000000000000000001",
            &"9".repeat(500),
        ] {
            assert!(theirs(text).is_err(), "{text}");
        }
        let cell = [0, 0, 0, 29, 1];
        let error = Theirs::from_value(&CqlType::Decimal, Some(&cell)).unwrap_err().to_string();
        assert_eq!(error, "cannot read column (decimal) as Decimal: the value is out of range");
    }
}
