//! What is written down: which thread called what, and what setters were told.

use std::ffi::c_void;

use fake_driver::Sighting;

use crate::api::{self, Object};
use crate::{Turn, close_and_free, connected, outcome, run};

/// Asks its future something.
unsafe extern "C" fn asks(future: Object, _: *mut c_void) {
    api::number(c"cass_future_ready", future);
}

/// Calls in a callback what was called to set it.
unsafe extern "C" fn asks_inside(future: Object, _: *mut c_void) {
    assert_eq!(api::set_callback(future, asks, std::ptr::null_mut()), api::CALLBACK_ALREADY_SET);
}

fn saw(seen: &[Sighting], function: &str, within: Option<&str>, thread: &str) -> bool {
    seen.iter().any(|one| {
        one.function == function && one.within.as_deref() == within && one.thread == thread
    })
}

/// On a thread of this name, so that it can be told from others.
fn on_thread(name: &str, body: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name(name.into()).spawn_scoped(scope, body);
        thread.expect("a thread starts").join().expect("it does not panic");
    });
}

#[test]
fn calls_are_seen_with_their_thread_and_their_callback() {
    let turn = Turn::take();
    fake_driver::watch();
    on_thread("tester", || {
        let (session, cluster) = (api::session(), api::cluster("late"));
        fake_driver::hold();
        let connect = api::connect(session, cluster, "");
        api::set_callback(connect, asks, std::ptr::null_mut());
        fake_driver::release();
        assert_eq!(outcome(connect), 0);
        fake_driver::hold();
        let prepare = api::prepare(session, "OK");
        api::set_callback(prepare, asks, std::ptr::null_mut());
        let execute = run(session, "OK");
        api::set_callback(execute, asks, std::ptr::null_mut());
        let close = api::object(c"cass_session_close", session);
        api::set_callback(close, asks, std::ptr::null_mut());
        fake_driver::release();
        for future in [prepare, execute, close] {
            assert_eq!(outcome(future), 0);
        }
        api::give(c"cass_cluster_free", cluster);
        api::give(c"cass_session_free", session);
    });
    let seen = fake_driver::watched();
    for function in ["cass_session_connect_keyspace_n", "cass_session_execute", "cass_future_wait"]
    {
        assert!(saw(&seen, function, None, "tester"), "{function}: {seen:#?}");
    }
    for kind in ["connect", "prepare", "execute", "close"] {
        assert!(saw(&seen, "cass_future_ready", Some(kind), "fake-io"), "{kind}: {seen:#?}");
    }
    assert!(!saw(&seen, "cass_future_ready", None, "tester"));
    turn.done();
}

#[test]
fn a_callback_on_our_thread_is_one_of_its_own() {
    let turn = Turn::take();
    fake_driver::watch();
    on_thread("tester", || {
        let session = connected("inline");
        let future = run(session, "OK");
        api::set_callback(future, asks_inside, std::ptr::null_mut());
        assert_eq!(outcome(future), 0);
        close_and_free(session);
    });
    let seen = fake_driver::watched();
    for within in [None, Some("execute")] {
        assert!(saw(&seen, "cass_future_set_callback", within, "tester"), "{seen:#?}");
    }
    turn.done();
}

#[test]
fn each_way_is_written_down_once_and_only_while_somebody_watches() {
    let turn = Turn::take();
    let session = connected("late");
    for _ in 0..2 {
        fake_driver::watch();
        for _ in 0..100 {
            assert_eq!(outcome(run(session, "OK")), 0);
        }
        let seen = fake_driver::watched();
        let executes = seen.iter().filter(|one| one.function == "cass_session_execute").count();
        assert_eq!(executes, 1, "{seen:#?}");
        assert!(seen.iter().all(|one| one.function != "cass_session_close"), "{seen:#?}");
    }
    close_and_free(session);
    fake_driver::watch();
    assert_eq!(fake_driver::watched(), []);
    turn.done();
}

#[test]
fn setters_are_heard_in_their_order_and_only_while_somebody_listens() {
    let turn = Turn::take();
    let cluster = api::cluster("late");
    fake_driver::listen();
    assert_eq!(api::set(c"cass_cluster_set_port", cluster, 9042), 0);
    assert_ne!(api::set(c"cass_cluster_set_port", cluster, 0), 0);
    assert_eq!(api::set(c"cass_cluster_set_queue_size_io", cluster, 7), 0);
    let expected = [
        "cass_cluster_set_port 9042",
        "cass_cluster_set_port 0",
        "cass_cluster_set_queue_size_io 7",
    ];
    assert_eq!(fake_driver::heard(), expected);
    assert_eq!(api::set(c"cass_cluster_set_port", cluster, 9043), 0);
    assert_eq!(fake_driver::heard(), expected, "nothing came after");
    fake_driver::listen();
    assert_eq!(fake_driver::heard(), [""; 0]);
    api::give(c"cass_cluster_free", cluster);
    turn.done();
}
