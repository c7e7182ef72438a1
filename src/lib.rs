//! A Cassandra and ScyllaDB client that runs on any async executor.
//!
//! The C/C++ driver does the networking on its own threads. Each of its futures becomes a Rust
//! future through a lock-free slot, and a typed API sits on top: prepared statements, pages whose
//! rows borrow, streams. No executor is required, none is preferred.
//!
//! ```no_run
//! use async_cassandra::{Result, Session};
//!
//! async fn greet() -> Result<()> {
//!     let session =
//!         Session::builder().contact_points(["127.0.0.1"]).keyspace("shop").connect().await?;
//!
//!     session.query("INSERT INTO users (id, name) VALUES (?, ?)", (1, "Ann")).await?;
//!
//!     let page = session.query("SELECT id, name FROM users", ()).await?;
//!     for row in page.rows::<(i32, &str)>()? {
//!         let (id, name) = row?;
//!         println!("{id} {name}");
//!     }
//!     session.close().await
//! }
//! ```
//!
//! # The way through
//! 1. [`Session::builder`] takes contact points and settings; `connect().await` gives a
//!    [`Session`], which is cheap to clone and shared by all.
//! 2. [`Session::query`] makes a request from text and values; [`Session::prepare`] and
//!    [`Prepared::bind`] do it in two steps, for hot paths.
//! 3. A request ([`Query`], [`Bound`]) takes [options](Options), then is awaited for one [`Page`],
//!    turned into a [`RowStream`] or a [`PageStream`], or asked for rows right away: `one`,
//!    `maybe_one`, `all`, `scalar`; `applied` and `lwt` where it has a condition. A [`Batch`] is
//!    several writes in one.
//! 4. [`Page::rows`] gives the rows as tuples, as structs or as [`cql::Row`]; they may borrow from the
//!    page. [`cql`] says which Rust type fits which CQL type.
//! 5. [`Session::driver_threads`] runs tasks on the C driver's own threads, from any executor.
//! 6. [`Session::close`] ends it and waits; a drop ends it and does not.
//!
//! # Errors
//! One type, [`Error`]: a [kind](ErrorKind) with the server's own fields, a line for the log, and an
//! answer to "may I try again?". A value that does not fit its column is found before anything is
//! sent, and the error names column, CQL type, Rust type and the way out.
//!
//! # Cancel safety
//! Every future here may be dropped at any time. What was sent runs on (the C driver knows no
//! cancel), what comes back is freed; nothing is lost from a stream whose `try_next` was dropped.
//!
//! # Blocking
//! Nothing blocks the calling thread, with one exception: the first connect of a process loads the
//! C driver, some ten milliseconds. [`driver::load`] does it early.
//!
//! # Features
//! Each adds, none changes what is there. Only `derive` is on by default.
//!
//! | feature | what it adds |
//! |---|---|
//! | `derive` | `FromRow`, `ToRow`, `FromValue` and `ToValue` for structs and enums: see [`cql`] |
//! | `bundled` | a C driver inside the program (Linux x86-64 with glibc; 8 MB); elsewhere nothing |
//! | `tokio` | `rt::Tokio` |
//! | `async-std` | `rt::AsyncStd` |
//! | `smol` | `rt::Smol` |
//! | `tracing` | the C driver's log as events, and a span for each request: see [`observe`] |
//! | `log` | the C driver's log, for the `log` crate |
//! | `bigdecimal`, `bytes`, `chrono`, `jiff`, `num-bigint`, `rust_decimal`, `secrecy`, `time`, `uuid` | their types as values: see [`cql`] |
//! | `serde_json` | rows and values as JSON: see [`cql`] |
//!
//! # Settings
//! The settings of the C drivers are methods of [`SessionBuilder`], whose page says their defaults and
//! units, and which drivers have them. Policies are values: [`LoadBalancing`], [`Reconnection`],
//! [`RetryPolicy`], [`SpeculativeExecution`], [`Timestamps`]. A [`Profile`] gathers defaults for one
//! kind of request. `vendor/functions.md`, in the source, lists where each C function is.
//!
//! # Not supported
//! Protocol version 5, compression and server warnings, which the C drivers do not offer. What this
//! crate lacks so far is listed in its README.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cluster;
pub mod cql;
pub mod driver;
mod error;
pub mod observe;
mod result;
pub mod rt;
mod session;
mod statement;

pub use cluster::{
    Authenticator, AuthenticatorError, Coalesce, ContactPoint, LatencyAware, LoadBalancing, Peer,
    Profile, ProfileName, Reconnection, RetryPolicy, SessionBuilder, SpeculativeExecution,
    Timestamps, Tls, TlsVersion, Verify,
};
pub use error::{Error, ErrorKind, Reached, Result, Retry, WriteType};
pub use result::{
    BorrowedRows, IndexedRows, IntoRows, Lwt, Page, PageStream, Position, Progress, RowStream,
    Rows, TryNext, TryNextRow,
};
pub use session::{
    Close, CloseFuture, Connect, Coordinator, Prepare, PrepareFuture, Session, Trace, TraceEvent,
};
pub use statement::{
    Batch, BatchKind, Bound, Consistency, CustomPayload, Execute, Item, Many, Options, PagingState,
    Prepared, Query, SerialConsistency,
};

/// Compiles the README's program.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
