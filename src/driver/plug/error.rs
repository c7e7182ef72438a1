//! Why no driver was loaded, and what the loaded one cannot do.

use super::info::Source;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// No C driver could be loaded. Says what was tried, why each place failed, and the ways out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    kind: LoadErrorKind,
    tried: Arc<[Attempt]>,
}

/// What kind of failure a [`LoadError`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// There is no file at the path that was named, or the system's loader finds no library of the
    /// name.
    NotFound,
    /// The file that was named is no complete shared library for this kind of machine.
    NotALibrary,
    /// The file that was named is a library, but cannot be read or the system's loader refuses it:
    /// it needs another library that is not there, for example.
    Refused,
    /// The library that was named lacks functions without which this crate cannot work. It may be
    /// no Cassandra driver.
    MissingCore {
        /// The functions, by their C names.
        functions: Vec<&'static str>,
    },
    /// A process uses one driver, and has loaded another one than it asks for now.
    AlreadyLoaded {
        /// Where the loaded driver comes from.
        loaded: Source,
        /// What was asked for.
        asked: Source,
    },
    /// None was named, and no place has one.
    Nothing,
}

/// A place where a driver was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    place: Option<Source>,
    reason: String,
}

impl Attempt {
    #[cfg(not(async_cassandra_linked))]
    pub(super) fn new(place: Option<Source>, reason: impl Into<String>) -> Self {
        Self { place, reason: reason.into() }
    }

    /// The place; none when there was nothing to look at.
    #[must_use]
    pub fn place(&self) -> Option<&Source> {
        self.place.as_ref()
    }

    /// Why it did not serve.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl LoadError {
    pub(super) fn new(kind: LoadErrorKind, tried: Vec<Attempt>) -> Self {
        Self { kind, tried: tried.into() }
    }

    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> &LoadErrorKind {
        &self.kind
    }

    /// The places that were tried, in order.
    #[must_use]
    pub fn tried(&self) -> &[Attempt] {
        &self.tried
    }
}

impl Error for LoadError {}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let LoadErrorKind::AlreadyLoaded { loaded, asked } = &self.kind {
            return write!(
                f,
                "a process uses one C driver: {asked} was asked for, but {loaded} is loaded already; \
                 name the driver before the first connect"
            );
        }
        f.write_str("no C driver could be loaded; tried: ")?;
        for (number, Attempt { place, reason }) in self.tried.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            match place {
                Some(place) => write!(f, "{separator}{place}: {reason}")?,
                None => write!(f, "{separator}{reason}")?,
            }
        }
        f.write_str(match self.kind {
            LoadErrorKind::Nothing => {
                ". Ways out: build with feature `bundled` (Linux on x86-64 with glibc), \
                 install a C driver as libcassandra.so.2, or name one with ASYNC_CASSANDRA_DRIVER or driver::load_from"
            }
            _ => {
                ". It was named, so no other place was tried. Ways out: name another library, \
                 or none to take the embedded or the system's driver"
            }
        })
    }
}

/// The loaded C driver lacks a function that the request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsupported {
    /// The function, by its C name.
    pub function: &'static str,
}

impl Error for Unsupported {}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the C driver lacks the function {}", self.function)?;
        match super::info() {
            Some(info) => write!(f, " (loaded: {info}); load another driver to use it"),
            None => f.write_str(": no driver is loaded"),
        }
    }
}
