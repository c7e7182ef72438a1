//! A C statement: text or prepared, with its bound values and settings.
//!
//! C reads a statement later, on the I/O thread, again at each retry. So every method that writes
//! takes `&mut self`, and whoever executes a statement gives up writing to it: by value, or by the
//! frozen flag of the request above.

use std::net::IpAddr;
use std::ptr::NonNull;
use std::time::Duration;

use super::sys;

/// An owned `CassStatement`.
#[derive(Debug)]
pub(crate) struct Statement(NonNull<sys::CassStatement>);

// SAFETY: a statement has no thread affinity: C guards its reference count with atomics and uses
// no thread-local state for it.
unsafe impl Send for Statement {}
// SAFETY: what `&Statement` allows is executing it, which takes a reference and reads; C documents
// that several threads may do that at once. Writing takes `&mut`.
unsafe impl Sync for Statement {}

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: we own one reference; requests in flight hold their own.
        unsafe { sys::cass_statement_free(self.0.as_ptr()) }
    }
}

/// What a bind or a setter returned: C's own code, `Ok` for zero.
pub(crate) type CodeResult = Result<(), sys::Code>;

fn check(code: sys::Code) -> CodeResult {
    if code == sys::OK { Ok(()) } else { Err(code) }
}

impl Statement {
    /// An unprepared statement without markers.
    pub(crate) fn text(cql: &str) -> Self {
        // SAFETY: C copies the text before it returns.
        let raw = unsafe { sys::cass_statement_new_n(cql.as_ptr().cast(), cql.len(), 0) };
        // SAFETY: the pointer is a fresh reference that nobody else owns.
        unsafe { Self::from_raw(raw) }
    }

    /// # Safety
    /// `raw` is a statement reference that the caller owns and gives away.
    pub(super) unsafe fn from_raw(raw: *mut sys::CassStatement) -> Self {
        Self(NonNull::new(raw).expect("the C driver could not allocate a statement"))
    }

    pub(super) fn as_ptr(&self) -> *mut sys::CassStatement {
        self.0.as_ptr()
    }

    pub(crate) fn bind_null(&mut self, index: usize) -> CodeResult {
        // SAFETY: `self` owns a live statement, and `&mut` says that nobody else writes to it.
        check(unsafe { sys::cass_statement_bind_null(self.as_ptr(), index) })
    }

