//! `num-bigint`: integers without a limit. Two allocations a value, theirs and ours.

use ::num_bigint::BigInt;

use super::super::VarInt;
use super::way::by_way_of;

impl From<&BigInt> for VarInt {
    fn from(number: &BigInt) -> Self {
        Self::from_be_bytes(&number.to_signed_bytes_be())
    }
}

impl From<BigInt> for VarInt {
    fn from(number: BigInt) -> Self {
        Self::from(&number)
    }
}

impl From<&VarInt> for BigInt {
    fn from(number: &VarInt) -> Self {
        Self::from_signed_bytes_be(number.as_be_bytes())
    }
}

impl From<VarInt> for BigInt {
    fn from(number: VarInt) -> Self {
        Self::from(&number)
    }
}

by_way_of!(VarInt: BigInt, |own| Ok(own.into()), |theirs| Ok(theirs.into()));

#[cfg(test)]
mod tests {
    use super::super::super::recorder::bound;
    use super::super::super::{CqlType, FromValue};
    use super::*;

    #[test]
    fn both_ways() {
        let t = CqlType::VarInt;
        let large = "9".repeat(500);
        for text in ["0", "-1", "127", "128", "-128", "-129", &large, &format!("-{large}")] {
            let (own, theirs) = (text.parse::<VarInt>().unwrap(), text.parse::<BigInt>().unwrap());
            assert_eq!((VarInt::from(&theirs), BigInt::from(&own)), (own.clone(), theirs.clone()));
            assert_eq!(BigInt::from_value(&t, Some(own.as_be_bytes())).unwrap(), theirs);
            assert_eq!(bound(&theirs, t.clone()).unwrap(), bound(&own, t.clone()).unwrap());
        }
        assert!(BigInt::from_value(&t, Some(&[])).is_err(), "empty is not zero");
        let error = bound(&BigInt::from(1), CqlType::BigInt).unwrap_err().to_string();
        assert!(error.starts_with("cannot bind BigInt to marker `v` (bigint): "), "{error}");
    }
}
