//! The hand-off slot: one heap cell that a foreign callback and a future share, once.
//!
//! One allocation, one compare-exchange on each side, no lock, no reference count, no state in
//! which a side waits for the other.
//!
//! # The state word
//!
//! ```text
//! bit    name       meaning
//! 0      ARMED      the waker words are published; whoever clears this bit owns that waker
//! 1      COMPLETE   the callback stored the value and never touches the slot again
//! 2      ABANDONED  the callback's half was dropped unfired and never touches the slot again
//! 3      DETACHED   the future is gone and never touches the slot again
//! 4..    epoch      bumped by every arm, so that a stale copy of the waker is never confirmed
//! ```
//!
//! No two of the four bits are ever set together; with none set the slot is EMPTY. A terminal
//! word carries no epoch.
//!
//! # Valid transitions
//!
//! ```text
//! | from               | who, event                     | to         | what changes hands            |
//! |--------------------|--------------------------------|------------|-------------------------------|
//! | -                  | pair()                         | EMPTY(0)   | both halves hold the slot     |
//! | EMPTY(e)           | future: poll                   | ARMED(e+1) | waker -> whoever clears ARMED |
//! | ARMED(e)           | future: poll, same waker       | ARMED(e)   | nothing                       |
//! | ARMED(e)           | future: poll, another waker    | EMPTY(e)   | waker -> future, then arms    |
//! | EMPTY(e)           | callback: complete             | COMPLETE   | value -> future               |
//! | ARMED(e)           | callback: complete             | COMPLETE   | value -> future,              |
//! |                    |                                |            | waker -> callback, then woken |
//! | EMPTY(e)           | callback: drop                 | ABANDONED  | nothing                       |
//! | ARMED(e)           | callback: drop                 | ABANDONED  | waker -> callback, then woken |
//! | EMPTY(e)           | future: drop, detach           | DETACHED   | nothing                       |
//! | ARMED(e)           | future: drop, detach           | DETACHED   | waker -> future, then dropped |
//! | COMPLETE           | future: poll, take, drop, ...  | (freed)    | value taken, future frees     |
//! | ABANDONED          | future: poll, take, drop, ...  | (freed)    | future frees                  |
//! | DETACHED           | callback: complete, drop       | (freed)    | callback frees                |
//! ```
//!
//! COMPLETE, ABANDONED and DETACHED are terminal: the side that *reads* one frees the slot, the
//! side that *wrote* it never looks back. That is the whole argument about lifetime.
//!
//! # Why the callback needs a single read-modify-write
//!
//! A waker is two words. The callback copies them *before* its compare-exchange, which at once
//! publishes the value and confirms the copy: it succeeds only while the word still is the very
//! `ARMED(e)` that was loaded, and only one read-modify-write can ever read from that write. When
//! it fails, the copied words are forgotten and never dereferenced. Taking the waker *after*
//! announcing the value would need a state in which one side waits, or a reference count.
//!
//! The epoch closes the gap in "still is": between the callback's load and its exchange the
//! future may disarm and arm again with another waker, and the tag alone would look the same.
//!
//! # Foreign code
//!
//! Cloning, waking and dropping a waker run code of an executor, which may panic or come back to
//! this very slot. All of it runs while the slot is in a valid state and nothing is held: a clone
//! before it is published, an old waker after it was taken out, the wake after the hand-over.

use std::ffi::c_void;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

use crate::contain;
use crate::sync::{AtomicWord, Ordering::*, UnsafeCell, Word};
use crate::waker::{WakerCell, wake};

const EMPTY: Word = 0;
const ARMED: Word = 1 << 0;
const COMPLETE: Word = 1 << 1;
const ABANDONED: Word = 1 << 2;
const DETACHED: Word = 1 << 3;
const EPOCH: Word = 1 << 4;

/// The callback's half is done with the slot.
const FIRED: Word = COMPLETE | ABANDONED;

