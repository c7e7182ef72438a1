//! The one error type: what failed, what the server said, and whether to try again.
//!
//! An [`Error`] is one pointer, `Send + Sync + Clone + 'static`, and its `Display` is one line for
//! a log: kind, the server's text, the statement; never the values. `source()` never repeats what
//! `Display` says already.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use crate::cql::{Uuid, ValueError};
use crate::driver::LoadError;
use crate::statement::Consistency;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// Look at [`kind`](Self::kind) to tell failures apart, at [`retry`](Self::retry) or
/// [`is_retryable`](Self::is_retryable) to decide whether to try again, and print it for a log.
///
/// ```
/// use async_cassandra::{Error, ErrorKind};
///
/// fn describe(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::WriteTimeout { received, required, .. } if received < required => "too few",
///         ErrorKind::Closed => "the session was closed",
///         _ if error.is_retryable() => "try again",
///         _ => "give up",
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    code: Option<u32>,
    message: Box<str>,
    statement: Option<Box<str>>,
    idempotent: bool,
    tracing_id: Option<Uuid>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What kind of failure an [`Error`] is, with the fields that the server or the driver gives.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum ErrorKind {
    // Found by this crate, before anything was sent.
    /// A setting of the builder, or an option of a request, makes no sense, or a setting comes too
    /// late. Nothing was tried.
    Setting {
        /// The method, or the function, that sets it.
        name: &'static str,
    },
    /// The request names an execution profile that its session was not given. Nothing was sent.
    UnknownProfile {
        /// The name that was asked for.
        name: String,
    },
    /// No C driver could be loaded.
    NoDriver(LoadError),
    /// The loaded C driver lacks a function that this call needs.
    Unsupported {
        /// The C function.
        function: &'static str,
    },
    /// A value does not fit its marker, or the number of values is wrong. Nothing was sent.
    Bind(ValueError),
    /// A cell does not fit the Rust type that it is read as, or the columns are not those expected.
    Decode(ValueError),
    /// Rows were asked for, and the statement is not one that gives any.
    NotRows,
    /// One row was asked for, and there is none.
    NoRows,
    /// One row was asked for, and there are more.
    TooManyRows,
    /// The request was executed by reference and then changed. Bind again for other settings.
    Frozen,
    /// The statement is one that this crate refuses, since it would break the session.
    Refused,
    /// A batch that cannot be executed: it is empty, has too many statements, or a request of another
    /// session. Nothing was sent.
    Batch,
    /// A batch is larger than [`Batch::max_bytes`](crate::Batch::max_bytes) or the session allows.
    /// Nothing was sent.
    BatchTooLarge {
        /// Bytes of its values, as they go over the wire.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
    /// It was asked whether a statement was applied that has no `IF`. It was executed.
    NotConditional,
    /// The session was closed, or is closing.
    Closed,
    /// All places for requests in flight are taken (`SessionBuilder::max_in_flight`), and the
    /// request would not wait, or not longer. Nothing was sent.
    Busy,
    /// A [`PagingState`](crate::PagingState) text that is damaged.
    PagingState,
    /// There is no trace of this id: the request was not traced, the trace has expired (a day, by
    /// default), or nodes did not get to write it.
    NoTrace,

    // Found by the C driver.
    /// No host could be asked: none is known, none is up, or none accepts a connection. Also when the
    /// table of a prepared statement is gone: the driver asks host after host to prepare it again.
    NoHosts,
    /// The C driver's request queue is full.
    QueueFull,
    /// No answer within the request timeout, or the connection broke while waiting.
    Timeout,
    /// The connection broke while the request was being written. How much of it arrived, nobody knows.
    ConnectionLost,
    /// A deadline of ours passed, on the session's [`Runtime`](crate::rt::Runtime).
    Deadline,
    /// The session's runtime cannot keep a deadline: it has shut down, or has no timer.
    NoTimer,
    /// A host name could not be resolved.
    Resolution,
    /// The keyspace could not be set: it does not exist, or may not be used.
    Keyspace,
    /// TLS failed; the message says how, and the way out.
    Tls,
    /// The program's own [`Authenticator`](crate::Authenticator) failed or panicked; `source()` is its
    /// error.
    Authenticator,
    /// The result is not what its own header says: rows are missing or a cell is cut short.
    ///
    /// With the embedded driver every cell is held against the end of the answer. Another C++ driver
    /// reads on behind the end of a cell that was cut, and only sees that lengths are missing.
    Malformed,
    /// The C driver failed in another way; see [`code`](Error::code).
    Driver,

    // Answered by the server.
    /// User name or password is wrong, or the server wants a login and none was given.
    BadCredentials,
    /// Too few replicas are alive; nothing was done.
    Unavailable {
        /// The level asked for.
        consistency: Consistency,
        /// Replicas that must be alive.
        required: u32,
        /// Replicas known to be alive.
        alive: u32,
    },
    /// Too few replicas acknowledged a write in time. It may have been done on some.
    WriteTimeout {
        /// The level asked for.
        consistency: Consistency,
        /// Acknowledgements needed.
        required: u32,
        /// Acknowledgements that came.
        received: u32,
        /// What was being written: `SIMPLE`, `BATCH`, `CAS`, …
        write_type: WriteType,
    },
    /// Too few replicas answered a read in time.
    ReadTimeout {
        /// The level asked for.
        consistency: Consistency,
        /// Answers needed.
        required: u32,
        /// Answers that came.
        received: u32,
        /// Whether the replica asked for data answered.
        data_present: bool,
    },
    /// Replicas failed while reading.
    ReadFailure {
        /// The level asked for.
        consistency: Consistency,
        /// Answers needed.
        required: u32,
        /// Answers that came.
        received: u32,
        /// Replicas that failed.
        failures: u32,
        /// Whether the replica asked for data answered.
        data_present: bool,
    },
    /// Replicas failed while writing. It may have been done on some.
    WriteFailure {
        /// The level asked for.
        consistency: Consistency,
        /// Acknowledgements needed.
        required: u32,
        /// Acknowledgements that came.
        received: u32,
        /// Replicas that failed.
        failures: u32,
        /// What was being written.
        write_type: WriteType,
    },
    /// A user-defined function threw.
    FunctionFailure {
        /// Its keyspace.
        keyspace: String,
        /// Its name.
        function: String,
    },
    /// The coordinator is overloaded.
    Overloaded,
    /// The coordinator is still joining the cluster.
    Bootstrapping,
    /// A TRUNCATE failed.
    Truncate,
    /// The statement's syntax is wrong.
    Syntax,
    /// The user may not do this.
    Unauthorized,
    /// The statement is well-formed and wrong: no such table, wrong type, …
    Invalid,
    /// The server's configuration does not allow this.
    Configuration,
    /// The keyspace or table exists.
    AlreadyExists {
        /// The keyspace.
        keyspace: String,
        /// The table; empty when the keyspace itself exists.
        table: String,
    },
    /// The server does not know the prepared statement, and preparing it again gave another one. It
    /// did not run. Prepare it again; a [`Query`](crate::Query) does that by itself at its next use.
    Unprepared,
    /// The server or the driver broke the protocol.
    Protocol,
    /// An unexpected failure in the server.
    Server,
    /// A code that this version does not know; see [`code`](Error::code).
    Unknown,
}

/// What a failed write was part of.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WriteType {
    /// One statement on one partition.
    Simple,
    /// A logged batch, after its log was written.
    Batch,
    /// An unlogged batch.
    UnloggedBatch,
    /// A counter update.
    Counter,
    /// The log of a logged batch: nothing of the batch was done.
    BatchLog,
    /// The Paxos phase of a lightweight transaction.
    Cas,
    /// A materialized view.
    View,
    /// Change data capture.
    Cdc,
    /// A kind that this version does not know, with C's number for it.
    Unknown(u32),
}

