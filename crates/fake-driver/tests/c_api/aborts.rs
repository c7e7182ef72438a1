//! Misuse ends the process with a message that names the function: each case in a process of its
//! own, which is this test binary again.

use std::ffi::{CStr, c_void};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use crate::api::{self, Bind, Callback, Object};
use crate::{close_and_free, connected, result, run};

const CASE: &str = "FAKE_DRIVER_ABORT_CASE";

/// A case's name, the function that the message names, and the misuse.
const CASES: &[(&str, &str, fn())] = &[
    ("reads in an unset callback", "cass_future_get_result", || {
        in_a_callback("unset", |future, _| {
            api::object(c"cass_future_get_result", future);
        });
    }),
    ("asks for the code in an unset callback", "cass_future_error_code", || {
        in_a_callback("unset", |future, _| {
            api::number(c"cass_future_error_code", future);
        });
    }),
    ("waits in an unset callback", "cass_future_wait", || {
        in_a_callback("unset", |future, _| api::give(c"cass_future_wait", future));
    }),
    ("waits for another future on the I/O thread", "cass_future_wait", || {
        in_a_callback("late", |_, session| api::give(c"cass_future_wait", run(session, "OK")));
    }),
    ("executes in the callback of a locked connect", "cass_session_execute", || {
        in_a_locked_connect(executes);
    }),
    ("prepares in the callback of a locked connect", "cass_session_prepare_n", || {
        in_a_locked_connect(prepares);
    }),
    ("closes in the callback of a locked connect", "cass_session_close", || {
        in_a_locked_connect(closes);
    }),
    ("frees the session on the I/O thread", "cass_session_free", || {
        in_a_callback("late", |_, session| api::give(c"cass_session_free", session));
    }),
    ("frees the session in an inline callback", "cass_session_free", || {
        in_a_callback("inline", |_, session| api::give(c"cass_session_free", session));
    }),
    ("frees the session while it connects", "cass_session_free", || {
        let session = api::session();
        api::connect(session, api::cluster("slow"), "");
        api::give(c"cass_session_free", session);
    }),
    ("closes the session while it connects", "cass_session_close", || {
        let session = api::session();
        api::connect(session, api::cluster("slow"), "");
        api::object(c"cass_session_close", session);
    }),
    ("prepares on a session that never connected", "cass_session_prepare_n", || {
        api::prepare(api::session(), "OK");
    }),
    ("uses a future after its free", "cass_future_ready", || {
        let session = connected("late");
        fake_driver::hold();
        let future = run(session, "OK");
        api::give(c"cass_future_free", future);
        api::number(c"cass_future_ready", future);
    }),
    ("uses a session after its free", "cass_session_execute", || {
        let session = connected("late");
        close_and_free(session);
        run(session, "OK");
    }),
    ("frees a statement as a future", "cass_future_free", || {
        api::give(c"cass_future_free", api::statement("OK", 0));
    }),
    ("iterates over a freed result", "cass_iterator_next", || {
        let result = result(run(connected("late"), "ROWS 1 1"));
        let iterator = api::object(c"cass_iterator_from_result", result);
        api::give(c"cass_result_free", result);
        api::number(c"cass_iterator_next", iterator);
    }),
    ("reads a value of a freed iterator", "cass_value_get_bytes", || {
        let result = result(run(connected("late"), "ROWS 1 1"));
        let iterator = api::object(c"cass_iterator_from_result", result);
        api::number(c"cass_iterator_next", iterator);
        let row = api::object(c"cass_iterator_get_row", iterator);
        let value = api::object_at(c"cass_row_get_column", row, 0);
        api::give(c"cass_iterator_free", iterator);
        let _ = api::bytes(c"cass_value_get_bytes", value);
    }),
    ("names a column of a result without columns", "cass_result_column_name", || {
        let _ = api::bytes_at(c"cass_result_column_name", result(run(connected("late"), "OK")), 0);
    }),
    ("binds to a statement in flight", "cass_statement_bind_int32", || {
        let (session, statement) = (connected("late"), api::statement("ECHO int", 1));
        fake_driver::hold();
        api::execute(session, statement);
        api::bind(statement, 0, Bind::Int(1));
    }),
    ("binds to a statement whose batch is in flight", "cass_statement_bind_int32", || {
        let (statement, _) = in_a_batch_in_flight();
        api::bind(statement, 0, Bind::Int(1));
    }),
    ("adds to a batch in flight", "cass_batch_add_statement", || {
        let (statement, batch) = in_a_batch_in_flight();
        api::set_object(c"cass_batch_add_statement", batch, statement);
    }),
    ("changes a batch in flight", "cass_batch_set_consistency", || {
        let (_, batch) = in_a_batch_in_flight();
        api::set(c"cass_batch_set_consistency", batch, 1);
    }),
    ("changes a payload in flight", "cass_custom_payload_set_n", || {
        let (statement, payload) = (api::statement("NEVER", 0), api::payload());
        api::set_object(c"cass_statement_set_custom_payload", statement, payload);
        api::execute(connected("late"), statement);
        api::set_item(payload, "late", b"");
    }),
    ("pages a statement in flight", "cass_statement_set_paging_state_token", || {
        let (session, statement) = (connected("unset"), api::statement("NEVER", 0));
        api::execute(session, statement);
        api::set_paging_state(statement, b"FAKE\0\0\0\0");
    }),
];

