//! When, where and in which order callbacks run.

use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::{self, ThreadId};

use crate::api::{self, Object};
use crate::{PERSONALITIES, Turn, close_and_free, connected, outcome, run, wait_until};

/// What a callback saw.
#[derive(Clone, Copy)]
struct Seen {
    request: usize,
    ready: bool,
    thread: ThreadId,
}

static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

/// Notes what it sees; `data` is the request's number.
unsafe extern "C" fn note(future: Object, data: *mut c_void) {
    let ready = api::number(c"cass_future_ready", future) != 0;
    SEEN.lock().unwrap().push(Seen {
        request: data as usize,
        ready,
        thread: thread::current().id(),
    });
}

#[test]
fn callbacks_come_once_and_in_order() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        SEEN.lock().unwrap().clear();
        let before = fake_driver::callbacks_run();
        let session = connected(personality);
        let futures: Vec<Object> = (0..200)
            .map(|request| {
                let future = run(session, "OK");
                assert_eq!(api::set_callback(future, note, request as *mut c_void), 0);
                future
            })
            .collect();
        for future in futures {
            assert_eq!(outcome(future), 0);
        }
        // A future may be set a moment before its callback runs.
        wait_until("every callback has run", || SEEN.lock().unwrap().len() == 200);
        let mut order: Vec<usize> = SEEN.lock().unwrap().iter().map(|seen| seen.request).collect();
        if ["bursts", "threads"].contains(&personality) {
            order.sort_unstable();
        }
        assert!(order.into_iter().eq(0..200), "{personality}");
        assert_eq!(fake_driver::callbacks_run() - before, 200);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn ready_in_the_callback_is_what_the_personality_says() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        SEEN.lock().unwrap().clear();
        let session = connected(personality);
        // The gate makes sure that the callback is there before the completion.
        fake_driver::hold();
        let future = run(session, "OK");
        assert_eq!(api::number(c"cass_future_ready", future) != 0, personality == "inline");
        assert_eq!(api::set_callback(future, note, std::ptr::null_mut()), 0);
        fake_driver::release();
        assert_eq!(outcome(future), 0);
        wait_until("the callback has run", || SEEN.lock().unwrap().len() == 1);
        let seen = SEEN.lock().unwrap()[0];
        assert_eq!(seen.ready, personality != "unset", "{personality}");
        assert_eq!(seen.thread == thread::current().id(), personality == "inline");
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn a_second_callback_is_refused() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let future = run(session, "OK");
        assert_eq!(api::set_callback(future, note, std::ptr::null_mut()), 0);
        let second = api::set_callback(future, note, std::ptr::null_mut());
        assert_eq!(second, api::CALLBACK_ALREADY_SET);
        assert_eq!(outcome(future), 0);
        close_and_free(session);
        turn.done();
    }
}

static ENTERED: AtomicBool = AtomicBool::new(false);
static MAY_LEAVE: AtomicBool = AtomicBool::new(false);

/// Stays until it is let go.
unsafe extern "C" fn linger(_: Object, _: *mut c_void) {
    ENTERED.store(true, SeqCst);
    while !MAY_LEAVE.load(SeqCst) {
        thread::yield_now();
    }
}

#[test]
fn waiters_outside_are_let_go_when_the_callback_has_returned() {
    for personality in ["late", "unset", "locked"] {
        let turn = Turn::take();
        ENTERED.store(false, SeqCst);
        MAY_LEAVE.store(false, SeqCst);
        let session = connected(personality);
        fake_driver::hold();
        let future = run(session, "OK");
        assert_eq!(api::set_callback(future, linger, std::ptr::null_mut()), 0);
        fake_driver::release();
        wait_until("the callback runs", || ENTERED.load(SeqCst));
        let set = personality != "unset";
        assert_eq!(api::number(c"cass_future_ready", future) != 0, set, "{personality}");
        assert_eq!(api::wait_timed(future, 1000), set, "{personality}");
        MAY_LEAVE.store(true, SeqCst);
        assert!(api::wait_timed(future, 20_000_000));
        assert_eq!(outcome(future), 0);
        close_and_free(session);
        turn.done();
    }
}

