//! Durations in the units that C counts in. Always rounded up, since a short time must not become
//! zero, which means something else; too long a time becomes the longest there is.

use std::time::Duration;

/// Whole milliseconds.
pub(crate) fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

/// Whole microseconds.
pub(super) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_nanos().div_ceil(1_000)).unwrap_or(i64::MAX)
}

/// Whole seconds. C multiplies them by a thousand in 32 bits, so the longest is 49 days.
pub(super) fn seconds(time: Duration) -> u32 {
    const LONGEST: u32 = u32::MAX / 1000;
    let seconds = time.as_nanos().div_ceil(1_000_000_000);
    u32::try_from(seconds).map_or(LONGEST, |seconds| seconds.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_and_never_over() {
        assert_eq!(millis(Duration::from_nanos(1)), 1);
        assert_eq!(millis(Duration::from_micros(2001)), 3);
        assert_eq!(millis(Duration::MAX), u32::MAX);
        assert_eq!((micros(Duration::ZERO), micros(Duration::from_nanos(1))), (0, 1));
        assert_eq!(micros(Duration::MAX), i64::MAX);
        assert_eq!(seconds(Duration::from_millis(1001)), 2);
        assert_eq!(seconds(Duration::MAX).checked_mul(1000), Some(4_294_967_000));
    }
}