/// What a program holds: how to get one, how to give it back, and something else to do with it.
struct Kind {
    name: &'static str,
    make: fn() -> Object,
    free: &'static CStr,
    used_by: &'static CStr,
    used: fn(&CStr, Object),
}

impl Kind {
    const fn new(
        name: &'static str,
        make: fn() -> Object,
        free: &'static CStr,
        used_by: &'static CStr,
        used: fn(&CStr, Object),
    ) -> Self {
        Self { name, make, free, used_by, used }
    }

    /// The object after its free.
    fn freed(&self) -> Object {
        let object = (self.make)();
        api::give(self.free, object);
        object
    }
}

const KINDS: &[Kind] = &[
    Kind::new(
        "cluster",
        || api::cluster("late"),
        c"cass_cluster_free",
        c"cass_cluster_set_port",
        |name, cluster| {
            api::set(name, cluster, 9042);
        },
    ),
    Kind::new("session", || connected("late"), c"cass_session_free", c"cass_session_close", asked),
    Kind::new(
        "future",
        || run(connected("late"), "OK"),
        c"cass_future_free",
        c"cass_future_error_code",
        counted,
    ),
    Kind::new(
        "statement",
        || api::statement("OK", 0),
        c"cass_statement_free",
        c"cass_statement_set_tracing",
        |name, statement| {
            api::set(name, statement, 1);
        },
    ),
    Kind::new("prepared statement", prepared, c"cass_prepared_free", c"cass_prepared_bind", asked),
    Kind::new(
        "result",
        || result(run(connected("late"), "ROWS 1 1")),
        c"cass_result_free",
        c"cass_iterator_from_result",
        asked,
    ),
    Kind::new(
        "error result",
        error_result,
        c"cass_error_result_free",
        c"cass_error_result_code",
        counted,
    ),
    Kind::new("iterator", iterator, c"cass_iterator_free", c"cass_iterator_next", counted),
    Kind::new(
        "batch",
        || api::batch(0),
        c"cass_batch_free",
        c"cass_batch_set_consistency",
        |name, batch| {
            api::set(name, batch, 1);
        },
    ),
    Kind::new(
        "payload",
        api::payload,
        c"cass_custom_payload_free",
        c"cass_custom_payload_set_n",
        |_, payload| {
            api::set_item(payload, "late", b"");
        },
    ),
    Kind::new(
        "execution profile",
        || api::new(c"cass_execution_profile_new"),
        c"cass_execution_profile_free",
        c"cass_execution_profile_set_consistency",
        |name, profile| {
            api::set(name, profile, 1);
        },
    ),
    Kind::new(
        "retry policy",
        || api::new(c"cass_retry_policy_default_new"),
        c"cass_retry_policy_free",
        c"cass_retry_policy_logging_new",
        asked,
    ),
    Kind::new(
        "timestamp generator",
        || api::new(c"cass_timestamp_gen_server_side_new"),
        c"cass_timestamp_gen_free",
        c"cass_cluster_set_timestamp_gen",
        |name, generator| {
            api::set_object(name, api::cluster("late"), generator);
        },
    ),
];

fn asked(name: &CStr, object: Object) {
    api::object(name, object);
}

fn counted(name: &CStr, object: Object) {
    api::number(name, object);
}

fn prepared() -> Object {
    let future = api::prepare(connected("late"), "OK");
    api::object(c"cass_future_get_prepared", future)
}

