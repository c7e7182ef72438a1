//! Integers of variable length, as durations and vectors use them: the number of ones at the top of
//! the first byte is the number of bytes that follow. No allocation.

/// Appends a number in as few bytes as it takes.
pub(super) fn write(out: &mut Vec<u8>, number: u64) {
    let extra = length(number) - 1;
    let bytes = number.to_be_bytes();
    if extra == 8 {
        out.push(0xFF);
        out.extend_from_slice(&bytes);
    } else {
        let ones = !(0xFF_u8 >> extra);
        out.push(bytes[7 - extra] | ones);
        out.extend_from_slice(&bytes[8 - extra..]);
    }
}

/// How many bytes that takes.
pub(super) fn length(number: u64) -> usize {
    let bits = 64 - (number | 1).leading_zeros() as usize;
    // Each byte holds seven bits, and the ninth makes room for eight.
    ((bits - 1) / 7).min(8) + 1
}

/// Takes a number from the front of `bytes`; none if it is cut off.
pub(super) fn read(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first()?;
    let extra = first.leading_ones() as usize;
    let (more, rest) = rest.split_at_checked(extra)?;
    let top = if extra >= 7 { 0 } else { u64::from(first & (0x7F >> extra)) };
    *bytes = rest;
    Some(more.iter().fold(top, |number, byte| (number << 8) | u64::from(*byte)))
}

/// Small numbers of either sign become small numbers.
pub(super) fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// The inverse of [`zigzag`].
pub(super) fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_goes_both_ways() {
        for bits in 0..64 {
            for number in [1_u64 << bits, (1 << bits) - 1, u64::MAX >> bits] {
                let mut bytes = Vec::new();
                write(&mut bytes, number);
                assert_eq!(bytes.len(), length(number), "{number}");
                let mut rest = &bytes[..];
                assert_eq!((read(&mut rest), rest), (Some(number), &[][..]), "{number}");
                for cut in 0..bytes.len() {
                    assert_eq!(read(&mut &bytes[..cut]), None);
                }
                let signed = number as i64;
                assert_eq!(unzigzag(zigzag(signed)), signed);
            }
        }
    }

    #[test]
    fn known_bytes() {
        let bytes = |number| {
            let mut bytes = Vec::new();
            write(&mut bytes, number);
            bytes
        };
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(127), [0x7F]);
        assert_eq!(bytes(128), [0x80, 0x80]);
        assert_eq!(bytes(256_000), [0xC3, 0xE8, 0x00]);
        assert_eq!(bytes(u64::MAX), [0xFF; 9]);
        assert_eq!((zigzag(-1), zigzag(1), zigzag(i64::MIN)), (1, 2, u64::MAX));
    }
}
