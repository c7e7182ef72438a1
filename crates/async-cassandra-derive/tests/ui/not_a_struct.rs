use async_cassandra::cql::{FromRow, FromValue, ToRow, ToValue};

#[derive(FromRow, ToRow)]
enum Kind {
    A,
}

#[derive(FromValue, ToValue)]
enum Shape {
    Circle(f64),
}

#[derive(FromValue)]
enum Never {}

#[derive(FromRow)]
struct Nothing;

fn main() {}
