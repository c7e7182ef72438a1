//! What one request costs, counted and not timed: instructions, allocations, bytes allocated.
//!
//! Everything runs against the fake driver, which answers inside the call on the same thread, so that
//! the counts are the same every time, on a busy machine too. Instructions are counted by valgrind's
//! callgrind, without those that the fake driver itself takes; allocations are Rust's.
//!
//! | command | what it does |
//! |---|---|
//! | `cargo run --profile cost -p cost` | compares with `baseline.txt`; fails above 3 % of instructions, and at any other number of allocations or bytes |
//! | `cargo run --profile cost -p cost -- update` | rewrites `baseline.txt` |
//! | `cargo run --profile cost -p cost -- profile OPERATION` | lists the functions that an operation spends its instructions in |
//!
//! The profile `cost`, in the workspace's `Cargo.toml`, is the release profile with one codegen unit:
//! what is inlined then does not depend on how the compiler cut the crate into pieces.

#[cfg(target_os = "linux")]
mod baseline;
#[cfg(target_os = "linux")]
mod callgrind;
#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod operations;
#[cfg(target_os = "linux")]
mod run;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    run::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("neither the fake driver nor valgrind is here");
}
