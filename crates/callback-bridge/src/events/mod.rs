//! A bounded stream of events, for callbacks that fire again and again, from any thread.
//!
//! An event takes two steps: into the [ring], then the [bell] is rung. Each has its words and its
//! transitions above its code; here they are put together.
//!
//! # Contract
//! - An emitter never blocks, never allocates, waits for nobody, and wakes last, holding nothing.
//! - An event is delivered, or displaced, or does not fit, or nobody listens: [`Emitted`] tells which,
//!   and gives a value back that will not be read. What was lost is counted.
//! - Events that one thread emits are read in their order. Those of several threads have one order, in
//!   which each was published.
//! - The emitter's end ends the stream once everything in it was read. The reader's end makes emits
//!   cheap and of no effect.
//!
//! # Who frees
//! The half that goes second, as the bell tells. What a half drops on its way it drops itself: the
//! reader what it has not read, the emitter what came after that.

mod bell;
mod ring;

use std::ffi::c_void;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;
use std::task::{Context, Poll};

use self::bell::{Armed, Bell, Other};
use self::ring::{MAX_CAPACITY, Position, Pushed, Ring};
use crate::contain;
use crate::waker::wake;

/// What becomes of an event that finds the stream full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// The event itself is lost: what was there first is read first.
    DropNewest,
    /// The oldest event is lost, and the new one takes its place. With a capacity of 1 the reader
    /// always finds the latest event.
    ///
    /// An event counts from the moment its emit begins. In a crowd the new event is lost instead: when
    /// at that very moment as many other emits are under way as the stream holds events, or 64.
    DropOldest,
}

/// Both halves of one new stream that holds up to `capacity` unread events.
///
/// The [`Emitter`] goes to the callback, the [`Events`] are read. The capacity is rounded up to a power
/// of two ([`Emitter::capacity`] tells). All memory is allocated here, room for that many events and, with
/// [`Overflow::DropOldest`], for up to 65 more.
///
/// ```
/// use callback_bridge::{Overflow, events};
///
/// let (emitter, mut events) = events(2, Overflow::DropOldest);
/// for event in 1..=3 {
///     emitter.emit(event);
/// }
/// drop(emitter);
/// # let reading = std::pin::pin!(async {
/// assert_eq!(events.next().await, Some(2));
/// assert_eq!(events.next().await, Some(3));
/// assert_eq!(events.next().await, None);
/// assert_eq!(events.lost(), 1);
/// # });
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(reading.poll(&mut context).is_ready());
/// ```
///
/// # Panics
/// When `capacity` is 0 or more than 524,288.
pub fn events<T>(capacity: usize, overflow: Overflow) -> (Emitter<T>, Events<T>) {
    assert!(
        (1..=MAX_CAPACITY).contains(&capacity),
        "the capacity of an event stream is {capacity}; give it 1 to {MAX_CAPACITY}"
    );
    let ring = Ring::new(capacity.next_power_of_two(), overflow == Overflow::DropOldest);
    let next = ring.first();
    let stream = NonNull::from(Box::leak(Box::new(Shared {
        bell: Bell::new(),
        ring,
        #[cfg(loom)]
        life: loom::cell::UnsafeCell::new(()),
    })));
    (
        Emitter { data: stream.cast(), stream: PhantomData },
        Events { stream, next, terminated: false },
    )
}

/// What became of an emitted event. Where its value will not be read it comes back here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Emitted<T> {
    /// The reader finds it.
    Stored,
    /// The reader finds it, and not the oldest event, which is this one. Counted as lost.
    Displaced(T),
    /// It did not fit. Counted as lost.
    Full(T),
    /// The reader is gone.
    Detached(T),
}

impl<T> Emitted<T> {
    /// Whether the event itself is in the stream.
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Stored | Self::Displaced(_))
    }
}

/// The callback's half of a stream: emits events, through a shared reference, from any thread.
///
/// Dropping it ends the stream: the reader gets what is in it, and then the end.
///
/// # In the signature of a C function
/// To C an emitter is one pointer that is never null, as a [`Completer`](crate::Completer) is: it may
/// stand where the C declaration says `void *`. A callback that fires again and again only borrows it, and
/// takes an [`EmitterRef`]; a function that frees the data takes the `Emitter` itself. Where the
/// declarations are fixed and say `*mut c_void`, there are [`into_raw`](Emitter::into_raw),
/// [`from_raw`](Emitter::from_raw), [`borrow_raw`](Emitter::borrow_raw) and [`release`](Emitter::release).
#[repr(transparent)]
pub struct Emitter<T> {
    /// The stream, without its type: C is shown a `void *`.
    data: NonNull<c_void>,
    stream: PhantomData<*mut Shared<T>>,
}

