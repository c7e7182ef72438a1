//! Structs and enums of a program's own, as rows, as UDTs and as single values.

use std::collections::BTreeMap;

use async_cassandra::ErrorKind;
use async_cassandra::cql::{
    CqlType, FromRow, FromValue, MaybeUnset, ToRow, ToValue, Uuid, ValueBinder, ValueProblem,
};

use crate::server::Test;

#[derive(Debug, Clone, PartialEq, FromValue, ToValue)]
struct Address {
    street: String,
    zip: Zip,
    #[cassandra(rename = "Country", default = "nowhere")]
    country: String,
    phones: Vec<Phone>,
}

fn nowhere() -> String {
    "nowhere".to_owned()
}

#[derive(Debug, Clone, PartialEq, FromValue, ToValue)]
struct Phone {
    kind: Kind,
    number: String,
}

/// A newtype.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, FromValue, ToValue)]
struct Zip(i32);

#[derive(Debug, Clone, Copy, PartialEq, FromValue, ToValue)]
#[cassandra(rename_all = "snake_case")]
enum Kind {
    Home,
    OnTheWay,
}

#[derive(Debug, Clone, Copy, PartialEq, FromValue, ToValue)]
#[cassandra(repr = "i8")]
enum Level {
    Low = -1,
    High = 7,
}

/// A tuple.
#[derive(Debug, Clone, Copy, PartialEq, FromValue, ToValue)]
struct Point(f64, f64);

#[derive(Debug, Clone, PartialEq, FromRow, ToRow)]
struct User {
    id: Uuid,
    #[cassandra(rename = "Full name")]
    name: String,
    home: Option<Address>,
    level: Level,
    #[cassandra(flatten)]
    contact: Contact<String>,
    #[cassandra(skip)]
    seen: u32,
}

#[derive(Debug, Clone, PartialEq, FromRow, ToRow)]
#[cassandra(rename_all = "camelCase")]
struct Contact<T> {
    e_mail: Option<T>,
    #[cassandra(with = "lower_case")]
    nick_name: String,
    places: BTreeMap<Zip, Point>,
}

/// Kept in lower case.
mod lower_case {
    use async_cassandra::Result;

    use super::*;

    pub fn check(t: &CqlType) -> Result<()> {
        <&str>::check(t)
    }

    pub fn from_value(t: &CqlType, cell: Option<&[u8]>) -> Result<String> {
        <&str>::from_value(t, cell).map(str::to_owned)
    }

    pub fn bind(text: &str, to: ValueBinder<'_>) -> Result<()> {
        to.str(&text.to_lowercase())
    }
}

#[derive(Debug, PartialEq, FromRow)]
struct Borrowed<'a> {
    #[cassandra(rename = "Full name")]
    name: &'a str,
    home: Option<AddressRef<'a>>,
}

#[derive(Debug, PartialEq, FromValue)]
struct AddressRef<'a> {
    street: &'a str,
}

#[derive(Debug, PartialEq, FromRow, ToRow)]
struct InOrder(Uuid, Level);

#[derive(ToRow)]
struct Rename<'a> {
    #[cassandra(rename = "Full name")]
    name: &'a str,
    level: MaybeUnset<Level>,
    id: Uuid,
}

/// Markers that are no column's.
#[derive(ToRow)]
struct AFew {
    #[cassandra(rename = "in(id)")]
    ids: Vec<Uuid>,
    #[cassandra(rename = "[limit]")]
    limit: i32,
}

#[derive(ToRow)]
struct ForAWhile {
    #[cassandra(rename = "[ttl]")]
    seconds: i32,
    level: Level,
    id: Uuid,
}

fn ann() -> User {
    let phone = |kind, number: &str| Phone { kind, number: number.to_owned() };
    User {
        id: Uuid::from_u128(1),
        name: "Ann".to_owned(),
        home: Some(Address {
            street: "High Street".to_owned(),
            zip: Zip(12_345),
            country: "Utopia".to_owned(),
            phones: vec![phone(Kind::Home, "1"), phone(Kind::OnTheWay, "2")],
        }),
        level: Level::High,
        contact: Contact {
            e_mail: None,
            nick_name: "annie".to_owned(),
            places: BTreeMap::from([(Zip(1), Point(0.5, -1.0))]),
        },
        seen: 0,
    }
}

async fn tables(test: &Test) {
    for create in [
        "CREATE TYPE phone (number text, kind text)",
        // Another order than the struct's.
        "CREATE TYPE address (\"Country\" text, zip int, phones list<frozen<phone>>, street text)",
        "CREATE TABLE users (id uuid PRIMARY KEY, \"Full name\" text, level tinyint, \
         home frozen<address>, \"eMail\" text, \"nickName\" text, \
         places map<int, frozen<tuple<double, double>>>, extra text)",
    ] {
        test.session.query(create, ()).await.unwrap();
    }
}

const INSERT: &str = "INSERT INTO users (id, \"Full name\", level, home, \"eMail\", \"nickName\", places) \
                      VALUES (:id, :\"Full name\", :level, :home, :\"eMail\", :\"nickName\", :places)";

