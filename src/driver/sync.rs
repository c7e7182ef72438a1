//! What the [gate](super::gate) is built on. Its models (tests/standalone/loom) put loom's in its
//! place, so that the code that ships is what is modelled.

pub(super) use std::sync::atomic::{AtomicUsize, Ordering};
pub(super) use std::sync::{Mutex, MutexGuard, PoisonError};
pub(super) use std::thread_local;
