//! Rows that structs are made of, and are bound from.

use async_cassandra::cql::{
    Column, CqlType, FromRow, FromRowOwned, FromValue, FromValueOwned, ToRow, ToValue, ValueBinder,
};
use async_cassandra::{Error, Result};

fn owned<T: FromRowOwned>() {}
fn binds<T: ToRow>() {}

#[derive(Debug, PartialEq, FromRow, ToRow)]
struct User<'a, T> {
    id: T,
    #[cassandra(rename = "Full name")]
    name: &'a str,
    r#type: Option<i32>,
    #[cassandra(skip)]
    seen: bool,
}

#[derive(FromRow, ToRow)]
#[cassandra(rename_all = "camelCase")]
struct Address {
    street_name: String,
    #[cassandra(default)]
    zip_code: i32,
}

#[derive(FromRow, ToRow)]
struct Person<'a> {
    #[cassandra(flatten)]
    user: User<'a, i64>,
    #[cassandra(flatten)]
    home: Address,
    r#where: i32,
    #[cassandra(with = "shouted")]
    motto: String,
}

mod shouted {
    use super::*;

    pub fn check(t: &CqlType) -> Result<()> {
        String::check(t)
    }
    pub fn from_value(t: &CqlType, cell: Option<&[u8]>) -> Result<String> {
        String::from_value(t, cell).map(|text| text.to_uppercase())
    }
    pub fn bind(text: &str, to: ValueBinder<'_>) -> Result<()> {
        to.str(&text.to_lowercase())
    }
}

#[derive(FromRow, ToRow)]
struct Pair<A, B>(A, B);

#[derive(FromRow)]
#[cassandra(by_order)]
struct Ordered {
    _first: i32,
    _second: String,
}

#[derive(FromRow, ToRow)]
struct Wrapped<T> {
    #[cassandra(flatten)]
    inner: T,
}

#[derive(Debug, PartialEq, FromValue, ToValue)]
struct Id(i64);

#[derive(FromValue, ToValue)]
struct Point(f64, f64);

#[derive(FromValue, ToValue)]
struct Home<'a> {
    _street: &'a str,
    #[cassandra(default = "anywhere")]
    _zip: i32,
}

fn anywhere() -> i32 {
    -1
}

#[derive(FromValue, ToValue)]
#[cassandra(rename_all = "snake_case")]
enum Colour {
    DarkRed,
    #[cassandra(rename = "azure")]
    Blue,
}

#[derive(FromValue, ToValue)]
#[cassandra(repr = "i16")]
enum Level {
    Low = 1,
    High = 7,
}

#[test]
fn columns_are_listed_as_cql_takes_them() {
    assert_eq!(User::<i32>::COLUMNS, "id, \"Full name\", type");
    assert_eq!(Address::COLUMNS, "\"streetName\", \"zipCode\"");
    assert_eq!(
        Person::COLUMNS,
        "id, \"Full name\", type, \"streetName\", \"zipCode\", \"where\", motto"
    );
}

#[test]
fn types_without_lifetimes_are_owned() {
    owned::<Address>();
    owned::<Pair<i32, String>>();
    owned::<Wrapped<Address>>();
    binds::<User<'_, i32>>();
    binds::<Person<'_>>();
    binds::<Pair<i32, String>>();
    binds::<Wrapped<Address>>();
    fn value<T: FromValueOwned + ToValue>() {}
    value::<Id>();
    value::<Point>();
    value::<Colour>();
    value::<Level>();
    fn borrowed<T: for<'r> FromValue<'r>>() {}
    borrowed::<Id>();
    let _ =
        (Pair(1, 2).0, Wrapped { inner: 1 }.inner, Ordered { _first: 1, _second: String::new() });
    let _ = Home { _street: "a", _zip: anywhere() };
}

