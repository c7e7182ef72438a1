//! What holds for any bytes of any type: asked by the tests for a moment, and by the targets of
//! `fuzz/` for as long as one likes.
//!
//! Each function takes an input as a fuzzer makes them, and panics where something does not hold.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::nested::{Place, Takes};
use super::value_binder::To;
use super::{
    Counter, CqlDuration, CqlType, Date, Decimal, FromValue, MaybeEmpty, Time, TimeUuid, Timestamp,
    ToValue, Uuid, Value, ValueBinder, VarInt,
};
use crate::error::Result;

/// How deep types are nested.
const DEPTH: usize = 6;

/// Takes a type from the front of an input.
pub fn any_type(data: &mut &[u8]) -> CqlType {
    type_of_depth(data, DEPTH)
}

fn type_of_depth(data: &mut &[u8], depth: usize) -> CqlType {
    let Some((first, rest)) = data.split_first() else { return CqlType::Int };
    *data = rest;
    let mut inner = || Box::new(type_of_depth(data, depth.saturating_sub(1)));
    match first % 32 {
        _ if depth == 0 => scalar(*first),
        20 | 21 => CqlType::List(inner()),
        22 => CqlType::Set(inner()),
        23 | 24 => CqlType::Map(inner(), inner()),
        25 => CqlType::Tuple(vec![*inner()]),
        26 => CqlType::Tuple(vec![*inner(), *inner(), *inner()]),
        27 | 28 => {
            let fields = vec![("a".to_owned(), *inner()), ("B c".to_owned(), *inner())];
            CqlType::Udt { keyspace: "k".to_owned(), name: "u".to_owned(), fields }
        }
        29 => CqlType::Vector(inner(), 2),
        30 => {
            let dimension = [0, 1, 3, 1 << 20, usize::MAX][usize::from(first / 32) % 5];
            CqlType::Vector(inner(), dimension)
        }
        _ => scalar(*first),
    }
}

fn scalar(number: u8) -> CqlType {
    match number % 32 {
        31 => CqlType::Custom("a.B".to_owned()),
        19 => CqlType::Unknown(0x99),
        number => CqlType::scalar(number.into()).unwrap_or(CqlType::Text),
    }
}

/// An input is a type, and the cell.
pub fn cell(data: &[u8]) {
    let mut cell = data;
    let t = any_type(&mut cell);
    each_decoder(&t, Some(cell));
    value(&t, Some(cell));
}

/// Every Rust type reads the cell, or fails.
pub fn each_decoder(t: &CqlType, cell: Option<&[u8]>) {
    fn read<'r, T: FromValue<'r>>(t: &CqlType, cell: Option<&'r [u8]>) {
        // What does not fit by its type has mistakes of one kind only.
        if let (Ok(()), Err(error)) = (T::check(t), T::from_value(t, cell)) {
            assert!(!error.to_string().is_empty());
        }
    }
    read::<bool>(t, cell);
    read::<i8>(t, cell);
    read::<i16>(t, cell);
    read::<i32>(t, cell);
    read::<i64>(t, cell);
    read::<f32>(t, cell);
    read::<f64>(t, cell);
    read::<Counter>(t, cell);
    read::<&str>(t, cell);
    read::<Cow<'_, str>>(t, cell);
    read::<Arc<str>>(t, cell);
    read::<&[u8]>(t, cell);
    read::<Box<[u8]>>(t, cell);
    read::<Uuid>(t, cell);
    read::<TimeUuid>(t, cell);
    read::<Timestamp>(t, cell);
    read::<SystemTime>(t, cell);
    read::<Date>(t, cell);
    read::<Time>(t, cell);
    read::<CqlDuration>(t, cell);
    read::<Duration>(t, cell);
    read::<Decimal>(t, cell);
    read::<VarInt>(t, cell);
    read::<IpAddr>(t, cell);
    read::<Ipv4Addr>(t, cell);
    read::<Ipv6Addr>(t, cell);
    read::<MaybeEmpty<VarInt>>(t, cell);
    read::<Vec<Option<i32>>>(t, cell);
    read::<Vec<Vec<&str>>>(t, cell);
    read::<Box<[Value]>>(t, cell);
    read::<[Value; 2]>(t, cell);
    read::<[i64; 3]>(t, cell);
    read::<HashSet<i32>>(t, cell);
    read::<BTreeSet<&[u8]>>(t, cell);
    read::<HashMap<i32, Value>>(t, cell);
    read::<BTreeMap<&str, Vec<i32>>>(t, cell);
    read::<(Value,)>(t, cell);
    read::<(Value, Option<&str>, Vec<i32>)>(t, cell);
}

/// What a [`Value`] reads it shows, and gives back: the same value, in bytes that stay the same.
/// Gives whether there was anything to read and to give back.
pub fn value(t: &CqlType, cell: Option<&[u8]>) -> bool {
    let Ok(value) = Value::from_value(t, cell) else { return false };
    let literal = value.to_string();
    assert!(!literal.is_empty());
    let Ok(bytes) = bound(&value, t) else { return false };
    let again = Value::from_value(t, bytes.as_deref()).expect("it was bound");
    // NaN is shown and equals nothing.
    assert_eq!(shown(&again), shown(&value), "{t}");
    assert_eq!(again.to_string(), literal, "{t}");
    assert_eq!(bound(&again, t).expect("it was bound before"), bytes, "{t}");
    true
}

fn shown(value: &impl Debug) -> String {
    format!("{value:?}")
}

/// The bytes of a value, as they stand inside of a tuple.
fn bound(value: &Value, t: &CqlType) -> Result<Option<Vec<u8>>> {
    let mut out = Vec::new();
    let to = To::Inside(Place { out: &mut out, takes: Takes::Null });
    value.bind(ValueBinder { to, cql_type: t })?;
    let bytes = out.split_off(4);
    let length = i32::from_be_bytes(out.try_into().expect("a length of four bytes"));
    assert_eq!(usize::try_from(length).unwrap_or(0), bytes.len());
    Ok((length >= 0).then_some(bytes))
}

/// An input is the name of a Java class.
pub fn class(data: &[u8]) {
    let name = String::from_utf8_lossy(data);
    let t = CqlType::of_class(&name);
    assert!(!t.to_string().is_empty() || name.is_empty());
    value(&t, Some(&[]));
    value(&t, Some(&[0; 8]));
}

/// An input is a text: what is read from it says the same text again.
pub fn text(data: &[u8]) {
    fn again<T: std::str::FromStr + std::fmt::Display + PartialEq + Debug>(text: &str) {
        if let Ok(read) = text.parse::<T>() {
            let shown = read.to_string();
            assert_eq!(shown.parse::<T>().ok(), Some(read), "{text:?} became {shown:?}");
        }
    }
    let text = String::from_utf8_lossy(data);
    again::<Date>(&text);
    again::<Time>(&text);
    again::<Uuid>(&text);
    again::<TimeUuid>(&text);
    again::<VarInt>(&text);
    again::<Decimal>(&text);
}
