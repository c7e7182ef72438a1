//! Connecting, closing, and what a session refuses.

use std::sync::Mutex;

use crate::api::{self, LogMessage, Object};
use crate::{PERSONALITIES, Turn, close_and_free, connected, outcome, run};

fn connect_fails(points: &str, keyspace: &str, code: u32, says: &str) {
    let turn = Turn::take();
    let (session, cluster) = (api::session(), api::cluster(points));
    let future = api::connect(session, cluster, keyspace);
    api::give(c"cass_future_wait", future);
    assert_eq!(api::number(c"cass_future_error_code", future), code, "{points}");
    assert!(api::message(future).contains(says), "{points}: {}", api::message(future));
    api::give(c"cass_future_free", future);
    assert_eq!(outcome(run(session, "OK")), api::NO_HOSTS);
    api::give(c"cass_cluster_free", cluster);
    api::give(c"cass_session_free", session);
    turn.done();
}

#[test]
fn connects_fail_with_their_reason() {
    for personality in PERSONALITIES {
        let with = |other| format!("{personality},{other}");
        connect_fails(&with("refused"), "", api::NO_HOSTS, "refused:9042");
        connect_fails(&with("badauth"), "", api::BAD_CREDENTIALS, "password");
        connect_fails(&with("misspelt"), "", api::NO_HOSTS, "misspelt");
        connect_fails(personality, "missing", api::UNABLE_TO_SET_KEYSPACE, "missing");
    }
    connect_fails("", "", api::NO_HOSTS, "No contact points");
}

#[test]
fn a_slow_connect_waits_for_the_release_after_it() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        fake_driver::release();
        let (session, cluster) = (api::session(), api::cluster(&format!("slow,{personality}")));
        let future = api::connect(session, cluster, "");
        assert!(!api::wait_timed(future, 20_000), "{personality}");
        assert_eq!(api::number(c"cass_future_ready", future), 0);
        fake_driver::release();
        assert_eq!(outcome(future), 0);
        api::give(c"cass_cluster_free", cluster);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn an_unconnected_session_refuses_at_once() {
    let turn = Turn::take();
    let session = api::session();
    let future = run(session, "OK");
    assert_eq!(api::number(c"cass_future_ready", future), 1);
    assert_eq!(api::message(future), "Session is not connected");
    assert_eq!(outcome(future), api::NO_HOSTS);
    assert_eq!(outcome(api::object(c"cass_session_close", session)), api::UNABLE_TO_CLOSE);
    api::give(c"cass_session_free", session);
    turn.done();
}

#[test]
fn a_closed_session_refuses_and_can_connect_again() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let cluster = api::cluster(personality);
        assert_eq!(outcome(api::connect(session, cluster, "")), api::UNABLE_TO_CONNECT);
        assert_eq!(outcome(api::object(c"cass_session_close", session)), 0);
        assert_eq!(outcome(run(session, "OK")), api::NO_HOSTS);
        assert_eq!(outcome(api::prepare(session, "OK")), api::NO_HOSTS);
        assert_eq!(outcome(api::object(c"cass_session_close", session)), api::UNABLE_TO_CLOSE);
        assert_eq!(outcome(api::connect(session, cluster, "")), 0);
        assert_eq!(outcome(run(session, "OK")), 0);
        api::give(c"cass_cluster_free", cluster);
        close_and_free(session);
        turn.done();
    }
}

#[test]
fn close_completes_after_everything_in_flight() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let never: Vec<Object> = (0..3).map(|_| run(session, "NEVER")).collect();
        let ok = run(session, "OK");
        assert!(!api::wait_timed(never[0], 5_000), "{personality}");
        let close = api::object(c"cass_session_close", session);
        api::give(c"cass_future_wait", close);
        for future in never {
            assert_eq!(api::number(c"cass_future_ready", future), 1, "{personality}");
            assert_eq!(outcome(future), api::TIMED_OUT);
        }
        assert_eq!(outcome(ok), 0);
        assert_eq!(outcome(close), 0);
        api::give(c"cass_session_free", session);
        turn.done();
    }
}

