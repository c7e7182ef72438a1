//! The buffer of an event stream: many emitters push, one reader pops, and the oldest may be displaced.
//!
//! Values lie in *nodes*. A ring of *cells*, one word each, tells which node holds the event of which
//! position. An emitter takes a free node, writes its value where nobody looks, and publishes it with one
//! exchange on a cell: no event is ever half there, and whoever is preempted in between holds up nobody.
//!
//! # The words
//!
//! ```text
//! bits    a cell                                 the list of free nodes
//! 0..20   the node, or NONE                      its first node, or NONE
//! 20..    the position last published here       bumped by every change, so that a stale copy of the
//!                                                list is never confirmed
//! ```
//!
//! Positions count up from the capacity, one an event, and come round after 2^44.
//!
//! # Valid transitions of the cell of positions p, p+n, p+2n, ...
//!
//! ```text
//! | from       | who, event          | to          | what changes hands                           |
//! |------------|---------------------|-------------|----------------------------------------------|
//! | (p, NONE)  | emitter: publish    | (p+n, node) | node -> whoever takes it out of the cell     |
//! | (p, node)  | reader: pop         | (p, NONE)   | node -> reader, then to the free list        |
//! | (p, node)  | emitter: publish    | (p+n, node')| node -> emitter, then to the free list;      |
//! |            |                     |             | node' -> whoever takes it out of the cell    |
//! ```
//!
//! Position p+1 is only ever published by an emitter that knows of p's publication. So positions have no
//! gaps, and the reader goes from one to the next; one that was displaced under it tells by its cell
//! how far to go on.
//!
//! # The policy is the number of nodes
//!
//! With as many nodes as cells, a cell that is come round to is empty: an event that is not popped keeps
//! its node, and an emitter without a node loses its own event, the *newest*. With more nodes than cells
//! there is one to write to, and publishing displaces the *oldest*. One node more covers the reader, which
//! may be moving a value out; the others cover the emitters that are under way at the same moment.
//!
//! # Cost
//!
//! Three allocations when the stream is made, none after. A push is two compare-exchanges, and when it
//! displaces a third and the count; a pop is two. They are repeated only when another thread's went
//! through.

use std::mem::MaybeUninit;

use crate::sync::{AtomicWord, Ordering::*, UnsafeCell, Word};

/// The bits of a node's number. All of them set: no node.
const NODE: Word = (1 << 20) - 1;
const NONE: Word = NODE;
/// From one position to the next; also from one version of the free list to the next.
const STEP: Word = NODE + 1;

/// The most events that a ring can hold.
pub(super) const MAX_CAPACITY: usize = 1 << 19;
/// The most nodes for emitters that are under way at one moment.
const MAX_CROWD: usize = 64;

// The last number is NONE.
const _: () = assert!(MAX_CAPACITY + 1 + MAX_CROWD < NONE as usize);

pub(super) struct Ring<T> {
    cells: Box<[AtomicWord]>,
    nodes: Box<[Node<T>]>,
    free: AtomicWord,
    /// Where to start looking for the next position to publish: never beyond it.
    tail: AtomicWord,
    lost: AtomicWord,
}

struct Node<T> {
    /// The next of the free list, while in it.
    next: AtomicWord,
    value: UnsafeCell<MaybeUninit<T>>,
}

/// What became of a pushed value.
pub(super) enum Pushed<T> {
    Stored,
    Displaced(T),
    Full(T),
}

impl<T> Ring<T> {
    /// `capacity` is a power of two, at most `MAX_CAPACITY`.
    pub(super) fn new(capacity: usize, displaces: bool) -> Self {
        let crowd = if displaces { 1 + capacity.min(MAX_CROWD) } else { 0 };
        let nodes = capacity + crowd;
        let next = |node: usize| if node + 1 < nodes { node as Word + 1 } else { NONE };
        Self {
            cells: (0..capacity).map(|at| AtomicWord::new((at as Word * STEP) | NONE)).collect(),
            nodes: (0..nodes)
                .map(|node| Node {
                    next: AtomicWord::new(next(node)),
                    value: UnsafeCell::new(MaybeUninit::uninit()),
                })
                .collect(),
            free: AtomicWord::new(0),
            tail: AtomicWord::new(capacity as Word * STEP),
            lost: AtomicWord::new(0),
        }
    }

    pub(super) fn capacity(&self) -> usize {
        self.cells.len()
    }

    /// The position of the first event.
    pub(super) fn first(&self) -> Position {
        Position(self.lap())
    }

    /// How many events were displaced or did not fit.
    pub(super) fn lost(&self) -> u64 {
        // ORDERING: nothing else hangs on a count.
        self.lost.load(Relaxed)
    }

    fn count_lost(&self) {
        // ORDERING: as above.
        self.lost.fetch_add(1, Relaxed);
    }

    /// From any number of threads at once.
    pub(super) fn push(&self, value: T) -> Pushed<T> {
        let Some(node) = self.allocate() else {
            self.count_lost();
            return Pushed::Full(value);
        };
        // SAFETY: the node is this call's until it is published.
        self.value_of(node).with_mut(|cell| unsafe { (*cell).write(value) });
        match self.publish(node) {
            None => Pushed::Stored,
            Some(displaced) => {
                self.count_lost();
                // SAFETY: the exchange of `publish` took the node out of its cell.
                Pushed::Displaced(unsafe { self.take(displaced) })
            }
        }
    }

