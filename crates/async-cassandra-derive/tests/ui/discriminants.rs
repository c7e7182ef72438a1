use async_cassandra::cql::{FromValue, ToValue};

#[derive(FromValue)]
#[cassandra(repr = "i8")]
enum Read {
    Low = -128,
    High = 128,
}

#[derive(ToValue)]
#[cassandra(repr = "i16")]
enum Bound {
    Low = -32_769,
    High = 32_767,
}

fn main() {}
