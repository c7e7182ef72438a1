use async_cassandra::cql::{FromRow, ToRow};

struct Money;

#[derive(FromRow, ToRow)]
struct Account {
    id: i32,
    balance: Money,
    small: u8,
}

fn main() {}
