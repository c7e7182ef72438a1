//! `bigdecimal`: decimal numbers without a limit. Two allocations a value, theirs and ours.

use ::bigdecimal::BigDecimal;
use ::bigdecimal::num_bigint::BigInt;

use super::super::{ConvertError, Decimal, VarInt};
use super::way::by_way_of;

/// With the scale that it has.
impl TryFrom<&BigDecimal> for Decimal {
    type Error = ConvertError;

    fn try_from(number: &BigDecimal) -> Result<Self, ConvertError> {
        let (unscaled, scale) = number.as_bigint_and_scale();
        let scale = scale.try_into().map_err(|_| ConvertError::new("the scale is out of range"))?;
        Ok(Self::new(VarInt::from_be_bytes(&unscaled.to_signed_bytes_be()), scale))
    }
}

/// With the scale that it has.
impl From<&Decimal> for BigDecimal {
    fn from(number: &Decimal) -> Self {
        let unscaled = BigInt::from_signed_bytes_be(number.unscaled().as_be_bytes());
        Self::new(unscaled, number.scale().into())
    }
}

by_way_of!(Decimal: BigDecimal, |own| Ok((&own).into()), |theirs| theirs.try_into());

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::super::super::{CqlType, FromValue};
    use super::*;

    #[test]
    fn both_ways_with_the_scale() {
        let t = CqlType::Decimal;
        let large = format!("-{}.{}", "9".repeat(300), "7".repeat(300));
        for text in ["0", "1.0", "1.00", "-0.001", "5E+3", "1E-400", &large] {
            let own: Decimal = text.parse().unwrap();
            let theirs = BigDecimal::from(&own);
            assert_eq!(theirs, text.parse::<BigDecimal>().unwrap());
            assert_eq!(theirs.fractional_digit_count(), i64::from(own.scale()));
            assert_eq!(Decimal::try_from(&theirs), Ok(own.clone()));
            assert_eq!(bound(&theirs, t.clone()).unwrap(), bound(&own, t.clone()).unwrap());
        }
        let cell = [0, 0, 0, 2, 4, 226];
        let read = BigDecimal::from_value(&t, Some(&cell)).unwrap();
        assert_eq!(read.to_string(), "12.50");
    }

    #[test]
    fn a_scale_out_of_range_is_an_error() {
        let fine = BigDecimal::new(1.into(), i64::from(i32::MAX) + 1);
        let error = bound(&fine, CqlType::Decimal).unwrap_err().to_string();
        assert_eq!(
            error,
            "cannot bind BigDecimal to marker `v` (decimal): the value is out of range"
        );
        let error = bound(&fine, CqlType::Int).unwrap_err().to_string();
        assert!(error.contains("to marker `v` (int): bind i32"), "{error}");
    }
}
