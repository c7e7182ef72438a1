//! The types of CQL.
//!
//! A [`CqlType`] is read once for each column of a page and once for each marker of a prepared
//! statement, never for a row. Scalars are a number; nested types own their parts on the heap.

use std::fmt;

/// The type of a column or of a marker, as the server declares it.
///
/// `Display` is CQL's own notation:
///
/// ```
/// use async_cassandra::cql::CqlType;
///
/// let tags = CqlType::Map(Box::new(CqlType::Text), Box::new(CqlType::Set(Box::new(CqlType::Int))));
/// assert_eq!(tags.to_string(), "map<text, set<int>>");
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CqlType {
    /// `ascii`: text of 7-bit characters.
    Ascii,
    /// `bigint`: 64 bits.
    BigInt,
    /// `blob`: bytes.
    Blob,
    /// `boolean`.
    Boolean,
    /// `counter`: 64 bits that are only added to.
    Counter,
    /// `date`: a day without a time.
    Date,
    /// `decimal`: a number of any size and scale.
    Decimal,
    /// `double`: IEEE 754, 64 bits.
    Double,
    /// `duration`: months, days and nanoseconds.
    Duration,
    /// `float`: IEEE 754, 32 bits.
    Float,
    /// `inet`: an IPv4 or IPv6 address.
    Inet,
    /// `int`: 32 bits.
    Int,
    /// `smallint`: 16 bits.
    SmallInt,
    /// `text`, which is also `varchar`: UTF-8.
    Text,
    /// `time`: nanoseconds of a day.
    Time,
    /// `timestamp`: milliseconds since the Unix epoch.
    Timestamp,
    /// `timeuuid`: a UUID of version 1.
    TimeUuid,
    /// `tinyint`: 8 bits.
    TinyInt,
    /// `uuid`: a UUID of any version.
    Uuid,
    /// `varint`: an integer of any size.
    VarInt,
    /// `list<…>`.
    List(Box<CqlType>),
    /// `set<…>`.
    Set(Box<CqlType>),
    /// `map<…, …>`.
    Map(Box<CqlType>, Box<CqlType>),
    /// `tuple<…>`.
    Tuple(Vec<CqlType>),
    /// A user-defined type.
    Udt {
        /// The keyspace that it belongs to.
        keyspace: String,
        /// Its name.
        name: String,
        /// Its fields, in the order of the declaration.
        fields: Vec<(String, CqlType)>,
    },
    /// `vector<…, n>`: exactly so many elements, none of them NULL.
    Vector(Box<CqlType>, usize),
    /// A type that the protocol names by a Java class, and that this version does not know.
    Custom(String),
    /// A type with a number that this version does not know.
    Unknown(u32),
}

/// The C driver's numbers (`CassValueType`) of the scalar types, and their names in CQL.
const SCALARS: [(u32, CqlType, &str); 21] = [
    (0x01, CqlType::Ascii, "ascii"),
    (0x02, CqlType::BigInt, "bigint"),
    (0x03, CqlType::Blob, "blob"),
    (0x04, CqlType::Boolean, "boolean"),
    (0x05, CqlType::Counter, "counter"),
    (0x06, CqlType::Decimal, "decimal"),
    (0x07, CqlType::Double, "double"),
    (0x08, CqlType::Float, "float"),
    (0x09, CqlType::Int, "int"),
    (0x0A, CqlType::Text, "text"),
    (0x0B, CqlType::Timestamp, "timestamp"),
    (0x0C, CqlType::Uuid, "uuid"),
    (0x0D, CqlType::Text, "text"),
    (0x0E, CqlType::VarInt, "varint"),
    (0x0F, CqlType::TimeUuid, "timeuuid"),
    (0x10, CqlType::Inet, "inet"),
    (0x11, CqlType::Date, "date"),
    (0x12, CqlType::Time, "time"),
    (0x13, CqlType::SmallInt, "smallint"),
    (0x14, CqlType::TinyInt, "tinyint"),
    (0x15, CqlType::Duration, "duration"),
];

impl CqlType {
    /// The scalar type with the C driver's number `code`; none for collections, tuples, UDTs,
    /// custom types and numbers that are not known.
    pub(crate) fn scalar(code: u32) -> Option<Self> {
        SCALARS.iter().find(|(c, _, _)| *c == code).map(|(_, cql_type, _)| cql_type.clone())
    }

    /// Whether it is a list, a set or a map.
    pub(crate) fn is_collection(&self) -> bool {
        matches!(self, Self::List(_) | Self::Set(_) | Self::Map(..))
    }

    /// Whether this is what the C driver calls `code`, a scalar type or one that is not known.
    pub(crate) fn is_scalar(&self, code: u32) -> bool {
        match SCALARS.iter().find(|(c, _, _)| *c == code) {
            Some((_, cql_type, _)) => cql_type == self,
            None => *self == Self::Unknown(code),
        }
    }

