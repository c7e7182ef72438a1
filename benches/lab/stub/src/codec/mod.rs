//! The bytes of the native protocol, version 4: frames, what requests consist of, what answers do.

pub mod error;
pub mod frame;
pub mod read;
pub mod types;
pub mod write;
