use async_cassandra::cql::{FromRow, FromRowOwned};

#[derive(FromRow)]
struct User<'a> {
    name: &'a str,
}

// As `stream` asks for it.
fn stream<T: FromRowOwned>() {}

fn main() {
    stream::<User>();
}
