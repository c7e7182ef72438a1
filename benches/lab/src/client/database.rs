//! What a work asks of a client.

use std::future::Future;
use std::net::SocketAddr;

use crate::Result;
use crate::work::Sum;

/// How a stream is read.
#[derive(Debug, Clone, Copy)]
pub struct Paging {
    pub page_size: u32,
    /// Pages beyond the one being read. A client that has no such setting does what it does.
    pub prefetch: u32,
    /// Rows borrow from their page.
    pub borrowed: bool,
    /// Where to stop.
    pub rows: u64,
}

/// A connected client that is made from Rust. Each call does what this client's own documentation says,
/// and nothing around it.
pub trait Database: Clone + Send + Sync + 'static {
    type Prepared: Clone + Send + Sync + 'static;

    fn connect(address: SocketAddr) -> impl Future<Output = Result<Self>> + Send;

    fn prepare(&self, cql: &str) -> impl Future<Output = Result<Self::Prepared>> + Send;

    /// Executes the prepared select of one row, and decodes it.
    fn select(
        &self,
        statement: &Self::Prepared,
        id: i64,
    ) -> impl Future<Output = Result<(i64, String)>> + Send;

    /// Executes the prepared insert.
    fn insert(
        &self,
        statement: &Self::Prepared,
        id: i64,
        text: &str,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Reads all rows as `(i64, String, f64)`, page by page.
    fn stream(
        &self,
        statement: &Self::Prepared,
        paging: Paging,
    ) -> impl Future<Output = Result<Sum>> + Send;

    fn close(self) -> impl Future<Output = Result<()>> + Send;
}
