//! The types of columns, and their values as cells.

use super::read::Reader;
use super::write;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    Bigint,
    Blob,
    Boolean,
    Double,
    Int,
    Text,
    Uuid,
    Inet,
    List(&'static Type),
    Map(&'static Type, &'static Type),
    Set(&'static Type),
}

impl Type {
    /// Appends the type as an `option`.
    pub fn write(self, out: &mut Vec<u8>) {
        let id = match self {
            Type::Bigint => 0x02,
            Type::Blob => 0x03,
            Type::Boolean => 0x04,
            Type::Double => 0x07,
            Type::Int => 0x09,
            Type::Uuid => 0x0C,
            Type::Text => 0x0D,
            Type::Inet => 0x10,
            Type::List(_) => 0x20,
            Type::Map(..) => 0x21,
            Type::Set(_) => 0x22,
        };
        write::short(out, id);
        match self {
            Type::List(of) | Type::Set(of) => of.write(out),
            Type::Map(key, value) => {
                key.write(out);
                value.write(out);
            }
            _ => {}
        }
    }
}

/// A cell: the bytes of a value, or null.
pub type Cell = Option<Vec<u8>>;

/// A `text`.
pub fn text(value: &str) -> Cell {
    Some(value.as_bytes().to_vec())
}

/// An `int`.
pub fn int(value: i32) -> Cell {
    Some(value.to_be_bytes().to_vec())
}

/// A `boolean`.
pub fn boolean(value: bool) -> Cell {
    Some(vec![value.into()])
}

/// A `set<text>` or a `list<text>`.
pub fn texts(values: &[&str]) -> Cell {
    let mut out = Vec::new();
    write::int(&mut out, values.len() as i32);
    for value in values {
        write::bytes(&mut out, Some(value.as_bytes()));
    }
    Some(out)
}

/// A `map<text, text>`.
pub fn text_map(entries: &[(&str, &str)]) -> Cell {
    let mut out = Vec::new();
    write::int(&mut out, entries.len() as i32);
    for (key, value) in entries {
        write::bytes(&mut out, Some(key.as_bytes()));
        write::bytes(&mut out, Some(value.as_bytes()));
    }
    Some(out)
}

/// A `map<text, text>` as `toJson` writes it. What needs escapes in JSON does not occur here.
pub fn text_map_as_json(cell: &[u8]) -> Cell {
    let mut reader = Reader(cell);
    let count = reader.int().unwrap_or(0);
    let mut next = || String::from_utf8_lossy(reader.bytes().flatten().unwrap_or(b"")).into_owned();
    let entries: Vec<_> =
        (0..count).map(|_| (next(), next())).map(|(k, v)| format!("\"{k}\": \"{v}\"")).collect();
    text(&format!("{{{}}}", entries.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_types_are_nested() {
        let mut out = Vec::new();
        Type::Map(&Type::Text, &Type::Set(&Type::Uuid)).write(&mut out);
        assert_eq!(out, [0x00, 0x21, 0x00, 0x0D, 0x00, 0x22, 0x00, 0x0C]);
    }

    #[test]
    fn a_map_is_told_as_json() {
        let cell = text_map(&[("class", "S"), ("n", "1")]).unwrap();
        assert_eq!(cell[..9], [0, 0, 0, 2, 0, 0, 0, 5, b'c']);
        assert_eq!(text_map_as_json(&cell), text("{\"class\": \"S\", \"n\": \"1\"}"));
    }
}
