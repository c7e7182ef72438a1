//! Models of every transition of the state tables:
//! `RUSTFLAGS="--cfg loom" cargo test -p callback-bridge --release --test loom`.
//!
//! Each model leaves with every waker and value accounted for: loom's `Arc` reports leaks, and
//! the wakers are counted.
#![cfg(loom)]

mod events;
mod slot;
mod task;

/// Every way in which the threads of a model can take turns.
const EVERY_WAY: Option<usize> = None;

/// Runs `model` in every way with at most so many preemptions, or fewer if `LOOM_MAX_PREEMPTIONS` says so.
fn check(most: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = match (builder.preemption_bound, most) {
        (Some(asked), Some(most)) => Some(asked.min(most)),
        (asked, most) => asked.or(most),
    };
    builder.check(model);
}
