//! Tests: what comes from the network may be anything. Every decoder meets random bytes of every
//! length under every CQL type, and valid cells that were damaged, and answers with a value or an
//! error. Nobody allocates more than the cell justifies.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{
    Column, Counter, CqlDuration, CqlType, Date, Decimal, FromRow, FromValue, MaybeEmpty, RawRow,
    Row, Time, TimeUuid, Timestamp, Uuid, Value, VarInt, fuzzing, vint,
};

const LONGEST: usize = 40;

/// Repeatable random numbers: xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

fn all_types() -> Vec<CqlType> {
    let mut types: Vec<_> = (0..0x20).filter_map(CqlType::scalar).collect();
    let int = || Box::new(CqlType::Int);
    let fields = vec![("a".to_owned(), CqlType::Int)];
    types.extend([
        CqlType::List(int()),
        CqlType::Set(int()),
        CqlType::Map(int(), int()),
        CqlType::Tuple(vec![CqlType::Int]),
        CqlType::Udt { keyspace: "k".to_owned(), name: "n".to_owned(), fields },
        CqlType::List(Box::new(CqlType::List(Box::new(CqlType::Text)))),
        CqlType::Vector(int(), 2),
        CqlType::Vector(Box::new(CqlType::Text), 2),
        CqlType::Vector(int(), usize::MAX),
        CqlType::Vector(Box::new(CqlType::Vector(int(), 1 << 40)), 1 << 40),
        CqlType::Vector(Box::new(CqlType::Vector(int(), 0)), 1 << 40),
        CqlType::Custom("a.B".to_owned()),
        CqlType::Unknown(0x99),
    ]);
    types
}

/// Whatever the cell is, reading it ends; and it fails under a type that `check` refuses. Gives
/// the number of cells that could be read.
fn meets_anything<T: for<'r> FromValue<'r>>() -> usize {
    for t in all_types().iter().filter(|t| T::check(t).is_err()) {
        for length in 0..=16 {
            assert!(T::from_value(t, Some(&vec![0; length])).is_err(), "unchecked {t}");
        }
    }
    meets_anything_borrowed::<T>(|t, cell| T::check(t).map(|()| T::from_value(t, cell).is_ok()))
}

fn meets_anything_borrowed<T>(
    read: impl Fn(&CqlType, Option<&[u8]>) -> crate::error::Result<bool>,
) -> usize {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut read_well = 0;
    for t in all_types() {
        assert!(!read(&t, None).unwrap_or(false), "NULL as {}", std::any::type_name::<T>());
        for length in 0..=LONGEST {
            for _ in 0..20 {
                read_well += usize::from(read(&t, Some(&random.bytes(length))).unwrap_or(false));
            }
        }
    }
    read_well
}

/// Asserts how many of the 20 random cells a length are read, over all types that `T` reads.
macro_rules! reads {
    ($($T:ty => $cells:expr),* $(,)?) => {
        $(assert_eq!(meets_anything::<$T>(), $cells, stringify!($T));)*
    };
}

#[test]
fn fixed_types_read_their_lengths_and_nothing_else() {
    reads! {
        bool => 20,
        i8 => 20,
        i16 => 2 * 20,
        i32 => 3 * 20,
        i64 => 5 * 20,
        Counter => 20,
        f32 => 20,
        f64 => 2 * 20,
        Uuid => 2 * 20,
        Timestamp => 20,
        SystemTime => 20,
        IpAddr => 2 * 20,
        Ipv4Addr => 20,
        Ipv6Addr => 20,
        Vec<u8> => 3 * 20 * (LONGEST + 1),
        Box<[u8]> => 3 * 20 * (LONGEST + 1),
    }
}

#[test]
fn types_of_variable_length_read_what_is_one() {
    reads! {
        Date => 20,
        VarInt => 20 * LONGEST,
        Decimal => 20 * (LONGEST - 4),
        Empty<Date> => 20 + 20,
        Empty<VarInt> => 20 + 20 * LONGEST,
    }
    // Of random bytes few are a time of day, or three numbers of the same sign.
    assert!(meets_anything::<Time>() < 20);
    assert!(meets_anything::<TimeUuid>() < 20);
    assert!((1..20 * LONGEST).contains(&meets_anything::<CqlDuration>()));
    assert!(meets_anything::<Duration>() < 20);
}

/// Its `Default` is not needed.
type Empty<T> = MaybeEmpty<T>;

