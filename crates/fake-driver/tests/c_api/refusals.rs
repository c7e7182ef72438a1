//! Sessions whose requests never complete, are refused, take no callback, or wait for the test.

use std::cell::Cell;
use std::ffi::c_void;
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use crate::api::{self, Object};
use crate::{PERSONALITIES, Turn, close_and_free, connected, outcome, run, wait_until};

/// Where callbacks ran.
static RAN: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());

unsafe extern "C" fn note(_: Object, _: *mut c_void) {
    RAN.lock().unwrap().push(thread::current().id());
}

fn set_note(future: Object) -> u32 {
    api::set_callback(future, note, std::ptr::null_mut())
}

#[test]
fn never_is_until_the_close() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        RAN.lock().unwrap().clear();
        let session = connected(&format!("{personality},never"));
        let futures =
            [run(session, "OK"), api::prepare(session, "OK"), run(session, "ERROR 0x1100")];
        for future in futures {
            assert_eq!(set_note(future), 0);
            assert!(!api::wait_timed(future, 1000), "{personality}");
        }
        assert_eq!(fake_driver::live().callbacks, 3);
        let close = api::object(c"cass_session_close", session);
        api::give(c"cass_future_wait", close);
        for future in futures {
            assert_eq!(api::number(c"cass_future_ready", future), 1, "{personality}");
            assert_eq!(outcome(future), api::TIMED_OUT);
        }
        assert_eq!(RAN.lock().unwrap().len(), 3);
        assert_eq!(outcome(close), 0);
        api::give(c"cass_session_free", session);
        turn.done();
    }
}

#[test]
fn full_is_at_once_and_calls_back_where_the_callback_is_set() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        RAN.lock().unwrap().clear();
        let session = connected(&format!("{personality},full"));
        for future in [run(session, "OK"), api::prepare(session, "OK")] {
            assert_eq!(api::number(c"cass_future_ready", future), 1, "{personality}");
            assert_eq!(set_note(future), 0);
            assert_eq!(RAN.lock().unwrap().pop(), Some(thread::current().id()));
            assert_eq!(outcome(future), api::QUEUE_FULL);
        }
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn deaf_futures_take_no_callback_and_complete() {
    let takes = |future, deaf: bool| {
        assert_eq!(set_note(future), if deaf { api::CALLBACK_ALREADY_SET } else { 0 });
        assert_eq!(outcome(future), 0);
    };
    for personality in PERSONALITIES {
        for deaf in ["deaf-connect", "deaf-requests", "deaf-close"] {
            let turn = Turn::take();
            let (session, cluster) =
                (api::session(), api::cluster(&format!("{deaf},{personality}")));
            takes(api::connect(session, cluster, ""), deaf == "deaf-connect");
            api::give(c"cass_cluster_free", cluster);
            takes(run(session, "OK"), deaf == "deaf-requests");
            takes(api::prepare(session, "OK"), deaf == "deaf-requests");
            takes(api::object(c"cass_session_close", session), deaf == "deaf-close");
            api::give(c"cass_session_free", session);
            turn.done();
        }
    }
}

#[test]
fn held_is_until_the_test_lets_it_go() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        RAN.lock().unwrap().clear();
        let session = connected(personality);
        let futures: Vec<Object> = ["HELD 1", "held 2", "HELD 1", "HELD 3"]
            .into_iter()
            .map(|text| {
                let future = run(session, text);
                assert_eq!(set_note(future), 0);
                future
            })
            .collect();
        // Others pass it by.
        assert_eq!(outcome(run(session, "OK")), 0);
        assert_eq!((fake_driver::let_go(7), RAN.lock().unwrap().len()), (0, 0));
        // What was submitted is held a moment later.
        let gone = Cell::new(0);
        wait_until("both are let go", || {
            gone.set(gone.get() + fake_driver::let_go(1));
            gone.get() == 2
        });
        assert_eq!((outcome(futures[0]), outcome(futures[2])), (0, 0));
        assert!(!api::wait_timed(futures[1], 1000), "{personality}");
        close_and_free(session);
        assert_eq!((outcome(futures[1]), outcome(futures[3])), (api::TIMED_OUT, api::TIMED_OUT));
        turn.done();
    }
}
