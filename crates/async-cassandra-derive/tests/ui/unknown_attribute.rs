use async_cassandra::cql::FromRow;

#[derive(FromRow)]
struct User {
    #[cassandra(name = "id")]
    id: i32,
}

#[derive(FromRow)]
#[cassandra(order)]
struct Other {
    id: i32,
}

#[derive(FromRow)]
#[cassandra(rename_all = "Snake")]
struct Third {
    id: i32,
}

fn main() {}
