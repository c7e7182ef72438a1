//! The sections of the report, each a function from the records to Markdown.

pub mod about;
pub mod callbacks;
pub mod connect;
pub mod figure;
pub mod goals;
pub mod markdown;
pub mod memory;
pub mod open_loop;
pub mod requests;
pub mod streams;
