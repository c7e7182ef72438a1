//! A Cassandra and ScyllaDB client that runs on any async executor, over the C/C++ driver.
pub mod driver;