    /// The event at `next`, or at the first position after it that was not displaced. `None` is the
    /// last that was published.
    ///
    /// # Safety
    /// One thread at a time, always with the same `next`, which came from [`first`](Ring::first).
    pub(super) unsafe fn pop(&self, next: &mut Position) -> Option<T> {
        loop {
            let cell = self.cell(next.0);
            // ORDERING: the exchange below confirms it; a position tells nothing about other words.
            let seen = cell.load(Relaxed);
            match after(seen, next.0) {
                None => return None,
                Some(0) => {
                    debug_assert_ne!(seen & NODE, NONE, "only the reader takes an event out");
                    // ORDERING: acquires the value that `publish` released. A failure means that it
                    // was displaced.
                    if cell.compare_exchange(seen, seen | NONE, Acquire, Relaxed).is_ok() {
                        next.0 = next.0.wrapping_add(STEP);
                        // SAFETY: the exchange took the node out of its cell.
                        return Some(unsafe { self.take(seen & NODE) });
                    }
                }
                // The cell was published again, and so were all the cells before it.
                Some(_) => next.0 = position(seen).wrapping_sub(self.lap()).wrapping_add(STEP),
            }
        }
    }

    /// What is left, one by one.
    ///
    /// # Safety
    /// The caller is the only one left, with every access of others ordered before this.
    pub(super) unsafe fn rest(&self) -> impl Iterator<Item = T> {
        self.cells.iter().filter_map(|cell| {
            // ORDERING: nobody else writes it any more.
            let seen = cell.load(Relaxed);
            if seen & NODE == NONE {
                return None;
            }
            // ORDERING: as above.
            cell.store(seen | NONE, Relaxed);
            // SAFETY: the node was in its cell, and is not any more.
            Some(unsafe { self.take(seen & NODE) })
        })
    }

    /// Publishes the value of `node` at the next position, and returns the node that it displaced.
    fn publish(&self, node: Word) -> Option<Word> {
        // ORDERING: that a position was published is true for good, however it became known.
        let mut next = self.tail.load(Relaxed);
        loop {
            let cell = self.cell(next);
            // ORDERING: as above; the exchange below confirms what is not published yet.
            let seen = cell.load(Relaxed);
            if after(seen, next).is_some() {
                next = position(seen).wrapping_add(STEP);
                continue;
            }
            // ORDERING: releases the value, and acquires the one that is displaced. A failure means
            // that another emitter published here, or that the reader took the oldest out.
            if cell.compare_exchange(seen, next | node, AcqRel, Relaxed).is_ok() {
                self.advance_tail(next.wrapping_add(STEP));
                return Some(seen & NODE).filter(|&displaced| displaced != NONE);
            }
        }
    }

    /// Spares the next emitter the way to `next`. A tail that a slower emitter sets back costs the next
    /// one some steps, and no more.
    fn advance_tail(&self, next: Word) {
        // ORDERING: a hint.
        if after(next, self.tail.load(Relaxed)).is_some() {
            // ORDERING: as above.
            self.tail.store(next, Relaxed);
        }
    }

    /// A free node, now the caller's.
    fn allocate(&self) -> Option<Word> {
        // ORDERING: acquires the last use of the first node, and its link, which `release` released.
        let mut list = self.free.load(Acquire);
        loop {
            let node = list & NODE;
            if node == NONE {
                return None;
            }
            // ORDERING: acquired above; a link that changed since is not confirmed below.
            let rest = self.nodes[node as usize].next.load(Relaxed);
            // ORDERING: the version makes this read from the very write that was acquired, and other
            // exchanges of the list keep what its releases released. A failure acquires as above.
            match self.free.compare_exchange_weak(list, changed(list, rest), Relaxed, Acquire) {
                Ok(_) => return Some(node),
                Err(now) => list = now,
            }
        }
    }

    /// Moves the value out of a node and gives the node back.
    ///
    /// # Safety
    /// The caller took the node out of its cell.
    unsafe fn take(&self, node: Word) -> T {
        // SAFETY: a node in a cell holds a value, and this one is the caller's.
        let value = self.value_of(node).with_mut(|cell| unsafe { (*cell).assume_init_read() });
        self.release(node);
        value
    }

    fn release(&self, node: Word) {
        // ORDERING: only written here; the exchange below confirms it.
        let mut list = self.free.load(Relaxed);
        loop {
            // ORDERING: the exchange below publishes it.
            self.nodes[node as usize].next.store(list & NODE, Relaxed);
            // ORDERING: releases the end of this use of the node, and its link.
            match self.free.compare_exchange_weak(list, changed(list, node), Release, Relaxed) {
                Ok(_) => return,
                Err(now) => list = now,
            }
        }
    }

    fn cell(&self, position: Word) -> &AtomicWord {
        &self.cells[(position / STEP) as usize & (self.cells.len() - 1)]
    }

    fn value_of(&self, node: Word) -> &UnsafeCell<MaybeUninit<T>> {
        &self.nodes[node as usize].value
    }

    /// From one position of a cell to the next.
    fn lap(&self) -> Word {
        self.cells.len() as Word * STEP
    }
}

/// Where the reader is.
pub(super) struct Position(Word);

/// The position in a cell's word.
fn position(word: Word) -> Word {
    word & !NODE
}

/// How far the position of `word` is after `position`; `None` when it is before.
fn after(word: Word, position: Word) -> Option<Word> {
    let distance = self::position(word).wrapping_sub(position);
    (distance as i64 >= 0).then_some(distance)
}

/// The free list with `first` as its first node, in a new version.
fn changed(list: Word, first: Word) -> Word {
    (list & !NODE).wrapping_add(STEP) | first
}
