//! What can go wrong, one variant for each thing a caller can do about it.
//!
//! Every error is plain text and numbers: it is `Clone`, so that one failed start can be reported
//! to every test that shares the node.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The result of what this crate does.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a node could not be started, asked or stopped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// No Java of the version that this Cassandra needs was found.
    Java {
        /// The major version that is needed.
        wanted: u32,
        /// Each place that was looked at, with what was found there.
        tried: Vec<String>,
    },
    /// Maven, which downloads Cassandra, could not be run.
    Maven {
        /// What happened when `mvn` was called.
        reason: String,
    },
    /// Maven ran and could not download Cassandra.
    Download {
        /// The version of Cassandra that was asked for.
        version: String,
        /// The last lines that Maven printed.
        output: String,
    },
    /// The folder that keeps the downloaded files cannot be used.
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The folder for the node's data cannot be used, or another node is using it.
    DataDir {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Something else listens on a port that the node was told to use, or no port is free.
    PortTaken {
        /// The address and the port.
        address: SocketAddr,
    },
    /// A setting of the builder makes no sense.
    Setting {
        /// The builder's method, or the key of the extra yaml.
        name: String,
        /// What is wrong and what to do instead.
        reason: String,
    },
    /// The node ended before it answered.
    Exited {
        /// How the process ended.
        status: String,
        /// The end of what it printed and logged.
        log: String,
    },
    /// The node did not answer in time; it has been killed.
    Timeout {
        /// How long it was given.
        after: Duration,
        /// The end of what it printed and logged.
        log: String,
    },
    /// The node did not end in time after it was asked to; it has been killed.
    StopTimeout {
        /// How long it was given.
        after: Duration,
    },
    /// The nodes of a cluster answer, and do not all see one another with one schema.
    Disagreement {
        /// How long they were given.
        after: Duration,
        /// What was still missing.
        reason: String,
    },
    /// Cassandra's `nodetool` failed.
    Nodetool {
        /// What it was asked to do.
        command: String,
        /// What it printed, or why it could not be run.
        output: String,
    },
    /// The node answered a statement with an error.
    Cql {
        /// The code of the native protocol, such as `0x2000` for a syntax error.
        code: i32,
        /// The server's message.
        message: String,
    },
    /// The node could not be reached, or did not speak as expected.
    Connection {
        /// The node's address.
        address: SocketAddr,
        /// What happened.
        reason: String,
    },
    /// The system refused something else.
    Io {
        /// What was being done.
        what: String,
        /// The kind of the failure.
        kind: io::ErrorKind,
        /// What the system said.
        message: String,
    },
}

impl Error {
    pub(crate) fn io(what: impl Into<String>, error: &io::Error) -> Self {
        Self::Io { what: what.into(), kind: error.kind(), message: error.to_string() }
    }

    pub(crate) fn cache(path: &Path, reason: impl fmt::Display) -> Self {
        Self::Cache { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn setting(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Setting { name: name.into(), reason: reason.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Java { wanted, tried } => write!(
                f,
                "no Java {wanted} was found ({}); install one (Debian and Ubuntu: \
                 `apt install openjdk-{wanted}-jre-headless`), or set JAVA_HOME or \
                 Builder::java_home to it, or install Python's pip, which downloads one",
                tried.join("; ")
            ),
            Self::Maven { reason } => write!(
                f,
                "Maven is needed once, to download Cassandra, and could not be run: {reason}; \
                 install it (Debian and Ubuntu: `apt install maven`) so that `mvn` is in PATH"
            ),
            Self::Download { version, output } => write!(
                f,
                "Maven could not download Cassandra {version}; check the network, the version, \
                 and the mirrors and proxies in Maven's settings.xml. Its last lines:\n{output}"
            ),
            Self::Cache { path, reason } => write!(
                f,
                "the cache folder cannot be used: {}: {reason}; free it, or set \
                 EMBEDDED_CASSANDRA_CACHE to a folder that can be written",
                path.display()
            ),
            Self::DataDir { path, reason } => {
                write!(f, "the data folder {} cannot be used: {reason}", path.display())
            }
            Self::PortTaken { address } => write!(
                f,
                "something else listens on {address}; end it, or leave the choice of the port \
                 to the builder"
            ),
            Self::Setting { name, reason } => write!(f, "the setting `{name}`: {reason}"),
            Self::Exited { status, log } => {
                write!(
                    f,
                    "Cassandra ended while it was starting ({status}). Its last lines:\n{log}"
                )
            }
            Self::Timeout { after, log } => write!(
                f,
                "Cassandra did not answer within {after:?} and was killed; a busy machine may \
                 need a longer Builder::start_timeout. Its last lines:\n{log}"
            ),
            Self::StopTimeout { after } => {
                write!(f, "Cassandra did not end within {after:?} of SIGTERM and was killed")
            }
            Self::Disagreement { after, reason } => {
                write!(f, "the nodes of the cluster did not agree within {after:?}: {reason}")
            }
            Self::Nodetool { command, output } => write!(f, "nodetool {command}: {output}"),
            Self::Cql { code, message } => write!(f, "Cassandra said: {message} (0x{code:04x})"),
            Self::Connection { address, reason } => write!(f, "the node at {address}: {reason}"),
            Self::Io { what, message, .. } => write!(f, "{what}: {message}"),
        }
    }
}

impl std::error::Error for Error {}