/// A pair of halves over one new slot.
///
/// The [`Completer`] goes to the callback, the [`Completion`] is awaited. Costs one allocation.
pub fn pair<T>() -> (Completer<T>, Completion<T>) {
    pair_with(())
}

/// A pair of halves over one new slot that also carries `context` to the callback's side.
///
/// For what the callback needs besides its value, such as a handle to count itself out with, without
/// a second allocation. The context is dropped with the slot, by the side that frees it.
///
/// ```
/// let (completer, completion) = callback_bridge::pair_with::<u32, _>("request 7");
/// assert_eq!(*completer.context(), "request 7");
/// # drop((completer, completion));
/// ```
pub fn pair_with<T, C>(context: C) -> (Completer<T, C>, Completion<T, C>) {
    let slot = NonNull::from(Box::leak(Box::new(Slot {
        state: AtomicWord::new(EMPTY),
        waker: WakerCell::new(),
        value: UnsafeCell::new(MaybeUninit::uninit()),
        context,
        #[cfg(loom)]
        life: loom::cell::UnsafeCell::new(()),
    })));
    (Completer { data: slot.cast(), slot: PhantomData }, Completion { slot: Some(slot) })
}

/// The callback's half was dropped without a value: none will ever come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Abandoned;

impl fmt::Display for Abandoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the callback's half was dropped without a value")
    }
}

impl std::error::Error for Abandoned {}

/// The callback's half: gives the future its value, at most once, from any thread.
///
/// Dropped unfired, it resolves the future with [`Abandoned`]; the drop contains panics as
/// [`complete`](Completer::complete) does.
///
/// # In the signature of a C function
/// To C a completer is one pointer that is never null: the type is `repr(transparent)` and may stand
/// where the C declaration says `void *`, in the function that takes the callback and in the callback
/// itself. The compiler then checks that both speak of the same `T`, and the callback owns its half
/// without a cast. Where the declarations are fixed and say `*mut c_void`, use
/// [`into_raw`](Completer::into_raw) and [`from_raw`](Completer::from_raw).
///
/// ```no_run
/// use callback_bridge::{Completer, pair};
/// use std::ffi::c_int;
///
/// unsafe extern "C" {
///     /// `void lib_start(int input, void (*done)(int answer, void *data), void *data);`
///     fn lib_start(
///         input: c_int,
///         done: extern "C" fn(c_int, Completer<c_int>),
///         data: Completer<c_int>,
///     );
/// }
///
/// extern "C" fn done(answer: c_int, completer: Completer<c_int>) {
///     completer.complete_with(|_| answer);
/// }
///
/// let (completer, completion) = pair();
/// // SAFETY: the library calls `done` once, with the data that came with it.
/// unsafe { lib_start(21, done, completer) };
/// # drop(completion);
/// ```
#[repr(transparent)]
pub struct Completer<T, C = ()> {
    /// The slot, without its type: C is shown a `void *`.
    data: NonNull<c_void>,
    slot: PhantomData<*mut Slot<T, C>>,
}

// SAFETY: the halves share nothing but the slot, whose state word hands each field to one side at
// a time; what crosses threads with it is a `T`, a `Waker`, which is Send, and a `C`, which this half
// may read and either may drop.
unsafe impl<T: Send, C: Send + Sync> Send for Completer<T, C> {}
// SAFETY: the `&self` methods read the state word and the context, which is Sync.
unsafe impl<T: Send, C: Send + Sync> Sync for Completer<T, C> {}
// A panic leaves the slot in a state of its table, so that nothing but the context can be seen
// half-done.
impl<T, C: RefUnwindSafe> UnwindSafe for Completer<T, C> {}
impl<T, C: RefUnwindSafe> RefUnwindSafe for Completer<T, C> {}

impl<T, C> Completer<T, C> {
    fn slot(&self) -> NonNull<Slot<T, C>> {
        self.data.cast()
    }