#[test]
fn checks_name_types_and_ways_out() {
    let message = |result: Result<()>| result.unwrap_err().to_string();
    assert!(Id::check(&CqlType::BigInt).is_ok());
    assert!(message(Colour::check(&CqlType::Int)).contains("(int) as Colour"));
    assert!(Level::check(&CqlType::SmallInt).is_ok() && Level::check(&CqlType::Text).is_err());
    let udt = |fields: &[(&str, CqlType)]| CqlType::Udt {
        keyspace: "k".into(),
        name: "home".into(),
        fields: fields.iter().map(|(name, t)| ((*name).to_owned(), t.clone())).collect(),
    };
    let (street, zip) = (("_street", CqlType::Text), ("_zip", CqlType::Int));
    assert!(Home::check(&udt(&[zip.clone(), street.clone()])).is_ok());
    assert!(Home::check(&udt(&[street])).is_ok(), "one with a default may be missing");
    assert!(message(Home::check(&udt(&[zip]))).contains("no such field; it has `_zip`"));
    assert!(
        message(Home::check(&udt(&[("_street", CqlType::Int)]))).contains("._street (int) as &str")
    );
    assert!(Point::check(&CqlType::Tuple(vec![CqlType::Double, CqlType::Double])).is_ok());
    let none: &[Column] = &[];
    let error: Error = Address::plan(none).unwrap_err();
    assert!(error.to_string().contains("column `streetName`"), "{error}");
}

#[test]
fn enums_are_read_and_refused() {
    assert!(matches!(Colour::from_value(&CqlType::Text, Some(b"dark_red")), Ok(Colour::DarkRed)));
    assert!(matches!(Colour::from_value(&CqlType::Text, Some(b"azure")), Ok(Colour::Blue)));
    let error = Colour::from_value(&CqlType::Text, Some(b"secret")).err().unwrap().to_string();
    assert!(error.ends_with("the value is none of `dark_red`, `azure`"), "{error}");
    let level = |n: i16| Level::from_value(&CqlType::SmallInt, Some(&n.to_be_bytes()));
    assert!(matches!(level(7), Ok(Level::High)) && matches!(level(1), Ok(Level::Low)));
    assert!(level(2).is_err());
}

#[test]
fn udts_are_read_by_name_and_whatever_the_bytes_are() {
    let fields = |names: &[&str]| {
        let t = |name: &&str| if *name == "_zip" { CqlType::Int } else { CqlType::Text };
        let fields = names.iter().map(|name| ((*name).to_owned(), t(name))).collect();
        CqlType::Udt { keyspace: "k".into(), name: "home".into(), fields }
    };
    let (street, zip) = ([0, 0, 0, 1, b'a'], [0, 0, 0, 4, 0, 0, 0, 7]);
    let null = [0xFF; 4];
    let read = |names: &[&str], parts: &[&[u8]]| {
        let home = Home::from_value(&fields(names), Some(&parts.concat())).map(|home| home._zip);
        home.map_err(|error| error.to_string())
    };
    assert_eq!(read(&["_street", "_zip"], &[&street, &zip]), Ok(7));
    assert_eq!(read(&["_zip", "_street"], &[&zip, &street]), Ok(7));
    assert_eq!(read(&["x", "_street", "_zip"], &[&null, &street, &zip]), Ok(7));
    assert_eq!(read(&["_street", "_zip"], &[&street, &null]), Ok(-1), "the default");
    assert_eq!(read(&["_street", "_zip"], &[&street]), Ok(-1), "left out at the end");
    assert_eq!(read(&["_street"], &[&street]), Ok(-1));
    assert_eq!(read(&["_street"], &[&street, &zip]), Ok(-1), "a field that came later");
    let error = read(&["_street", "_zip"], &[&null, &zip]).unwrap_err();
    assert!(error.contains("._street (text) as &str: it is NULL"), "{error}");
    assert!(read(&["_zip"], &[&zip]).unwrap_err().contains("no such field"));
    assert!(Home::from_value(&fields(&["_street"]), None).is_err());

    let whole = [&street[..], &zip].concat();
    for length in 0..whole.len() {
        let t = fields(&["_street", "_zip"]);
        let home = Home::from_value(&t, Some(&whole[..length]));
        assert_eq!(home.is_ok(), length == street.len(), "{length}");
        for at in 0..length {
            let mut damaged = whole[..length].to_vec();
            damaged[at] ^= 0x80;
            let _ = Home::from_value(&t, Some(&damaged));
        }
    }
}
