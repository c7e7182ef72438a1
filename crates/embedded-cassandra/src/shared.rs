//! One node for the whole process.

use std::sync::OnceLock;

use crate::error::{Error, Result};
use crate::node::Cassandra;

static SHARED: OnceLock<Result<Cassandra>> = OnceLock::new();

/// The node that all callers in this process share, with the defaults of [`Cassandra::start`]. The
/// first call starts it; calls meanwhile wait for it. It lives as long as the process.
///
/// # Errors
/// Those of [`Cassandra::start`]. A start that failed is not repeated: every call gets its error.
pub fn shared() -> Result<&'static Cassandra> {
    SHARED.get_or_init(Cassandra::start).as_ref().map_err(Error::clone)
}