// SAFETY: the ring hands each value to one side at a time, and the bell the waker, which is Send; what
// crosses threads besides is a `T`. Nobody gets a reference to one.
unsafe impl<T: Send> Send for Emitter<T> {}
// SAFETY: as above: `emit` is made for many threads at once.
unsafe impl<T: Send> Sync for Emitter<T> {}
// A panic leaves ring and bell in states of their tables.
impl<T> UnwindSafe for Emitter<T> {}
impl<T> RefUnwindSafe for Emitter<T> {}

impl<T> Emitter<T> {
    fn shared(&self) -> &Shared<T> {
        // SAFETY: this half keeps the stream alive, and nobody has it exclusively.
        let shared = unsafe { self.data.cast::<Shared<T>>().as_ref() };
        shared.alive();
        shared
    }

    /// Gives an event to the reader and then wakes it.
    ///
    /// Never blocks, never allocates, and never waits for another thread. A waker that panics is contained.
    // | reader | room            | effect                                    | returns            |
    // |--------|-----------------|-------------------------------------------|--------------------|
    // | gone   |                 |                                           | Detached           |
    // | there  | yes             | published, then the bell is rung          | Stored             |
    // | there  | no, DropOldest  | published over the oldest, then rung      | Displaced          |
    // | there  | no, DropNewest  | counted                                   | Full               |
    pub fn emit(&self, event: T) -> Emitted<T> {
        let shared = self.shared();
        if shared.bell.is_detached() {
            return Emitted::Detached(event);
        }
        let emitted = match shared.ring.push(event) {
            Pushed::Stored => Emitted::Stored,
            Pushed::Displaced(oldest) => Emitted::Displaced(oldest),
            // What fills the stream was rung for.
            Pushed::Full(event) => return Emitted::Full(event),
        };
        wake(shared.bell.ring());
        emitted
    }

    /// The body of most callbacks: emits what `event` returns, and lets no panic out. Says whether the
    /// event is in the stream.
    ///
    /// When the reader is gone, `event` is not called. When it panics, nothing is emitted. A value that
    /// will not be read is dropped inside the guard as well.
    pub fn emit_with(&self, event: impl FnOnce() -> T) -> bool {
        if self.is_detached() {
            return false;
        }
        let mut stored = false;
        contain(|| {
            let emitted = self.emit(event());
            stored = emitted.is_stored();
        });
        stored
    }

    /// Whether the reader is gone, so that the callback may as well be taken out of C.
    ///
    /// `true` is final. `false` may be out of date when it returns.
    pub fn is_detached(&self) -> bool {
        self.shared().bell.is_detached()
    }

    /// How many events were lost so far: displaced, or did not fit.
    pub fn lost(&self) -> u64 {
        self.shared().ring.lost()
    }

    /// How many unread events the stream holds.
    pub fn capacity(&self) -> usize {
        self.shared().ring.capacity()
    }

    /// This half as callbacks get it.
    pub fn borrow(&self) -> EmitterRef<'_, T> {
        EmitterRef { data: self.data, emitter: PhantomData }
    }

    /// This half as the `void *` of a C callback, which takes it back with
    /// [`borrow_raw`](Emitter::borrow_raw) each time. The stream does not end, and leaks, unless the
    /// pointer comes back through [`from_raw`](Emitter::from_raw) or [`release`](Emitter::release).
    pub fn into_raw(self) -> *mut c_void {
        ManuallyDrop::new(self).data.as_ptr()
    }

    /// The half that was turned into `raw`, to end the stream.
    ///
    /// # Safety
    /// `raw` came from [`into_raw`](Emitter::into_raw) with the same `T`, and was not given to this
    /// function before. Every use of what [`borrow_raw`](Emitter::borrow_raw) made of it is over, and
    /// none will follow: the library calls back no more. When this runs on another thread, `T` is `Send`.
    pub unsafe fn from_raw(raw: *mut c_void) -> Self {
        // SAFETY: per the contract this is the pointer of a live stream, never null.
        Self { data: unsafe { NonNull::new_unchecked(raw) }, stream: PhantomData }
    }

    /// The half that was turned into `raw`, for the time of one callback.
    ///
    /// # Safety
    /// `raw` came from [`into_raw`](Emitter::into_raw) with the same `T`, and is not given to
    /// [`from_raw`](Emitter::from_raw) or [`release`](Emitter::release) before `'a` is over. When this
    /// runs on another thread, `T` is `Send`.
    pub unsafe fn borrow_raw<'a>(raw: *mut c_void) -> EmitterRef<'a, T> {
        // SAFETY: per the contract this is the pointer of a live stream, never null.
        EmitterRef { data: unsafe { NonNull::new_unchecked(raw) }, emitter: PhantomData }
    }

    /// Ends the stream of `data`; lets no panic out. For libraries that take a function which frees the
    /// data of a callback that is not going to be called any more.
    ///
    /// # Safety
    /// As for [`from_raw`](Emitter::from_raw).
    pub unsafe extern "C" fn release(data: *mut c_void) {
        // SAFETY: the contract is the caller's.
        drop(unsafe { Self::from_raw(data) });
    }
}

