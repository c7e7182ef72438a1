//! What the types are to the compiler: to lose one of these traits breaks dependents.
#![cfg(all(not(loom), target_has_atomic = "64"))]

use std::cell::Cell;
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

use callback_bridge::{
    Abandoned, Completer, Completion, Emitted, Emitter, EmitterRef, Events, Overflow,
};

/// Send, and neither Sync nor UnwindSafe behind a reference.
type Value = Cell<u8>;

fn crosses_threads<T: Send + Sync>() {}
fn moves<T: Unpin>() {}
fn survives_panics<T: UnwindSafe + RefUnwindSafe>() {}

#[test]
fn halves_cross_threads_move_and_survive_panics() {
    crosses_threads::<Completer<Value>>();
    crosses_threads::<Completion<Value>>();
    crosses_threads::<Emitter<Value>>();
    crosses_threads::<EmitterRef<'_, Value>>();
    crosses_threads::<Events<Value>>();
    moves::<Completer<PhantomPinned, PhantomPinned>>();
    moves::<Completion<PhantomPinned, PhantomPinned>>();
    moves::<Emitter<PhantomPinned>>();
    moves::<EmitterRef<'_, PhantomPinned>>();
    moves::<Events<PhantomPinned>>();
    survives_panics::<Completer<Value>>();
    survives_panics::<Completion<Value, Value>>();
    survives_panics::<Emitter<Value>>();
    survives_panics::<EmitterRef<'_, Value>>();
    survives_panics::<Events<Value>>();
}

#[test]
fn small_types_are_plain() {
    fn plain<T: Copy + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    plain::<Abandoned>();
    plain::<Overflow>();
    plain::<Emitted<u8>>();
}

/// Whether `$type` has `$trait`, without requiring it: the inherent constant is there only if so.
macro_rules! has {
    ($type:ty: $($trait:tt)+) => {{
        #[allow(dead_code, reason = "not asked when the bounds hold")]
        trait Otherwise {
            const HAS: bool = false;
        }
        impl<T: ?Sized> Otherwise for T {}
        struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code, reason = "shadows the other when the bounds hold")]
        impl<T: ?Sized + $($trait)+> Probe<T> {
            const HAS: bool = true;
        }
        <Probe<$type>>::HAS
    }};
}

/// What would be unsound.
#[test]
fn what_may_not_cross_threads_does_not() {
    assert!(has!(Completer<u8>: Send) && has!(Completer<u8>: Sync));
    // The value is handed over, the context is shared.
    assert!(!has!(Completer<Rc<u8>>: Send) && !has!(Completer<Rc<u8>>: Sync));
    assert!(!has!(Completer<u8, Cell<u8>>: Send) && !has!(Completer<u8, Cell<u8>>: Sync));
    assert!(!has!(Completion<Rc<u8>>: Send) && !has!(Completion<Rc<u8>>: Sync));
    assert!(!has!(Completion<u8, Cell<u8>>: Send) && !has!(Completion<u8, Cell<u8>>: Sync));
    assert!(!has!(Completer<u8, Cell<u8>>: UnwindSafe));
    assert!(!has!(Emitter<Rc<u8>>: Send) && !has!(Emitter<Rc<u8>>: Sync));
    assert!(!has!(EmitterRef<'static, Rc<u8>>: Send) && !has!(EmitterRef<'static, Rc<u8>>: Sync));
    assert!(!has!(Events<Rc<u8>>: Send) && !has!(Events<Rc<u8>>: Sync));
}
