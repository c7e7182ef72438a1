//! A Cassandra and ScyllaDB client that runs on any async executor, over the C/C++ driver.
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

pub use cluster::{ContactPoint, SessionBuilder};
pub use error::{Error, ErrorKind, Reached, Result, Retry, WriteType};
pub use result::{Page, PageStream, RowStream, Rows, TryNext};
pub use session::{Close, CloseFuture, Connect, Prepare, PrepareFuture, Session};
pub use statement::{
    Bound, Consistency, Execute, Options, PagingState, Prepared, Query, SerialConsistency,
};
