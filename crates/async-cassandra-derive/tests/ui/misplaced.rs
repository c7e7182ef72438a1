use async_cassandra::cql::{FromRow, FromValue, ToValue};

#[derive(FromRow)]
struct Twice {
    #[cassandra(skip, rename = "x")]
    a: i32,
}

#[derive(FromValue)]
struct Inner {
    a: i32,
}

#[derive(FromRow)]
struct Flat {
    #[cassandra(flatten)]
    inner: Inner,
}

#[derive(ToValue)]
struct Udt {
    #[cassandra(flatten)]
    inner: i32,
}

#[derive(FromValue)]
#[cassandra(by_order)]
struct Ordered {
    a: i32,
    b: i32,
}

#[derive(ToValue)]
struct Pair(#[cassandra(skip)] i32, i32);

fn main() {}