impl<T> Drop for Emitter<T> {
    /// Ends the stream and wakes the reader. Values that nobody will read are dropped, contained.
    fn drop(&mut self) {
        match self.shared().bell.end() {
            Other::Stays(waker) => wake(waker),
            Other::Gone => {
                // SAFETY: the reader is gone, and its last access was acquired.
                unsafe { free(self.data.cast::<Shared<T>>()) }
            }
        }
    }
}

impl<T> fmt::Debug for Emitter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter")
            .field("capacity", &self.capacity())
            .field("lost", &self.lost())
            .field("is_detached", &self.is_detached())
            .finish()
    }
}

/// An [`Emitter`] that is lent to a callback.
///
/// To C it is one pointer that is never null, the same as the emitter's: it may stand where the C
/// declaration says `void *`.
///
/// ```no_run
/// use callback_bridge::{Emitter, EmitterRef, Overflow, events};
///
/// unsafe extern "C" {
///     /// `void lib_watch(void (*sample)(double, void *data), void (*closed)(void *data), void *data);`
///     fn lib_watch(
///         sample: extern "C" fn(f64, EmitterRef<'_, f64>),
///         closed: extern "C" fn(Emitter<f64>),
///         data: Emitter<f64>,
///     );
/// }
///
/// extern "C" fn sample(value: f64, emitter: EmitterRef<'_, f64>) {
///     emitter.emit_with(|| value);
/// }
///
/// extern "C" fn closed(emitter: Emitter<f64>) {
///     drop(emitter);
/// }
///
/// let (emitter, samples) = events(64, Overflow::DropOldest);
/// // SAFETY: the library calls `sample` with the data that came with it, and `closed` once, after that.
/// unsafe { lib_watch(sample, closed, emitter) };
/// # drop(samples);
/// ```
#[repr(transparent)]
pub struct EmitterRef<'a, T> {
    data: NonNull<c_void>,
    emitter: PhantomData<&'a Emitter<T>>,
}

// SAFETY: as `&Emitter<T>`.
unsafe impl<T: Send> Send for EmitterRef<'_, T> {}
// SAFETY: as `&Emitter<T>`.
unsafe impl<T: Send> Sync for EmitterRef<'_, T> {}

impl<T> Clone for EmitterRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for EmitterRef<'_, T> {}

impl<T> Deref for EmitterRef<'_, T> {
    type Target = Emitter<T>;

    fn deref(&self) -> &Emitter<T> {
        // SAFETY: both types are nothing but the pointer of a stream, which the emitter that was lent
        // keeps alive.
        unsafe { &*std::ptr::from_ref(self).cast::<Emitter<T>>() }
    }
}

impl<T> fmt::Debug for EmitterRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// The reader's half of a stream.
///
/// A `Stream` with the feature `futures-core`. Dropping it drops what was not read; the emitter finds
/// out by [`Emitter::is_detached`], and its emits do nothing from then on.
#[must_use = "a stream that is dropped detaches from its callback"]
pub struct Events<T> {
    stream: NonNull<Shared<T>>,
    next: Position,
    /// The end was read.
    terminated: bool,
}

// SAFETY: as for `Emitter`.
unsafe impl<T: Send> Send for Events<T> {}
// SAFETY: the `&self` methods read the bell's word and the count of lost events.
unsafe impl<T: Send> Sync for Events<T> {}
impl<T> Unpin for Events<T> {}
impl<T> UnwindSafe for Events<T> {}
impl<T> RefUnwindSafe for Events<T> {}

impl<T> Events<T> {
    fn shared(&self) -> &Shared<T> {
        // SAFETY: this half keeps the stream alive, and nobody has it exclusively.
        let shared = unsafe { self.stream.as_ref() };
        shared.alive();
        shared
    }

