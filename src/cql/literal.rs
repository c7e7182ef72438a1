//! Values as CQL writes them: what the server reads as the same value again.
//!
//! Where CQL's own notation cannot say a value exactly, or not on every server, a form that can is
//! taken: days and milliseconds as numbers outside of the years that all calendars agree on, and
//! `blobAs…(0x…)` for empty values, for a few at the very end of their range, and for IPv6 addresses
//! that the server would take for IPv4.

use std::fmt::{self, Display, Write};
use std::net::IpAddr;

use super::cql_type::Identifier;
use super::{CqlDuration, CqlType, Date, Decimal, Timestamp, Value};

/// A literal of CQL.
impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Empty(t) => of_bytes(f, t, &[]),
            Self::Ascii(v) | Self::Text(v) => write!(f, "'{}'", v.replace('\'', "''")),
            Self::BigInt(v) => v.fmt(f),
            Self::Blob(v) | Self::Custom(v) => hex(f, v),
            Self::Boolean(v) => v.fmt(f),
            Self::Counter(v) => v.0.fmt(f),
            Self::Date(v) => date(f, *v),
            Self::Decimal(v) => decimal(f, v),
            Self::Double(v) => float(f, *v, v),
            Self::Duration(v) => duration(f, *v),
            Self::Float(v) => float(f, (*v).into(), v),
            Self::Inet(v) => inet(f, *v),
            Self::Int(v) => v.fmt(f),
            Self::SmallInt(v) => v.fmt(f),
            Self::Time(v) => write!(f, "'{v}'"),
            Self::Timestamp(v) => timestamp(f, *v),
            Self::TimeUuid(v) => v.fmt(f),
            Self::TinyInt(v) => v.fmt(f),
            Self::Uuid(v) => v.fmt(f),
            Self::VarInt(v) => v.fmt(f),
            Self::List(v) | Self::Vector(v) => between(f, '[', v, ']', Value::fmt),
            Self::Set(v) => between(f, '{', v, '}', Value::fmt),
            Self::Tuple(v) => between(f, '(', v, ')', Value::fmt),
            Self::Map(v) => between(f, '{', v, '}', |(key, value), f| write!(f, "{key}: {value}")),
            Self::Udt(v) => between(f, '{', v, '}', |(name, value), f| {
                write!(f, "{}: {value}", Identifier(name))
            }),
        }
    }
}

fn between<T>(
    f: &mut fmt::Formatter<'_>,
    open: char,
    items: &[T],
    close: char,
    each: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    f.write_char(open)?;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        each(item, f)?;
    }
    f.write_char(close)
}

fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("0x")?;
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// A value of type `t` by its bytes.
fn of_bytes(f: &mut fmt::Formatter<'_>, t: &CqlType, bytes: &[u8]) -> fmt::Result {
    let name = t.to_string();
    // Every scalar has such a function, named after it.
    let (first, rest) = name.split_at_checked(1).unwrap_or_default();
    write!(f, "blobAs{}{rest}(", first.to_uppercase())?;
    hex(f, bytes)?;
    f.write_char(')')
}

/// `shown` with a point or an exponent, so that it stays a float in every place.
fn float(f: &mut fmt::Formatter<'_>, v: f64, shown: &impl fmt::Debug) -> fmt::Result {
    match v {
        v if v.is_nan() => f.write_str("NaN"),
        f64::INFINITY => f.write_str("Infinity"),
        f64::NEG_INFINITY => f.write_str("-Infinity"),
        _ => write!(f, "{shown:?}"),
    }
}

/// The server refuses what a `double` could not hold, unless it is an integer; and it reads no
/// scale at the very end of the range.
fn decimal(f: &mut fmt::Formatter<'_>, v: &Decimal) -> fmt::Result {
    let is_large = || v.to_string().parse::<f64>().is_ok_and(f64::is_infinite);
    if v.scale() == i32::MIN || v.scale() != 0 && is_large() {
        let bytes = [&v.scale().to_be_bytes(), v.unscaled().as_be_bytes()].concat();
        return of_bytes(f, &CqlType::Decimal, &bytes);
    }
    v.fmt(f)
}

/// The server makes an IPv4 address of an IPv6 one that was mapped from it.
fn inet(f: &mut fmt::Formatter<'_>, v: IpAddr) -> fmt::Result {
    match v {
        IpAddr::V6(v) if v.to_ipv4_mapped().is_some() => of_bytes(f, &CqlType::Inet, &v.octets()),
        v => write!(f, "'{v}'"),
    }
}

