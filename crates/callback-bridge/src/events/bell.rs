//! The waker of an event stream: who waits, and which half is gone.
//!
//! A bell is rung after every event, by any number of emitters at once, and armed by the one reader.
//! Both are one compare-exchange; nobody waits for anybody.
//!
//! # The word
//!
//! ```text
//! bit    name       meaning
//! 0      ARMED      the waker words are published; whoever clears this bit owns that waker
//! 1      ENDED      the emitter is gone and never touches the stream again
//! 2      DETACHED   the reader is gone and never touches the stream again
//! 3..    epoch      bumped by every arm, so that a stale copy of the waker is never confirmed
//! ```
//!
//! No two of the three bits are ever set together; with none set the bell is IDLE. ENDED and DETACHED
//! are final and carry no epoch.
//!
//! # Valid transitions
//!
//! ```text
//! | from                | who, event                  | to         | what changes hands             |
//! |---------------------|-----------------------------|------------|--------------------------------|
//! | -                   | events()                    | IDLE(0)    | both halves hold the stream    |
//! | IDLE(e)             | reader: arm                 | ARMED(e+1) | waker -> whoever clears ARMED  |
//! | ARMED(e)            | reader: arm, same waker     | ARMED(e)   | nothing                        |
//! | ARMED(e)            | reader: arm, another waker  | IDLE(e)    | waker -> reader, then arms     |
//! | IDLE(e)             | emitter: ring               | IDLE(e)    | nothing; written all the same  |
//! | ARMED(e)            | emitter: ring               | IDLE(e)    | waker -> emitter, then woken   |
//! | IDLE(e)             | emitter: end                | ENDED      | the stream -> reader           |
//! | ARMED(e)            | emitter: end                | ENDED      | the stream -> reader,          |
//! |                     |                             |            | waker -> emitter, then woken   |
//! | IDLE(e)             | reader: leave               | DETACHED   | the stream -> emitter          |
//! | ARMED(e)            | reader: leave               | DETACHED   | the stream -> emitter,         |
//! |                     |                             |            | waker -> reader, then dropped  |
//! | ENDED               | reader: arm                 | ENDED      | nothing                        |
//! | ENDED               | reader: leave               | (freed)    | reader frees the stream        |
//! | DETACHED            | emitter: ring               | DETACHED   | nothing                        |
//! | DETACHED            | emitter: end                | (freed)    | emitter frees the stream       |
//! ```
//!
//! # Why no wake is lost
//!
//! An emitter publishes its event and then rings; the reader arms and then looks for events once more.
//! Ringing writes the word even when nobody waits, so that either the arm reads from the ring, and the
//! look that follows it sees the event, or the ring reads from the arm, and takes the waker.
//!
//! Copying the waker's words before the exchange that confirms them, and the epoch, are as in the
//! one-shot slot.

use std::mem::ManuallyDrop;
use std::task::Waker;

use crate::sync::{AtomicWord, Ordering::*, Word};
use crate::waker::WakerCell;

const IDLE: Word = 0;
const ARMED: Word = 1 << 0;
const ENDED: Word = 1 << 1;
const DETACHED: Word = 1 << 2;
const EPOCH: Word = 1 << 3;

/// Atomics throughout: a reference to it may be alive while the other half frees it.
pub(super) struct Bell {
    word: AtomicWord,
    waker: WakerCell,
}

/// What the reader's arm came to.
pub(super) enum Armed {
    /// The waker was published just now: look for events once more.
    Now,
    /// It has been published all along.
    Already,
    /// No ring will come any more, and every event is there to see.
    Ended,
}

/// What became of the other half when this one went.
pub(super) enum Other {
    /// It keeps the stream, and frees it. The waker is the caller's.
    Stays(Option<Waker>),
    /// It had gone: the caller frees the stream.
    Gone,
}

impl Bell {
    pub(super) fn new() -> Self {
        Self { word: AtomicWord::new(IDLE), waker: WakerCell::new() }
    }

    /// Whether the reader is gone. `true` is final.
    #[inline]
    pub(super) fn is_detached(&self) -> bool {
        // ORDERING: nothing is read or freed on account of the answer.
        self.word.load(Relaxed) & DETACHED != 0
    }

    /// Whether the emitter is gone. `true` is final.
    pub(super) fn is_ended(&self) -> bool {
        // ORDERING: nothing is read or freed on account of the answer.
        self.word.load(Relaxed) & ENDED != 0
    }

