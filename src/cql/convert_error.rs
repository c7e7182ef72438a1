//! Why a value cannot be turned into one of this module's types.

use std::fmt;

/// A number, a text or a value of another type that one of this module's types cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertError(&'static str);

impl ConvertError {
    pub(super) const fn new(reason: &'static str) -> Self {
        Self(reason)
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ConvertError {}
