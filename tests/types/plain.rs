//! Values in a form that two languages can make, each of its own types: what a value means, with
//! nothing of how it is encoded.

use std::net::IpAddr;

use async_cassandra::cql::Value;

/// The milliseconds of the years 1906 to 2191: Python's client keeps timestamps as floats of
/// seconds, which are exact there.
const MILLIS: std::ops::Range<i64> = -2_000_000_000_000..7_000_000_000_000;

/// Which is the other zero's equal in Python's sets.
const NEGATIVE_ZERO: &str = "float 8000000000000000";

/// None for what Python's client has no value for: empty values, types that are not CQL's own,
/// times that it would round, the least scale of a decimal, negative zero in sets, and maps with
/// keys that hold a set, which it looks up by the bytes of a set that it has sorted.
pub fn of(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Ascii(v) | Value::Text(v) => format!("text {}", hex(v.as_bytes())),
        Value::BigInt(v) => v.to_string(),
        Value::Blob(v) => format!("blob {}", hex(v)),
        Value::Boolean(v) => v.to_string(),
        Value::Date(v) => format!("date {}", v.as_days()),
        Value::Decimal(v) if v.scale() > i32::MIN => {
            format!("decimal {} {}", v.unscaled(), v.scale())
        }
        Value::Double(v) => float(*v),
        Value::Duration(v) => format!("duration {} {} {}", v.months(), v.days(), v.nanos()),
        Value::Float(v) => float((*v).into()),
        Value::Inet(IpAddr::V4(v)) => format!("inet {}", hex(&v.octets())),
        Value::Inet(IpAddr::V6(v)) => format!("inet {}", hex(&v.octets())),
        Value::Int(v) => v.to_string(),
        Value::SmallInt(v) => v.to_string(),
        Value::Time(v) => format!("time {}", v.as_nanos()),
        Value::Timestamp(v) if MILLIS.contains(&v.as_millis()) => {
            format!("timestamp {}", v.as_millis())
        }
        Value::TimeUuid(v) => v.to_string(),
        Value::TinyInt(v) => v.to_string(),
        Value::Uuid(v) => v.to_string(),
        Value::VarInt(v) => v.to_string(),
        Value::List(v) | Value::Vector(v) => format!("[{}]", all(v)?.join(", ")),
        Value::Set(v) => {
            let mut items = all(v)?;
            if items.iter().any(|item| item.contains(NEGATIVE_ZERO)) {
                return None;
            }
            items.sort();
            items.dedup();
            format!("{{{}}}", items.join(", "))
        }
        Value::Map(v) if !v.iter().any(|(key, _)| has_set(key)) => {
            let pair =
                |(key, value): &(Value, Value)| Some(format!("{}: {}", of(key)?, of(value)?));
            let mut pairs = v.iter().map(pair).collect::<Option<Vec<_>>>()?;
            pairs.sort();
            format!("{{{}}}", pairs.join(", "))
        }
        Value::Tuple(v) => format!("({})", all(v)?.join(", ")),
        Value::Udt(v) => {
            let fields = v.iter().map(|(_, value)| of(value)).collect::<Option<Vec<_>>>()?;
            format!("({})", fields.join(", "))
        }
        _ => return None,
    })
}

/// Whether it is a set, or holds one.
pub fn has_set(value: &Value) -> bool {
    matches!(value, Value::Set(_)) || has_inner_set(value)
}

/// Whether it holds a set.
pub fn has_inner_set(value: &Value) -> bool {
    match value {
        Value::List(v) | Value::Set(v) | Value::Tuple(v) | Value::Vector(v) => {
            v.iter().any(has_set)
        }
        Value::Map(v) => v.iter().any(|(key, value)| has_set(key) || has_set(value)),
        Value::Udt(v) => v.iter().any(|(_, value)| has_set(value)),
        _ => false,
    }
}

fn all(items: &[Value]) -> Option<Vec<String>> {
    items.iter().map(of).collect()
}

fn float(v: f64) -> String {
    if v.is_nan() { "float nan".to_owned() } else { format!("float {}", hex(&v.to_be_bytes())) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