    /// The waker to wake, if the reader waits. Emitter's side, after the event was published.
    // | tag before | tag after | returns                                                          |
    // |------------|-----------|------------------------------------------------------------------|
    // | IDLE       | IDLE      | None                                                             |
    // | ARMED      | IDLE      | Some                                                             |
    // | DETACHED   | DETACHED  | None                                                             |
    pub(super) fn ring(&self) -> Option<Waker> {
        // ORDERING: acquires the waker that `arm` published.
        let mut seen = self.word.load(Acquire);
        loop {
            let words = self.waker.copy();
            // ORDERING: releases the event to an arm that comes after, and keeps the copy of the
            // words before it; a failure acquires as the load above does.
            match self.word.compare_exchange_weak(seen, seen & !ARMED, Release, Acquire) {
                Ok(_) if seen & ARMED != 0 => {
                    // SAFETY: the exchange confirmed `ARMED(e)` and cleared it: these are the words
                    // published under that epoch.
                    return Some(unsafe { words.into_waker() });
                }
                Ok(_) => return None,
                Err(now) => seen = now,
            }
        }
    }

    /// Publishes a clone of `waker`, unless it is there. Reader's side.
    // | tag before | waker   | tag after | returns                                                 |
    // |------------|---------|-----------|---------------------------------------------------------|
    // | IDLE       |         | ARMED     | Now                                                     |
    // | ARMED      | same    | ARMED     | Already; nothing was cloned or exchanged                |
    // | ARMED      | another | ARMED     | Now, by way of IDLE                                     |
    // | ENDED      |         | ENDED     | Ended, after the clone, if any, was dropped             |
    pub(super) fn arm(&self, waker: &Waker) -> Armed {
        // ORDERING: acquires what the last emitter did before `end`, and the reading of the words
        // by the ring that took the waker.
        let mut seen = self.word.load(Acquire);
        if seen & ARMED != 0 {
            if self.waker.copy().will_wake(waker) {
                return Armed::Already;
            }
            seen = self.disarm(seen);
        }
        if seen & ENDED != 0 {
            return Armed::Ended;
        }
        let clone = ManuallyDrop::new(waker.clone());
        self.waker.store(&clone);
        let armed = (seen | ARMED).wrapping_add(EPOCH);
        // ORDERING: releases the words and the waker behind them, and acquires the events of the
        // rings before it. A failure means ENDED and acquires as the load above does.
        match self.word.compare_exchange(seen, armed, AcqRel, Acquire) {
            Ok(_) => Armed::Now,
            Err(_) => {
                drop(ManuallyDrop::into_inner(clone));
                Armed::Ended
            }
        }
    }

    /// Takes the old waker out and drops it. Reader's side; `armed` is the word it loaded.
    // | tag before | tag after | returns                                                          |
    // |------------|-----------|------------------------------------------------------------------|
    // | ARMED      | IDLE      | IDLE, of the same epoch                                          |
    // | IDLE       | unchanged | IDLE; an emitter owns the waker                                  |
    // | ENDED      | unchanged | ENDED; the emitter owns the waker                                |
    fn disarm(&self, armed: Word) -> Word {
        let words = self.waker.copy();
        let idle = armed & !ARMED;
        // ORDERING: this side wrote the words and takes them back, which needs no order. A failure
        // acquires as the load of `arm` does.
        match self.word.compare_exchange(armed, idle, Relaxed, Acquire) {
            Ok(_) => {
                // SAFETY: clearing ARMED made the published words this side's again.
                drop(unsafe { words.into_waker() });
                idle
            }
            Err(now) => now,
        }
    }

    /// The emitter goes, after every ring.
    // | tag before | tag after | returns                                                          |
    // |------------|-----------|------------------------------------------------------------------|
    // | IDLE       | ENDED     | Stays(None)                                                      |
    // | ARMED      | ENDED     | Stays(Some)                                                      |
    // | DETACHED   | unchanged | Gone                                                             |
    pub(super) fn end(&self) -> Other {
        self.go(ENDED, DETACHED)
    }

    /// The reader goes.
    // | tag before | tag after | returns                                                          |
    // |------------|-----------|------------------------------------------------------------------|
    // | IDLE       | DETACHED  | Stays(None)                                                      |
    // | ARMED      | DETACHED  | Stays(Some)                                                      |
    // | ENDED      | unchanged | Gone                                                             |
    pub(super) fn leave(&self) -> Other {
        self.go(DETACHED, ENDED)
    }

    fn go(&self, mine: Word, other: Word) -> Other {
        // ORDERING: acquires the other half's last access, or the waker that `arm` published.
        let mut seen = self.word.load(Acquire);
        loop {
            if seen & other != 0 {
                return Other::Gone;
            }
            let words = self.waker.copy();
            // ORDERING: releases this half's last access, for the other to free the stream after it;
            // a failure acquires as the load above does.
            match self.word.compare_exchange(seen, mine, Release, Acquire) {
                Ok(_) if seen & ARMED != 0 => {
                    // SAFETY: the exchange confirmed `ARMED(e)` and cleared it: these are the words
                    // published under that epoch. The bell itself may be gone by now.
                    return Other::Stays(Some(unsafe { words.into_waker() }));
                }
                Ok(_) => return Other::Stays(None),
                Err(now) => seen = now,
            }
        }
    }
}
