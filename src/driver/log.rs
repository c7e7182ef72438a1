//! What the C driver logs, kept away from stderr.
//!
//! C has one log callback a process and prints to stderr without one. Ours keeps the last warnings
//! and errors: a connect that fails can then say why for each host, which C tells nowhere else. What
//! the program wants of the log goes on to [`observe::log`].
//!
//! # Contract
//! C calls back on whatever thread logs, its I/O threads and those that call C included, with its
//! locks held, and up to the very end of the process: the callback waits for nobody, runs no foreign
//! code and uses nothing that is torn down.
//!
//! Cost: a lock and a copy a logged line, and one more copy for the program's logger. C logs at warning
//! level unless the program wants more, so a healthy session logs nothing.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_void};
use std::sync::{Mutex, Once, PoisonError};

use super::{plug, sys};
use crate::error::Result;
use crate::observe;

/// Lines kept.
const KEPT: usize = 64;
/// `CASS_LOG_WARN`: warnings and what is worse have this number or a lower one.
const WARN: u32 = 3;

struct Lines {
    /// The number of the next line, counted from the start of the process.
    next: u64,
    last: VecDeque<String>,
}

static LINES: Mutex<Lines> = Mutex::new(Lines { next: 0, last: VecDeque::new() });
static TAKEN_OVER: Once = Once::new();

/// Installs the callback, and says once which driver was loaded. C keeps callback and level in plain
/// statics, so this comes before the first session.
pub(super) fn take_over(driver: &plug::Info) -> Result<()> {
    observe::log::start()?;
    TAKEN_OVER.call_once(|| {
        let level = observe::log::driver_level().max(WARN);
        // SAFETY: called once, before any session and so before any thread of C reads these. Some
        // drivers log in here already, so no lock of ours is held.
        unsafe {
            sys::cass_log_set_callback(on_line, std::ptr::null_mut());
            sys::cass_log_set_level(level);
        }
        observe::log::info(format_args!("{driver}"));
    });
    Ok(())
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

fn keep(text: &str) {
    let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.next += 1;
    if lines.last.len() == KEPT {
        lines.last.pop_front();
    }
    lines.last.push_back(text.to_owned());
}

unsafe extern "C" fn on_line(message: *const sys::LogMessage, _data: *mut c_void) {
    callback_bridge::contain(|| {
        // SAFETY: C passes a live message.
        let message = unsafe { &*message };
        let text = text_of(&message.message);
        if message.severity <= WARN {
            keep(&text);
        }
        // SAFETY: a text that lives as long as the message, or nothing.
        let file = unsafe { text_at(message.file) };
        let number = message.line.try_into().unwrap_or(0);
        observe::log::driver_line(message.severity, &text, &file, number);
    });
}

/// A text up to its NUL, or to the end where C has cut that off.
fn text_of(array: &[c_char]) -> Cow<'_, str> {
    let length = array.iter().position(|byte| *byte == 0).unwrap_or(array.len());
    // SAFETY: the same memory and no more of it, and a `c_char` is a byte.
    let bytes = unsafe { std::slice::from_raw_parts(array.as_ptr().cast::<u8>(), length) };
    String::from_utf8_lossy(bytes)
}

/// # Safety
/// `text` is NULL, or ends in NUL and lives as long as the result.
unsafe fn text_at<'a>(text: *const c_char) -> Cow<'a, str> {
    if text.is_null() {
        return Cow::Borrowed("");
    }
    // SAFETY: the contract is the caller's.
    unsafe { CStr::from_ptr(text) }.to_string_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_an_end_ends_with_its_array() {
        assert_eq!(text_of(&[b'a' as c_char, b'b' as c_char, 0, b'c' as c_char]), "ab");
        assert_eq!(text_of(&[b'x' as c_char; 4]), "xxxx");
        // Cut in the middle of a character.
        assert_eq!(text_of(&[b'x' as c_char, 0xC3_u8 as c_char]), "x\u{fffd}");
        assert_eq!(text_of(&[]), "");
    }

    #[test]
    fn lines_are_found_by_their_place_while_they_are_kept() {
        let start = mark();
        keep("one");
        let middle = mark();
        keep("two");
        assert!(since(middle).contains(&"two".to_owned()));
        assert!(!since(middle).contains(&"one".to_owned()));
        for number in 0..KEPT {
            keep(&number.to_string());
        }
        let left = since(start);
        assert_eq!(left.len(), KEPT);
        assert!(!left.contains(&"two".to_owned()));
    }
}
