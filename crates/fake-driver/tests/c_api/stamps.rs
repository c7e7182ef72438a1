//! Requests that say when they were called back.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};

use fake_driver::live;

use crate::api::{self, Object};
use crate::{PERSONALITIES, Turn, cells, close_and_free, connected, result, run, wait_until};

/// When the callback began, and how long it lasted at least.
static BEGAN: AtomicU64 = AtomicU64::new(0);
static LASTED: AtomicU64 = AtomicU64::new(0);

const A_WHILE: u64 = 100_000;

unsafe extern "C" fn takes_a_while(_: Object, _: *mut c_void) {
    let began = fake_driver::now();
    while fake_driver::now() < began + A_WHILE {}
    LASTED.store(fake_driver::now() - began, Ordering::SeqCst);
    BEGAN.store(began, Ordering::SeqCst);
}

#[test]
fn stamps_are_of_the_call_back() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        fake_driver::callback_times();
        BEGAN.store(0, Ordering::SeqCst);
        let before = fake_driver::now();
        let stamped = run(session, "STAMP");
        api::set_callback(stamped, takes_a_while, std::ptr::null_mut());
        wait_until("the callback has returned", || live().callbacks == 0);
        let cells = cells(result(stamped));
        let called = cells[0][0].clone().unwrap().try_into().map(u64::from_be_bytes).unwrap();
        let (began, lasted) = (BEGAN.load(Ordering::SeqCst), LASTED.load(Ordering::SeqCst));
        assert!(before < called && called <= began, "{personality}: {before} {called} {began}");
        let times = fake_driver::callback_times();
        assert_eq!(times.len(), 1, "{personality}");
        assert!(u64::from(times[0]) >= lasted && lasted >= A_WHILE, "{personality}: {times:?}");
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn other_requests_have_no_times() {
    let turn = Turn::take();
    let session = connected("inline");
    fake_driver::callback_times();
    let other = run(session, "OK");
    api::set_callback(other, takes_a_while, std::ptr::null_mut());
    assert!(cells(result(other)).is_empty());
    assert_eq!(fake_driver::callback_times(), [0; 0]);
    close_and_free(session);
    turn.done();
}

#[test]
fn without_a_callback_there_is_no_stamp() {
    let turn = Turn::take();
    let session = connected("late");
    assert_eq!(cells(result(run(session, "STAMP"))), [[Some(vec![0; 8])]]);
    close_and_free(session);
    turn.done();
}