/// May the same request be sent again?
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// It would fail again, or it is done.
    No,
    /// It did not run: send it again.
    Safe,
    /// Nobody knows whether it ran: send it again only if running twice does no harm.
    IfIdempotent,
}

/// Has the request reached a server?
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reached {
    /// It was never sent.
    No,
    /// It may have been: no answer came.
    Maybe,
    /// A server answered.
    Yes,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Inner {
            kind,
            code: None,
            message: message.into(),
            statement: None,
            idempotent: false,
            tracing_id: None,
            source: None,
        }))
    }

    pub(crate) fn with_code(mut self, code: u32) -> Self {
        self.edit().code = Some(code);
        self
    }

    pub(crate) fn with_tracing_id(mut self, id: Uuid) -> Self {
        self.edit().tracing_id = Some(id);
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.edit().source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_shared_source(mut self, source: Arc<dyn StdError + Send + Sync>) -> Self {
        self.edit().source = Some(source);
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.edit().kind = kind;
        self
    }

    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.edit().message = message.into();
        self
    }

    /// Names the statement, cut to what a log line can bear.
    pub(crate) fn in_statement(mut self, cql: &str) -> Self {
        if self.0.statement.is_none() {
            self.edit().statement = Some(shorten(cql));
        }
        self
    }

    pub(crate) fn idempotent(mut self, yes: bool) -> Self {
        if self.0.idempotent != yes {
            self.edit().idempotent = yes;
        }
        self
    }

    /// Completes the description of a value's place as the error passes outwards.
    pub(crate) fn map_value(mut self, complete: impl FnOnce(&mut ValueError)) -> Self {
        match &mut self.edit().kind {
            ErrorKind::Bind(value) | ErrorKind::Decode(value) => complete(value),
            _ => {}
        }
        self
    }

    fn edit(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// What kind of failure it is, with its fields.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The C driver's number for the failure (`CassError`), if C found it. The top byte is the
    /// source: 1 the driver, 2 the server, 3 TLS; a server's code is its protocol code.
    pub fn code(&self) -> Option<u32> {
        self.0.code
    }

    /// What the server or the driver said, without our own words around it; of a connect, for each host,
    /// with the way out where we know one.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The statement that failed, shortened, where there is one.
    pub fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    /// The id of the trace, when the request asked for one and a server answered; see
    /// [`Session::trace`](crate::Session::trace).
    pub fn tracing_id(&self) -> Option<Uuid> {
        self.0.tracing_id
    }

    /// Whether the request may be sent again, by its failure alone.
    pub fn retry(&self) -> Retry {
        use ErrorKind::*;
        match self.kind() {
            NoHosts | QueueFull | Busy | Unavailable { .. } | Bootstrapping | Unprepared => {
                Retry::Safe
            }
            Timeout | ConnectionLost | Deadline => Retry::IfIdempotent,
            WriteTimeout { .. } | ReadTimeout { .. } => Retry::IfIdempotent,
            ReadFailure { .. } | WriteFailure { .. } => Retry::IfIdempotent,
            Overloaded | Truncate | Server | Malformed => Retry::IfIdempotent,
            _ => Retry::No,
        }
    }

    /// [`retry`](Self::retry) together with the request's own `idempotent` flag: may *this* request
    /// be sent again?
    pub fn is_retryable(&self) -> bool {
        match self.retry() {
            Retry::Safe => true,
            Retry::IfIdempotent => self.0.idempotent,
            Retry::No => false,
        }
    }

    /// Whether the request may have reached a server.
    pub fn reached_server(&self) -> Reached {
        use ErrorKind::*;
        match self.kind() {
            Setting { .. }
            | UnknownProfile { .. }
            | NoDriver(_)
            | Unsupported { .. }
            | Bind(_)
            | Frozen
            | Refused
            | Batch
            | BatchTooLarge { .. }
            | Closed
            | Busy
            | PagingState
            | NoHosts
            | QueueFull
            | Resolution
            | NoTimer => Reached::No,
            Timeout | ConnectionLost | Deadline | Keyspace | Tls | Driver | Unknown => {
                Reached::Maybe
            }
            _ => Reached::Yes,
        }
    }
}

