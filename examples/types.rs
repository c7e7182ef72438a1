//! Writes one row with every kind of type as a program's own structs and enums, and reads it back:
//! as the same structs, as borrowed ones, as values that know no schema, and as JSON.
//!
//! ```text
//! cargo run --example types
//! CASSANDRA_CONTACT_POINTS=10.0.0.1,10.0.0.2 cargo run --example types
//! ```
//!
//! Without contact points it starts a Cassandra of its own on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::net::IpAddr;

use async_cassandra::cql::{
    CqlDuration, Decimal, FromRow, FromValue, MaybeUnset, Row, ToRow, ToValue, Value,
};
use async_cassandra::{Session, SessionBuilder};
use chrono::{DateTime, NaiveDate, Utc};
use embedded_cassandra::Cassandra;
use serde_json::Map;
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A row: its columns by the names of the fields.
#[derive(Debug, Clone, PartialEq, FromRow, ToRow)]
struct Customer {
    id: Uuid,
    name: String,
    level: Level,
    born: Option<NaiveDate>,
    since: DateTime<Utc>,
    home: Address,
    phones: BTreeMap<String, Vec<Phone>>,
    tags: BTreeSet<String>,
    last_seen: (IpAddr, CqlDuration),
    taste: [f32; 3],
    #[cassandra(flatten)]
    account: Account,
}

/// Columns of the same row.
#[derive(Debug, Clone, PartialEq, FromRow, ToRow)]
struct Account {
    balance: Decimal,
    #[cassandra(rename = "creditLimit")]
    credit_limit: i64,
}

/// A user-defined type: its fields by name.
#[derive(Debug, Clone, PartialEq, FromValue, ToValue)]
struct Address {
    street: String,
    zip: Zip,
}

/// An `int` that is no other.
#[derive(Debug, Clone, Copy, PartialEq, FromValue, ToValue)]
struct Zip(i32);

/// Text that is no other.
#[derive(Debug, Clone, PartialEq, FromValue, ToValue)]
struct Phone(String);

/// Text: 'novice' or 'expert'.
#[derive(Debug, Clone, Copy, PartialEq, FromValue, ToValue)]
#[cassandra(rename_all = "lowercase")]
enum Level {
    Novice,
    Expert,
}

/// A part of the row that borrows from the page.
#[derive(Debug, FromRow)]
struct Glance<'a> {
    name: &'a str,
    tags: Vec<&'a str>,
}

/// What changes; a field that is unset leaves its column alone.
#[derive(ToRow)]
struct Change<'a> {
    name: MaybeUnset<&'a str>,
    level: MaybeUnset<Level>,
    id: Uuid,
}

fn main() -> Outcome<()> {
    let (_node, builder) = find_cassandra()?;
    futures::executor::block_on(run(builder))
}

async fn run(builder: SessionBuilder) -> Outcome<()> {
    let session = builder.connect().await?;
    create_table(&session).await?;

    let ann = ann();
    let insert = "INSERT INTO types.customers (id, name, level, born, since, home, phones, tags, \
                  last_seen, taste, balance, \"creditLimit\") VALUES (:id, :name, :level, :born, \
                  :since, :home, :phones, :tags, :last_seen, :taste, :balance, :\"creditLimit\")";
    session.query(insert, &ann).await?;

    let select = format!("SELECT {} FROM types.customers WHERE id = ?", Customer::COLUMNS);
    let read: Customer = session.query(&select, (ann.id,)).one().await?;
    assert_eq!(read, ann, "what was written is what is read");
    println!("As a struct:\n  {read:?}\n");

    let change =
        Change { name: MaybeUnset::Unset, level: MaybeUnset::Set(Level::Expert), id: ann.id };
    session.query("UPDATE types.customers SET name = ?, level = ? WHERE id = ?", change).await?;

    let page = session.query(&select, (ann.id,)).await?;
    for glance in page.rows::<Glance<'_>>()? {
        let Glance { name, tags } = glance?;
        println!("Borrowed from the page:\n  {name}, {}\n", tags.join(" and "));
    }

    println!("As values of any type, which print as CQL reads them:");
    for row in page.rows::<Row<'_>>()? {
        let row = row?;
        for (at, column) in row.columns().iter().enumerate() {
            println!("  {column}: {}", row.get_at::<Value>(at)?);
        }
    }

    let json: Map<String, serde_json::Value> = session.query(&select, (ann.id,)).one().await?;
    println!("\nAs JSON:\n  {}", serde_json::Value::Object(json));

    println!("\nWhat does not fit is found before anything is sent or read:");
    let wrong = session.query("UPDATE types.customers SET born = ? WHERE id = ?", (7, ann.id));
    println!("  {}", wrong.await.unwrap_err());
    let wrong = session.query(&select, (ann.id,)).one::<(i32,)>();
    println!("  {}", wrong.await.unwrap_err());
    let wrong = session.query("SELECT home FROM types.customers", ()).one::<(Vec<i32>,)>();
    println!("  {}", wrong.await.unwrap_err());

    session.close().await?;
    Ok(())
}

async fn create_table(session: &Session) -> Outcome<()> {
    for statement in [
        "CREATE KEYSPACE IF NOT EXISTS types WITH replication = \
         {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "CREATE TYPE IF NOT EXISTS types.address (street text, zip int)",
        "CREATE TABLE IF NOT EXISTS types.customers (id uuid PRIMARY KEY, name text, level text, \
         born date, since timestamp, home frozen<address>, phones map<text, frozen<list<text>>>, \
         tags set<text>, last_seen tuple<inet, duration>, taste vector<float, 3>, \
         balance decimal, \"creditLimit\" bigint)",
    ] {
        session.query(statement, ()).await?;
    }
    Ok(())
}

fn ann() -> Customer {
    let phones = ["+1 555 0100", "+1 555 0101"].map(|number| Phone(number.to_owned()));
    Customer {
        id: Uuid::from_u128(0xf47ac10b_58cc_4372_a567_0e02b2c3d479),
        name: "Ann".to_owned(),
        level: Level::Novice,
        born: NaiveDate::from_ymd_opt(2000, 2, 29),
        since: DateTime::from_timestamp_nanos(1_700_000_000_123_000_000),
        home: Address { street: "High Street".to_owned(), zip: Zip(12_345) },
        phones: BTreeMap::from([("home".to_owned(), phones.into())]),
        tags: ["tea", "trains"].map(str::to_owned).into(),
        last_seen: (IpAddr::from([127, 0, 0, 1]), CqlDuration::ZERO),
        taste: [0.1, 0.2, 0.3],
        account: Account { balance: Decimal::new(1250, 2), credit_limit: 100 },
    }
}

/// A node of our own, or the cluster that `CASSANDRA_CONTACT_POINTS` names.
fn find_cassandra() -> Outcome<(Option<Cassandra>, SessionBuilder)> {
    if let Ok(points) = std::env::var("CASSANDRA_CONTACT_POINTS") {
        return Ok((None, Session::builder().contact_points(points.split(','))));
    }
    let node = Cassandra::builder().progress(|step| eprintln!("{step}")).start()?;
    let builder = Session::builder().contact_points([node.address()]);
    Ok((Some(node), builder))
}
