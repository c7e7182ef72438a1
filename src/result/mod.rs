//! Pages and rows; the streams.
//!
//! A [`Page`] is what one request returned. Its rows borrow from it, in their order or in any;
//! [`RowStream`] gives owned rows over all pages, [`BorrowedRows`] lends them, [`PageStream`] gives the
//! pages themselves. Columns are looked up once a page, cells are slices of the response. A row costs
//! no call of C with the embedded driver; with another, one step of C's iterator and two calls a
//! cell.

pub(crate) mod few;
mod indexed;
mod lwt;
mod page;
mod reading;
mod rest;
mod rows;
mod stream;

pub use indexed::IndexedRows;
pub use lwt::Lwt;
pub use page::Page;
pub use reading::IntoRows;
pub use rows::Rows;
pub use stream::{BorrowedRows, PageStream, Position, Progress, RowStream, TryNext, TryNextRow};