    /// This half as the `void *` of a C callback. It leaks unless it comes back through
    /// [`from_raw`](Completer::from_raw).
    pub fn into_raw(self) -> *mut c_void {
        ManuallyDrop::new(self).data.as_ptr()
    }

    /// The half that was turned into `raw`.
    ///
    /// # Safety
    /// `raw` came from [`into_raw`](Completer::into_raw) with the same `T` and `C`, and was not given
    /// to this function before. When this runs on another thread, `T` is `Send`, and `C` is `Send` and
    /// `Sync`.
    pub unsafe fn from_raw(raw: *mut c_void) -> Self {
        // SAFETY: per the contract this is the pointer of a live slot, never null.
        Self { data: unsafe { NonNull::new_unchecked(raw) }, slot: PhantomData }
    }

    /// Drops the half that was turned into `data`; lets no panic out. For libraries that take a
    /// function which frees the data of a callback that is not going to be called.
    ///
    /// A library that frees the data *after* calling back as well has to be given another function,
    /// one that does nothing: the callback has used the half up.
    ///
    /// # Safety
    /// As for [`from_raw`](Completer::from_raw).
    pub unsafe extern "C" fn release(data: *mut c_void) {
        // SAFETY: the contract is the caller's.
        drop(unsafe { Self::from_raw(data) });
    }

    /// What [`pair_with`] was given.
    pub fn context(&self) -> &C {
        // SAFETY: this half keeps the slot alive, and nobody writes the context.
        let slot = unsafe { self.slot().as_ref() };
        slot.alive();
        &slot.context
    }

    /// Whether nobody waits for the value any more, so that the work of getting it can be saved.
    ///
    /// `true` is final. `false` may be out of date when it returns.
    pub fn is_detached(&self) -> bool {
        // SAFETY: this half keeps the slot alive.
        let slot = unsafe { self.slot().as_ref() };
        slot.alive();
        // ORDERING: nothing is read or freed on account of the answer.
        slot.state.load(Relaxed) & DETACHED != 0
    }

    /// Hands `value` to the future and then wakes the task that polled it last.
    ///
    /// Never blocks and never waits for the future's side. A waker that panics is contained: the
    /// value has been handed over by then. So is a context whose drop panics.
    ///
    /// # Errors
    /// Gives `value` back when the future is gone.
    // | tag before | tag after | returns                                             |
    // |------------|-----------|-----------------------------------------------------|
    // | EMPTY      | COMPLETE  | Ok                                                  |
    // | ARMED      | COMPLETE  | Ok, after the wake                                  |
    // | DETACHED   | (freed)   | Err, with the value moved back out of the slot      |
    pub fn complete(self, value: T) -> Result<(), T> {
        self.hand_over(value).map(wake)
    }

    /// As [`complete`](Completer::complete), and leaves the wake to the caller: the task that polled
    /// last is not woken before its waker is. For callbacks that come in bursts, whose wakers somebody
    /// gathers.
    ///
    /// ```
    /// let (completer, mut completion) = callback_bridge::pair();
    /// let waker = completer.hand_over(42).expect("somebody waits");
    /// assert!(waker.is_none(), "nobody has polled");
    /// assert_eq!(completion.try_take(), Some(Ok(42)));
    /// ```
    ///
    /// # Errors
    /// Gives `value` back when the future is gone.
    // | tag before | tag after | returns                                             |
    // |------------|-----------|-----------------------------------------------------|
    // | EMPTY      | COMPLETE  | Ok(None)                                            |
    // | ARMED      | COMPLETE  | Ok, with the waker                                  |
    // | DETACHED   | (freed)   | Err, with the value moved back out of the slot      |
    pub fn hand_over(self, value: T) -> Result<Option<Waker>, T> {
        let slot_ptr = ManuallyDrop::new(self).slot();
        // SAFETY: this half keeps the slot alive until it settles it or frees it.
        let slot = unsafe { slot_ptr.as_ref() };
        slot.alive();
        // SAFETY: until COMPLETE is written, the value belongs to this side.
        slot.value.with_mut(|cell| unsafe { (*cell).write(value) });
        // SAFETY: the value was written, and the half was consumed.
        match unsafe { settle(slot_ptr, COMPLETE) } {
            Settled::HandedOver(waker) => Ok(waker),
            Settled::Detached => {
                // SAFETY: it was written above, and nobody else ever read it.
                let value = slot.value.with_mut(|cell| unsafe { (*cell).assume_init_read() });
                // SAFETY: DETACHED was acquired: this is the only side left.
                let slot = unsafe { reclaim(slot_ptr) };
                contain(|| drop(slot));
                Err(value)
            }
        }
    }

