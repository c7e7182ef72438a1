//! The gate of a session with everything around it, in every order that loom finds: the slot, the
//! delivery, the courier, the reaper, the count of the detached.
//!
//! `RUSTFLAGS="--cfg loom" cargo run --release [MODEL…]`, in this folder. Each has a bound of its own;
//! LOOM_MAX_PREEMPTIONS sets a lower one.
//!
//! The code is the one that ships, taken in by its path, over loom's types in place of std's. What
//! it may touch is a cell that loom watches: a missing ordering is an access that races.

#[path = "../../../../src/driver/delivery.rs"]
mod delivery;
#[allow(dead_code, reason = "what only statistics use")]
#[path = "../../../../src/driver/gate.rs"]
mod gate;
#[allow(dead_code, reason = "what only statistics use")]
#[path = "../../../../src/driver/counters.rs"]
mod std_counters;

mod life;
mod models;
mod session;

/// loom's types in place of std's.
mod sync {
    pub(super) use super::life::AtomicUsize;
    pub(super) use loom::sync::atomic::Ordering;
    pub(super) use loom::sync::{Mutex, MutexGuard};
    pub(super) use std::sync::PoisonError;

    /// loom's has no `const`.
    macro_rules! thread_local_of_loom {
        ($(#[$attribute:meta])* static $name:ident: $type:ty = const { $init:expr };) => {
            loom::thread_local! { $(#[$attribute])* static $name: $type = $init; }
        };
    }
    pub(super) use thread_local_of_loom as thread_local;
}

/// The counts, which belong to the process: a model wants them as it found them.
mod counters {
    pub(super) use super::std_counters::DETACHED;
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let most = std::env::var("LOOM_MAX_PREEMPTIONS").ok();
    let most = most.map_or(usize::MAX, |most| most.parse().expect("a number"));
    for model in models::ALL {
        let (name, preemptions) = (model.name, model.preemptions.min(most));
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("{name}: up to {preemptions} preemptions");
            let start = std::time::Instant::now();
            let runs = model.check(preemptions);
            println!("{name}: ok, {runs} runs in {:.1?}", start.elapsed());
        }
    }
}
