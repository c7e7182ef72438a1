//! What the C driver logs, kept away from stderr.
//!
//! C has one log callback a process and prints to stderr without one. Ours keeps the last warnings
//! and errors: a connect that fails can then say why for each host, which C tells nowhere else.
//!
//! Cost: a lock and a copy a logged line; C logs at warning level, so a healthy session logs nothing.

use std::collections::VecDeque;
use std::ffi::{CStr, c_void};
use std::sync::{Mutex, Once, PoisonError};

use super::sys;

/// Lines kept.
const KEPT: usize = 64;
/// `CASS_LOG_WARN`: warnings and what is worse.
const WARN: u32 = 3;

struct Lines {
    /// The number of the next line, counted from the start of the process.
    next: u64,
    last: VecDeque<String>,
}

static LINES: Mutex<Lines> = Mutex::new(Lines { next: 0, last: VecDeque::new() });
static INSTALLED: Once = Once::new();

/// Installs the callback. C keeps it in plain statics, so this comes before the first session.
pub(super) fn install() {
    INSTALLED.call_once(|| {
        // SAFETY: called once, before any session and so before any thread of C reads these.
        unsafe {
            sys::cass_log_set_callback(on_line, std::ptr::null_mut());
            sys::cass_log_set_level(WARN);
        }
    });
}

/// A place in the log: what comes later is found by [`since`].
pub(crate) fn mark() -> u64 {
    LINES.lock().unwrap_or_else(PoisonError::into_inner).next
}

/// The kept lines that came after `mark`, oldest first.
pub(crate) fn since(mark: u64) -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let first = lines.next - lines.last.len() as u64;
    lines.last.iter().skip(mark.saturating_sub(first) as usize).cloned().collect()
}

unsafe extern "C" fn on_line(message: *const sys::LogMessage, _data: *mut c_void) {
    callback_bridge::contain(|| {
        // SAFETY: C passes a live message whose text is terminated within its array.
        let text = unsafe { CStr::from_ptr((*message).message.as_ptr()) };
        let text = text.to_string_lossy().into_owned();
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        lines.next += 1;
        lines.last.push_back(text);
        if lines.last.len() > KEPT {
            lines.last.pop_front();
        }
    });
}
