//! `serde_json`: rows and values as JSON, in the form that the documentation of `cql` shows. It is made
//! by way of a `Value`, which costs the allocations of both.

use ::serde_json::{Map, Number, Value as Json};

use super::super::from_row::in_column;
use super::super::value_error::{ValueError, ValueProblem};
use super::super::{
    Column, ColumnMap, CqlType, FromRow, FromRowOwned, FromValue, FromValueOwned, RawRow, Value,
};
use crate::error::Result;

/// In the form of CQL's own JSON; `decimal` and `varint` as text, so that no reader rounds them.
impl From<Value> for Json {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Empty(_) => Self::String(String::new()),
            Value::Ascii(v) | Value::Text(v) => Self::String(v),
            Value::BigInt(v) => v.into(),
            Value::Boolean(v) => v.into(),
            Value::Counter(v) => v.0.into(),
            Value::Double(v) => float(v, v),
            // As short as it is in 32 bits: 0.1 and not 0.10000000149011612.
            Value::Float(v) => float(v.to_string().parse().unwrap_or(f64::NAN), v.into()),
            Value::Int(v) => v.into(),
            Value::SmallInt(v) => v.into(),
            Value::TinyInt(v) => v.into(),
            Value::Decimal(v) => Self::String(v.to_string()),
            Value::Duration(v) => Self::String(v.to_string()),
            Value::List(v) | Value::Set(v) | Value::Tuple(v) | Value::Vector(v) => {
                v.into_iter().map(Self::from).collect()
            }
            Value::Map(v) => {
                let pairs = v.into_iter().map(|(key, value)| (self::key(key), value.into()));
                Self::Object(pairs.collect())
            }
            Value::Udt(v) => {
                let fields = v.into_iter().map(|(name, value)| (name, value.into()));
                Self::Object(fields.collect())
            }
            Value::Blob(_)
            | Value::Custom(_)
            | Value::Date(_)
            | Value::Inet(_)
            | Value::Time(_)
            | Value::Timestamp(_)
            | Value::TimeUuid(_)
            | Value::Uuid(_)
            | Value::VarInt(_) => {
                // Some literals have quotes; no text in any of these has.
                Self::String(value.to_string().trim_matches('\'').to_owned())
            }
        }
    }
}

fn float(shown: f64, v: f64) -> Json {
    match Number::from_f64(shown) {
        Some(number) => Json::Number(number),
        None => Json::String(Value::Double(v).to_string()),
    }
}

fn key(key: Value) -> String {
    match key.into() {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

/// From every column.
impl<'r> FromValue<'r> for Json {
    fn check(t: &CqlType) -> Result<()> {
        Value::check(t)
    }

    fn from_value(t: &CqlType, cell: Option<&'r [u8]>) -> Result<Self> {
        Value::from_value(t, cell).map(Self::from)
    }
}

impl FromValueOwned for Json {}

/// Any row, its columns by name.
impl<'r> FromRow<'r> for Map<String, Json> {
    fn plan(columns: &[Column]) -> Result<ColumnMap> {
        for (at, column) in columns.iter().enumerate() {
            if columns[..at].iter().any(|other| other.name() == column.name()) {
                let mut error = ValueError::read(ValueProblem::Duplicate);
                error.set_column(column, at);
                return Err(error.into_error());
            }
        }
        Ok(ColumnMap::all(columns))
    }

    fn from_row(row: RawRow<'_, 'r>) -> Result<Self> {
        let cells = row.columns().iter().zip(row.cells()).enumerate();
        let pairs = cells.map(|(at, (column, cell))| {
            let value = Json::from_value(column.cql_type(), *cell)
                .map_err(|error| in_column(error, column, at))?;
            Ok((column.name().to_owned(), value))
        });
        pairs.collect()
    }
}

impl FromRowOwned for Map<String, Json> {}

#[cfg(test)]
mod tests {
    use ::serde_json::json;

    use super::super::super::recorder::markers;
    use super::super::super::{Date, Decimal, Timestamp, Uuid, VarInt};
    use super::*;

    #[test]
    fn values() {
        let cases: Vec<(Value, Json)> = vec![
            (Value::Null, json!(null)),
            (Value::Empty(CqlType::Int), json!("")),
            ("it's".into(), json!("it's")),
            (i64::MIN.into(), json!(-9223372036854775808_i64)),
            (0.1_f32.into(), json!(0.1)),
            (1e300.into(), json!(1e300)),
            (f64::NAN.into(), json!("NaN")),
            (f32::NEG_INFINITY.into(), json!("-Infinity")),
            (true.into(), json!(true)),
            (vec![0_u8, 255].into(), json!("0x00ff")),
            (Decimal::new(10, 1).into(), json!("1.0")),
            (VarInt::from(7).into(), json!("7")),
            (Date::EPOCH.into(), json!("1970-01-01")),
            (Timestamp::EPOCH.into(), json!("1970-01-01T00:00:00.000Z")),
            (Uuid::NIL.into(), json!("00000000-0000-0000-0000-000000000000")),
            (std::net::IpAddr::from([127, 0, 0, 1]).into(), json!("127.0.0.1")),
            (Value::Tuple(vec![1.into(), Value::Null]), json!([1, null])),
            (Value::Map(vec![("a".into(), 1.into())]), json!({"a": 1})),
            (Value::Map(vec![(7.into(), 1.into())]), json!({"7": 1})),
            (Value::Map(vec![(Value::List(vec!["a".into()]), 1.into())]), json!({"[\"a\"]": 1})),
            (Value::Udt(vec![("A b".into(), Value::Set(vec![]))]), json!({"A b": []})),
        ];
        for (value, expected) in cases {
            assert_eq!(Json::from(value), expected);
        }
    }

    #[test]
    fn rows() {
        let columns = markers([("id", CqlType::Int), ("Name", CqlType::Text)]);
        let map = Map::plan(&columns).unwrap();
        let id = 7_i32.to_be_bytes();
        let row = Map::from_row(RawRow::new(&[Some(&id), None], &columns, &map)).unwrap();
        assert_eq!(Json::Object(row), json!({"id": 7, "Name": null}));
        let error = Map::from_row(RawRow::new(&[Some(&id), Some(b"\xff")], &columns, &map));
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("cannot read column `Name` (text) as String: "), "{error}");
        let twice = markers([("a", CqlType::Int), ("a", CqlType::Int)]);
        let error = Map::plan(&twice).unwrap_err().to_string();
        assert!(error.contains("two columns have this name"), "{error}");
    }
}