pub async fn round_trip(test: Test) {
    tables(&test).await;
    let (session, ann) = (&test.session, ann());
    let shouting = User {
        contact: Contact { nick_name: "ANNIE".to_owned(), ..ann.contact.clone() },
        seen: 7,
        ..ann.clone()
    };
    session.query(INSERT, &shouting).await.unwrap();

    // By name, whatever the order, and among other columns.
    let select = format!("SELECT {} FROM users", User::COLUMNS);
    for select in [&select[..], "SELECT * FROM users"] {
        let users = session.query(select, ()).all::<User>().await.unwrap();
        assert_eq!(users, std::slice::from_ref(&ann), "{select}");
        let mut users = session.query(select, ()).stream::<User>().await.unwrap();
        assert_eq!(users.try_next().await.unwrap().unwrap(), ann);
    }
    let page = session.query("SELECT * FROM users", ()).await.unwrap();
    let user: Borrowed<'_> = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(user, Borrowed { name: "Ann", home: Some(AddressRef { street: "High Street" }) });

    // By order.
    let ordered: InOrder = session.query("SELECT id, level FROM users", ()).one().await.unwrap();
    assert_eq!(ordered, InOrder(ann.id, Level::High));
    let insert = "INSERT INTO users (id, level) VALUES (?, ?)";
    session.query(insert, InOrder(Uuid::from_u128(2), Level::Low)).await.unwrap();

    // By the names that the server makes up.
    let update = "UPDATE users USING TTL ? SET level = ? WHERE id = ?";
    let for_a_while = ForAWhile { seconds: 3_600, level: Level::Low, id: Uuid::from_u128(2) };
    session.query(update, for_a_while).await.unwrap();
    let few = AFew { ids: vec![ann.id, Uuid::from_u128(2), Uuid::from_u128(3)], limit: 10 };
    let select = "SELECT id, level FROM users WHERE id IN ? LIMIT ?";
    assert_eq!(session.query(select, few).all::<InOrder>().await.unwrap().len(), 2);

    // A field that is left unset, and a field of the type that the struct does not have.
    let update = "UPDATE users SET \"Full name\" = ?, level = ? WHERE id = ?";
    let rename = Rename { name: "Bo", level: MaybeUnset::Unset, id: ann.id };
    session.query(update, &rename).await.unwrap();
    let select = "SELECT \"Full name\", level FROM users WHERE id = ?";
    let (name, level): (String, Level) = session.query(select, (ann.id,)).one().await.unwrap();
    assert_eq!((&name[..], level), ("Bo", Level::High));
    let update = "UPDATE users SET home = {street: 'Low Road', zip: 1} WHERE id = ?";
    session.query(update, (ann.id,)).await.unwrap();
    let select = "SELECT home FROM users WHERE id = ?";
    let (home,): (Address,) = session.query(select, (ann.id,)).one().await.unwrap();
    assert_eq!((&home.country[..], home.phones.len()), ("nowhere", 0), "{home:?}");
    session.query("ALTER TYPE address ADD since date", ()).await.unwrap();
    let (home,): (Address,) = session.query(select, (ann.id,)).one().await.unwrap();
    assert_eq!(home.zip, Zip(1));
}

/// What does not fit is told before anything is sent or read.
pub async fn mistakes(test: Test) {
    tables(&test).await;
    let session = &test.session;
    session.query(INSERT, ann()).await.unwrap();

    #[derive(Debug, FromRow)]
    struct Wrong {
        #[allow(dead_code)]
        id: Uuid,
        #[allow(dead_code)]
        level: i16,
        #[allow(dead_code)]
        home: AddressOfNumbers,
    }
    #[derive(Debug, FromValue, ToValue)]
    struct AddressOfNumbers {
        street: i32,
    }
    #[derive(Debug, FromRow)]
    struct NotNull {
        #[cassandra(rename = "eMail")]
        #[allow(dead_code)]
        e_mail: String,
    }
    #[derive(ToRow)]
    struct Surplus {
        id: Uuid,
        nme: String,
    }

    let error = session.query("SELECT * FROM users", ()).all::<Wrong>().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("column `home.street` (text) as i32: read it as String"), "{text}");
    let error = session.query("SELECT id FROM users", ()).all::<User>().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("`Full name`: the result has no such column; it has `id`"), "{text}");
    let error =
        session.query("SELECT \"eMail\" FROM users", ()).all::<NotNull>().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("`eMail` (text) in row 0 as String: it is NULL"), "{text}");
    assert!(text.contains("SELECT \"eMail\" FROM users"), "{text}");

    let update = "UPDATE users SET home = ? WHERE id = ?";
    let home = AddressOfNumbers { street: 7 };
    let error = session.query(update, (home, Uuid::NIL)).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("i32 to marker `home.street` (text): bind String"), "{text}");
    let surplus = Surplus { id: Uuid::NIL, nme: String::new() };
    let insert = "INSERT INTO users (id, \"Full name\") VALUES (:id, :name)";
    let error = session.query(insert, surplus).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("marker `nme`: the statement has no such marker; it has `id`"), "{text}");

    // A value that is none of the enum's.
    session.query("UPDATE users SET level = 3 WHERE id = ?", (ann().id,)).await.unwrap();
    let error = session.query("SELECT level FROM users", ()).one::<(Level,)>().await.unwrap_err();
    let ErrorKind::Decode(value) = error.kind() else { panic!("{error:?}") };
    assert!(matches!(value.problem(), ValueProblem::Custom(_)), "{error}");
    assert_eq!((value.column(), value.row()), (Some("level"), Some(0)));
    assert!(!error.to_string().contains('3'), "the value is not shown: {error}");
}
