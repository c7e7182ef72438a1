//! A C driver without a network, for tests of timing and order.
//!
//! `vendor/fake` is a shared library that exports the part of `cassandra.h` that the client uses,
//! with the driver's own return values, and completes its futures in whatever order and under
//! whatever lock a test asks for. It is one more plug-in: give [`path()`] to the client's loader.
//! Misuse that would hang or corrupt a real driver ends the process here, with a message on
//! standard error that names the C function.
//!
//! # Personalities
//!
//! A session takes its personality from its contact points, at each connect. Several may stand
//! together (`"unset,slow"`); without one of the first six it is `late`.
//!
//! | contact point | its futures |
//! |---|---|
//! | `inline` | are complete before the call returns, so that `cass_future_set_callback` runs the callback |
//! | `late` | complete on the session's I/O thread, in order, a few turns of its queue later |
//! | `unset` | as `late`, but the callback runs *before* the future counts as set: reading the future inside it aborts, where a driver would hang; other threads wait until it has returned |
//! | `locked` | as `late`, but connect and close complete with the session's mutex held, as in the driver: using the session inside their callback aborts, where a driver would hang |
//! | `bursts` | pile up for 200 µs or until there are 16, and then complete one right after the other, the last first |
//! | `threads` | as `late`, but on three I/O threads, in any order; a close still comes last |
//!
//! | contact point | all its requests, prepares included |
//! |---|---|
//! | `never` | complete when the session closes, with `CASS_ERROR_LIB_REQUEST_TIMED_OUT` |
//! | `full` | are refused at once with `CASS_ERROR_LIB_REQUEST_QUEUE_FULL`: the callback runs inside `cass_future_set_callback` |
//! | `deaf-requests` | take no callback: `cass_future_set_callback` fails with `CASS_ERROR_LIB_CALLBACK_ALREADY_SET` |
//! | `deaf-connect`, `deaf-close` | the same of the connect's future, and of the close's |
//!
//! | contact point | the connect |
//! |---|---|
//! | `refused` | fails with `CASS_ERROR_LIB_NO_HOSTS_AVAILABLE` |
//! | `badauth` | fails with `CASS_ERROR_SERVER_BAD_CREDENTIALS` |
//! | `slow` | completes on the I/O thread, and only once [`release()`] was called after it began |
//! | anything else | fails with `CASS_ERROR_LIB_NO_HOSTS_AVAILABLE`: the name does not resolve |
//!
//! A keyspace called `missing` fails the connect with `CASS_ERROR_LIB_UNABLE_TO_SET_KEYSPACE`.
//!
//! # Statements
//!
//! The first word decides, in any case; all of them can be prepared.
//!
//! | text | what it does |
//! |---|---|
//! | `OK` | an empty result without columns |
//! | `ERROR <code> <message>` | fails; the code is a `CassError`, or a server's code alone (`0x1100`), decimal or `0x`; server codes come with an error result |
//! | `ROWS <rows per page> <pages>` | columns `id int`, `name text`: ids count up from 0 over the pages, names are `name-<id>`; the paging state carries the position; with 0 rows, pages are empty and yet not the last |
//! | `ROWS <rows per page> <pages> <code>` | the same, and the last page fails |
//! | `ROWS <rows per page> <pages> <code> <times>` | the same, so many times with one statement; then it comes |
//! | `SHORT <rows> <there>` | one page whose row count is `<rows>`, and whose iterator ends after `<there>`: damaged data |
//! | `ECHO <type> ...` | has markers `p0`, `p1`, ... of these types (up to 32); one row of the values bound; null and unset both read as null |
//! | `STORE <type> ...` | has the same markers; an empty result without columns |
//! | `LOOKUP` | has the marker `p0 bigint`; one row of columns `id bigint`, `name text`: the value bound, and `name-<id>` |
//! | `STAMP` | one row, `called bigint`: when its callback was called, by the clock of [`now()`]; zero before that |
//! | `NEVER` | completes when the session closes, with `CASS_ERROR_LIB_REQUEST_TIMED_OUT` |
//! | `HELD <number>` | `OK`, once the test calls [`let_go()`] with the number; at the latest as `NEVER` |
//! | `APPLIED` | a lightweight transaction that was done: column `[applied] boolean`, true |
//! | `REFUSED`, `REFUSED ROW`, `REFUSED NULLS` | one that was not: `[applied]` alone, false; with the columns and values `id int` 7, `name text` `name-7`; with both NULL |
//! | anything else | server syntax error `0x2000`, prepared or not |
//!
//! Types of `ECHO` and `STORE`: `ascii bigint blob boolean double float inet int smallint text timestamp
//! timeuuid tinyint uuid`. Values of a wrong size, and a wrong number of values, are invalid
//! queries (`0x2200`).
//!
//! A batch ends with the first error of its statements, in their order, else with the first answer
//! that has a column `[applied]`, else with an empty result; with a `NEVER` in it, never. A custom
//! payload comes back with the answer. After [`forget()`] everything prepared before is dead: executing
//! it fails with `CASS_ERROR_LIB_UNEXPECTED_RESPONSE`, as in a driver whose server gave it another
//! id.
//!
//! # What is watched
//!
//! - Every handle: a use after its free, a second free, a pointer to something else.
//! - A statement, a batch or a custom payload that is changed while a request that reads it is in
//!   flight; for a statement that may be a batch.
//! - `cass_session_free` in a callback or on an I/O thread, or while the connect is in flight;
//!   `cass_session_close` while the connect is in flight; preparing on a session that was never
//!   connected.
//! - Waiting on the I/O thread for a future that this thread has to complete.
//! - Which thread calls which function, and in which kind of callback: [`watch()`] and [`watched()`].
//! - [`live()`] counts the objects and callbacks that exist, so that a test can see that none is left;
//!   [`most_results()`] says how many pages there were at a time.
//! - [`callback_times()`]: how long the callbacks of `STAMP` requests took.
//! - [`listen()`] writes down what settings and options C is told. None of them has an effect here but
//!   the queue's size, and a negative or zero one is refused as the driver refuses it.
//!
//! Gate and counters are those of the whole process: tests that use them run one at a time.
//!
//! `cass_future_coordinator` is left out on purpose: it stands for a function that a driver lacks.
//!
//! It exists on Linux; elsewhere [`path()`] names no file.

#[cfg(target_os = "linux")]
mod controls;
#[cfg(target_os = "linux")]
pub use controls::{
    Live, Sighting, callback_times, callbacks_run, forget, heard, hold, let_go, listen, live,
    most_results, now, release, watch, watched,
};

use std::path::Path;

/// The shared library. Loading it by this path gives the instance that the controls of this crate
/// talk to.
pub fn path() -> &'static Path {
    Path::new(env!("FAKE_DRIVER_PATH"))
}