#[test]
fn nested_types_end_and_reserve_no_more_than_came() {
    let mut random = Random(3);
    for t in all_types() {
        for length in 0..=LONGEST {
            for round in 0..20 {
                let mut cell = random.bytes(length);
                // Random lengths are hardly ever plausible: make some of them small.
                for at in (0..length / 4).filter(|_| round % 2 == 0) {
                    cell[at * 4..at * 4 + 3].fill(0);
                    cell[at * 4 + 3] %= 9;
                }
                let cell = Some(&cell[..]);
                let _ = Value::from_value(&t, cell).map(|value| value.to_string());
                let _ = Vec::<Option<i32>>::from_value(&t, cell);
                let _ = Vec::<Vec<&str>>::from_value(&t, cell);
                let _ = Vec::<[i32; 0]>::from_value(&t, cell);
                let _ = Box::<[i64]>::from_value(&t, cell);
                let _ = <[i32; 2]>::from_value(&t, cell);
                let _ = HashSet::<i32>::from_value(&t, cell);
                let _ = BTreeSet::<&[u8]>::from_value(&t, cell);
                let _ = HashMap::<i32, i32>::from_value(&t, cell);
                let _ = BTreeMap::<&str, Vec<i32>>::from_value(&t, cell);
                let _ = <(i32,)>::from_value(&t, cell);
                let _ = <(i32, Option<&str>, Vec<i32>)>::from_value(&t, cell);
            }
        }
    }
}

#[cfg(all(
    feature = "bigdecimal",
    feature = "bytes",
    feature = "chrono",
    feature = "jiff",
    feature = "num-bigint",
    feature = "rust_decimal",
    feature = "secrecy",
    feature = "serde_json",
    feature = "time",
    feature = "uuid",
))]
#[test]
fn types_of_other_crates_read_what_ours_do_or_less() {
    reads! {
        ::uuid::Uuid => 2 * 20,
        ::bytes::Bytes => 3 * 20 * (LONGEST + 1),
        ::secrecy::SecretSlice<u8> => 3 * 20 * (LONGEST + 1),
        ::num_bigint::BigInt => 20 * LONGEST,
        ::bigdecimal::BigDecimal => 20 * (LONGEST - 4),
        // Random scales are out of range.
        ::rust_decimal::Decimal => 0,
    }
    assert_eq!(meets_anything::<::secrecy::SecretString>(), meets_anything::<String>());
    let times = meets_anything::<Time>();
    assert_eq!(meets_anything::<::chrono::NaiveTime>(), times);
    assert_eq!(meets_anything::<::time::Time>(), times);
    assert_eq!(meets_anything::<::jiff::civil::Time>(), times);
    // Of random days few are within a hundred thousand years, of random moments none.
    assert!(meets_anything::<::chrono::NaiveDate>() <= 20);
    assert!(meets_anything::<::time::Date>() <= 20);
    assert!(meets_anything::<::jiff::civil::Date>() <= 20);
    assert!(meets_anything::<::chrono::DateTime<::chrono::Utc>>() <= 20);
    assert!(meets_anything::<::time::OffsetDateTime>() <= 20);
    assert!(meets_anything::<::jiff::Timestamp>() <= 20);
    let durations = meets_anything::<CqlDuration>();
    assert!(meets_anything::<::chrono::TimeDelta>() <= durations);
    assert!(meets_anything::<::time::Duration>() <= durations);
    assert!(meets_anything::<::jiff::SignedDuration>() <= durations);
    assert!((1..=durations).contains(&meets_anything::<::jiff::Span>()));
    let mut random = Random(5);
    for t in all_types() {
        for length in 0..=LONGEST {
            let _ = ::serde_json::Value::from_value(&t, Some(&random.bytes(length)));
        }
    }
}

#[test]
fn text_is_read_where_it_is_utf8() {
    let read = meets_anything::<String>();
    // At least the empty ones, under `text` (which has two numbers) and `ascii`.
    assert!((3 * 20..3 * 20 * LONGEST).contains(&read), "{read}");
    assert_eq!(meets_anything::<Box<str>>(), read);
    assert_eq!(meets_anything::<Arc<str>>(), read);
    let borrowed = meets_anything_borrowed::<&str>(|t, cell| {
        <&str>::check(t).map(|()| <&str>::from_value(t, cell).is_ok())
    });
    let cow = meets_anything_borrowed::<Cow<'_, str>>(|t, cell| {
        Cow::<str>::check(t).map(|()| Cow::<str>::from_value(t, cell).is_ok())
    });
    assert_eq!((borrowed, cow), (read, read));
}

