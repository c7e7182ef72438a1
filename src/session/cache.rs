//! The prepared statements behind `Session::query`.
//!
//! # The key
//! The text alone: a session has one keyspace for good, which it was told when it connected; `USE` is
//! refused.
//!
//! # What goes
//! At most as many are kept as the builder says. One more takes the place of one that was not used
//! since the hand of the clock last passed it: the least recently used, nearly, without a list that
//! each hit would have to write to.
//!
//! # Who prepares
//! Callers that miss the same text at a time share one prepare: see [`joint`](super::joint). It puts
//! what came of it here before it is gone, and a caller joins under a lock that both hold, so that
//! nobody prepares what is there or on its way.
//!
//! # Cost
//! A hit takes a read lock, hashes the text, and counts up the hits and a reference. Threads have an
//! index each, up to [`MOST_STRIPES`], so that their locks and counts are not in each other's way. What is
//! kept or goes is written to all of them: beside a prepare, or in place of one, that is nothing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::joint::Joint;
use crate::observe::StatementCache;
use crate::statement::PreparedCore;

/// Indexes at most. Each has some ten bytes a statement, and a pointer.
const MOST_STRIPES: usize = 8;

pub(super) struct Cache {
    stripes: Box<[Stripe]>,
    clock: Mutex<Clock>,
    misses: AtomicU64,
    evictions: AtomicU64,
    /// By text, with how many wait for it.
    coming: Mutex<Coming>,
}

type Coming = HashMap<Arc<str>, (Arc<Joint>, usize)>;

/// What some of the threads read. On cache lines of its own.
#[derive(Default)]
#[repr(align(128))]
struct Stripe {
    by_text: RwLock<HashMap<Arc<str>, Arc<Entry>>>,
    hits: AtomicU64,
}

/// A statement that is kept.
struct Entry {
    core: Arc<PreparedCore>,
    /// Since the hand passed.
    used: AtomicBool,
}

/// What a caller that missed finds when it joins.
pub(super) enum Joined {
    /// It has come by now.
    Kept(Arc<PreparedCore>),
    Coming(Arc<Joint>),
}

impl Cache {
    pub(super) fn new(capacity: usize) -> Self {
        let stripes = std::thread::available_parallelism().map_or(MOST_STRIPES, usize::from);
        Self {
            stripes: (0..stripes.min(MOST_STRIPES)).map(|_| Stripe::default()).collect(),
            clock: Mutex::new(Clock { face: Vec::new(), hand: 0, capacity }),
            misses: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
            coming: Mutex::default(),
        }
    }

    /// A statement to bind, which counts as a hit if it can be: see [`hit`](Self::hit).
    pub(super) fn get(&self, cql: &str) -> Option<Arc<PreparedCore>> {
        let by_text = self.stripe().by_text.read().unwrap_or_else(PoisonError::into_inner);
        let entry = by_text.get(cql)?;
        // ORDERING: a hint. Written only where it changes, so that readers share the line.
        if !entry.used.load(Ordering::Relaxed) {
            entry.used.store(true, Ordering::Relaxed);
        }
        Some(Arc::clone(&entry.core))
    }

    /// A request needed no prepare.
    pub(super) fn hit(&self) {
        // ORDERING: a count.
        self.stripe().hits.fetch_add(1, Ordering::Relaxed);
    }

