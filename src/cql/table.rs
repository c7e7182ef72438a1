//! The table of types in this module's documentation, held to what the types say.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::recorder::bound;
use super::{
    Counter, CqlDuration, CqlType, Date, Decimal, FromValue, Time, TimeUuid, Timestamp, ToValue,
    Uuid, VarInt,
};

const PAGE: &str = include_str!("mod.rs");

/// A Rust type under its name in the table, which for another crate's has the crate before it.
struct Known {
    name: &'static str,
    reads: fn(&CqlType) -> bool,
    binds: Box<dyn Fn(&CqlType) -> bool>,
}

fn both<T: FromValue<'static> + ToValue + 'static>(name: &'static str, value: T) -> Known {
    Known { reads: |t| T::check(t).is_ok(), ..bound_only(name, value) }
}

fn bound_only(name: &'static str, value: impl ToValue + 'static) -> Known {
    let binds = Box::new(move |t: &CqlType| bound(&value, t.clone()).is_ok());
    Known { name, reads: |_| false, binds }
}

fn all() -> Vec<Known> {
    let time_based = "2a1b5c80-6f1e-11ee-b962-0242ac120002";
    let v1: Uuid = time_based.parse().unwrap();
    let bytes: &[u8] = &[7];
    vec![
        both("bool", true),
        both("i8", 1_i8),
        both("i16", 1_i16),
        both("i32", 1),
        both("i64", 1_i64),
        both("f32", 1.0_f32),
        both("f64", 1.0),
        both("Counter", Counter(1)),
        both("VarInt", VarInt::from(1)),
        both("Decimal", Decimal::new(1, 0)),
        both("String", "a".to_owned()),
        both("&str", "a"),
        both("Cow<str>", Cow::Borrowed("a")),
        both("Box<str>", Box::<str>::from("a")),
        both("Arc<str>", Arc::<str>::from("a")),
        bound_only("str", Box::<str>::from("a")),
        both("Vec<u8>", vec![7_u8]),
        both("&[u8]", bytes),
        both("Cow<[u8]>", Cow::Borrowed(bytes)),
        both("Box<[u8]>", Box::<[u8]>::from(bytes)),
        bound_only("[u8]", Box::<[u8]>::from(bytes)),
        both("Uuid", v1),
        both("TimeUuid", TimeUuid::new(v1).unwrap()),
        both("Date", Date::EPOCH),
        both("Time", Time::MIDNIGHT),
        both("Timestamp", Timestamp::EPOCH),
        both("SystemTime", SystemTime::UNIX_EPOCH),
        both("CqlDuration", CqlDuration::ZERO),
        both("Duration", Duration::ZERO),
        both("IpAddr", IpAddr::from([127, 0, 0, 1])),
        both("Ipv4Addr", Ipv4Addr::LOCALHOST),
        both("Ipv6Addr", Ipv6Addr::LOCALHOST),
        both("num-bigint BigInt", num_bigint::BigInt::from(1)),
        both("bigdecimal BigDecimal", bigdecimal::BigDecimal::from(1)),
        both("rust_decimal Decimal", rust_decimal::Decimal::ONE),
        both("secrecy SecretString", secrecy::SecretString::from("a")),
        both("secrecy SecretSlice<u8>", secrecy::SecretSlice::from(vec![7])),
        both("bytes Bytes", bytes::Bytes::from_static(bytes)),
        bound_only("bytes BytesMut", bytes::BytesMut::from(bytes)),
        both("uuid Uuid", time_based.parse::<uuid::Uuid>().unwrap()),
        both("chrono NaiveDate", chrono::NaiveDate::default()),
        both("chrono NaiveTime", chrono::NaiveTime::default()),
        both("chrono DateTime<Utc>", chrono::DateTime::<chrono::Utc>::default()),
        both("chrono TimeDelta", chrono::TimeDelta::zero()),
        both("time Date", time::OffsetDateTime::UNIX_EPOCH.date()),
        both("time Time", time::Time::MIDNIGHT),
        both("time OffsetDateTime", time::OffsetDateTime::UNIX_EPOCH),
        both("time Duration", time::Duration::ZERO),
        both("jiff civil::Date", jiff::civil::Date::constant(1970, 1, 1)),
        both("jiff civil::Time", jiff::civil::Time::midnight()),
        both("jiff Timestamp", jiff::Timestamp::UNIX_EPOCH),
        both("jiff Span", jiff::Span::new()),
        both("jiff SignedDuration", jiff::SignedDuration::ZERO),
    ]
}

fn scalar(name: &str) -> Option<CqlType> {
    Some(match name {
        "ascii" => CqlType::Ascii,
        "bigint" => CqlType::BigInt,
        "blob" => CqlType::Blob,
        "boolean" => CqlType::Boolean,
        "counter" => CqlType::Counter,
        "date" => CqlType::Date,
        "decimal" => CqlType::Decimal,
        "double" => CqlType::Double,
        "duration" => CqlType::Duration,
        "float" => CqlType::Float,
        "inet" => CqlType::Inet,
        "int" => CqlType::Int,
        "smallint" => CqlType::SmallInt,
        "text" | "varchar" => CqlType::Text,
        "time" => CqlType::Time,
        "timestamp" => CqlType::Timestamp,
        "timeuuid" => CqlType::TimeUuid,
        "tinyint" => CqlType::TinyInt,
        "uuid" => CqlType::Uuid,
        "varint" => CqlType::VarInt,
        _ => return None,
    })
}

/// What stands between backticks.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The types of other crates that a cell names, and whether they are read too.
fn of_crates(cell: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for item in cell.split(';').filter(|item| item.contains(':')) {
        let (name, types) = item.split_once("`:").expect("a feature and its types");
        let name = name.trim_start_matches([' ', '`']);
        found.extend(types.split(", ").map(|one| {
            let full = format!("{name} {}", names(one)[0]);
            (full, !one.contains("bound only"))
        }));
    }
    found
}

#[test]
fn scalar_types_are_read_and_bound_as_the_documentation_says() {
    let (known, mut seen) = (all(), 0);
    for line in PAGE.lines().filter_map(|line| line.strip_prefix("//! | `")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [cql, read, bind, features, ..] = cells[..] else { continue };
        let types: Vec<_> =
            names(&format!("`{cql}")).iter().filter_map(|name| scalar(name)).collect();
        let mut reads: BTreeSet<_> = names(read).into_iter().collect();
        let mut binds: BTreeSet<_> = names(bind).into_iter().collect();
        if bind.starts_with("the same") {
            binds.extend(reads.iter().cloned());
        }
        for (name, read) in of_crates(features) {
            binds.insert(name.clone());
            if read {
                reads.insert(name);
            }
        }
        for t in types {
            let that = |does: &dyn Fn(&Known) -> bool| -> BTreeSet<_> {
                known.iter().filter(|k| does(k)).map(|k| k.name.to_owned()).collect()
            };
            assert_eq!(that(&|k| (k.reads)(&t)), reads, "read from {t}");
            assert_eq!(that(&|k| (k.binds)(&t)), binds, "bound to {t}");
            seen += 1;
        }
    }
    assert_eq!(seen, 21, "rows of scalar types");
    let custom = CqlType::Custom("a.B".into());
    for known in known {
        assert_eq!((known.reads)(&custom), (known.reads)(&CqlType::Blob), "{}", known.name);
        assert_eq!((known.binds)(&custom), (known.binds)(&CqlType::Blob), "{}", known.name);
    }
}
