//! A CQL server that answers from memory, so that a benchmark measures its client.
//!
//! It speaks the native protocol, version 4, on one thread: requests are read in batches, answers are
//! bytes made beforehand with the stream id (and, for a row, the key that was asked for) written in, and
//! a batch of answers leaves in one write. Large values and pages of rows are never copied: they are
//! written from where they lie. The way of a request:
//! `server` → `connection` cuts frames → `answer` finds the `plan` → `out` collects → `connection` writes.
//!
//! What the statements mean is decided once, by their text ([`plan`]); what tables there are is said in
//! [`catalogue`]. Nothing is stored: an insert is answered and forgotten.

pub mod answer;
pub mod catalogue;
pub mod codec;
mod connection;
mod held;
pub mod options;
pub mod out;
pub mod plan;
pub mod rows;
pub mod server;
pub mod statement;
pub mod stop;
pub mod tokens;