    /// The length of every value of this type inside of a vector; none where each carries its own.
    /// The server decides it type by type: a `smallint` carries its length, an `int` does not.
    pub(super) fn fixed_length(&self) -> Option<usize> {
        match self {
            Self::Boolean => Some(1),
            Self::Int | Self::Float => Some(4),
            Self::BigInt | Self::Double | Self::Timestamp => Some(8),
            Self::Uuid | Self::TimeUuid => Some(16),
            Self::Vector(item, dimension) => item.fixed_length()?.checked_mul(*dimension),
            _ => None,
        }
    }
}

impl fmt::Display for CqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(item) => write!(f, "list<{item}>"),
            Self::Set(item) => write!(f, "set<{item}>"),
            Self::Map(key, value) => write!(f, "map<{key}, {value}>"),
            Self::Tuple(items) => {
                f.write_str("tuple<")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str(">")
            }
            Self::Udt { keyspace, name, .. } => {
                write!(f, "{}.{}", Identifier(keyspace), Identifier(name))
            }
            Self::Vector(item, dimension) => write!(f, "vector<{item}, {dimension}>"),
            Self::Custom(class) => write!(f, "'{class}'"),
            Self::Unknown(code) => write!(f, "unknown type 0x{code:04x}"),
            scalar => match SCALARS.iter().find(|(_, cql_type, _)| cql_type == scalar) {
                Some((_, _, name)) => f.write_str(name),
                None => f.write_str("unknown type"),
            },
        }
    }
}

/// A name as CQL writes it: in quotes if it would otherwise be folded to lower case or not parse.
pub(super) struct Identifier<'a>(pub(super) &'a str);

impl fmt::Display for Identifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(self.0) {
            f.write_str(self.0)
        } else {
            write!(f, "\"{}\"", self.0.replace('"', "\"\""))
        }
    }
}

/// Whether CQL takes the name without quotes, and as it is.
pub(super) const fn is_plain(name: &str) -> bool {
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        match name[at] {
            b'a'..=b'z' => {}
            b'0'..=b'9' | b'_' if at > 0 => {}
            _ => return false,
        }
        at += 1;
    }
    let mut word = 0;
    while word < RESERVED.len() {
        if equal(RESERVED[word].as_bytes(), name) {
            return false;
        }
        word += 1;
    }
    !name.is_empty()
}

/// `==` is not for constants.
const fn equal(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// The words that CQL takes for names in quotes only.
const RESERVED: [&str; 62] = [
    "add",
    "allow",
    "alter",
    "and",
    "apply",
    "asc",
    "authorize",
    "batch",
    "begin",
    "by",
    "columnfamily",
    "create",
    "default",
    "delete",
    "desc",
    "describe",
    "drop",
    "entries",
    "execute",
    "from",
    "full",
    "grant",
    "if",
    "in",
    "index",
    "infinity",
    "insert",
    "into",
    "is",
    "keyspace",
    "limit",
    "materialized",
    "mbean",
    "mbeans",
    "modify",
    "nan",
    "norecursive",
    "not",
    "null",
    "of",
    "on",
    "or",
    "order",
    "primary",
    "rename",
    "replace",
    "revoke",
    "schema",
    "select",
    "set",
    "table",
    "to",
    "token",
    "truncate",
    "unlogged",
    "unset",
    "update",
    "use",
    "using",
    "view",
    "where",
    "with",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_protocol() {
        assert_eq!(CqlType::scalar(0x09), Some(CqlType::Int));
        assert_eq!(CqlType::scalar(0x0A), CqlType::scalar(0x0D), "text and varchar are one type");
        assert_eq!(CqlType::scalar(0x15), Some(CqlType::Duration));
        for not_scalar in [0x00, 0x16, 0x20, 0x21, 0x22, 0x30, 0x31, 0xFFFF, u32::MAX] {
            assert_eq!(CqlType::scalar(not_scalar), None);
        }
    }

    #[test]
    fn every_scalar_has_a_name() {
        for (code, cql_type, name) in &SCALARS {
            assert_eq!(CqlType::scalar(*code).as_ref(), Some(cql_type));
            assert_eq!(cql_type.to_string(), *name);
        }
    }

    #[test]
    fn reads_as_cql() {
        let udt = |keyspace: &str, name: &str| CqlType::Udt {
            keyspace: keyspace.into(),
            name: name.into(),
            fields: vec![("street".into(), CqlType::Text)],
        };
        let list = CqlType::List(Box::new(udt("shop", "address_2")));
        assert_eq!(list.to_string(), "list<shop.address_2>");
        assert_eq!(udt("Shop", "a\"b").to_string(), "\"Shop\".\"a\"\"b\"");
        for name in ["", "_a", "1a", "A", "a b", "ä", "where"] {
            assert!(!is_plain(name), "{name}");
        }
        assert_eq!(udt("from", "unlogged_").to_string(), "\"from\".unlogged_");
        let tuple = CqlType::Tuple(vec![CqlType::Int, CqlType::Set(Box::new(CqlType::Text))]);
        assert_eq!(tuple.to_string(), "tuple<int, set<text>>");
        assert_eq!(CqlType::Tuple(Vec::new()).to_string(), "tuple<>");
        assert_eq!(CqlType::Custom("a.B".into()).to_string(), "'a.B'");
        assert_eq!(CqlType::Unknown(0x77).to_string(), "unknown type 0x0077");
    }
}
