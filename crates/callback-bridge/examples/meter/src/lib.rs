//! A C library with callbacks, wrapped: `c/meter.h` becomes a future and a stream.
//!
//! This is the whole of what wrapping takes: the declarations of the C functions, an `extern "C"`
//! function for each callback, and a type in Rust for each type in C.

use std::ffi::{c_int, c_uint, c_void};
use std::fmt;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll};

use callback_bridge::{Completer, Emitter, EmitterRef, Events, Overflow, events, pair};
use futures::Stream;

/// The C declarations. A callback's `void *data` is declared as what it is: the half that comes with it.
mod sys {
    use super::*;

    #[repr(C)]
    pub struct Meter {
        _opaque: [u8; 0],
    }

    #[repr(C)]
    pub struct Watch {
        _opaque: [u8; 0],
    }

    pub const OK: c_int = 0;

    unsafe extern "C" {
        pub fn meter_open() -> *mut Meter;
        pub fn meter_measure(
            meter: *mut Meter,
            channel: c_int,
            done: extern "C" fn(c_int, f64, Completer<Measured>),
            discard: unsafe extern "C" fn(*mut c_void),
            data: *mut c_void,
        ) -> c_int;
        pub fn meter_start_watch(
            sample: extern "C" fn(c_int, c_uint, EmitterRef<'_, Sample>),
            closed: extern "C" fn(Emitter<Sample>),
            data: Emitter<Sample>,
        ) -> *mut Watch;
        pub fn meter_stop_watch(watch: *mut Watch);
        pub fn meter_close(meter: *mut Meter);
    }
}

/// What the meter says went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The meter's own code.
    Meter(i32),
    /// The meter was closed before it measured.
    Closed,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meter(code) => write!(f, "the meter reports error {code}"),
            Self::Closed => f.write_str("the meter was closed before it measured"),
        }
    }
}

impl std::error::Error for Error {}

type Measured = Result<f64, Error>;

/// A meter that is open.
pub struct Meter(NonNull<sys::Meter>);

// SAFETY: the library allows every call from every thread.
unsafe impl Send for Meter {}
// SAFETY: as above.
unsafe impl Sync for Meter {}

impl Meter {
    /// Opens a meter.
    pub fn open() -> Self {
        // SAFETY: may be called at any time.
        Self(NonNull::new(unsafe { sys::meter_open() }).expect("it never gives NULL"))
    }

    /// Measures a channel. The measurement starts now; it runs on when the future is dropped, and its
    /// result is dropped then.
    pub fn measure(&self, channel: i32) -> impl Future<Output = Measured> + Send + use<> {
        let (completer, completion) = pair();
        let data = completer.into_raw();
        // SAFETY: the meter is open; `data` goes to one of the two functions, once.
        let code = unsafe {
            let discard = Completer::<Measured>::release;
            sys::meter_measure(self.0.as_ptr(), channel, on_measured, discard, data)
        };
        if code != sys::OK {
            // SAFETY: the library has not kept it.
            let completer = unsafe { Completer::<Measured>::from_raw(data) };
            completer.complete_with(|_| Err(Error::Meter(code)));
        }
        async { completion.await.unwrap_or(Err(Error::Closed)) }
    }

    /// Watches, keeping the latest samples when the reader is slow.
    pub fn watch(&self, capacity: usize) -> Watch {
        let (emitter, samples) = events(capacity, Overflow::DropOldest);
        // SAFETY: the library calls `on_sample` with the data, and `on_closed` after the last of these.
        let watch = unsafe { sys::meter_start_watch(on_sample, on_closed, emitter) };
        Watch { samples, watch: NonNull::new(watch).expect("it never gives NULL") }
    }
}

impl Drop for Meter {
    /// Closes the meter, which takes as long as a measurement.
    fn drop(&mut self) {
        // SAFETY: called once, and nobody else has the meter any more.
        unsafe { sys::meter_close(self.0.as_ptr()) }
    }
}

extern "C" fn on_measured(status: c_int, value: f64, completer: Completer<Measured>) {
    completer.complete_with(|_| match status {
        sys::OK => Ok(value),
        code => Err(Error::Meter(code)),
    });
}

/// One sample of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// The thread that took it.
    pub thread: i32,
    /// Its number, among those of its thread.
    pub number: u32,
}

/// A watch on a meter: a stream that goes on until it is dropped.
pub struct Watch {
    samples: Events<Sample>,
    watch: NonNull<sys::Watch>,
}

// SAFETY: the library allows every call from every thread.
unsafe impl Send for Watch {}

impl Stream for Watch {
    type Item = Sample;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Sample>> {
        self.samples.poll_next(cx)
    }
}

impl Watch {
    /// How many samples came too fast.
    pub fn lost(&self) -> u64 {
        self.samples.lost()
    }
}

impl Drop for Watch {
    /// Ends the watch, which takes as long as a sample.
    fn drop(&mut self) {
        // SAFETY: called once. The library ends the stream, through `on_closed`.
        unsafe { sys::meter_stop_watch(self.watch.as_ptr()) }
    }
}

extern "C" fn on_sample(thread: c_int, number: c_uint, samples: EmitterRef<'_, Sample>) {
    samples.emit_with(|| Sample { thread, number });
}

extern "C" fn on_closed(samples: Emitter<Sample>) {
    drop(samples);
}
