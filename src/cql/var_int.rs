//! `varint`: an integer of any size. One allocation a value.
//!
//! The number is kept as the server sends it. Text needs time that grows with the square of its
//! length, as it does for the server; nothing else computes with it.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::{ConvertError, CqlType, FromValue, FromValueOwned, ToValue, ValueBinder, cell};
use crate::error::{Error, Result};

/// An integer of any size: exactly what a `varint` column holds.
///
/// It is there to be kept, compared, printed and turned into other integers; to compute with large
/// ones use the crate that feature `num-bigint` connects.
///
/// ```
/// use async_cassandra::cql::VarInt;
///
/// let large: VarInt = "-170141183460469231731687303715884105729".parse()?;
/// assert!(large < VarInt::from(i128::MIN));
/// assert_eq!(large.to_string(), "-170141183460469231731687303715884105729");
/// assert_eq!(i64::try_from(&VarInt::from(7)), Ok(7));
/// # Ok::<_, async_cassandra::cql::ConvertError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct VarInt(
    /// Two's complement, its highest byte first, in as few bytes as it takes and at least one.
    Box<[u8]>,
);

/// The part of `bytes` that says the same in as few bytes as it takes; a zero for no bytes.
fn shortest(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [first, next, ..] = rest {
        let fill = if next & 0x80 == 0 { 0 } else { 0xFF };
        if *first != fill {
            break;
        }
        rest = &rest[1..];
    }
    if rest.is_empty() { &[0] } else { rest }
}

impl VarInt {
    /// From two's complement, its highest byte first, of any length; no bytes are zero.
    pub fn from_be_bytes(bytes: &[u8]) -> Self {
        Self(shortest(bytes).into())
    }

    /// Two's complement, its highest byte first, in as few bytes as it takes and at least one.
    pub fn as_be_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is less than zero.
    pub fn is_negative(&self) -> bool {
        self.0.first().is_some_and(|byte| byte & 0x80 != 0)
    }

    /// The number without its sign, in limbs of 32 bits, the highest first.
    fn magnitude(&self) -> Vec<u32> {
        let is_negative = self.is_negative();
        let fill = if is_negative { 0xFF } else { 0 };
        let missing = self.0.len().next_multiple_of(4) - self.0.len();
        let bytes: Vec<u8> =
            std::iter::repeat_n(fill, missing).chain(self.0.iter().copied()).collect();
        let mut limbs: Vec<u32> = bytes
            .chunks_exact(4)
            .map(|four| four.iter().fold(0, |limb, byte| (limb << 8) | u32::from(*byte)))
            .collect();
        if is_negative {
            negate(&mut limbs);
        }
        limbs
    }
}

/// Two's complement, the highest limb first.
fn negate(limbs: &mut [u32]) {
    let mut carry = true;
    for limb in limbs.iter_mut().rev() {
        (*limb, carry) = (!*limb).overflowing_add(carry.into());
    }
}

macro_rules! integers {
    ($($T:ident)*) => { $(
        impl From<$T> for VarInt {
            fn from(number: $T) -> Self {
                // A byte more, so that the highest bit of an unsigned number is no sign.
                #[allow(unused_comparisons, reason = "for the unsigned ones")]
                let sign = if number < 0 { 0xFF } else { 0 };
                let mut bytes = [sign; size_of::<$T>() + 1];
                bytes[1..].copy_from_slice(&number.to_be_bytes());
                Self::from_be_bytes(&bytes)
            }
        }

        impl TryFrom<&VarInt> for $T {
            type Error = ConvertError;

            fn try_from(number: &VarInt) -> Result<Self, ConvertError> {
                const SIZE: usize = size_of::<$T>();
                let sign = if number.is_negative() { 0xFF } else { 0 };
                let mut bytes = [sign; SIZE];
                // Unsigned numbers may have a byte before them that only carries the sign.
                let short = match number.as_be_bytes() {
                    [0, rest @ ..] if !rest.is_empty() && $T::MIN == 0 => rest,
                    all => all,
                };
                let from = SIZE.checked_sub(short.len());
                if let (Some(from), false) = (from, number.is_negative() && $T::MIN == 0) {
                    bytes[from..].copy_from_slice(short);
                    return Ok(Self::from_be_bytes(bytes));
                }
                Err(ConvertError::new(concat!("the number does not fit ", stringify!($T))))
            }
        }
    )* };
}

integers!(i8 i16 i32 i64 i128 u8 u16 u32 u64 u128);

impl Ord for VarInt {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        match (self.is_negative(), other.is_negative()) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => by_length.then_with(|| self.0.cmp(&other.0)),
            (true, true) => by_length.reverse().then_with(|| self.0.cmp(&other.0)),
        }
    }
}

impl PartialOrd for VarInt {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Zero.
impl Default for VarInt {
    fn default() -> Self {
        Self::from(0)
    }
}

/// Nine decimal digits at a time: what fits a limb.
const STEP: u64 = 1_000_000_000;

impl fmt::Display for VarInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut limbs = &mut self.magnitude()[..];
        let mut groups = Vec::new();
        loop {
            let mut rest = 0;
            for limb in limbs.iter_mut() {
                let number = (rest << 32) | u64::from(*limb);
                // Below 2³² since the rest is below the divisor.
                *limb = (number / STEP) as u32;
                rest = number % STEP;
            }
            groups.push(rest);
            while let [0, ..] = limbs {
                limbs = &mut limbs[1..];
            }
            if limbs.is_empty() {
                break;
            }
        }
        let mut digits = groups.pop().unwrap_or(0).to_string();
        for group in groups.iter().rev() {
            digits.push_str(&format!("{group:09}"));
        }
        f.pad_integral(!self.is_negative(), "", &digits)
    }
}