    /// The body of most callbacks: hands what `value` returns to the future, and lets no panic out.
    /// Says whether the future's side got it.
    ///
    /// When nobody waits any more, `value` is not called. When it panics, the future resolves with
    /// [`Abandoned`]. Whatever is dropped on the way is dropped inside the guard as well.
    ///
    /// ```
    /// let (completer, mut completion) = callback_bridge::pair_with::<u32, _>(40);
    /// completer.complete_with(|context| context + 2);
    /// assert_eq!(completion.try_take(), Some(Ok(42)));
    /// ```
    pub fn complete_with(self, value: impl FnOnce(&C) -> T) -> bool {
        let value = if self.is_detached() { None } else { contain(|| value(self.context())) };
        let handed_over = contain(|| match value {
            Some(value) => self.complete(value).is_ok(),
            None => {
                drop(self);
                false
            }
        });
        handed_over == Some(true)
    }
}

impl<T, C> Drop for Completer<T, C> {
    // | tag before | tag after | effect                          |
    // |------------|-----------|---------------------------------|
    // | EMPTY      | ABANDONED |                                 |
    // | ARMED      | ABANDONED | the waker is woken, contained   |
    // | DETACHED   | (freed)   |                                 |
    fn drop(&mut self) {
        // SAFETY: this half keeps the slot alive until it settles it or frees it.
        unsafe { self.slot().as_ref() }.alive();
        // SAFETY: ABANDONED promises no value, and the half is not used after its drop.
        match unsafe { settle(self.slot(), ABANDONED) } {
            Settled::HandedOver(waker) => wake(waker),
            Settled::Detached => {
                // SAFETY: DETACHED was acquired: this is the only side left.
                let slot = unsafe { reclaim(self.slot()) };
                contain(|| drop(slot));
            }
        }
    }
}

impl<T, C> fmt::Debug for Completer<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completer").field("is_detached", &self.is_detached()).finish()
    }
}

/// The future's half: resolves with the value, or with [`Abandoned`] when none will come.
///
/// Dropping it detaches: the callback's side frees the slot when it comes.
#[must_use = "a completion that is dropped detaches from its callback"]
pub struct Completion<T, C = ()> {
    /// None once the future is finished.
    slot: Option<NonNull<Slot<T, C>>>,
}

// SAFETY: as for `Completer`.
unsafe impl<T: Send, C: Send + Sync> Send for Completion<T, C> {}
// SAFETY: the `&self` methods read the state word alone.
unsafe impl<T: Send, C: Send + Sync> Sync for Completion<T, C> {}
impl<T, C> Unpin for Completion<T, C> {}
impl<T, C> UnwindSafe for Completion<T, C> {}
impl<T, C> RefUnwindSafe for Completion<T, C> {}

