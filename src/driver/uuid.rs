//! C's form of a uuid: two words whose order differs from the wire.

use super::sys;

/// The time fields swap their places, the rest stands as it is.
pub(super) fn to_c(v: [u8; 16]) -> sys::CassUuid {
    let word = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&v[at..at + 8]);
        u64::from_be_bytes(bytes)
    };
    let high = word(0);
    let (low, mid, version) = (high >> 32, (high >> 16) & 0xffff, high & 0xffff);
    sys::CassUuid {
        time_and_version: (version << 48) | (mid << 32) | low,
        clock_seq_and_node: word(8),
    }
}

/// The inverse of [`to_c`].
pub(super) fn from_c(v: sys::CassUuid) -> [u8; 16] {
    let t = v.time_and_version;
    let high = (t << 32) | (((t >> 32) & 0xffff) << 16) | (t >> 48);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&high.to_be_bytes());
    bytes[8..].copy_from_slice(&v.clock_seq_and_node.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_survive_the_way_through_c() {
        let wire: [u8; 16] = std::array::from_fn(|i| (i as u8) * 0x11);
        let c = to_c(wire);
        // The fields of RFC 9562: time_low 00112233, time_mid 4455, time_hi_and_version 6677.
        assert_eq!(c.time_and_version, 0x6677_4455_0011_2233);
        assert_eq!(c.clock_seq_and_node, 0x8899_aabb_ccdd_eeff);
        assert_eq!(from_c(c), wire);
    }
}
