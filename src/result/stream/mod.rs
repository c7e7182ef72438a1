//! Streams over all pages.
//!
//! A stream needs no task and no runtime: the page after the one that arrives is asked for where it
//! arrives, on the C driver's thread, so that the rate does not hang on how often the stream is
//! polled. Where that cannot be (there is no room, or others wait for a place of the session) it is
//! asked for at the next poll.
//!
//! Back-pressure: a stream has `prefetch` + 1 pages at most, asked for, arrived or being read.

mod borrowed;
mod pages;
mod progress;
mod rows;
mod try_next;
mod walk;

pub use borrowed::{BorrowedRows, TryNextRow};
pub use pages::PageStream;
pub use progress::{Position, Progress};
pub use rows::RowStream;
pub(super) use rows::miscounted;
pub use try_next::TryNext;