impl<T, C> Completion<T, C> {
    /// The outcome when it is there, without waiting and without a waker. After `Some`, the
    /// future is finished; a finished future gives `None`.
    // | tag before   | tag after | returns                  |
    // |--------------|-----------|--------------------------|
    // | EMPTY, ARMED | unchanged | None                     |
    // | COMPLETE     | (freed)   | Some(Ok)                 |
    // | ABANDONED    | (freed)   | Some(Err)                |
    pub fn try_take(&mut self) -> Option<Result<T, Abandoned>> {
        let slot_ptr = self.slot?;
        // SAFETY: this half keeps the slot alive until it reads that the callback fired.
        let slot = unsafe { slot_ptr.as_ref() };
        slot.alive();
        // ORDERING: acquires the value of `settle` and the end of the callback's accesses.
        let peeked = slot.state.load(Acquire);
        if peeked & FIRED == 0 {
            return None;
        }
        self.slot = None;
        // SAFETY: `peeked` was acquired and says FIRED, and this half is finished.
        Some(unsafe { take(slot_ptr, peeked) })
    }

    /// Whether the outcome is there, so that the next poll is ready. `false` once it was taken.
    ///
    /// `true` stays so until the outcome is taken. `false` may be out of date when it returns.
    pub fn is_ready(&self) -> bool {
        self.slot.is_some_and(|slot_ptr| {
            // SAFETY: this half keeps the slot alive until it reads that the callback fired.
            let slot = unsafe { slot_ptr.as_ref() };
            slot.alive();
            // ORDERING: nothing is read or freed on account of the answer.
            slot.state.load(Relaxed) & FIRED != 0
        })
    }

    /// Whether the outcome was taken, by `poll` or [`try_take`](Completion::try_take). Polling
    /// then panics.
    pub fn is_terminated(&self) -> bool {
        self.slot.is_none()
    }

    /// Gives up waiting, as a drop does, and says what became of the value.
    ///
    /// `Some`: it had come already, here it is. `None`: the callback's side frees the slot, and
    /// gets its value back from [`Completer::complete`] (or the future had finished before).
    pub fn detach(mut self) -> Option<Result<T, Abandoned>> {
        self.leave()
    }

    // | tag before | tag after | returns                                                       |
    // |------------|-----------|---------------------------------------------------------------|
    // | EMPTY      | DETACHED  | None                                                          |
    // | ARMED      | DETACHED  | None, after the waker was dropped                             |
    // | COMPLETE   | (freed)   | Some(Ok)                                                      |
    // | ABANDONED  | (freed)   | Some(Err)                                                     |
    fn leave(&mut self) -> Option<Result<T, Abandoned>> {
        let slot_ptr = self.slot.take()?;
        // SAFETY: this half keeps the slot alive until it writes DETACHED or reads FIRED.
        let slot = unsafe { slot_ptr.as_ref() };
        slot.alive();
        // ORDERING: acquires the value of `settle` and the end of the callback's accesses.
        let mut current = slot.state.load(Acquire);
        loop {
            if current & FIRED != 0 {
                // SAFETY: `current` was acquired and says FIRED, and this half is finished.
                return Some(unsafe { take(slot_ptr, current) });
            }
            let words = slot.waker.copy();
            // ORDERING: releases this side's last access, for the callback to free the slot
            // after it. A failure means FIRED and acquires what `settle` released.
            match slot.state.compare_exchange(current, DETACHED, Release, Acquire) {
                Ok(_) if current & ARMED != 0 => {
                    // SAFETY: clearing ARMED made the published words this side's again; the slot
                    // itself may be gone by now.
                    drop(unsafe { words.into_waker() });
                    return None;
                }
                Ok(_) => return None,
                Err(now) => current = now,
            }
        }
    }
}

impl<T, C> Future for Completion<T, C> {
    type Output = Result<T, Abandoned>;