/// Longest part of a statement that an error repeats.
const STATEMENT_SHOWN: usize = 120;

pub(crate) fn shorten(cql: &str) -> Box<str> {
    let line = cql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(STATEMENT_SHOWN) {
        Some((at, _)) => format!("{}…", &line[..at]).into(),
        None => line.into(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(f)?;
        if !self.0.message.is_empty() {
            write!(f, ": {}", self.0.message)?;
        }
        match &self.0.statement {
            Some(cql) => write!(f, " in `{cql}`"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut s = f.debug_struct("Error");
        s.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(code) = self.0.code {
            s.field("code", &format_args!("0x{code:08x}"));
        }
        if let Some(statement) = &self.0.statement {
            s.field("statement", statement);
        }
        if let Some(source) = &self.0.source {
            s.field("source", source);
        }
        s.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|s| s as &(dyn StdError + 'static))
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            Setting { name } => write!(f, "setting `{name}` refused"),
            UnknownProfile { name } => write!(f, "no execution profile `{name}`"),
            Unsupported { function } => write!(f, "the loaded C driver has no `{function}`"),
            NoDriver(cause) => cause.fmt(f),
            Bind(value) => write!(f, "cannot bind {value}"),
            Decode(value) => write!(f, "cannot read {value}"),
            Unavailable { consistency, required, alive } => {
                write!(f, "unavailable: {alive} of {required} replicas alive ({consistency})")
            }
            WriteTimeout { consistency, required, received, write_type } => write!(
                f,
                "write timeout: {received} of {required} replicas ({consistency}, {write_type})"
            ),
            ReadTimeout { consistency, required, received, data_present } => {
                let data = if *data_present { "data present" } else { "no data" };
                write!(f, "read timeout: {received} of {required} replicas ({consistency}, {data})")
            }
            ReadFailure { consistency, required, received, failures, .. } => write!(
                f,
                "read failure: {failures} failed, {received} of {required} replicas ({consistency})"
            ),
            WriteFailure { consistency, required, received, failures, write_type } => write!(
                f,
                "write failure: {failures} failed, {received} of {required} replicas \
                 ({consistency}, {write_type})"
            ),
            FunctionFailure { keyspace, function } => {
                write!(f, "function {keyspace}.{function} failed")
            }
            BatchTooLarge { bytes, limit } => {
                write!(f, "batch of {bytes} bytes, and {limit} are allowed")
            }
            AlreadyExists { keyspace, table } if table.is_empty() => {
                write!(f, "keyspace {keyspace} exists")
            }
            AlreadyExists { keyspace, table } => write!(f, "table {keyspace}.{table} exists"),
            plain => f.write_str(plain.name()),
        }
    }
}

impl ErrorKind {
    /// The words for a kind that has no fields to show.
    fn name(&self) -> &'static str {
        use ErrorKind::*;
        match self {
            NotRows => "the result has no rows",
            NoRows => "no row",
            TooManyRows => "more than one row",
            Frozen => "request changed after it was executed by reference; bind again",
            Refused => "statement refused",
            Batch => "batch refused",
            NotConditional => "not a lightweight transaction, and executed as it is",
            Closed => "the session is closed",
            PagingState => "not a paging state",
            NoTrace => "no such trace",
            NoHosts => "no host available",
            QueueFull => "request queue full",
            Timeout => "no answer in time",
            ConnectionLost => "the connection broke",
            Deadline => "deadline passed",
            NoTimer => "the session's runtime cannot keep a deadline",
            Resolution => "host name not resolved",
            Keyspace => "keyspace not usable",
            Tls => "TLS failed",
            Authenticator => "the authenticator failed",
            Malformed => "malformed result",
            Driver => "C driver error",
            BadCredentials => "bad credentials",
            Overloaded => "coordinator overloaded",
            Bootstrapping => "coordinator bootstrapping",
            Truncate => "truncate failed",
            Syntax => "syntax error",
            Unauthorized => "unauthorized",
            Invalid => "invalid statement",
            Configuration => "server configuration",
            Unprepared => "statement not prepared",
            Protocol => "protocol error",
            Server => "server error",
            _ => "unknown error",
        }
    }
}

const WRITE_TYPES: [(WriteType, &str); 8] = [
    (WriteType::Simple, "SIMPLE"),
    (WriteType::Batch, "BATCH"),
    (WriteType::UnloggedBatch, "UNLOGGED_BATCH"),
    (WriteType::Counter, "COUNTER"),
    (WriteType::BatchLog, "BATCH_LOG"),
    (WriteType::Cas, "CAS"),
    (WriteType::View, "VIEW"),
    (WriteType::Cdc, "CDC"),
];

impl WriteType {
    /// C counts from one; zero is its own "unknown".
    pub(crate) fn from_code(code: u32) -> Self {
        let known = (code as usize).checked_sub(1).and_then(|at| WRITE_TYPES.get(at));
        known.map_or(Self::Unknown(code), |(kind, _)| *kind)
    }
}

impl fmt::Display for WriteType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match WRITE_TYPES.iter().find(|(kind, _)| kind == self) {
            Some((_, name)) => f.write_str(name),
            None => f.write_str("unknown write type"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_pointer_and_travels() {
        fn travels<T: Send + Sync + Clone + 'static>() {}
        travels::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>(), "returned on every hot path");
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    fn reads_as_one_line() {
        let kind = ErrorKind::WriteTimeout {
            consistency: Consistency::LocalQuorum,
            required: 2,
            received: 1,
            write_type: WriteType::from_code(1),
        };
        let error = Error::new(kind, "Operation timed out").in_statement("INSERT INTO t\n  (a)");
        assert_eq!(
            error.to_string(),
            "write timeout: 1 of 2 replicas (LOCAL_QUORUM, SIMPLE): Operation timed out \
             in `INSERT INTO t (a)`"
        );
        assert_eq!(error.retry(), Retry::IfIdempotent);
        assert!(!error.is_retryable());
        assert!(error.idempotent(true).is_retryable());
    }

    #[test]
    fn long_statements_are_cut_between_characters() {
        let long = "ä".repeat(500);
        let shown = shorten(&long);
        assert_eq!(shown.chars().count(), STATEMENT_SHOWN + 1);
    }

    #[test]
    fn unknown_write_types_keep_their_number() {
        assert_eq!(WriteType::from_code(0), WriteType::Unknown(0));
        assert_eq!(WriteType::from_code(8), WriteType::Cdc);
        assert_eq!(WriteType::from_code(99), WriteType::Unknown(99));
    }
}
