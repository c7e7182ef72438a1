//! What is compared: ways to turn one callback into one future. In each the callback's half goes through C as
//! a `void *`; those whose sender is not a pointer are boxed for that, as anybody would have to. What
//! they cost without the box, which no C library can give them, is measured beside.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use atomic_waker::AtomicWaker;

pub trait Bridge: 'static {
    const NAME: &'static str;
    /// Whether the half is a `void *`.
    const THROUGH_C: bool = true;
    type Half: Send;
    type Future: Future<Output = u64> + Send + Unpin;

    fn start() -> (Self::Half, Self::Future);
    fn callback(half: Self::Half, value: u64);
}

/// A `void *` on its way.
pub struct Data(*mut c_void);

// SAFETY: every contender's half may change threads.
unsafe impl Send for Data {}

fn boxed<T>(sender: T) -> Data {
    Data(Box::into_raw(Box::new(sender)).cast())
}

fn unboxed<T>(data: Data) -> T {
    // SAFETY: each contender gives `callback` what its own `start` made, once.
    *unsafe { Box::from_raw(data.0.cast()) }
}

fn shared<T>(data: Data) -> Arc<T> {
    // SAFETY: as above.
    unsafe { Arc::from_raw(data.0.cast_const().cast()) }
}

/// A future of a result whose error cannot be.
pub struct Sure<F>(F);

impl<E: std::fmt::Debug, F: Future<Output = Result<u64, E>> + Unpin> Future for Sure<F> {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        Pin::new(&mut self.0).poll(cx).map(Result::unwrap)
    }
}

pub struct Ours;

impl Bridge for Ours {
    const NAME: &'static str = "callback-bridge";
    type Half = Data;
    type Future = Sure<callback_bridge::Completion<u64>>;

    fn start() -> (Data, Self::Future) {
        let (completer, completion) = callback_bridge::pair();
        (Data(completer.into_raw()), Sure(completion))
    }

    fn callback(data: Data, value: u64) {
        // SAFETY: made by `start`, given back once.
        let completer = unsafe { callback_bridge::Completer::<u64>::from_raw(data.0) };
        let _ = completer.complete(value);
    }
}

pub struct FuturesOneshot;

impl Bridge for FuturesOneshot {
    const NAME: &'static str = "futures oneshot";
    type Half = Data;
    type Future = Sure<futures_channel::oneshot::Receiver<u64>>;

    fn start() -> (Data, Self::Future) {
        let (sender, receiver) = futures_channel::oneshot::channel::<u64>();
        (boxed(sender), Sure(receiver))
    }

    fn callback(data: Data, value: u64) {
        let _ = unboxed::<futures_channel::oneshot::Sender<u64>>(data).send(value);
    }
}

pub struct FuturesOneshotDirect;

impl Bridge for FuturesOneshotDirect {
    const NAME: &'static str = "futures oneshot, no box";
    const THROUGH_C: bool = false;
    type Half = futures_channel::oneshot::Sender<u64>;
    type Future = Sure<futures_channel::oneshot::Receiver<u64>>;

    fn start() -> (Self::Half, Self::Future) {
        let (sender, receiver) = futures_channel::oneshot::channel::<u64>();
        (sender, Sure(receiver))
    }

    fn callback(sender: Self::Half, value: u64) {
        let _ = sender.send(value);
    }
}

pub struct TokioOneshot;

impl Bridge for TokioOneshot {
    const NAME: &'static str = "tokio oneshot";
    type Half = Data;
    type Future = Sure<tokio::sync::oneshot::Receiver<u64>>;

    fn start() -> (Data, Self::Future) {
        let (sender, receiver) = tokio::sync::oneshot::channel::<u64>();
        (boxed(sender), Sure(receiver))
    }

    fn callback(data: Data, value: u64) {
        let _ = unboxed::<tokio::sync::oneshot::Sender<u64>>(data).send(value);
    }
}

pub struct TokioOneshotDirect;

impl Bridge for TokioOneshotDirect {
    const NAME: &'static str = "tokio oneshot, no box";
    const THROUGH_C: bool = false;
    type Half = tokio::sync::oneshot::Sender<u64>;
    type Future = Sure<tokio::sync::oneshot::Receiver<u64>>;

    fn start() -> (Self::Half, Self::Future) {
        let (sender, receiver) = tokio::sync::oneshot::channel::<u64>();
        (sender, Sure(receiver))
    }

    fn callback(sender: Self::Half, value: u64) {
        let _ = sender.send(value);
    }
}

pub struct Flume;

impl Bridge for Flume {
    const NAME: &'static str = "flume bounded(1)";
    type Half = Data;
    type Future = Sure<flume::r#async::RecvFut<'static, u64>>;

    fn start() -> (Data, Self::Future) {
        let (sender, receiver) = flume::bounded::<u64>(1);
        (boxed(sender), Sure(receiver.into_recv_async()))
    }

    fn callback(data: Data, value: u64) {
        let _ = unboxed::<flume::Sender<u64>>(data).try_send(value);
    }
}

pub struct ArcAtomicWaker(Arc<WithAtomicWaker>);

struct WithAtomicWaker {
    waker: AtomicWaker,
    done: AtomicBool,
    value: UnsafeCell<u64>,
}

// SAFETY: the value is written before `done` is set, and read after.
unsafe impl Sync for WithAtomicWaker {}

impl Bridge for ArcAtomicWaker {
    const NAME: &'static str = "Arc<AtomicWaker>";
    type Half = Data;
    type Future = Self;

    fn start() -> (Data, Self) {
        let shared = Arc::new(WithAtomicWaker {
            waker: AtomicWaker::new(),
            done: AtomicBool::new(false),
            value: UnsafeCell::new(0),
        });
        (Data(Arc::into_raw(shared.clone()).cast_mut().cast()), Self(shared))
    }

    fn callback(data: Data, value: u64) {
        let shared = shared::<WithAtomicWaker>(data);
        // SAFETY: `done` is not set yet.
        unsafe { *shared.value.get() = value };
        // ORDERING: releases the value.
        shared.done.store(true, Ordering::Release);
        shared.waker.wake();
    }
}

impl Future for ArcAtomicWaker {
    type Output = u64;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        // ORDERING: acquires the value.
        if !self.0.done.load(Ordering::Acquire) {
            self.0.waker.register(cx.waker());
            // ORDERING: as above.
            if !self.0.done.load(Ordering::Acquire) {
                return Poll::Pending;
            }
        }
        // SAFETY: `done` is set.
        Poll::Ready(unsafe { *self.0.value.get() })
    }
}

pub struct ArcMutex(Arc<Mutex<WithMutex>>);

#[derive(Default)]
struct WithMutex {
    value: Option<u64>,
    waker: Option<Waker>,
}

impl Bridge for ArcMutex {
    const NAME: &'static str = "Arc<Mutex<Option<Waker>>>";
    type Half = Data;
    type Future = Self;

    fn start() -> (Data, Self) {
        let shared = Arc::new(Mutex::<WithMutex>::default());
        (Data(Arc::into_raw(shared.clone()).cast_mut().cast()), Self(shared))
    }

    fn callback(data: Data, value: u64) {
        let shared = shared::<Mutex<WithMutex>>(data);
        let waker = {
            let mut inner = shared.lock().unwrap();
            inner.value = Some(value);
            inner.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Future for ArcMutex {
    type Output = u64;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u64> {
        let mut inner = self.0.lock().unwrap();
        if let Some(value) = inner.value.take() {
            return Poll::Ready(value);
        }
        match &mut inner.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }
}
