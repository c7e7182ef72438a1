//! Numbers that two processes do not choose at the same time: for names and ports, not for secrets.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// A random number, from the keys that the standard library draws for its hash maps.
pub(crate) fn number() -> u64 {
    RandomState::new().build_hasher().finish()
}