    /// The next event, or `None` when the emitter is gone and everything was read.
    ///
    /// Cancel-safe: an event is taken out at the moment this resolves, never before.
    pub async fn next(&mut self) -> Option<T> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The next event, if one is there, without waiting and without a waker.
    pub fn try_take(&mut self) -> Option<T> {
        // SAFETY: this half keeps the stream alive.
        let shared = unsafe { self.stream.as_ref() };
        shared.alive();
        // SAFETY: the position is this half's, which is borrowed exclusively.
        unsafe { shared.ring.pop(&mut self.next) }
    }

    /// As [`next`](Events::next), to be polled by hand. A finished stream gives `None` again.
    // | event there | bell  | bell after | returns                                                  |
    // |-------------|-------|------------|----------------------------------------------------------|
    // | yes         |       | unchanged  | Ready(Some)                                              |
    // | no          | IDLE  | ARMED      | Pending, or Ready(Some) when one has come meanwhile      |
    // | no          | ARMED | ARMED      | Pending; with another waker as from IDLE                 |
    // | no          | ENDED | ENDED      | Ready(None), or Ready(Some) when one has come meanwhile  |
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if let Some(event) = self.try_take() {
            return Poll::Ready(Some(event));
        }
        match self.shared().bell.arm(cx.waker()) {
            Armed::Already => Poll::Pending,
            Armed::Now => match self.try_take() {
                Some(event) => Poll::Ready(Some(event)),
                None => Poll::Pending,
            },
            Armed::Ended => {
                let event = self.try_take();
                self.terminated = event.is_none();
                Poll::Ready(event)
            }
        }
    }

    /// How many events were lost so far: displaced, or did not fit.
    pub fn lost(&self) -> u64 {
        self.shared().ring.lost()
    }

    /// How many unread events the stream holds.
    pub fn capacity(&self) -> usize {
        self.shared().ring.capacity()
    }

    /// Whether the emitter is gone: what is in the stream now is all there will be.
    ///
    /// `true` is final. `false` may be out of date when it returns.
    pub fn is_ended(&self) -> bool {
        self.shared().bell.is_ended()
    }

    /// Whether the end was read.
    pub fn is_terminated(&self) -> bool {
        self.terminated
    }
}

impl<T> Drop for Events<T> {
    /// Drops what was not read. A value whose drop panics does not keep the others from being dropped;
    /// the panic goes on afterwards.
    fn drop(&mut self) {
        /// Lets go of the stream, also when dropping a value panics.
        struct Leaves<'a, T>(&'a mut Events<T>);
        impl<T> Drop for Leaves<'_, T> {
            fn drop(&mut self) {
                self.0.drop_unread();
                match self.0.shared().bell.leave() {
                    Other::Stays(waker) => drop(waker),
                    // SAFETY: the emitter is gone, and its last access was acquired.
                    Other::Gone => unsafe { free(self.0.stream) },
                }
            }
        }
        let leaves = Leaves(self);
        leaves.0.drop_unread();
    }
}

impl<T> Events<T> {
    /// Drops one lap of events: an emitter may be faster than this.
    fn drop_unread(&mut self) {
        for _ in 0..self.capacity() {
            match self.try_take() {
                Some(event) => drop(event),
                None => return,
            }
        }
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("capacity", &self.capacity())
            .field("lost", &self.lost())
            .field("is_ended", &self.is_ended())
            .finish()
    }
}

#[cfg(feature = "futures-core")]
impl<T> futures_core::Stream for Events<T> {
    type Item = T;

    fn poll_next(self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        Events::poll_next(self.get_mut(), cx)
    }
}

#[cfg(feature = "futures-core")]
impl<T> futures_core::FusedStream for Events<T> {
    fn is_terminated(&self) -> bool {
        Events::is_terminated(self)
    }
}

/// What both halves share.
struct Shared<T> {
    bell: Bell,
    ring: Ring<T>,
    /// Written when the stream is freed and read at every entry: loom does not see a free, but it does
    /// see an access that is not ordered before this write.
    #[cfg(loom)]
    life: loom::cell::UnsafeCell<()>,
}

impl<T> Shared<T> {
    #[inline(always)]
    fn alive(&self) {
        #[cfg(loom)]
        self.life.with(|_| ());
    }
}

/// Frees the stream, and drops each event that is left, contained: this may be a C frame.
///
/// # Safety
/// The caller is the only half left, with every access of the other ordered before this.
unsafe fn free<T>(stream: NonNull<Shared<T>>) {
    // SAFETY: per the contract; the pointer came from `Box::leak` in `events`.
    let shared = unsafe { Box::from_raw(stream.as_ptr()) };
    #[cfg(loom)]
    shared.life.with_mut(|_| ());
    // SAFETY: the caller is the only one left.
    for event in unsafe { shared.ring.rest() } {
        contain(|| drop(event));
    }
}