#[test]
fn free_closes_what_is_open() {
    for personality in PERSONALITIES {
        let turn = Turn::take();
        let session = connected(personality);
        let never = run(session, "NEVER");
        api::give(c"cass_session_free", session);
        assert_eq!(api::number(c"cass_future_ready", never), 1);
        assert_eq!(outcome(never), api::TIMED_OUT);
        turn.done();
    }
}

#[test]
fn a_full_queue_is_an_error_at_once() {
    let turn = Turn::take();
    let (session, cluster) = (api::session(), api::cluster("late"));
    assert_eq!(api::set(c"cass_cluster_set_queue_size_io", cluster, 3), 0);
    assert_eq!(outcome(api::connect(session, cluster, "")), 0);
    api::give(c"cass_cluster_free", cluster);
    fake_driver::hold();
    // Four in the queue (it is rounded up) and one that the I/O thread may have taken out.
    let mut futures: Vec<Object> = (0..6).map(|_| run(session, "OK")).collect();
    let last = futures.pop().unwrap();
    assert_eq!(api::number(c"cass_future_ready", last), 1);
    assert_eq!(outcome(last), api::QUEUE_FULL);
    fake_driver::release();
    for future in futures {
        let code = outcome(future);
        assert!(code == 0 || code == api::QUEUE_FULL, "{code:x}");
    }
    close_and_free(session);
    turn.done();
}

#[test]
fn settings_without_sense_are_refused() {
    let turn = Turn::take();
    let cluster = api::cluster("late");
    let bad_params = 0x0100_0001;
    for (setting, bad, good) in [
        (c"cass_cluster_set_port", 0, 9042),
        (c"cass_cluster_set_protocol_version", 2, 3),
        (c"cass_cluster_set_protocol_version", 5, 4),
        (c"cass_cluster_set_num_threads_io", 0, 1),
        (c"cass_cluster_set_core_connections_per_host", 0, 1),
        (c"cass_cluster_set_queue_size_io", 0, 1),
        (c"cass_cluster_set_consistency", 0xFFFF, 4),
    ] {
        assert_eq!(api::set(setting, cluster, bad), bad_params, "{setting:?}");
        assert_eq!(api::set(setting, cluster, good), 0, "{setting:?}");
    }
    api::give(c"cass_cluster_free", cluster);
    turn.done();
}

static LOGGED: Mutex<Vec<(u32, String)>> = Mutex::new(Vec::new());

unsafe extern "C" fn log(message: *const LogMessage, _: Object) {
    // SAFETY: the library passes a message that lives over the call, with a text that ends in NUL.
    let (severity, text) = unsafe {
        let text = std::ffi::CStr::from_ptr((*message).message.as_ptr());
        ((*message).severity, text.to_string_lossy().into_owned())
    };
    LOGGED.lock().unwrap().push((severity, text));
}

#[test]
fn the_log_speaks_at_its_level() {
    let turn = Turn::take();
    api::log_to(Some(log), 3);
    close_and_free(connected("late"));
    assert_eq!(*LOGGED.lock().unwrap(), []);
    api::log_to(Some(log), 4);
    close_and_free(connected("late"));
    api::log_to(None, 3);
    let lines = [(4, "session connected".into()), (4, "session closed".into())];
    assert_eq!(*LOGGED.lock().unwrap(), lines);
    turn.done();
}

#[test]
fn what_the_client_cannot_do_without_is_there() {
    let list =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../vendor/functions.txt"))
            .expect("the list of the driver's functions");
    let core: Vec<&str> = list.lines().filter_map(|line| line.strip_suffix(" core")).collect();
    assert!(core.contains(&"cass_session_execute"));
    let missing: Vec<&&str> = core
        .iter()
        .filter(|name| api::address(&std::ffi::CString::new(**name).unwrap()).is_null())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_example_of_a_missing_function_is_missing() {
    assert!(api::address(c"cass_future_coordinator").is_null());
    assert!(!api::address(c"cass_future_free").is_null());
}
