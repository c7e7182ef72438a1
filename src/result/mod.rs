//! Pages and rows; the streams.
//!
//! A [`Page`] is what one request returned. Its rows borrow from it; [`RowStream`] gives owned rows
//! over all pages, [`PageStream`] the pages themselves. Columns are looked up once a page, cells are
//! slices of the response: a row costs one step of C's iterator and two calls a cell.

mod lwt;
mod page;
mod rows;
mod stream;

pub use lwt::Lwt;
pub use page::Page;
pub use rows::Rows;
pub use stream::{PageStream, RowStream, TryNext};