#[test]
fn rows_meet_any_number_of_cells() {
    let mut random = Random(7);
    for _ in 0..2_000 {
        let types = all_types();
        let columns: Vec<_> = (0..random.next() % 5)
            .map(|at| {
                let t = types[random.next() as usize % types.len()].clone();
                Column::new(["a", "b"][at as usize % 2], t)
            })
            .collect();
        let cells: Vec<_> = (0..random.next() % 5)
            .map(|_| (random.next() % 3 != 0).then(|| random.next().to_be_bytes()))
            .collect();
        let cells: Vec<_> = cells.iter().map(|cell| cell.as_ref().map(|c| &c[..])).collect();
        if let Ok(map) = <(i64, Option<&[u8]>)>::plan(&columns) {
            let _ = <(i64, Option<&[u8]>)>::from_row(RawRow::new(&cells, &columns, &map));
        }
        let map = Row::plan(&columns).unwrap();
        let row = Row::from_row(RawRow::new(&cells, &columns, &map)).unwrap();
        for at in 0..6 {
            let _ = (row.get_at::<i64>(at), row.get::<Option<String>>("a"));
        }
        assert!(!format!("{row:?}").is_empty());
    }
}

/// How many cells are damaged, and how often each.
const CELLS: usize = 400;
const DAMAGES: usize = 25;

/// A valid cell of this type; NULL and empty values stand where they may.
fn valid(t: &CqlType, random: &mut Random) -> Vec<u8> {
    let prefixed = |bytes: Vec<u8>| [&(bytes.len() as u32).to_be_bytes()[..], &bytes].concat();
    let count = (random.next() % 4) as usize;
    let counted = |parts: Vec<Vec<u8>>, count: usize| {
        [(count as u32).to_be_bytes().to_vec(), parts.concat()].concat()
    };
    let length = (random.next() % 12) as usize;
    match t {
        CqlType::Boolean => vec![random.next() as u8 & 1],
        CqlType::TinyInt => random.bytes(1),
        CqlType::SmallInt => random.bytes(2),
        CqlType::Int | CqlType::Float | CqlType::Date => random.bytes(4),
        CqlType::BigInt | CqlType::Counter | CqlType::Double | CqlType::Timestamp => {
            random.bytes(8)
        }
        CqlType::Time => (random.next() % 86_400_000_000_000).to_be_bytes().to_vec(),
        CqlType::Uuid => random.bytes(16),
        CqlType::TimeUuid => {
            let mut bytes = random.bytes(16);
            bytes[6] = bytes[6] & 0x0F | 0x10;
            bytes[8] = bytes[8] & 0x3F | 0x80;
            bytes
        }
        CqlType::Inet => random.bytes(4 << (2 * (length % 2))),
        CqlType::Text | CqlType::Ascii => {
            random.bytes(length).into_iter().map(|byte| byte & 0x7F).collect()
        }
        CqlType::Duration => {
            let mut bytes = Vec::new();
            for bits in [32, 32, 1] {
                vint::write(&mut bytes, random.next() >> bits & !1);
            }
            bytes
        }
        CqlType::Decimal => random.bytes(5 + length),
        CqlType::VarInt => random.bytes(1 + length),
        CqlType::List(item) | CqlType::Set(item) => {
            counted((0..count).map(|_| prefixed(valid(item, random))).collect(), count)
        }
        CqlType::Map(key, value) => {
            let pair = |_| [prefixed(valid(key, random)), prefixed(valid(value, random))].concat();
            counted((0..count).map(pair).collect(), count)
        }
        CqlType::Tuple(items) => items.iter().flat_map(|t| prefixed(valid(t, random))).collect(),
        CqlType::Udt { fields, .. } => {
            let field = |(_, t): &(String, CqlType)| match random.next() % 8 {
                0 => vec![0xFF; 4],
                _ => prefixed(valid(t, random)),
            };
            fields.iter().flat_map(field).collect()
        }
        CqlType::Vector(item, dimension) => {
            let element = |_| {
                let bytes = valid(item, random);
                let mut head = Vec::new();
                if item.fixed_length().is_none() {
                    vint::write(&mut head, bytes.len() as u64);
                }
                [head, bytes].concat()
            };
            (0..*(dimension.min(&3))).flat_map(element).collect()
        }
        _ => random.bytes(length),
    }
}