    /// # Panics
    /// When the future has finished before.
    // | tag before | waker   | tag after | returns                                              |
    // |------------|---------|-----------|------------------------------------------------------|
    // | EMPTY      |         | ARMED     | Pending                                              |
    // | ARMED      | same    | ARMED     | Pending; nothing was cloned or exchanged             |
    // | ARMED      | another | ARMED     | Pending, by way of EMPTY                             |
    // | COMPLETE   |         | (freed)   | Ready(Ok)                                            |
    // | ABANDONED  |         | (freed)   | Ready(Err)                                           |
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let slot_ptr = this.slot.expect("a `Completion` was polled after it had finished");
        // SAFETY: this half keeps the slot alive until it reads that the callback fired.
        let slot = unsafe { slot_ptr.as_ref() };
        slot.alive();
        // ORDERING: acquires the value of `settle` and the end of the callback's accesses.
        let mut polled = slot.state.load(Acquire);
        if polled & ARMED != 0 {
            if slot.waker.copy().will_wake(cx.waker()) {
                return Poll::Pending;
            }
            polled = slot.disarm(polled);
        }
        if polled & FIRED == 0 {
            match slot.arm(polled, cx.waker()) {
                Ok(()) => return Poll::Pending,
                Err(fired) => polled = fired,
            }
        }
        this.slot = None;
        // SAFETY: `polled` was acquired and says FIRED, and this half is finished.
        Poll::Ready(unsafe { take(slot_ptr, polled) })
    }
}

#[cfg(feature = "futures-core")]
impl<T, C> futures_core::FusedFuture for Completion<T, C> {
    fn is_terminated(&self) -> bool {
        Completion::is_terminated(self)
    }
}

impl<T, C> Drop for Completion<T, C> {
    fn drop(&mut self) {
        drop(self.leave());
    }
}

impl<T, C> fmt::Debug for Completion<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completion").field("is_terminated", &self.is_terminated()).finish()
    }
}

/// The cell that both halves share.
///
/// Aligned as its fields need and no more: over-aligned allocations miss the allocator's thread
/// cache, which costs more than neighbours on one cache line do.
struct Slot<T, C> {
    state: AtomicWord,
    waker: WakerCell,
    value: UnsafeCell<MaybeUninit<T>>,
    /// Written before the halves part, then only read.
    context: C,
    /// Written when the slot is freed and read at every entry: loom does not see a free, but it
    /// does see an access that is not ordered before this write.
    #[cfg(loom)]
    life: loom::cell::UnsafeCell<()>,
}

// The cost that the crate's documentation states.
#[cfg(all(not(loom), target_pointer_width = "64"))]
const _: () = assert!(size_of::<Slot<(), ()>>() == 24);

impl<T, C> Slot<T, C> {
    #[inline(always)]
    fn alive(&self) {
        #[cfg(loom)]
        self.life.with(|_| ());
    }

    /// Takes the old waker out and drops it. Future's side; `armed` is the word it loaded.
    // | tag before | tag after | returns                                                        |
    // |------------|-----------|----------------------------------------------------------------|
    // | ARMED      | EMPTY     | EMPTY, of the same epoch                                       |
    // | COMPLETE   | unchanged | COMPLETE; the callback owns the waker                          |
    // | ABANDONED  | unchanged | ABANDONED; the callback owns the waker                         |
    fn disarm(&self, armed: Word) -> Word {
        let words = self.waker.copy();
        let empty = armed & !ARMED;
        // ORDERING: this side wrote the words and takes them back, which needs no order. A failure
        // means FIRED and acquires what `settle` released.
        match self.state.compare_exchange(armed, empty, Relaxed, Acquire) {
            Ok(_) => {
                // SAFETY: clearing ARMED made the published words this side's again.
                drop(unsafe { words.into_waker() });
                empty
            }
            Err(fired) => fired,
        }
    }

    /// Publishes a clone of `waker`. Future's side; `empty` is the word it loaded or disarmed.
    // | tag before | tag after | returns                                                        |
    // |------------|-----------|----------------------------------------------------------------|
    // | EMPTY      | ARMED     | Ok                                                             |
    // | COMPLETE   | unchanged | Err(COMPLETE), after the clone was dropped                     |
    // | ABANDONED  | unchanged | Err(ABANDONED), after the clone was dropped                    |
    fn arm(&self, empty: Word, waker: &Waker) -> Result<(), Word> {
        let clone = ManuallyDrop::new(waker.clone());
        self.waker.store(&clone);
        let armed = (empty | ARMED).wrapping_add(EPOCH);
        // ORDERING: releases the words and the waker behind them. A failure means FIRED and
        // acquires what `settle` released.
        match self.state.compare_exchange(empty, armed, Release, Acquire) {
            Ok(_) => Ok(()),
            Err(fired) => {
                drop(ManuallyDrop::into_inner(clone));
                Err(fired)
            }
        }
    }
}