/// Reads and frees its own future, as a program may that has kept no handle.
unsafe extern "C" fn read_and_free(future: Object, data: *mut c_void) {
    let code = api::number(c"cass_future_error_code", future);
    let result = api::object(c"cass_future_get_result", future);
    api::give(c"cass_result_free", result);
    api::give(c"cass_future_free", future);
    // SAFETY: the test waits for it.
    unsafe { &*data.cast::<AtomicBool>() }.store(code == 0, SeqCst);
}

#[test]
fn a_callback_may_read_and_free_its_future() {
    for personality in ["inline", "late", "locked", "bursts", "threads"] {
        let turn = Turn::take();
        let done = AtomicBool::new(false);
        let session = connected(personality);
        let data = (&raw const done).cast_mut().cast();
        assert_eq!(api::set_callback(run(session, "ROWS 1 1"), read_and_free, data), 0);
        wait_until("the callback has run", || done.load(SeqCst));
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn a_freed_future_still_calls_back() {
    for personality in ["late", "unset", "locked", "bursts", "threads"] {
        let turn = Turn::take();
        SEEN.lock().unwrap().clear();
        let session = connected(personality);
        fake_driver::hold();
        let future = run(session, "OK");
        assert_eq!(api::set_callback(future, note, std::ptr::null_mut()), 0);
        api::give(c"cass_future_free", future);
        wait_until("only this future is left", || fake_driver::live().futures == 1);
        assert_eq!(fake_driver::live().callbacks, 1);
        fake_driver::release();
        wait_until("the callback has run", || SEEN.lock().unwrap().len() == 1);
        close_and_free(session);
        turn.done();
    }
}

/// Executes another request inside the callback.
unsafe extern "C" fn execute_again(_: Object, data: *mut c_void) {
    api::give(c"cass_future_free", run(data, "OK"));
}

#[test]
fn a_callback_may_execute_unless_the_session_is_locked() {
    for personality in ["inline", "late", "unset", "bursts", "threads"] {
        let turn = Turn::take();
        let session = connected(personality);
        let future = run(session, "OK");
        assert_eq!(api::set_callback(future, execute_again, session), 0);
        assert_eq!(outcome(future), 0);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn a_burst_comes_with_its_last_first() {
    let turn = Turn::take();
    SEEN.lock().unwrap().clear();
    let session = connected("bursts");
    // Behind the gate they are one burst, more than would start one.
    fake_driver::hold();
    let futures: Vec<Object> = (0..40)
        .map(|request| {
            let future = run(session, "OK");
            assert_eq!(api::set_callback(future, note, request as *mut c_void), 0);
            future
        })
        .collect();
    fake_driver::release();
    for future in futures {
        assert_eq!(outcome(future), 0);
    }
    wait_until("every callback has run", || SEEN.lock().unwrap().len() == 40);
    assert!(SEEN.lock().unwrap().iter().map(|seen| seen.request).eq((0..40).rev()));
    close_and_free(session);
    turn.done();
}

#[test]
fn threads_complete_beside_each_other_and_the_close_last() {
    let turn = Turn::take();
    ENTERED.store(false, SeqCst);
    MAY_LEAVE.store(false, SeqCst);
    let session = connected("threads");
    fake_driver::hold();
    let first = run(session, "OK");
    assert_eq!(api::set_callback(first, linger, std::ptr::null_mut()), 0);
    fake_driver::release();
    wait_until("the callback runs", || ENTERED.load(SeqCst));
    // Another thread completes these.
    for _ in 0..10 {
        let beside = run(session, "OK");
        assert!(api::wait_timed(beside, 20_000_000), "nobody else completes");
        assert_eq!(outcome(beside), 0);
    }
    let close = api::object(c"cass_session_close", session);
    assert!(!api::wait_timed(close, 20_000));
    MAY_LEAVE.store(true, SeqCst);
    assert_eq!((outcome(close), outcome(first)), (0, 0));
    api::give(c"cass_session_free", session);
    turn.done();
}

#[test]
fn the_gate_holds_completions_and_not_inline_ones() {
    let turn = Turn::take();
    let (late, inline) = (connected("late"), connected("inline"));
    fake_driver::hold();
    let future = run(late, "OK");
    assert_eq!(outcome(run(inline, "OK")), 0);
    assert!(!api::wait_timed(future, 20_000));
    fake_driver::release();
    assert_eq!(outcome(future), 0);
    close_and_free(late);
    close_and_free(inline);
    turn.done();
}