/// The days and milliseconds of the years 1600 to 9999: after the switch of calendars, and of four
/// digits.
const DAYS: std::ops::Range<i32> = -135_140..2_932_897;
const DAY: i64 = 86_400_000;

fn date(f: &mut fmt::Formatter<'_>, v: Date) -> fmt::Result {
    match DAYS.contains(&v.as_days()) {
        true => write!(f, "'{v}'"),
        false => v.to_wire().fmt(f),
    }
}

fn timestamp(f: &mut fmt::Formatter<'_>, v: Timestamp) -> fmt::Result {
    let millis = v.as_millis();
    match (i64::from(DAYS.start) * DAY..i64::from(DAYS.end) * DAY).contains(&millis) {
        true => write!(f, "'{v}'"),
        false => millis.fmt(f),
    }
}

/// The least numbers have no positive counterpart that the server could read behind a minus.
fn duration(f: &mut fmt::Formatter<'_>, v: CqlDuration) -> fmt::Result {
    if v.months() == i32::MIN || v.days() == i32::MIN || v.nanos() == i64::MIN {
        let mut bytes = Vec::new();
        v.write(&mut bytes);
        return of_bytes(f, &CqlType::Duration, &bytes);
    }
    v.fmt(f)
}

#[cfg(test)]
mod tests {
    use super::super::{Counter, VarInt};
    use super::*;

    #[test]
    fn reads_as_cql() {
        let udt = Value::Udt(vec![("zip".into(), 7.into()), ("A b".into(), Value::Null)]);
        let cases: Vec<(Value, &str)> = vec![
            (Value::Null, "null"),
            (Value::Empty(CqlType::Int), "blobAsInt(0x)"),
            (Value::Empty(CqlType::TimeUuid), "blobAsTimeuuid(0x)"),
            ("it's".into(), "'it''s'"),
            (vec![0_u8, 255].into(), "0x00ff"),
            (true.into(), "true"),
            (Counter(7).into(), "7"),
            (1.0_f64.into(), "1.0"),
            (1e300_f64.into(), "1e300"),
            (f32::MAX.into(), "3.4028235e38"),
            (f32::NAN.into(), "NaN"),
            (f64::NEG_INFINITY.into(), "-Infinity"),
            ((-0.0_f32).into(), "-0.0"),
            (Date::EPOCH.into(), "'1970-01-01'"),
            (Date::MAX.into(), "4294967295"),
            (Date::from_days(-135_140).into(), "'1600-01-01'"),
            (Date::from_days(-135_141).into(), "2147348507"),
            (Timestamp::EPOCH.into(), "'1970-01-01T00:00:00.000Z'"),
            (Timestamp::from_millis(i64::MIN).into(), "-9223372036854775808"),
            (Decimal::new(-5, -3).into(), "-5E+3"),
            (Decimal::new(1, i32::MIN).into(), "blobAsDecimal(0x8000000001)"),
            (Decimal::new(2, -308).into(), "blobAsDecimal(0xfffffecc02)"),
            (Decimal::new(1, 400).into(), "1E-400"),
            (VarInt::from(-7).into(), "-7"),
            (CqlDuration::new(-1, 0, -1).unwrap().into(), "-1mo1ns"),
            (IpAddr::from([127, 0, 0, 1]).into(), "'127.0.0.1'"),
            ("::1".parse::<IpAddr>().unwrap().into(), "'::1'"),
            (
                "::ffff:1.2.3.4".parse::<IpAddr>().unwrap().into(),
                "blobAsInet(0x00000000000000000000ffff01020304)",
            ),
            (Value::Set(vec![1.into(), 2.into()]), "{1, 2}"),
            (Value::Map(vec![("a".into(), Value::List(Vec::new()))]), "{'a': []}"),
            (Value::Tuple(vec![1.into(), Value::Null]), "(1, null)"),
            (Value::Vector(vec![0.1_f32.into()]), "[0.1]"),
            (udt, "{zip: 7, \"A b\": null}"),
        ];
        for (value, literal) in cases {
            assert_eq!(value.to_string(), literal);
        }
        let least = CqlDuration::new(i32::MIN, 0, 0).unwrap();
        assert!(Value::from(least).to_string().starts_with("blobAsDuration(0x"));
    }
}
