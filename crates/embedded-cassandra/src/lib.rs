//! Real Apache Cassandra nodes on this machine, without containers.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

#[cfg(not(target_os = "linux"))]
compile_error!("embedded-cassandra runs on Linux: a node's death with its program needs it");

mod archive;
mod builder;
mod cache;
mod error;
mod folder;
mod java;
mod launch;
mod lock;
mod maven;
mod node;
mod port;
mod probe;
mod process;
mod progress;
mod random;
mod shared;
mod start;
mod tail;
mod yaml;

pub use builder::Builder;
pub use error::{Error, Result};
pub use node::Cassandra;
pub use probe::Row;
pub use progress::Progress;
pub use shared::shared;
