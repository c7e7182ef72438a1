//! What a session may ask of a runtime: to sleep, and nothing else.
//!
//! A session needs no runtime to connect, prepare, execute, page or close: the C driver's own
//! threads do the work and wake the task. Only a deadline of ours needs a clock. So a runtime is a
//! value that is given to a session when it is built; what is running around the call is never
//! looked at, and the features of this crate add types without changing what a session does.
//!
//! | runtime | feature | a sleep costs |
//! |---|---|---|
//! | [`Threads`], the default | | a lock and a tree entry; one thread a process |
//! | `Tokio` | `tokio` | an allocation, and tokio's timer entry |
//! | `AsyncStd` | `async-std` | two allocations, and an entry of its reactor |
//! | `Smol` | `smol` | an entry of its reactor |
//!
//! [`DriverThreads`] is no such runtime but an executor: it runs tasks on the C driver's own threads,
//! inside the context of one of these.
//!
//! Inside a session each sleep is boxed once more, since the session's type does not name its
//! runtime. A request that is answered at its first poll makes no sleep at all.

mod driver_threads;
mod erased;
mod runtime;
mod task;
mod threads;
mod timeout;

#[cfg(feature = "async-std")]
mod async_std;
#[cfg(feature = "smol")]
mod smol;
#[cfg(feature = "tokio")]
mod tokio;

pub use driver_threads::DriverThreads;
pub use runtime::{Background, NoTasks, NoTimer, Runtime};
pub use task::{Panicked, Task};
pub use threads::{Threads, ThreadsSleep};

#[cfg(feature = "async-std")]
pub use async_std::{AsyncStd, AsyncStdSleep};
#[cfg(feature = "smol")]
pub use smol::{Smol, SmolSleep};
#[cfg(feature = "tokio")]
pub use tokio::{Tokio, TokioSleep};

pub(crate) use erased::AnyRuntime;
pub(crate) use timeout::{Clock, Expired, Timeout, timeout};