    /// The one of this thread.
    fn stripe(&self) -> &Stripe {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            // ORDERING: a number that no other thread gets soon.
            static MINE: usize = THREADS.fetch_add(1, Ordering::Relaxed);
        }
        // A thread at its end takes any.
        &self.stripes[MINE.try_with(|mine| *mine).unwrap_or(0) % self.stripes.len()]
    }

    /// Joins those who wait for this text. Whoever has got [`Joined::Coming`] leaves it with
    /// [`leave`](Self::leave).
    pub(super) fn join(&self, cql: &Arc<str>) -> Joined {
        // ORDERING: a count.
        self.misses.fetch_add(1, Ordering::Relaxed);
        let mut coming = self.coming();
        if let Some(core) = self.get(cql) {
            return Joined::Kept(core);
        }
        let new = || (Arc::new(Joint::new(Arc::clone(cql))), 0);
        let (joint, callers) = coming.entry(Arc::clone(cql)).or_insert_with(new);
        *callers += 1;
        Joined::Coming(Arc::clone(joint))
    }

    /// A caller waits no more. What nobody waits for is left to itself when the caller drops its part.
    pub(super) fn leave(&self, joint: &Arc<Joint>) {
        let mut coming = self.coming();
        let Some((there, callers)) = coming.get_mut(joint.cql()) else { return };
        if !Arc::ptr_eq(there, joint) {
            return;
        }
        *callers -= 1;
        if *callers == 0 {
            coming.remove(joint.cql());
        }
    }

    /// A prepare is over: keeps what came of it, if anything, and nobody joins it any more. What was
    /// begun before everything was forgotten is not kept.
    pub(super) fn settle(&self, joint: &Joint, core: Option<&Arc<PreparedCore>>) {
        let mut coming = self.coming();
        let is_it = |(there, _): &(Arc<Joint>, _)| std::ptr::eq(&**there, joint);
        if !coming.get(joint.cql()).is_some_and(is_it) {
            return;
        }
        // Kept before others may begin: see `join`.
        let out = core.map(|core| self.insert(Arc::clone(core)));
        coming.remove(joint.cql());
        drop(coming);
        // After the locks: it may free a C object.
        drop(out);
    }

    /// Gives what had to go.
    fn insert(&self, core: Arc<PreparedCore>) -> Kept {
        let mut clock = self.clock();
        let entry = Arc::new(Entry { core, used: AtomicBool::new(false) });
        let out = clock.put(&entry);
        if let Kept::Yes(out) = &out {
            self.write(|by_text| {
                let text = Arc::clone(&entry.core.cql);
                // With its key: the new text is the one that it is known by.
                let old = by_text.remove(&*out.as_ref().unwrap_or(&entry).core.cql);
                by_text.insert(text, Arc::clone(&entry));
                old
            });
        }
        if matches!(&out, Kept::Yes(Some(out)) if out.core.cql != entry.core.cql) {
            // ORDERING: a count.
            self.evictions.fetch_add(1, Ordering::Relaxed);
        }
        out
    }

    /// Forgets the statement whose text this is. The same text that was prepared anew stays.
    pub(super) fn remove(&self, cql: &Arc<str>) {
        let mut clock = self.clock();
        let removed = clock.take(cql);
        if removed.is_some() {
            self.write(|by_text| by_text.remove(cql));
        }
        drop(clock);
        // After the locks, as above.
        drop(removed);
    }

    /// Forgets all statements, and those that are on their way when they come.
    pub(super) fn clear(&self) {
        let begun = std::mem::take(&mut *self.coming());
        let mut clock = self.clock();
        let all = std::mem::take(&mut clock.face);
        clock.hand = 0;
        self.write(std::mem::take);
        drop(clock);
        // After the locks, as above.
        drop((all, begun));
    }

    /// Does it in each stripe, under its lock; drops what comes of it afterwards.
    fn write<R>(&self, change: impl Fn(&mut HashMap<Arc<str>, Arc<Entry>>) -> R) {
        for stripe in &self.stripes {
            let mut by_text = stripe.by_text.write().unwrap_or_else(PoisonError::into_inner);
            let out = change(&mut by_text);
            drop(by_text);
            drop(out);
        }
    }

    pub(super) fn figures(&self) -> StatementCache {
        StatementCache {
            kept: self.clock().face.len() as u64,
            // ORDERING: counts.
            hits: self.stripes.iter().map(|stripe| stripe.hits.load(Ordering::Relaxed)).sum(),
            misses: self.misses.load(Ordering::Relaxed),
            evictions: self.evictions.load(Ordering::Relaxed),
        }
    }

    fn clock(&self) -> MutexGuard<'_, Clock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn coming(&self) -> MutexGuard<'_, Coming> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The statements around a clock's face.
struct Clock {
    face: Vec<Arc<Entry>>,
    /// Where it looks for the next to go.
    hand: usize,
    capacity: usize,
}

enum Kept {
    /// In place of the one with the same text, or one that had to go.
    Yes(Option<Arc<Entry>>),
    /// There is no room for any.
    No,
}

impl Clock {
    fn put(&mut self, entry: &Arc<Entry>) -> Kept {
        let new = Arc::clone(entry);
        let same = self.face.iter_mut().find(|there| there.core.cql == new.core.cql);
        if let Some(same) = same {
            return Kept::Yes(Some(std::mem::replace(same, new)));
        }
        if self.face.len() < self.capacity {
            self.face.push(new);
            return Kept::Yes(None);
        }
        if self.capacity == 0 {
            return Kept::No;
        }
        // ORDERING: a hint.
        while self.face[self.hand].used.swap(false, Ordering::Relaxed) {
            self.step();
        }
        let old = std::mem::replace(&mut self.face[self.hand], new);
        self.step();
        Kept::Yes(Some(old))
    }

    fn step(&mut self) {
        self.hand = (self.hand + 1) % self.face.len();
    }

    /// Takes out the statement whose text this is, at this address.
    fn take(&mut self, cql: &Arc<str>) -> Option<Arc<Entry>> {
        let at = self.face.iter().position(|entry| Arc::ptr_eq(&entry.core.cql, cql))?;
        let old = self.face.swap_remove(at);
        if self.hand >= self.face.len() {
            self.hand = 0;
        }
        Some(old)
    }
}