impl fmt::Debug for VarInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads decimal digits, with or without a sign.
impl FromStr for VarInt {
    type Err = ConvertError;

    fn from_str(text: &str) -> Result<Self, ConvertError> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(ConvertError::new("not an integer: decimal digits expected"));
        }
        // The lowest limb first.
        let mut limbs: Vec<u32> = Vec::new();
        let (head, tail) = digits.split_at(digits.len() % 9);
        for group in std::iter::once(head).chain(tail.chunks(9)) {
            let value = group.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
            let mut carry = value;
            for limb in &mut limbs {
                carry += u64::from(*limb) * 10_u64.pow(group.len() as u32);
                *limb = carry as u32; // its low half; the high half is carried
                carry >>= 32;
            }
            if carry > 0 {
                limbs.push(carry as u32);
            }
        }
        // Room for the sign.
        limbs.push(0);
        limbs.reverse();
        if text.starts_with('-') {
            negate(&mut limbs);
        }
        let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_be_bytes()).collect();
        Ok(Self::from_be_bytes(&bytes))
    }
}

impl<'r> FromValue<'r> for VarInt {
    fn check(t: &CqlType) -> Result<()> {
        match t {
            CqlType::VarInt => Ok(()),
            _ => Err(Error::decode_wrong_type::<Self>(t)),
        }
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Self::check(t)?;
        cell::some::<Self>(t, cell).map(Self::from_be_bytes)
    }
}

impl FromValueOwned for VarInt {}

impl ToValue for VarInt {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        to.varint(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn bytes_are_as_few_as_it_takes() {
        let cases: [(i64, &[u8]); 8] = [
            (0, &[0]),
            (127, &[0x7F]),
            (128, &[0, 0x80]),
            (-1, &[0xFF]),
            (-128, &[0x80]),
            (-129, &[0xFF, 0x7F]),
            (i64::MAX, &[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
            (i64::MIN, &[0x80, 0, 0, 0, 0, 0, 0, 0]),
        ];
        for (number, bytes) in cases {
            assert_eq!(VarInt::from(number).as_be_bytes(), bytes, "{number}");
            assert_eq!(i64::try_from(&VarInt::from(number)), Ok(number));
        }
        assert_eq!(VarInt::from_be_bytes(&[0, 0, 0, 1]), VarInt::from(1));
        assert_eq!(VarInt::from_be_bytes(&[0xFF, 0xFF, 0xFE]), VarInt::from(-2));
        assert_eq!(VarInt::from_be_bytes(&[]), VarInt::default());
    }

    #[test]
    fn agrees_with_the_integers_of_rust() {
        let mut number = 1_i128;
        for step in 0..400_i128 {
            number = number.wrapping_mul(-31).wrapping_add(step);
            let own = VarInt::from(number >> (step % 127));
            let number = number >> (step % 127);
            assert_eq!(own.to_string(), number.to_string());
            assert_eq!(number.to_string().parse(), Ok(own.clone()));
            assert_eq!(i128::try_from(&own), Ok(number));
            assert_eq!(i64::try_from(&own).ok(), i64::try_from(number).ok());
            assert_eq!(i8::try_from(&own).ok(), i8::try_from(number).ok());
            assert_eq!(u64::try_from(&own).ok(), u64::try_from(number).ok());
            assert_eq!(u8::try_from(&own).ok(), u8::try_from(number).ok());
            assert_eq!(own.cmp(&VarInt::from(step)), number.cmp(&step));
            assert_eq!(VarInt::from(-step).cmp(&own), (-step).cmp(&number));
        }
        for number in [0, 255, u128::MAX] {
            assert_eq!(VarInt::from(number).to_string(), number.to_string());
            assert_eq!(u128::try_from(&VarInt::from(number)), Ok(number));
        }
    }

    #[test]
    fn text_of_any_length() {
        for text in [
            "0",
            "-1",
            "1000000000",
            "-1000000000000000000",
            "99999999999999999999999999999999999999999999",
        ] {
            assert_eq!(text.parse::<VarInt>().unwrap().to_string(), text);
        }
        let long = format!("-1{}", "0".repeat(999));
        assert_eq!(long.parse::<VarInt>().unwrap().to_string(), long);
        assert_eq!("+007".parse(), Ok(VarInt::from(7)));
        assert_eq!("-0".parse(), Ok(VarInt::default()));
        assert_eq!(format!("{:>5}|{:?}", VarInt::from(-7), VarInt::from(7)), "   -7|7");
        for text in ["", "-", "--1", "1.0", "1e3", " 1", "٣"] {
            assert!(text.parse::<VarInt>().is_err(), "{text}");
        }
    }

    #[test]
    fn reads_and_binds() {
        let t = CqlType::VarInt;
        assert_eq!(VarInt::from_value(&t, Some(&[0, 0xFF])).unwrap(), VarInt::from(255));
        assert!(VarInt::from_value(&t, Some(&[])).is_err(), "empty is not zero");
        assert!(VarInt::check(&CqlType::BigInt).is_err());
        assert_eq!(bound(&VarInt::from(-2), t.clone()).unwrap(), "Bytes([254])");
        assert_eq!(bound(&300_i16, t.clone()).unwrap(), "Bytes([1, 44])");
        assert_eq!(bound(&-1_i64, t).unwrap(), "Bytes([255])");
        assert!(bound(&VarInt::from(1), CqlType::BigInt).is_err());
    }
}
