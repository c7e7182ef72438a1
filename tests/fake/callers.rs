//! Which threads may call what of C, held against what the fake driver saw in each test that runs
//! alone.
//!
//! Not one of these rules is broken by an executor or a waker of a test: what foreign code calls
//! inside a callback, it calls through us.

use fake_driver::Sighting;

const COURIER: &str = "cass-courier";
const REAPER: &str = "cass-reaper";

/// Reads of an outcome: in the callback of its request, or by the courier.
const READS: [&str; 5] = [
    "cass_future_error_code",
    "cass_future_error_message",
    "cass_future_get_error_result",
    "cass_future_get_prepared",
    "cass_future_get_result",
];

/// Why a call was wrong, if it was.
fn wrong(call: &Sighting) -> Option<&'static str> {
    let within = call.within.as_deref();
    let courier = call.thread == COURIER && within.is_none();
    match call.function.as_str() {
        "cass_session_free" => (call.thread != REAPER || within.is_some())
            .then_some("the reaper frees sessions, and nobody else"),
        "cass_session_close" => {
            (!courier).then_some("the courier closes sessions, and nobody else")
        }
        "cass_future_wait" | "cass_future_wait_timed" => {
            (!courier).then_some("the courier waits for futures, and nobody else")
        }
        "cass_future_ready" => (!matches!(within, Some("execute" | "prepare")))
            .then_some("the callback of a request asks whether it is set, and nobody else"),
        read if READS.contains(&read) => (!courier
            && !matches!(within, Some("execute" | "prepare")))
        .then_some("an outcome is read in the callback of a request, or by the courier"),
        _ if matches!(within, Some("connect" | "close")) => {
            Some("the callback of a connect or close calls nothing of C")
        }
        _ if call.thread == REAPER => Some("the reaper frees sessions, and does nothing else"),
        _ => None,
    }
}

/// Wants every call to be one that its thread may make.
pub fn hold(seen: &[Sighting]) {
    let broken: Vec<_> =
        seen.iter().filter_map(|call| wrong(call).map(|why| format!("{why}: {call:?}"))).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