/// A cell that is nearly valid.
fn damaged(mut cell: Vec<u8>, random: &mut Random) -> Vec<u8> {
    const LENGTHS: [i32; 8] = [0, 1, -1, -2, i32::MIN, i32::MAX, 1 << 24, 8];
    for _ in 0..=random.next() % 3 {
        let at = random.next() as usize % (cell.len() + 1);
        match random.next() % 5 {
            0 => cell.truncate(at),
            1 => {
                let more = random.next() as usize % 9;
                cell.splice(at..at, random.bytes(more));
            }
            2 => cell[..at].iter_mut().rev().take(1).for_each(|byte| *byte ^= 1 << (at % 8)),
            _ => {
                let length = LENGTHS[random.next() as usize % LENGTHS.len()].to_be_bytes();
                let at = if random.next() % 2 == 0 { at / 4 * 4 } else { at };
                cell[at..].iter_mut().zip(length).for_each(|(byte, new)| *byte = new);
            }
        }
    }
    cell
}

/// How many types a type is made of: each may have a value in memory for some bytes of the cell.
fn parts(t: &CqlType) -> usize {
    1 + match t {
        CqlType::List(t) | CqlType::Set(t) | CqlType::Vector(t, _) => parts(t),
        CqlType::Map(key, value) => parts(key) + parts(value),
        CqlType::Tuple(items) => items.iter().map(parts).sum(),
        CqlType::Udt { fields, .. } => fields.iter().map(|(_, t)| parts(t)).sum(),
        _ => 0,
    }
}

#[test]
fn damaged_cells_of_every_type() {
    let seed = match std::env::var("ASYNC_CASSANDRA_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => {
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64
        }
    };
    println!("ASYNC_CASSANDRA_SEED={seed}");
    let mut random = Random(seed | 1);
    let (mut valid_ones, mut given_back, mut greatest) = (0, 0, 0);
    for round in 0..CELLS {
        let seeds = random.bytes(12);
        let t = match all_types().get(round) {
            Some(t) => t.clone(),
            None => fuzzing::any_type(&mut &seeds[..]),
        };
        let cell = valid(&t, &mut random);
        valid_ones += usize::from(Value::from_value(&t, Some(&cell)).is_ok());
        for damage in 0..DAMAGES {
            let cell = match damage {
                0 => cell.clone(),
                _ => damaged(cell.clone(), &mut random),
            };
            given_back += usize::from(fuzzing::value(&t, Some(&cell)));
            let allocated = allocation_counter::measure(|| {
                let _ = Value::from_value(&t, Some(&cell));
                fuzzing::each_decoder(&t, Some(&cell));
            });
            let bytes = allocated.bytes_max as usize;
            let justified = (cell.len() + 16) * parts(&t);
            greatest = greatest.max(bytes / justified);
            assert!(bytes <= 64 * justified, "{t}: {bytes} bytes for {cell:?}");
        }
    }
    println!(
        "{valid_ones} of {CELLS} cells were valid, {given_back} of {} given back, at most {greatest} \
         times the bytes that came, for each part of the type",
        CELLS * DAMAGES
    );
    assert!(valid_ones > CELLS / 2 && given_back > CELLS * DAMAGES / 10);
}

#[test]
fn names_and_texts_of_any_kind() {
    let mut random = Random(11);
    let words = [
        "VectorType",
        "ListType",
        "MapType",
        "UserType",
        "TupleType",
        "FrozenType",
        "Int32Type",
        "org.apache.cassandra.db.marshal.",
        "UTF8Type",
        "(",
        ")",
        ",",
        ":",
        " ",
        "61",
        "k",
        "3",
        "-",
        "18446744073709551616",
        "ä",
        "\0",
    ];
    for _ in 0..20_000 {
        let many = random.next() % 12;
        let name: String = (0..many).map(|_| words[random.next() as usize % words.len()]).collect();
        fuzzing::class(name.as_bytes());
    }
    for _ in 0..20_000 {
        let many = random.next() % 14;
        let signs = b"0123456789-+.:eETZ-9a";
        let text: Vec<u8> =
            (0..many).map(|_| signs[random.next() as usize % signs.len()]).collect();
        fuzzing::text(&text);
    }
}
