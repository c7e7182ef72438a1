//! Any bytes as a cell of any type.

#![no_main]

use async_cassandra::cql::fuzzing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::cell(data));
