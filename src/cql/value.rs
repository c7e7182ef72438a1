//! A value of any type, for programs that learn the types at run time.
//!
//! It owns what it holds: one allocation for each text, number without a limit, and collection.

use std::net::IpAddr;

use super::nested::inside;
use super::{
    Counter, CqlDuration, CqlType, Date, Decimal, FromValue, FromValueOwned, Time, TimeUuid,
    Timestamp, ToValue, Uuid, ValueBinder, VarInt, cell, map,
};
use crate::error::Result;

/// A value of any CQL type, NULL and empty ones included.
///
/// Every column reads as a `Value`; a `Value` binds wherever the Rust type in it does. `Display`
/// writes a CQL literal that the server reads as the same value:
///
/// ```
/// use async_cassandra::cql::Value;
///
/// let value = Value::List(vec![Value::Text("it's".to_owned()), Value::Text(String::new())]);
/// assert_eq!(value.to_string(), "['it''s', '']");
/// ```
///
/// `==` compares the bits of floats no more than `f64` does: NaN equals nothing.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// NULL.
    #[default]
    Null,
    /// Zero bytes, of a type for which that is no value: a scalar, but neither text nor blob.
    Empty(CqlType),
    /// `ascii`.
    Ascii(String),
    /// `bigint`.
    BigInt(i64),
    /// `blob`.
    Blob(Vec<u8>),
    /// `boolean`.
    Boolean(bool),
    /// `counter`.
    Counter(Counter),
    /// `date`.
    Date(Date),
    /// `decimal`.
    Decimal(Decimal),
    /// `double`.
    Double(f64),
    /// `duration`.
    Duration(CqlDuration),
    /// `float`.
    Float(f32),
    /// `inet`.
    Inet(IpAddr),
    /// `int`.
    Int(i32),
    /// `smallint`.
    SmallInt(i16),
    /// `text`.
    Text(String),
    /// `time`.
    Time(Time),
    /// `timestamp`.
    Timestamp(Timestamp),
    /// `timeuuid`.
    TimeUuid(TimeUuid),
    /// `tinyint`.
    TinyInt(i8),
    /// `uuid`.
    Uuid(Uuid),
    /// `varint`.
    VarInt(VarInt),
    /// `list<…>`.
    List(Vec<Value>),
    /// `set<…>`, in the order of the server.
    Set(Vec<Value>),
    /// `map<…, …>`, in the order of the server.
    Map(Vec<(Value, Value)>),
    /// `tuple<…>`.
    Tuple(Vec<Value>),
    /// A UDT: its fields by name, in the order of the type.
    Udt(Vec<(String, Value)>),
    /// `vector<…, n>`.
    Vector(Vec<Value>),
    /// The bytes of a type that this version does not know.
    Custom(Vec<u8>),
}

