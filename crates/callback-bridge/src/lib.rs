#![doc = include_str!("../README.md")]
//! # Items
//!
//! - One-shot: [`pair`], [`pair_with`]; [`Completer`], [`Completion`], [`Abandoned`].
//! - Many-shot: [`events`]; [`Emitter`], [`EmitterRef`], [`Emitted`]; [`Events`], [`Overflow`].
//! - The frame of an `extern "C"` function: [`contain`].
#![cfg_attr(docsrs, feature(doc_cfg))]

mod contain;
#[cfg(all(test, not(loom), target_has_atomic = "64"))]
mod cost;
#[cfg(target_has_atomic = "64")]
mod events;
mod slot;
mod sync;
mod waker;

pub use contain::contain;
#[cfg(target_has_atomic = "64")]
pub use events::{Emitted, Emitter, EmitterRef, Events, Overflow, events};
pub use slot::{Abandoned, Completer, Completion, pair, pair_with};
