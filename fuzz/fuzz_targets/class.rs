//! Any text as the name of a Java class.

#![no_main]

use async_cassandra::cql::fuzzing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::class(data));
