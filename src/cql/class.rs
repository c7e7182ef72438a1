//! Types that the protocol names by a Java class, `vector` among them. Read once a column.

use super::CqlType;

const PACKAGE: &str = "org.apache.cassandra.db.marshal.";
/// How deep a name is followed: one nested deeper than any server allows is damage.
const MAX_DEPTH: usize = 64;

/// The scalar types by their class.
const SCALARS: [(&str, CqlType); 22] = [
    ("AsciiType", CqlType::Ascii),
    ("BooleanType", CqlType::Boolean),
    ("ByteType", CqlType::TinyInt),
    ("BytesType", CqlType::Blob),
    ("CounterColumnType", CqlType::Counter),
    ("DateType", CqlType::Timestamp),
    ("DecimalType", CqlType::Decimal),
    ("DoubleType", CqlType::Double),
    ("DurationType", CqlType::Duration),
    ("FloatType", CqlType::Float),
    ("InetAddressType", CqlType::Inet),
    ("Int32Type", CqlType::Int),
    ("IntegerType", CqlType::VarInt),
    ("LexicalUUIDType", CqlType::Uuid),
    ("LongType", CqlType::BigInt),
    ("ShortType", CqlType::SmallInt),
    ("SimpleDateType", CqlType::Date),
    ("TimeType", CqlType::Time),
    ("TimeUUIDType", CqlType::TimeUuid),
    ("TimestampType", CqlType::Timestamp),
    ("UTF8Type", CqlType::Text),
    ("UUIDType", CqlType::Uuid),
];

impl CqlType {
    /// The type with this class; [`Custom`](CqlType::Custom) where it is not one of CQL's own.
    pub(crate) fn of_class(class: &str) -> Self {
        let mut rest = class;
        match read(&mut rest, 0) {
            Some(t) if rest.trim().is_empty() => t,
            _ => Self::Custom(class.to_owned()),
        }
    }
}

/// Takes a type from the front. What has a class that is not known makes the whole unknown: its
/// place in the bytes could not be told.
fn read(rest: &mut &str, depth: usize) -> Option<CqlType> {
    if depth > MAX_DEPTH {
        return None;
    }
    let name = word(rest);
    let name = name.strip_prefix(PACKAGE).unwrap_or(name);
    if let Some((_, t)) = SCALARS.iter().find(|(class, _)| *class == name) {
        return Some(t.clone());
    }
    token(rest, '(')?;
    let sub = |rest: &mut &str| read(rest, depth + 1).map(Box::new);
    let t = match name {
        "ListType" => CqlType::List(sub(rest)?),
        "SetType" => CqlType::Set(sub(rest)?),
        "MapType" => {
            let key = sub(rest)?;
            token(rest, ',')?;
            CqlType::Map(key, sub(rest)?)
        }
        "FrozenType" | "ReversedType" => *sub(rest)?,
        "VectorType" => {
            let item = sub(rest)?;
            token(rest, ',')?;
            CqlType::Vector(item, word(rest).parse().ok()?)
        }
        "TupleType" => {
            let mut items = vec![*sub(rest)?];
            while token(rest, ',').is_some() {
                items.push(*sub(rest)?);
            }
            CqlType::Tuple(items)
        }
        "UserType" => {
            let keyspace = word(rest).to_owned();
            token(rest, ',')?;
            let name = hex(word(rest))?;
            let mut fields = Vec::new();
            while token(rest, ',').is_some() {
                let field = hex(word(rest))?;
                token(rest, ':')?;
                fields.push((field, *sub(rest)?));
            }
            CqlType::Udt { keyspace, name, fields }
        }
        _ => return None,
    };
    token(rest, ')')?;
    Some(t)
}

/// Takes a name or a number.
fn word<'c>(rest: &mut &'c str) -> &'c str {
    let text = rest.trim_start();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '&');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    *rest = after;
    word
}

fn token(rest: &mut &str, token: char) -> Option<()> {
    *rest = rest.trim_start().strip_prefix(token)?;
    Some(())
}

/// Names of types and fields stand there as the digits of their bytes.
fn hex(digits: &str) -> Option<String> {
    let pairs = digits.as_bytes().chunks(2);
    let bytes = pairs.map(|pair| {
        let [high, low] = <[u8; 2]>::try_from(pair).ok()?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        u8::try_from(digit(high)? << 4 | digit(low)?).ok()
    });
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(class: &str) -> String {
        CqlType::of_class(class).to_string()
    }

    #[test]
    fn vectors_of_everything() {
        let vector = |item: &str| format!("{PACKAGE}VectorType({item} , 3)");
        let class = |name: &str| format!("{PACKAGE}{name}");
        assert_eq!(shown(&vector(&class("FloatType"))), "vector<float, 3>");
        assert_eq!(shown(&vector(&vector(&class("UTF8Type")))), "vector<vector<text, 3>, 3>");
        let map = format!("MapType({},{})", class("Int32Type"), class("ListType(BytesType)"));
        assert_eq!(shown(&vector(&class(&map))), "vector<map<int, list<blob>>, 3>");
        let frozen = format!("FrozenType({PACKAGE}TupleType(ByteType,{PACKAGE}ShortType))");
        assert_eq!(shown(&vector(&class(&frozen))), "vector<tuple<tinyint, smallint>, 3>");
        let udt = format!("UserType(shop,61646472,7a6970:{PACKAGE}Int32Type,41:UTF8Type)");
        let CqlType::Vector(item, 3) = CqlType::of_class(&vector(&class(&udt))) else { panic!() };
        let fields = vec![("zip".to_owned(), CqlType::Int), ("A".to_owned(), CqlType::Text)];
        assert_eq!(*item, CqlType::Udt { keyspace: "shop".into(), name: "addr".into(), fields });
    }

    #[test]
    fn what_is_not_known_stays_a_name() {
        for class in [
            "",
            "a.B",
            "VectorType",
            "VectorType(FloatType)",
            "VectorType(FloatType, x)",
            "VectorType(a.B, 3)",
            "VectorType(FloatType, 3) more",
            "ListType(",
            "UserType(k,6,61:Int32Type)",
            "VectorType(FloatType, -1)",
            &"ListType(".repeat(10_000),
        ] {
            assert_eq!(CqlType::of_class(class), CqlType::Custom(class.to_owned()), "{class}");
        }
    }
}