enum Settled {
    /// The word was written: the future owns the slot. The waker is the caller's, to wake.
    HandedOver(Option<Waker>),
    /// The future is gone: the caller owns the slot, and frees it.
    Detached,
}

/// The callback's one exchange: writes `fired`, taking the waker out.
///
/// A function of the pointer and not a method: the future may free the slot at any moment after
/// the exchange, and no reference of a caller's argument may be alive by then.
///
/// # Safety
/// The caller is the callback's half and gives it up; with COMPLETE, the value is written.
// | tag before | tag after | returns                                                            |
// |------------|-----------|--------------------------------------------------------------------|
// | EMPTY      | `fired`   | HandedOver(None)                                                   |
// | ARMED      | `fired`   | HandedOver(waker)                                                  |
// | DETACHED   | unchanged | Detached                                                           |
unsafe fn settle<T, C>(slot_ptr: NonNull<Slot<T, C>>, fired: Word) -> Settled {
    // SAFETY: the callback's half keeps the slot alive until the exchange succeeds.
    let slot = unsafe { slot_ptr.as_ref() };
    // ORDERING: acquires the waker that `arm` published, or the last access of `leave`.
    let mut seen = slot.state.load(Acquire);
    loop {
        if seen & DETACHED != 0 {
            return Settled::Detached;
        }
        debug_assert_eq!(seen & FIRED, 0, "the callback's half fired twice");
        let words = slot.waker.copy();
        // ORDERING: releases the value and this side's last access, and keeps the copy of the
        // words before it; a failure acquires as the load above does.
        match slot.state.compare_exchange_weak(seen, fired, Release, Acquire) {
            Ok(_) if seen & ARMED != 0 => {
                // SAFETY: the exchange confirmed `ARMED(e)` and cleared it: these are the words
                // published under that epoch. The slot itself may be gone by now.
                return Settled::HandedOver(Some(unsafe { words.into_waker() }));
            }
            Ok(_) => return Settled::HandedOver(None),
            Err(now) => seen = now,
        }
    }
}

/// The outcome out of a slot whose callback fired; frees the slot before anything of it is dropped.
///
/// # Safety
/// `fired` was acquired from this slot and has a bit of FIRED; the caller is the future's half and
/// gives it up.
unsafe fn take<T, C>(slot_ptr: NonNull<Slot<T, C>>, fired: Word) -> Result<T, Abandoned> {
    let outcome = if fired & COMPLETE != 0 {
        // SAFETY: the slot is this side's, and COMPLETE says that the value is in it.
        Ok(unsafe { slot_ptr.as_ref() }
            .value
            .with_mut(|cell| unsafe { (*cell).assume_init_read() }))
    } else {
        Err(Abandoned)
    };
    // SAFETY: the callback's last access was released by the word that was acquired.
    drop(unsafe { reclaim(slot_ptr) });
    outcome
}

/// The slot, for its last owner to drop: that drops the context, and a value in it not.
///
/// # Safety
/// The caller is the only side left, with every access of the other side ordered before this.
unsafe fn reclaim<T, C>(slot_ptr: NonNull<Slot<T, C>>) -> Box<Slot<T, C>> {
    // SAFETY: per the contract; the pointer came from `Box::leak` in `pair`.
    let slot = unsafe { Box::from_raw(slot_ptr.as_ptr()) };
    #[cfg(loom)]
    slot.life.with_mut(|_| ());
    slot
}
