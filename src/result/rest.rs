//! The pages behind a page: a loop over the rows of one looks as if it had seen all.
//!
//! Cost: one call of C and a byte a page; with features `tracing` or `log` a hash of the statement
//! where a page is dropped whose rest nobody asked for.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::observe::log;
use crate::statement::Origin;

/// Whether there is more behind a page that nobody asked for. Says so when it is dropped, once a
/// statement.
pub(super) struct Rest {
    unasked: AtomicBool,
    origin: Origin,
}

impl Rest {
    pub(super) fn new(more: bool, origin: Origin) -> Self {
        Self { unasked: AtomicBool::new(more), origin }
    }

    /// Somebody asked where the next page starts.
    pub(super) fn asked(&self) {
        // ORDERING: a hint; the drop has the page to itself.
        if self.unasked.load(Ordering::Relaxed) {
            self.unasked.store(false, Ordering::Relaxed);
        }
    }

    /// The statement of the page.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        if *self.unasked.get_mut() {
            log::warn_once(
                self.origin.cql(),
                "a page was dropped with more to come, and nobody looked at `next_page()`: a loop \
                 over its rows has not seen all of them. Take `stream()`, `pages()` or `all()` for \
                 all rows, and LIMIT for a few; said once a statement",
            );
        }
    }
}
