//! What can be executed, and its options.
mod consistency;
pub use consistency::{Consistency, SerialConsistency};
