//! A Cassandra and ScyllaDB client that runs on any async executor, over the C/C++ driver.
mod error; pub use error::*;
pub mod driver; pub mod cql; mod statement; pub use statement::*; pub mod rt;
pub struct PagingState;
