//! The C driver as a plug-in: which library is loaded, what the loader refuses, and what a program
//! can learn of it.
//!
//! A process loads one driver, so each test runs its body in a process of its own (`alone`).
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]

#[path = "../harness/alone.rs"]
mod alone;
mod c_calls;
mod embedded;
mod integers;
mod libraries;
mod named;
mod optional;
mod table;
