//! The records of runs, and what is told of them.
//!
//! [`write()`] reads a file of records, one JSON object a line, and writes a Markdown report with its
//! plots into a folder. The same records give the same bytes: nothing is drawn at random, and no
//! clock is asked. What was not measured is said to be so, never guessed from what was.
//!
//! A record of a run is read into [`record`], sorted by what is compared with what in [`cell`], and
//! summed up by [`statistics`]; [`table`] and [`plot`] only arrange what these give.

pub mod callbacks;
pub mod cell;
pub mod client;
pub mod plot;
pub mod record;
pub mod report;
pub mod statistics;
pub mod table;

pub use report::{Written, write};
