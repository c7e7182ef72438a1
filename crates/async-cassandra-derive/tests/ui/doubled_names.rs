use async_cassandra::cql::{FromRow, FromValue};

#[derive(FromRow)]
struct User {
    id: i32,
    #[cassandra(rename = "id")]
    other: i32,
}

#[derive(FromValue)]
#[cassandra(rename_all = "lowercase")]
enum Colour {
    Red,
    RED,
}

fn main() {}
