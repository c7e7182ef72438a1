//! A C statement: text or prepared, with its bound values and settings.
//!
//! C reads a statement later, on the I/O thread, again at each retry. So every method that writes
//! takes `&mut self`, and whoever executes a statement gives up writing to it: by value, or by the
//! frozen flag of the request above.

use std::net::IpAddr;
use std::ptr::NonNull;

use super::nested::{self, Refusal};
use super::{cluster, plug, sys, uuid};
use crate::error::Result;

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

/// What a bind returned: C's own code, `Ok` for zero.
pub(crate) type CodeResult = Result<(), sys::Code>;

fn check(code: sys::Code) -> CodeResult {
    if code == sys::OK { Ok(()) } else { Err(code) }
}

impl Statement {
    /// An unprepared statement with so many markers. C does not know their types: it takes whatever
    /// is bound to them.
    pub(crate) fn text(cql: &str, markers: usize) -> Self {
        // SAFETY: C copies the text before it returns.
        let raw = unsafe { sys::cass_statement_new_n(cql.as_ptr().cast(), cql.len(), markers) };
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
        check(unsafe { sys::cass_statement_bind_uuid(self.as_ptr(), index, uuid::to_c(v)) })
    }

    pub(crate) fn bind_inet(&mut self, index: usize, v: IpAddr) -> CodeResult {
        // SAFETY: as in `bind_null`.
        check(unsafe { sys::cass_statement_bind_inet(self.as_ptr(), index, inet_to_c(v)) })
    }

    /// The days of a date.
    pub(crate) fn bind_u32(&mut self, index: usize, v: u32) -> Result<(), Refusal> {
        let bind = plug::optional!(sys::cass_statement_bind_uint32)?;
        // SAFETY: as in `bind_null`.
        nested::check(unsafe { bind(self.as_ptr(), index, v) })
    }

    /// Two's complement, its highest byte first, and the scale.
    pub(crate) fn bind_decimal(
        &mut self,
        index: usize,
        unscaled: &[u8],
        scale: i32,
    ) -> Result<(), Refusal> {
        let bind = plug::optional!(sys::cass_statement_bind_decimal)?;
        let (start, length) = (unscaled.as_ptr(), unscaled.len());
        // SAFETY: as in `bind_null`; C copies `length` bytes before it returns.
        nested::check(unsafe { bind(self.as_ptr(), index, start, length, scale) })
    }

    pub(crate) fn bind_duration(
        &mut self,
        index: usize,
        months: i32,
        days: i32,
        nanos: i64,
    ) -> Result<(), Refusal> {
        let bind = plug::optional!(sys::cass_statement_bind_duration)?;
        // SAFETY: as in `bind_null`.
        nested::check(unsafe { bind(self.as_ptr(), index, months, days, nanos) })
    }

    /// Rows a page. Zero switches paging off: C would write the size without counting it, which
    /// shifts the timestamp that follows on the wire, so zero becomes C's own "no paging", -1.
    pub(crate) fn set_page_size(&mut self, rows: u32) -> Result<()> {
        let rows = if rows == 0 { -1 } else { i32::try_from(rows).unwrap_or(i32::MAX) };
        // SAFETY: as in `bind_null`.
        let code = unsafe { sys::cass_statement_set_paging_size(self.as_ptr(), rows) };
        cluster::check("page_size", code)
    }

    pub(crate) fn set_paging_state(&mut self, token: &[u8]) -> Result<()> {
        let (bytes, length) = (token.as_ptr().cast(), token.len());
        // SAFETY: as in `bind_null`; C copies `length` bytes before it returns.
        let code =
            unsafe { sys::cass_statement_set_paging_state_token(self.as_ptr(), bytes, length) };
        cluster::check("start_at", code)
    }
}

/// C's form of an address.
pub(super) fn inet_to_c(address: IpAddr) -> sys::CassInet {
    let mut inet = sys::CassInet { address: [0; 16], address_length: 0 };
    match address {
        IpAddr::V4(a) => {
            inet.address[..4].copy_from_slice(&a.octets());
            inet.address_length = 4;
        }
        IpAddr::V6(a) => {
            inet.address = a.octets();
            inet.address_length = 16;
        }
    }
    inet
}