    pub(crate) fn bind_bool(&mut self, index: usize, v: bool) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_bool(self.as_ptr(), index, v.into()) })
    }

    pub(crate) fn bind_i8(&mut self, index: usize, v: i8) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_int8(self.as_ptr(), index, v) })
    }

    pub(crate) fn bind_i16(&mut self, index: usize, v: i16) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_int16(self.as_ptr(), index, v) })
    }

    pub(crate) fn bind_i32(&mut self, index: usize, v: i32) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_int32(self.as_ptr(), index, v) })
    }

    /// bigint, counter, timestamp (milliseconds since the epoch) and time (nanoseconds of the day).
    pub(crate) fn bind_i64(&mut self, index: usize, v: i64) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_int64(self.as_ptr(), index, v) })
    }

    pub(crate) fn bind_f32(&mut self, index: usize, v: f32) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_float(self.as_ptr(), index, v) })
    }

    pub(crate) fn bind_f64(&mut self, index: usize, v: f64) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_double(self.as_ptr(), index, v) })
    }

    /// text, varchar, ascii: C copies it.
    pub(crate) fn bind_str(&mut self, index: usize, v: &str) -> CodeResult {
        let (text, length) = (v.as_ptr().cast(), v.len());
        // SAFETY: as in `bind_null`; C copies `length` bytes before it returns.
        check(unsafe { sys::cass_statement_bind_string_n(self.as_ptr(), index, text, length) })
    }

    /// blob, varint and custom types: C copies it.
    pub(crate) fn bind_bytes(&mut self, index: usize, v: &[u8]) -> CodeResult {
        // SAFETY: as in `bind_null`; C copies `v.len()` bytes before it returns.
        check(unsafe { sys::cass_statement_bind_bytes(self.as_ptr(), index, v.as_ptr(), v.len()) })
    }

    /// The sixteen bytes of a uuid or timeuuid in network order.
    pub(crate) fn bind_uuid(&mut self, index: usize, v: [u8; 16]) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_uuid(self.as_ptr(), index, uuid_to_c(v)) })
    }

    pub(crate) fn bind_inet(&mut self, index: usize, v: IpAddr) -> CodeResult {
        let mut inet = sys::CassInet { address: [0; 16], address_length: 0 };
        match v {
            IpAddr::V4(a) => {
                inet.address[..4].copy_from_slice(&a.octets());
                inet.address_length = 4;
            }
            IpAddr::V6(a) => {
                inet.address = a.octets();
                inet.address_length = 16;
            }
        }
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_inet(self.as_ptr(), index, inet) })
    }

    pub(crate) fn set_consistency(&mut self, level: u16) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_set_consistency(self.as_ptr(), level.into()) })
    }

    pub(crate) fn set_serial_consistency(&mut self, level: u16) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_set_serial_consistency(self.as_ptr(), level.into()) })
    }

    /// Rows a page. Zero switches paging off: C would write the size without counting it, which
    /// shifts the timestamp that follows on the wire, so zero becomes C's own "no paging", -1.
    pub(crate) fn set_page_size(&mut self, rows: u32) -> CodeResult {
        let rows = if rows == 0 { -1 } else { i32::try_from(rows).unwrap_or(i32::MAX) };
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_set_paging_size(self.as_ptr(), rows) })
    }

    pub(crate) fn set_paging_state(&mut self, token: &[u8]) -> CodeResult {
        let (bytes, length) = (token.as_ptr().cast(), token.len());
        // SAFETY: as in `bind_null`; C copies `length` bytes before it returns.
        check(unsafe { sys::cass_statement_set_paging_state_token(self.as_ptr(), bytes, length) })
    }

    /// Rounded up to whole milliseconds, so that a short timeout never becomes zero, which C reads
    /// as "none".
    pub(crate) fn set_timeout(&mut self, timeout: Duration) -> CodeResult {
        let millis = super::cluster::millis(timeout);
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_set_request_timeout(self.as_ptr(), millis.into()) })
    }

    pub(crate) fn set_idempotent(&mut self, yes: bool) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_set_is_idempotent(self.as_ptr(), yes.into()) })
    }

    /// Microseconds since the epoch.
    pub(crate) fn set_timestamp(&mut self, micros: i64) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_set_timestamp(self.as_ptr(), micros) })
    }
}

/// C keeps a uuid as two words whose order differs from the wire: the time fields swap their
/// places, the rest stands as it is.
fn uuid_to_c(v: [u8; 16]) -> sys::CassUuid {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The inverse of [`uuid_to_c`].
    fn uuid_from_c(v: sys::CassUuid) -> [u8; 16] {
        let t = v.time_and_version;
        let high = (t << 32) | (((t >> 32) & 0xffff) << 16) | (t >> 48);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&high.to_be_bytes());
        bytes[8..].copy_from_slice(&v.clock_seq_and_node.to_be_bytes());
        bytes
    }

    #[test]
    fn uuids_survive_the_way_through_c() {
        let wire: [u8; 16] = std::array::from_fn(|i| (i as u8) * 0x11);
        let c = uuid_to_c(wire);
        // The fields of RFC 9562: time_low 00112233, time_mid 4455, time_hi_and_version 6677.
        assert_eq!(c.time_and_version, 0x6677_4455_0011_2233);
        assert_eq!(c.clock_seq_and_node, 0x8899_aabb_ccdd_eeff);
        assert_eq!(uuid_from_c(c), wire);
    }
}
