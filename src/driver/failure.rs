//! From C's errors to ours: code, message, and the fields of the server's answer.

use std::ffi::{CStr, c_char};
use std::ptr::NonNull;

use super::{answer, sys, text};
use crate::cql::Uuid;
use crate::error::{Error, ErrorKind, WriteType};
use crate::statement::Consistency;

const LIB: u32 = 1 << 24;
const SERVER: u32 = 2 << 24;
const TLS: u32 = 3;

/// An error for a code that came without a future.
pub(super) fn from_code(code: sys::Code) -> Error {
    Error::new(plain_kind(code), describe(code)).with_code(code)
}

/// C's own short text for a code.
pub(super) fn describe(code: sys::Code) -> String {
    // SAFETY: C returns a static text for every number, a fixed one for those it does not know.
    let desc = unsafe { sys::cass_error_desc(code) };
    if desc.is_null() {
        return format!("C driver error 0x{code:08x}");
    }
    // SAFETY: a static, terminated text.
    unsafe { CStr::from_ptr(desc) }.to_string_lossy().into_owned()
}

/// The error of a future that is set and failed.
///
/// # Safety
/// `future` is live and set.
pub(super) unsafe fn from_future(future: *mut sys::CassFuture) -> Error {
    // SAFETY: live and set, says the caller: nothing here waits.
    let code = unsafe { sys::cass_future_error_code(future) };
    // SAFETY: as above; the text lives as long as the future.
    let message = unsafe {
        text::lent(|start, length| {
            sys::cass_future_error_message(future, start, length);
            sys::OK
        })
    };
    // SAFETY: as above.
    let details = NonNull::new(unsafe { sys::cass_future_get_error_result(future) }.cast_mut());
    let message = message.unwrap_or_default();
    let kind = match details {
        Some(raw) => Details(raw).kind(code),
        None if is_id_mismatch(code, &message) => ErrorKind::Unprepared,
        None => plain_kind(code),
    };
    let error = Error::new(kind, message).with_code(code);
    // SAFETY: as above.
    match unsafe { answer::tracing_id(future) } {
        Some(id) => error.with_tracing_id(Uuid::from_bytes(id)),
        None => error,
    }
}

/// The server gave a statement that was prepared again another id. C has no code for that.
fn is_id_mismatch(code: sys::Code, message: &str) -> bool {
    code == LIB | 6 && message.starts_with("ID mismatch")
}

/// An owned `CassErrorResult`.
struct Details(NonNull<sys::CassErrorResult>);

impl Drop for Details {
    fn drop(&mut self) {
        // SAFETY: our reference, given up here.
        unsafe { sys::cass_error_result_free(self.0.as_ptr()) }
    }
}

/// C's getters for a text of an error result.
type TextOf =
    unsafe extern "C" fn(*const sys::CassErrorResult, *mut *const c_char, *mut usize) -> sys::Code;

impl Details {
    fn kind(&self, code: sys::Code) -> ErrorKind {
        let consistency = self.consistency();
        let (required, received) = (self.required(), self.received());
        match code ^ SERVER {
            0x1000 => ErrorKind::Unavailable { consistency, required, alive: received },
            0x1100 => {
                let write_type = self.write_type();
                ErrorKind::WriteTimeout { consistency, required, received, write_type }
            }
            0x1200 => {
                let data_present = self.data_present();
                ErrorKind::ReadTimeout { consistency, required, received, data_present }
            }
            0x1300 => ErrorKind::ReadFailure {
                consistency,
                required,
                received,
                failures: self.failures(),
                data_present: self.data_present(),
            },
            0x1500 => ErrorKind::WriteFailure {
                consistency,
                required,
                received,
                failures: self.failures(),
                write_type: self.write_type(),
            },
            0x1400 => ErrorKind::FunctionFailure {
                keyspace: self.text(sys::cass_error_result_keyspace),
                function: self.text(sys::cass_error_result_function),
            },
            0x2400 => ErrorKind::AlreadyExists {
                keyspace: self.text(sys::cass_error_result_keyspace),
                table: self.text(sys::cass_error_result_table),
            },
            _ => plain_kind(code),
        }
    }

    fn consistency(&self) -> Consistency {
        // SAFETY: a live error result; its getters only read.
        let code = unsafe { sys::cass_error_result_consistency(self.0.as_ptr()) };
        Consistency::from_code(code as u16)
    }

