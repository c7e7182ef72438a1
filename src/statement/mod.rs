//! What can be executed, and its options.
//!
//! [`Query`] is text with values, [`Bound`] a prepared statement with values. Both are requests:
//! set options on them, then `.await` them for one page, or turn them into a stream. [`Batch`] is
//! several of them in one. [`Execute`] is the future of every request. Nothing is sent before its
//! first poll.
//!
//! Cost of a prepared request: the C statement and its future (C's allocations), one slot of ours,
//! no box, no lock.

mod batch;
mod bound;
mod consistency;
mod execute;
mod many;
mod options;
mod origin;
mod paging_state;
mod payload;
mod prepared;
mod query;
mod text;

pub use batch::{Batch, BatchKind, Item};
pub use bound::Bound;
pub(crate) use bound::Ref;
pub(crate) use bound::{Paging, PagingOptions};
pub use consistency::{Consistency, SerialConsistency};
pub use execute::Execute;
pub use many::Many;
pub use options::Options;
pub(crate) use options::option_setters;
pub(crate) use origin::{KnownColumns, Origin, ResultColumns};
pub use paging_state::PagingState;
pub use payload::CustomPayload;
pub use prepared::Prepared;
pub(crate) use prepared::PreparedCore;
pub use query::Query;
pub(crate) use query::refuse;
