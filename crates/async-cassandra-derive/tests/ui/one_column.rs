use async_cassandra::cql::{FromRowOwned, FromValueOwned, ToRow};

// As requests ask for them.
fn all<T: FromRowOwned>() {}
fn scalar<T: FromValueOwned>() {}
fn bind(_: impl ToRow) {}

fn main() {
    all::<String>();
    scalar::<u32>();
    bind(7);
    bind((7_u64,));
}
