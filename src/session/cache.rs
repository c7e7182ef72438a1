//! The prepared statements behind `Session::query`.
//!
//! Bounded: the oldest entry goes when it is full. Cost of a hit: a read lock, a hash of the text, a
//! reference count.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock};

use crate::statement::PreparedCore;

/// Statements kept. A program has hundreds of texts, unless it writes values into them, and then
/// no size would help.
const CAPACITY: usize = 1000;

#[derive(Default)]
pub(super) struct Cache(RwLock<Entries>);

#[derive(Default)]
struct Entries {
    by_text: HashMap<Arc<str>, Arc<PreparedCore>>,
    oldest_first: VecDeque<Arc<str>>,
}

impl Cache {
    pub(super) fn get(&self, cql: &str) -> Option<Arc<PreparedCore>> {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        entries.by_text.get(cql).map(Arc::clone)
    }

    pub(super) fn insert(&self, core: Arc<PreparedCore>) {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let text = Arc::clone(&core.cql);
        // What leaves is dropped after the lock: it frees a C object.
        let replaced = entries.by_text.insert(Arc::clone(&text), core);
        if replaced.is_none() {
            entries.oldest_first.push_back(text);
        }
        let evicted = match entries.oldest_first.len() > CAPACITY {
            true => entries.oldest_first.pop_front().and_then(|old| entries.by_text.remove(&old)),
            false => None,
        };
        drop(entries);
        drop((replaced, evicted));
    }

    pub(super) fn remove(&self, cql: &str) {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let removed = entries.by_text.remove(cql);
        if removed.is_some() {
            entries.oldest_first.retain(|text| **text != *cql);
        }
        drop(entries);
        drop(removed);
    }
}