fn error_result() -> Object {
    let future = run(connected("late"), "ERROR 0x1100 late");
    api::object(c"cass_future_get_error_result", future)
}

fn iterator() -> Object {
    let result = result(run(connected("late"), "ROWS 1 1"));
    api::object(c"cass_iterator_from_result", result)
}

/// A statement and its batch, executed and not answered.
fn in_a_batch_in_flight() -> (Object, Object) {
    let (session, batch) = (connected("late"), api::batch(1));
    let statement = api::statement("ECHO int", 1);
    assert_eq!(api::set_object(c"cass_batch_add_statement", batch, statement), 0);
    fake_driver::hold();
    api::execute_batch(session, batch);
    (statement, batch)
}

/// What a case does in the callback of a request: its future and the session.
type Misuse = fn(Object, Object);

struct Request {
    misuse: Misuse,
    session: Object,
}

unsafe extern "C" fn misuses(future: Object, data: *mut c_void) {
    // SAFETY: `in_a_callback` never returns.
    let request = unsafe { &*data.cast::<Request>() };
    (request.misuse)(future, request.session);
}

unsafe extern "C" fn executes(_: Object, session: *mut c_void) {
    run(session, "OK");
}

unsafe extern "C" fn prepares(_: Object, session: *mut c_void) {
    api::prepare(session, "OK");
}

unsafe extern "C" fn closes(_: Object, session: *mut c_void) {
    api::object(c"cass_session_close", session);
}

fn in_a_locked_connect(callback: Callback) {
    let (session, cluster) = (api::session(), api::cluster("locked"));
    fake_driver::hold();
    let future = api::connect(session, cluster, "");
    api::set_callback(future, callback, session);
    fake_driver::release();
    wait_for_the_end();
}

fn in_a_callback(personality: &str, misuse: Misuse) {
    let request = Request { misuse, session: connected(personality) };
    let callback: Callback = misuses;
    fake_driver::hold();
    let future = run(request.session, "OK");
    api::set_callback(future, callback, (&raw const request).cast_mut().cast());
    fake_driver::release();
    wait_for_the_end();
}

/// The callback ends the process, on the I/O thread.
fn wait_for_the_end() -> ! {
    loop {
        std::thread::park();
    }
}

/// The other side of the next test: does nothing without a case.
#[test]
fn the_case_of_the_environment() {
    let Ok(case) = std::env::var(CASE) else { return };
    // A misuse that hangs ends the process with another signal.
    // SAFETY: sets a timer.
    unsafe { libc::alarm(30) };
    if let Some((.., misuse)) = CASES.iter().find(|(name, ..)| *name == case) {
        return misuse();
    }
    let of = |misuse: &str| {
        let name = case.strip_prefix(misuse)?.strip_prefix(' ')?;
        Some(KINDS.iter().find(|kind| kind.name == name).expect("a known kind"))
    };
    match (of(FREED_TWICE), of(USED_WHEN_FREED)) {
        (Some(kind), _) => api::give(kind.free, kind.freed()),
        (_, Some(kind)) => (kind.used)(kind.used_by, kind.freed()),
        (None, None) => panic!("no such case: {case}"),
    }
}

const FREED_TWICE: &str = "freed twice:";
const USED_WHEN_FREED: &str = "used when freed:";

/// What is said on standard error by the process that such a case ends.
fn last_words(case: &str) -> String {
    let binary = std::env::current_exe().expect("this test's own path");
    let output = Command::new(&binary)
        .args(["--exact", "aborts::the_case_of_the_environment", "--nocapture"])
        .env(CASE, case)
        .output()
        .expect("this binary again");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{case}: {said}");
    said
}

#[test]
fn misuse_aborts_and_names_the_function() {
    for (case, function, _) in CASES {
        let said = last_words(case);
        assert!(said.contains(&format!("fake driver: {function}: ")), "{case}: {said}");
    }
}

#[test]
fn whatever_is_freed_twice_or_used_when_freed_aborts_and_is_named() {
    for kind in KINDS {
        for (misuse, function) in [(FREED_TWICE, kind.free), (USED_WHEN_FREED, kind.used_by)] {
            let said = last_words(&format!("{misuse} {}", kind.name));
            let function = function.to_str().expect("a C name");
            let words = format!("fake driver: {function}: the {} was freed before", kind.name);
            assert!(said.contains(&words), "{said}");
        }
    }
}
