//! Where the crate says something: the same calls with and without a logger to hear it.
//!
//! Cost: nothing without features `tracing` and `log`. With one of them a copy of the text and a
//! push to the queue of [`forward`](super::forward); never a wait, whatever the thread.

use std::fmt::Arguments;

#[cfg(any(feature = "log", feature = "tracing"))]
use super::forward;
use crate::error::Result;
#[cfg(any(feature = "log", feature = "tracing"))]
use crate::error::shorten;

/// Starts what delivers the lines. Comes before [`driver_line`].
pub(crate) fn start() -> Result<()> {
    #[cfg(any(feature = "log", feature = "tracing"))]
    forward::start()?;
    Ok(())
}

/// The least severe lines of C that anybody wants, by C's number; from now on that stays.
pub(crate) fn driver_level() -> u32 {
    #[cfg(any(feature = "log", feature = "tracing"))]
    let level = forward::settled_level();
    #[cfg(not(any(feature = "log", feature = "tracing")))]
    let level = 0;
    level
}

/// A line of the C driver, of the severity that C gives it. May be called on its threads.
pub(crate) fn driver_line(severity: u32, text: &str, file: &str, number: u32) {
    #[cfg(any(feature = "log", feature = "tracing"))]
    forward::driver_line(severity, text, file, number);
    #[cfg(not(any(feature = "log", feature = "tracing")))]
    let _ = (severity, text, file, number);
}

/// Something worth knowing once.
pub(crate) fn info(text: Arguments<'_>) {
    #[cfg(any(feature = "log", feature = "tracing"))]
    forward::own_line(forward::Level::Info, text);
    #[cfg(not(any(feature = "log", feature = "tracing")))]
    let _ = text;
}

/// As [`warn`], and once for each statement in the life of the process. The text is the program's, and
/// has no values in it that were bound.
pub(crate) fn warn_once(cql: &str, text: &str) {
    #[cfg(any(feature = "log", feature = "tracing"))]
    if forward::is_news(cql) {
        forward::own_line(forward::Level::Warn, format_args!("{text}: `{}`", shorten(cql)));
    }
    #[cfg(not(any(feature = "log", feature = "tracing")))]
    let _ = (cql, text);
}

/// Something that somebody should look at.
pub(crate) fn warn(text: Arguments<'_>) {
    #[cfg(any(feature = "log", feature = "tracing"))]
    forward::own_line(forward::Level::Warn, text);
    #[cfg(not(any(feature = "log", feature = "tracing")))]
    let _ = text;
}
