//! What a start is doing, for a program that wants to show it.

use std::fmt;
use std::net::SocketAddr;

/// A step of a start, as [`Builder::progress`](crate::Builder::progress) reports it.
///
/// `Display` gives a line that fits beside a spinner.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another thread or process is downloading the same version; its files will be used.
    Waiting {
        /// The version of Cassandra.
        version: String,
    },
    /// No Java that fits was found on this machine, and pip downloads one.
    DownloadingJava {
        /// The major version.
        version: u32,
    },
    /// Maven downloads Cassandra. Reported again for every file.
    Downloading {
        /// The version of Cassandra.
        version: String,
        /// How many files have come so far; a complete download is a few hundred.
        files: usize,
    },
    /// The node has been started and does not answer yet.
    Starting {
        /// The version of Cassandra.
        version: String,
        /// Where it will answer.
        address: SocketAddr,
    },
    /// The node answers, and writes its loaded classes into the cache folder, which makes all
    /// later starts faster. Happens once.
    Archiving,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting { version } => {
                write!(f, "waiting for another download of Cassandra {version}")
            }
            Self::DownloadingJava { version } => write!(f, "downloading Java {version} (once)"),
            Self::Downloading { version, files } => {
                write!(f, "downloading Cassandra {version} (once): {files} files")
            }
            Self::Starting { version, address } => {
                write!(f, "starting Cassandra {version} on {address}")
            }
            Self::Archiving => f.write_str("preparing faster starts (once)"),
        }
    }
}
