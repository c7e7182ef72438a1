//! Models of every transition of the state tables:
//! `RUSTFLAGS="--cfg loom" cargo test -p callback-bridge --release --test loom`.
//!
//! Each model leaves with every waker and value accounted for: loom's `Arc` reports leaks, and
//! the wakers are counted.
#![cfg(loom)]

mod events;
mod slot;
mod task;
