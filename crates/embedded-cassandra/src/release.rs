//! The releases of Cassandra that this crate starts, and what sets them apart.

use crate::error::{Error, Result};

/// What is started when no version is named.
pub(crate) const DEFAULT: &str = "5.0.8";
/// With these the crate has been tried.
const KNOWN: [&str; 4] = ["4.0.17", "4.1.10", "5.0.8", "5.0.9"];

/// A line of releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Line {
    V4_0,
    V4_1,
    V5_0,
}

impl Line {
    /// The line of a release; any patch release of a line that is known will do.
    pub(crate) fn of(version: &str) -> Result<Self> {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        match version.rsplit_once('.') {
            Some(("4.0", patch)) if plain(patch) => Ok(Self::V4_0),
            Some(("4.1", patch)) if plain(patch) => Ok(Self::V4_1),
            Some(("5.0", patch)) if plain(patch) => Ok(Self::V5_0),
            _ => {
                let reason = format!(
                    "{version:?} is no release of Cassandra 4.0, 4.1 or 5.0; known to work: {}",
                    KNOWN.join(", ")
                );
                Err(Error::setting("version", reason))
            }
        }
    }

    /// The major version of the Java that it runs on.
    pub(crate) fn java(self) -> u32 {
        match self {
            Self::V4_0 | Self::V4_1 => 11,
            Self::V5_0 => 17,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_release_of_a_known_line() {
        assert_eq!(Line::of("4.0.17").unwrap(), Line::V4_0);
        assert_eq!(Line::of("4.1.99").unwrap(), Line::V4_1);
        for version in KNOWN.into_iter().chain([DEFAULT]) {
            Line::of(version).unwrap();
        }
        for version in ["3.11.19", "5.0", "5.0.", "5.0.8-beta1", "5.1.0", "../5.0.8", ""] {
            let reason = Line::of(version).unwrap_err().to_string();
            assert!(reason.contains("5.0.8") && reason.contains("4.1.10"), "{reason}");
        }
    }
}
