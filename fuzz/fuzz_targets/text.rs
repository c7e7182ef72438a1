//! Any text as a date, a time, a number or a UUID.

#![no_main]

use async_cassandra::cql::fuzzing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::text(data));