impl Value {
    /// Whether it is NULL.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

macro_rules! from {
    ($($T:ty => $Variant:ident),* $(,)?) => { $(
        impl From<$T> for Value {
            fn from(value: $T) -> Self {
                Self::$Variant(value.into())
            }
        }
    )* };
}

from! {
    bool => Boolean,
    i8 => TinyInt,
    i16 => SmallInt,
    i32 => Int,
    i64 => BigInt,
    f32 => Float,
    f64 => Double,
    &str => Text,
    String => Text,
    &[u8] => Blob,
    Vec<u8> => Blob,
    Counter => Counter,
    CqlDuration => Duration,
    Date => Date,
    Decimal => Decimal,
    IpAddr => Inet,
    Time => Time,
    TimeUuid => TimeUuid,
    Timestamp => Timestamp,
    Uuid => Uuid,
    VarInt => VarInt,
}

/// `None` is NULL.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// From every column.
impl<'r> FromValue<'r> for Value {
    fn check(_: &CqlType) -> Result<()> {
        Ok(())
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        let Some(bytes) = cell else { return Ok(Self::Null) };
        Ok(match t {
            CqlType::Ascii => Self::Ascii(String::from_value(t, cell)?),
            CqlType::Text => Self::Text(String::from_value(t, cell)?),
            CqlType::Blob => Self::Blob(bytes.to_vec()),
            CqlType::Custom(_) | CqlType::Unknown(_) => Self::Custom(bytes.to_vec()),
            CqlType::List(_) => Self::List(Vec::from_value(t, cell)?),
            CqlType::Set(_) => Self::Set(Vec::from_value(t, cell)?),
            CqlType::Vector(..) => Self::Vector(Vec::from_value(t, cell)?),
            CqlType::Map(..) => {
                let mut pairs = Vec::new();
                map::each::<Self, _, _>(t, cell, |key, value| pairs.push((key, value)))?;
                Self::Map(pairs)
            }
            CqlType::Tuple(types) => {
                let mut rest = bytes;
                let element = |(at, t)| part(&mut rest, t, format_args!(".{at}"));
                let items = types.iter().enumerate().map(element).collect::<Result<_>>()?;
                end(t, rest)?;
                Self::Tuple(items)
            }
            CqlType::Udt { fields, .. } => {
                let mut rest = bytes;
                let field = |(name, t): &(String, CqlType)| {
                    Ok((name.clone(), part(&mut rest, t, format_args!(".{name}"))?))
                };
                // What follows belongs to fields that the type has got since.
                Self::Udt(fields.iter().map(field).collect::<Result<_>>()?)
            }
            scalar if bytes.is_empty() => Self::Empty(scalar.clone()),
            CqlType::BigInt => Self::BigInt(i64::from_value(t, cell)?),
            CqlType::Boolean => Self::Boolean(bool::from_value(t, cell)?),
            CqlType::Counter => Self::Counter(Counter::from_value(t, cell)?),
            CqlType::Date => Self::Date(Date::from_value(t, cell)?),
            CqlType::Decimal => Self::Decimal(Decimal::from_value(t, cell)?),
            CqlType::Double => Self::Double(f64::from_value(t, cell)?),
            CqlType::Duration => Self::Duration(CqlDuration::from_value(t, cell)?),
            CqlType::Float => Self::Float(f32::from_value(t, cell)?),
            CqlType::Inet => Self::Inet(IpAddr::from_value(t, cell)?),
            CqlType::Int => Self::Int(i32::from_value(t, cell)?),
            CqlType::SmallInt => Self::SmallInt(i16::from_value(t, cell)?),
            CqlType::Time => Self::Time(Time::from_value(t, cell)?),
            CqlType::Timestamp => Self::Timestamp(Timestamp::from_value(t, cell)?),
            CqlType::TimeUuid => Self::TimeUuid(TimeUuid::from_value(t, cell)?),
            CqlType::TinyInt => Self::TinyInt(i8::from_value(t, cell)?),
            CqlType::Uuid => Self::Uuid(Uuid::from_value(t, cell)?),
            CqlType::VarInt => Self::VarInt(VarInt::from_value(t, cell)?),
        })
    }
}

/// Takes one value of a tuple or UDT from the front.
fn part(rest: &mut &[u8], t: &CqlType, step: std::fmt::Arguments<'_>) -> Result<Value> {
    cell::take_or_null(rest)
        .ok_or_else(|| cell::damaged::<Value>(t))
        .and_then(|value| Value::from_value(t, value))
        .map_err(|error| inside(error, step))
}

fn end(t: &CqlType, rest: &[u8]) -> Result<()> {
    if rest.is_empty() { Ok(()) } else { Err(cell::damaged::<Value>(t)) }
}

impl FromValueOwned for Value {}

/// Wherever the Rust type in it binds.
impl ToValue for Value {
    fn bind(&self, to: ValueBinder<'_>) -> Result<()> {
        match self {
            Self::Null => to.null(),
            Self::Empty(_) => to.empty(),
            Self::Ascii(v) | Self::Text(v) => to.str(v),
            Self::BigInt(v) => to.i64(*v),
            Self::Blob(v) | Self::Custom(v) => to.bytes(v),
            Self::Boolean(v) => to.bool(*v),
            Self::Counter(v) => v.bind(to),
            Self::Date(v) => to.date(*v),
            Self::Decimal(v) => to.decimal(v),
            Self::Double(v) => to.f64(*v),
            Self::Duration(v) => to.duration(*v),
            Self::Float(v) => to.f32(*v),
            Self::Inet(v) => to.inet(*v),
            Self::Int(v) => to.i32(*v),
            Self::SmallInt(v) => to.i16(*v),
            Self::Time(v) => to.time(*v),
            Self::Timestamp(v) => to.timestamp(*v),
            Self::TimeUuid(v) => to.uuid(v.uuid()),
            Self::TinyInt(v) => to.i8(*v),
            Self::Uuid(v) => to.uuid(*v),
            Self::VarInt(v) => to.varint(v),
            Self::List(v) | Self::Set(v) | Self::Vector(v) => to.list_of::<Self, _>(v),
            Self::Map(v) => to.map_of::<Self, _, _>(v.iter().map(|(key, value)| (key, value))),
            Self::Tuple(v) => {
                let items: Vec<_> = v.iter().map(|item| item as &dyn ToValue).collect();
                to.tuple_of::<Self>(&items)
            }
            Self::Udt(v) => {
                let fields: Vec<_> =
                    v.iter().map(|(name, value)| (&**name, value as &dyn ToValue)).collect();
                to.udt_of::<Self>(&fields)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recorder::bound;
    use super::*;

    #[test]
    fn null_and_empty_are_values() {
        assert_eq!(Value::from_value(&CqlType::Int, None).unwrap(), Value::Null);
        assert!(Value::default().is_null());
        let empty = Value::from_value(&CqlType::Int, Some(&[])).unwrap();
        assert_eq!(empty, Value::Empty(CqlType::Int));
        assert!(!empty.is_null());
        assert_eq!(Value::from_value(&CqlType::Text, Some(&[])).unwrap(), "".into());
        assert_eq!(Value::from(None::<i32>), Value::Null);
        assert_eq!(Value::from(Some(1)), Value::Int(1));
    }

    #[test]
    fn udts_by_name_in_any_order_and_with_fields_to_come() {
        let fields = vec![("street".to_owned(), CqlType::Text), ("zip".to_owned(), CqlType::Int)];
        let t = CqlType::Udt { keyspace: "k".into(), name: "address".into(), fields };
        let bytes = [0, 0, 0, 1, 97, 0, 0, 0, 4, 0, 0, 0, 7];
        let address = Value::Udt(vec![("street".into(), "a".into()), ("zip".into(), 7.into())]);
        assert_eq!(Value::from_value(&t, Some(&bytes)).unwrap(), address);
        assert_eq!(bound(&address, t.clone()).unwrap(), format!("Nested({bytes:?})"));
        let longer = [&bytes[..], &[0, 0, 0, 0]].concat();
        assert_eq!(Value::from_value(&t, Some(&longer)).unwrap(), address);
        let turned = Value::Udt(vec![("zip".into(), 7.into()), ("street".into(), "a".into())]);
        assert_eq!(bound(&turned, t.clone()).unwrap(), format!("Nested({bytes:?})"));
        let partly = Value::Udt(vec![("zip".into(), 7.into())]);
        assert!(
            bound(&partly, t.clone())
                .unwrap()
                .starts_with("Nested([255, 255, 255, 255, 0, 0, 0, 4")
        );
        let message = |value| bound(&value, t.clone()).unwrap_err().to_string();
        assert_eq!(
            message(Value::Udt(vec![("zap".into(), 7.into())])),
            "cannot bind Value to marker `v.zap` (k.address): the type has no such field; it has \
             `street`, `zip`"
        );
        assert!(
            message(Value::Udt(vec![("zip".into(), "7".into())]))
                .contains("str to marker `v.zip` (int)")
        );
        let twice = Value::Udt(vec![("zip".into(), 7.into()), ("zip".into(), 8.into())]);
        assert!(message(twice).contains("bound twice"));
        assert!(bound(&address, CqlType::Int).is_err());
    }
}
