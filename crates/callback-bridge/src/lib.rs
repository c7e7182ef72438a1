//! Turns the callback of any C library into a [`Future`].
//!
//! Many C libraries run a request on a thread of their own and report its end through a function
//! pointer and a `void *`. This crate is the piece between such a callback and an `.await`: a
//! one-shot slot with two halves. The [`Completer`] goes through C as the `void *`, the
//! [`Completion`] is the future. It knows no executor and has no dependency.
//!
//! # A C function in ten lines
//!
//! Say that the library offers `void lib_start(int input, void (*done)(int, void *), void *data)`
//! and calls `done` once, on some thread. (Here a function in Rust stands in for it.)
//!
//! ```
//! use callback_bridge::{Abandoned, Completer, contain, pair};
//! use std::ffi::{c_int, c_void};
//! # extern "C" fn lib_start(
//! #     input: c_int, done: unsafe extern "C" fn(c_int, *mut c_void), data: *mut c_void,
//! # ) {
//! #     struct Data(*mut c_void);
//! #     // SAFETY: `data` belongs to whoever calls `done`, which is the thread below.
//! #     unsafe impl Send for Data {}
//! #     let data = Data(data);
//! #     std::thread::spawn(move || {
//! #         let data = data;
//! #         // SAFETY: called once, with the data that came with it.
//! #         unsafe { done(input * 2, data.0) }
//! #     });
//! # }
//!
//! unsafe extern "C" fn done(answer: c_int, data: *mut c_void) {
//!     // Nothing may unwind into C.
//!     contain(|| {
//!         // SAFETY: `data` is what `start` handed over, and the library calls back once.
//!         let completer = unsafe { Completer::<c_int>::from_raw(data) };
//!         let _ = completer.complete(answer);
//!     });
//! }
//!
//! async fn start(input: c_int) -> Result<c_int, Abandoned> {
//!     let (completer, completion) = pair();
//!     lib_start(input, done, completer.into_raw());
//!     completion.await
//! }
//! # use std::{pin::pin, sync::Arc, task::{Context, Poll, Wake, Waker}, thread};
//! # struct Unpark(thread::Thread);
//! # impl Wake for Unpark {
//! #     fn wake(self: Arc<Self>) { self.0.unpark() }
//! # }
//! # fn block_on<F: Future>(future: F) -> F::Output {
//! #     let (mut future, waker) = (pin!(future), Waker::from(Arc::new(Unpark(thread::current()))));
//! #     loop {
//! #         match future.as_mut().poll(&mut Context::from_waker(&waker)) {
//! #             Poll::Ready(output) => return output,
//! #             Poll::Pending => thread::park(),
//! #         }
//! #     }
//! # }
//!
//! assert_eq!(block_on(start(21)), Ok(42));
//! ```
//!
//! What to get right on the C side, and how the slot helps:
//!
//! - **The callback may run before the call that installs it has returned**, on the caller's own
//!   thread. Nothing of the slot is locked or borrowed at that point. A completion that comes
//!   this early costs no waker at all: the first poll finds the value.
//! - **When the call fails**, C never took the pointer. Take it back with
//!   [`Completer::from_raw`] and drop it, or else the slot leaks.
//! - **When the library drops the callback instead of calling it**, drop the completer: the future
//!   resolves with [`Abandoned`] and nobody hangs.
//! - **C cannot cancel.** Dropping the future detaches: the request runs on, and the callback's
//!   side frees the slot when it comes. The callback asks [`Completer::is_detached`] first where
//!   getting the value is work.
//! - **Nothing may unwind into C.** [`contain`] is the frame of every `extern "C"` function; the
//!   wake is contained already.
//! - **At most once.** A library that may call back twice with the same pointer needs a handle
//!   that can tell; this slot is a pointer.
//!
//! # What it costs
//!
//! One allocation of 24 bytes and the value for each request, and two atomic read-modify-writes:
//! one when the future is first polled, one when the callback completes. No lock, no reference
//! count, and no side ever waits or spins for the other. An early completion needs one
//! read-modify-write.
//!
//! # How it is checked
//!
//! Every transition has a model under [loom](https://docs.rs/loom) (`tests/loom.rs`, run with
//! `RUSTFLAGS="--cfg loom" cargo test -p callback-bridge --release --test loom`), and
//! `mutants.sh` weakens each memory ordering in turn and requires that the models notice.

mod contain;
#[cfg(all(test, not(loom)))]
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