    fn required(&self) -> u32 {
        // SAFETY: as in `consistency`.
        let count = unsafe { sys::cass_error_result_responses_required(self.0.as_ptr()) };
        count.max(0) as u32
    }

    fn received(&self) -> u32 {
        // SAFETY: as in `consistency`.
        let count = unsafe { sys::cass_error_result_responses_received(self.0.as_ptr()) };
        count.max(0) as u32
    }

    fn failures(&self) -> u32 {
        // SAFETY: as in `consistency`.
        unsafe { sys::cass_error_result_num_failures(self.0.as_ptr()) }.max(0) as u32
    }

    fn data_present(&self) -> bool {
        // SAFETY: as in `consistency`.
        unsafe { sys::cass_error_result_data_present(self.0.as_ptr()) != 0 }
    }

    fn write_type(&self) -> WriteType {
        // SAFETY: as in `consistency`.
        WriteType::from_code(unsafe { sys::cass_error_result_write_type(self.0.as_ptr()) })
    }

    fn text(&self, of: TextOf) -> String {
        // SAFETY: as in `consistency`; the text lives as long as the error result.
        let text = unsafe { text::lent(|start, length| of(self.0.as_ptr(), start, length)) };
        text.unwrap_or_default()
    }
}

/// The kind of a failure that has no fields, or whose fields did not come.
fn plain_kind(code: sys::Code) -> ErrorKind {
    if code >> 24 == TLS {
        return ErrorKind::Tls;
    }
    match code {
        c if c == LIB | 5 => ErrorKind::Resolution,
        c if c == LIB | 7 => ErrorKind::QueueFull,
        c if c == LIB | 2 || c == LIB | 10 || c == LIB | 22 => ErrorKind::NoHosts,
        c if c == LIB | 9 => ErrorKind::ConnectionLost,
        c if c == LIB | 14 => ErrorKind::Timeout,
        c if c == LIB | 15 => ErrorKind::Keyspace,
        c if c >> 24 == 1 => ErrorKind::Driver,
        c if c >> 24 == 2 => server_kind(c ^ SERVER),
        _ => ErrorKind::Unknown,
    }
}

fn server_kind(code: u32) -> ErrorKind {
    let consistency = Consistency::Unknown(u16::MAX);
    let (required, received, failures) = (0, 0, 0);
    let (data_present, write_type) = (false, WriteType::Unknown(0));
    let (keyspace, function, table) = (String::new(), String::new(), String::new());
    match code {
        0x0000 => ErrorKind::Server,
        0x000A => ErrorKind::Protocol,
        0x0100 => ErrorKind::BadCredentials,
        0x1000 => ErrorKind::Unavailable { consistency, required, alive: 0 },
        0x1001 => ErrorKind::Overloaded,
        0x1002 => ErrorKind::Bootstrapping,
        0x1003 => ErrorKind::Truncate,
        0x1100 => ErrorKind::WriteTimeout { consistency, required, received, write_type },
        0x1200 => ErrorKind::ReadTimeout { consistency, required, received, data_present },
        0x1300 => {
            ErrorKind::ReadFailure { consistency, required, received, failures, data_present }
        }
        0x1400 => ErrorKind::FunctionFailure { keyspace, function },
        0x1500 => ErrorKind::WriteFailure { consistency, required, received, failures, write_type },
        0x2000 => ErrorKind::Syntax,
        0x2100 => ErrorKind::Unauthorized,
        0x2200 => ErrorKind::Invalid,
        0x2300 => ErrorKind::Configuration,
        0x2400 => ErrorKind::AlreadyExists { keyspace, table },
        0x2500 => ErrorKind::Unprepared,
        _ => ErrorKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not one of the server's codes is lost when its fields do not come.
    #[test]
    fn every_code_of_a_server_has_a_kind_without_fields() {
        let known = [
            0x0000, 0x000A, 0x0100, 0x1000, 0x1001, 0x1002, 0x1003, 0x1100, 0x1200, 0x1300, 0x1400,
            0x1500, 0x2000, 0x2100, 0x2200, 0x2300, 0x2400, 0x2500,
        ];
        for code in 0..=0x3000 {
            let kind = plain_kind(SERVER | code);
            assert_eq!(kind != ErrorKind::Unknown, known.contains(&code), "{code:#x}: {kind:?}");
        }
    }
}
