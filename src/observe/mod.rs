//! What goes on behind the calls: counts, figures, a log, and spans.
//!
//! - [`counters`]: what is out of a caller's sight, for the whole process.
//! - [`Session::metrics`](crate::Session::metrics): one session's latencies, rates and connections.
//! - With feature `tracing` or `log`, the C driver's log and what this crate has to say go to the
//!   program's logger; without, nobody hears them. Nothing is ever printed.
//!
//! # The log
//! | target | what |
//! |---|---|
//! | `async_cassandra::driver` | the C driver's lines, with `file` and `line` of its source; at most 1023 bytes each, which is where the driver cuts them |
//! | `async_cassandra` | this crate's own: the driver that was loaded, the first use of the embedded OpenSSL, sessions that are not freed, pages whose rest nobody asked for, lines that were dropped |
//!
//! The C driver logs on its I/O threads, with its locks held, and a logger may be slow or call back
//! into a session. So no line is delivered there: a thread of its own, `cass-log`, hands them to the
//! logger one after the other, moments later, outside every span and with no logger but the global
//! one. Up to 1024 lines wait for it; what comes beyond them is dropped, counted in
//! [`Counters::log_dropped`], and a line says so. Lines that still wait when the process ends are
//! lost.
//!
//! With both features, lines go to `tracing` once the program has set a subscriber, and to `log`
//! until then.
//!
//! Unless `driver_log` chooses another level, the C driver logs warnings and errors.

//! # The spans
//! With feature `tracing`, each request is a span of level DEBUG with target
//! `async_cassandra::request`; so is each page of a stream, and each prepare. It lasts from the first
//! poll, the wait for a place included, until the answer is polled, and it is a child of the span that
//! its task is in at that first poll. Its fields have
//! [OpenTelemetry's names](https://opentelemetry.io/docs/specs/semconv/db/cassandra/), and those that
//! bridges to OpenTelemetry look for:
//!
//! | field | what |
//! |---|---|
//! | `db.system.name` | `cassandra` |
//! | `db.namespace` | the session's keyspace, if it has one |
//! | `db.operation.name`, `otel.name` | the statement's first word; `BATCH`, `PREPARE` |
//! | `db.operation.batch.size` | of a batch, how many statements |
//! | `db.query.text` | the text as the program wrote it, never the values that are bound; of a batch, the first statement |
//! | `db.response.status_code` | of an error of the server, the protocol's code: `0x2200` |
//! | `error.type` | of a failure, the name of its [kind](crate::ErrorKind); `abandoned` when nobody waited for the answer: the future was dropped, or its deadline passed |
//! | `otel.status_code` | of a failure, `ERROR` |
//! | `otel.kind` | `client` |

mod counters;
#[cfg(any(feature = "log", feature = "tracing"))]
mod forward;
pub(crate) mod log;
mod metrics;
pub(crate) mod span;

pub use counters::{Counters, counters};
#[cfg(any(feature = "log", feature = "tracing"))]
#[cfg_attr(docsrs, doc(cfg(any(feature = "log", feature = "tracing"))))]
pub use forward::{Level, driver_log};
pub use metrics::{Latencies, Metrics, Rates, Speculative, StatementCache};
