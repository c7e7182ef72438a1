//! Every type comes back as it was: bound and as a literal, alone and inside of every other.
//!
//! Random values come from a seed that is printed; `ASYNC_CASSANDRA_SEED` repeats a run.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use async_cassandra::cql::{
    Counter, CqlDuration, CqlType, Date, Decimal, Empty, MaybeEmpty, Null, Row, Time, TimeUuid,
    Timestamp, Uuid, Value, VarInt,
};
use async_cassandra::{Prepared, Session};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::server::Test;

/// Random values of each type in each place.
const RANDOM: usize = 4;

/// A scalar type, the ends of its range, and how to make any value of it.
struct Scalar {
    name: &'static str,
    ends: Vec<Value>,
    any: BoxedStrategy<Value>,
    /// The server takes an empty value.
    empty: Option<CqlType>,
    /// It can stand in a set and be a key.
    ordered: bool,
}

impl Scalar {
    fn new<T>(name: &'static str, ends: Vec<T>, any: impl Strategy<Value = T> + 'static) -> Self
    where
        T: Into<Value> + std::fmt::Debug + 'static,
    {
        let ends = ends.into_iter().map(Into::into).collect();
        Self { name, ends, any: any.prop_map(Into::into).boxed(), empty: None, ordered: true }
    }

    fn or_empty(self, t: CqlType) -> Self {
        Self { empty: Some(t), ..self }
    }
}

fn scalars() -> Vec<Scalar> {
    let ascii = "[ -~]{0,30}".prop_map(Value::Ascii);
    let date = any::<i32>().prop_map(Date::from_days);
    let nanos = 0..=Time::MAX.as_nanos();
    let decimal = (any::<i128>(), -400..400_i32).prop_map(|(n, scale)| Decimal::new(n, scale));
    let millis = any::<i64>().prop_map(Timestamp::from_millis);
    let v1 = |bytes: u128| Uuid::from_u128(bytes & !(0xF << 76) | 1 << 76);
    let inet = any::<[u8; 16]>().prop_map(|octets| match octets[0] % 2 {
        0 => IpAddr::from(octets),
        _ => IpAddr::from([octets[1], octets[2], octets[3], octets[4]]),
    });
    let duration = (any::<i32>(), any::<i32>(), any::<i64>(), any::<bool>()).prop_map(
        |(months, days, nanos, negative)| {
            let sign = if negative { -1 } else { 1 };
            let (months, days, nanos) = (months & i32::MAX, days & i32::MAX, nanos & i64::MAX);
            CqlDuration::new(sign * months, sign * days, i64::from(sign) * nanos).unwrap()
        },
    );
    let large = "9".repeat(500);
    let large: Vec<VarInt> = vec![large.parse().unwrap(), format!("-{large}").parse().unwrap()];
    vec![
        Scalar::new("ascii", vec![Value::Ascii("'\\".to_owned())], ascii),
        Scalar::new("bigint", vec![i64::MIN, -1, 0, i64::MAX], any::<i64>())
            .or_empty(CqlType::BigInt),
        Scalar::new("blob", vec![vec![], vec![0, 255], vec![7; 70_000]], any::<Vec<u8>>()),
        Scalar::new("boolean", vec![false, true], any::<bool>()).or_empty(CqlType::Boolean),
        Scalar::new("date", vec![Date::MIN, Date::EPOCH, Date::MAX], date),
        Scalar::new(
            "decimal",
            vec![
                Decimal::new(0, 0),
                Decimal::new(i128::MIN, i32::MAX),
                Decimal::new(i128::MAX, -1000),
                Decimal::new(large[1].clone(), 3),
            ],
            decimal,
        )
        .or_empty(CqlType::Decimal),
        Scalar::new(
            "double",
            vec![f64::MIN, -0.0, 0.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::INFINITY],
            any::<f64>(),
        )
        .or_empty(CqlType::Double),
        Scalar {
            ordered: false,
            ..Scalar::new(
                "duration",
                vec![
                    CqlDuration::ZERO,
                    CqlDuration::new(i32::MAX, i32::MAX, i64::MAX).unwrap(),
                    CqlDuration::new(-i32::MAX, -i32::MAX, -i64::MAX).unwrap(),
                ],
                duration,
            )
        },
        Scalar::new(
            "float",
            vec![f32::MIN, -0.0, 0.0, f32::MIN_POSITIVE, 1e-45, f32::MAX, f32::NEG_INFINITY],
            any::<f32>(),
        )
        .or_empty(CqlType::Float),
        Scalar::new("inet", vec![IpAddr::from([0; 4]), IpAddr::from([255; 16])], inet)
            .or_empty(CqlType::Inet),
        Scalar::new("int", vec![i32::MIN, -1, 0, i32::MAX], any::<i32>()).or_empty(CqlType::Int),
        Scalar::new("smallint", vec![i16::MIN, -1, 0, i16::MAX], any::<i16>()),
        Scalar::new(
            "text",
            vec![String::new(), "'".into(), "ä€🦀\0".into(), "x".repeat(70_000)],
            ".{0,30}",
        ),
        Scalar::new(
            "time",
            vec![Time::MIDNIGHT, Time::MAX],
            nanos.prop_map(|n| Time::from_nanos(n).unwrap()),
        ),
        Scalar::new(
            "timestamp",
            vec![
                Timestamp::from_millis(i64::MIN),
                Timestamp::EPOCH,
                Timestamp::from_millis(i64::MAX),
            ],
            millis,
        )
        .or_empty(CqlType::Timestamp),
        Scalar::new(
            "timeuuid",
            vec![TimeUuid::new(v1(0)).unwrap(), TimeUuid::new(v1(u128::MAX)).unwrap()],
            any::<u128>().prop_map(move |bytes| TimeUuid::new(v1(bytes)).unwrap()),
        )
        .or_empty(CqlType::TimeUuid),
        Scalar::new("tinyint", vec![i8::MIN, -1, 0, i8::MAX], any::<i8>()),
        Scalar::new(
            "uuid",
            vec![Uuid::NIL, Uuid::from_u128(u128::MAX)],
            any::<u128>().prop_map(Uuid::from_u128),
        )
        .or_empty(CqlType::Uuid),
        Scalar::new("varint", large, any::<i128>().prop_map(VarInt::from))
            .or_empty(CqlType::VarInt),
    ]
}

/// A place in which a value of the scalar type `{}` stands.
struct Shape {
    name: &'static str,
    cql: &'static str,
    /// `{}` must have an order.
    ordered: bool,
    make: fn(Value, Value) -> Value,
}

const fn shape(name: &'static str, cql: &'static str, make: fn(Value, Value) -> Value) -> Shape {
    Shape { name, cql, ordered: false, make }
}

const SHAPES: [Shape; 12] = [
    shape("scalar", "{}", |a, _| a),
    shape("list", "list<{}>", |a, b| Value::List(vec![a, b])),
    Shape { ordered: true, ..shape("set", "set<{}>", |a, b| Value::Set(vec![a, b])) },
    Shape { ordered: true, ..shape("map", "map<{}, {}>", |a, b| Value::Map(vec![(a, b)])) },
    shape("map_value", "map<int, {}>", |a, b| Value::Map(vec![(1.into(), a), (2.into(), b)])),
    shape("tuple", "tuple<{}, {}, int>", |a, b| Value::Tuple(vec![a, b, Value::Null])),
    shape("udt", "u_{}", udt),
    shape("vector", "vector<{}, 2>", |a, b| Value::Vector(vec![a, b])),
    shape("frozen", "frozen<list<{}>>", |a, b| Value::List(vec![a, b])),
    shape("udts", "list<frozen<u_{}>>", |a, b| Value::List(vec![udt(a, b)])),
    shape("deep", "list<frozen<map<int, frozen<tuple<{}, frozen<list<{}>>>>>>>", |a, b| {
        let tuple = Value::Tuple(vec![a.clone(), Value::List(vec![b, a])]);
        Value::List(vec![Value::Map(vec![(7.into(), tuple)]), Value::Map(Vec::new())])
    }),
    shape("vectors", "list<frozen<vector<vector<{}, 2>, 1>>>", |a, b| {
        Value::List(vec![Value::Vector(vec![Value::Vector(vec![a, b])])])
    }),
];

fn udt(a: Value, b: Value) -> Value {
    let inner = Value::List(vec![Value::Tuple(vec![b.clone(), 3.into()])]);
    let fields = [("a", a), ("from", Value::Null), ("B c", b), ("inner", inner)];
    Value::Udt(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

/// The server sorts sets and maps, and knows an element once.
fn sorted(value: &Value) -> String {
    match value {
        Value::Set(items) => {
            format!("{:?}", items.iter().map(sorted).collect::<BTreeSet<_>>())
        }
        Value::Map(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| (sorted(key), sorted(value)));
            format!("{:?}", pairs.collect::<BTreeMap<_, _>>())
        }
        Value::List(items) | Value::Vector(items) | Value::Tuple(items) => {
            format!("{:?}", items.iter().map(sorted).collect::<Vec<_>>())
        }
        Value::Udt(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", sorted(value)));
            format!("{:?}", fields.collect::<Vec<_>>())
        }
        // Lists, sets and maps that hold nothing are not there.
        other => format!("{other:?}"),
    }
}

struct Place<'s> {
    session: &'s Session,
    column: String,
    insert: Prepared,
    select: Prepared,
}

impl Place<'_> {
    async fn read(&self) -> Value {
        self.select.bind(()).await.unwrap().rows::<(Value,)>().unwrap().next().unwrap().unwrap().0
    }

    /// Writes a value in both ways and reads it back.
    async fn round_trip(&self, value: &Value, bound: bool) {
        let column = &self.column;
        if bound {
            self.insert.bind((value,)).await.unwrap_or_else(|e| panic!("{column}: {value}: {e}"));
            assert_eq!(sorted(&self.read().await), sorted(value), "{column} bound");
        }
        let literal = format!("INSERT INTO t (id, {column}) VALUES (1, {value})");
        self.session.query(&literal, ()).await.unwrap_or_else(|e| panic!("{literal}: {e}"));
        assert_eq!(sorted(&self.read().await), sorted(value), "{column} as a literal: {value}");
    }
}

fn runner() -> TestRunner {
    let seed = match std::env::var("ASYNC_CASSANDRA_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => {
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64
        }
    };
    println!("ASYNC_CASSANDRA_SEED={seed}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// One column, and what is written into it; whether C can bind it.
struct Case {
    column: String,
    cql: String,
    values: Vec<(Value, bool)>,
}

/// Every scalar type in every shape; and the names of the scalar types.
fn cases() -> (Vec<Case>, Vec<&'static str>) {
    let (scalars, mut runner) = (scalars(), runner());
    let mut cases = Vec::new();
    for scalar in &scalars {
        for shape in SHAPES.iter().filter(|shape| scalar.ordered || !shape.ordered) {
            let first = || scalar.ends[0].clone();
            let made = |a, b| ((shape.make)(a, b), true);
            let mut values: Vec<_> =
                scalar.ends.iter().map(|end| made(end.clone(), first())).collect();
            for _ in 0..RANDOM {
                let mut any = || scalar.any.new_tree(&mut runner).unwrap().current();
                values.push(made(any(), any()));
            }
            // An empty one has no place among elements of a fixed size. Alone, the server shows all
            // but a varint as NULL; and in a list that is bound it takes them for NULL.
            let has_place = |t: &CqlType| match shape.name {
                "udt" | "udts" | "vector" | "vectors" => false,
                "scalar" => *t == CqlType::VarInt,
                _ => true,
            };
            if let Some(t) = scalar.empty.as_ref().filter(|t| has_place(t)) {
                let bound = !matches!(shape.name, "list" | "frozen");
                values.push(((shape.make)(Value::Empty(t.clone()), first()), bound));
            }
            let column = format!("{}_{}", scalar.name, shape.name);
            cases.push(Case { column, cql: shape.cql.replace("{}", scalar.name), values });
        }
    }
    (cases, scalars.iter().map(|scalar| scalar.name).collect())
}

/// Each type in each place: null, empty, the ends of its range, and random ones.
pub async fn everything(test: Test) {
    let session = &test.session;
    let (columns, types) = cases();
    for name in types {
        let inner = format!("list<frozen<tuple<{name}, int>>>");
        let create = format!(
            "CREATE TYPE u_{name} (a {name}, \"from\" text, \"B c\" {name}, inner frozen<{inner}>)"
        );
        session.query(&create, ()).await.unwrap();
    }
    let declared: Vec<_> =
        columns.iter().map(|case| format!("{} {}", case.column, case.cql)).collect();
    let create = format!("CREATE TABLE t (id int PRIMARY KEY, {})", declared.join(", "));
    session.query(&create, ()).await.unwrap();

    let mut trips = 0;
    for Case { column, values, .. } in columns {
        let insert = session.prepare(&format!("INSERT INTO t (id, {column}) VALUES (1, ?)"));
        let select = session.prepare(&format!("SELECT {column} FROM t WHERE id = 1"));
        let (insert, select) = (insert.await.unwrap(), select.await.unwrap());
        let place = Place { session, column, insert, select };
        for (value, bound) in values {
            place.round_trip(&value, bound).await;
            trips += 1 + usize::from(bound);
        }
        place.insert.bind((Null,)).await.unwrap();
        assert_eq!(place.read().await, Value::Null, "{}", place.column);
        place.round_trip(&Value::Null, true).await;
        trips += 3;
    }
    println!("{trips} round trips");
}

type Scalars = (Date, Time, CqlDuration, Decimal, VarInt, TimeUuid, SystemTime, Duration);
type Many = (
    Vec<i32>,
    HashSet<String>,
    BTreeMap<String, Vec<i64>>,
    HashMap<Uuid, (i32, Option<String>)>,
    [f32; 3],
    [String; 2],
    Box<[i16]>,
);

/// The Rust types, beside [`Value`].
pub async fn rust_types(test: Test) {
    let session = &test.session;
    let table = "CREATE TABLE s (id int PRIMARY KEY, a date, b time, c duration, d decimal, \
                 e varint, f timeuuid, g timestamp, h duration)";
    session.query(table, ()).await.unwrap();
    let scalars: Scalars = (
        "2024-02-29".parse().unwrap(),
        "22:13:20.000000005".parse().unwrap(),
        CqlDuration::new(1, 2, 3).unwrap(),
        "-12.50".parse().unwrap(),
        "123456789012345678901234567890".parse().unwrap(),
        "2a1b5c80-6f1e-11ee-b962-0242ac120002".parse().unwrap(),
        SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
        Duration::from_nanos(1_500),
    );
    let (a, b, c, d, e, f, g, h) = &scalars;
    let insert = "INSERT INTO s (id, a, b, c, d, e, f, g, h) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)";
    session.query(insert, (a, b, c, d, e, f, g, h)).await.unwrap();
    let select = "SELECT a, b, c, d, e, f, g, h FROM s";
    assert_eq!(session.query(select, ()).one::<Scalars>().await.unwrap(), scalars);
    // What the server makes of them.
    let shown = "SELECT cast(a AS text), cast(b AS text), cast(d AS text), cast(e AS text) FROM s";
    let shown: (String, String, String, String) = session.query(shown, ()).one().await.unwrap();
    assert_eq!(shown, (a.to_string(), b.to_string(), d.to_string(), e.to_string()));
    // An integer binds to a varint.
    session.query("UPDATE s SET e = ? WHERE id = 1", (-7,)).await.unwrap();
    let (e,): (VarInt,) = session.query("SELECT e FROM s", ()).one().await.unwrap();
    assert_eq!(e, VarInt::from(-7));

    let table = "CREATE TABLE m (id int PRIMARY KEY, a list<int>, b set<text>, \
                 c map<text, frozen<list<bigint>>>, d map<uuid, frozen<tuple<int, text>>>, \
                 e vector<float, 3>, f vector<text, 2>, g list<smallint>)";
    session.query(table, ()).await.unwrap();
    let many: Many = (
        vec![3, 1, 2],
        HashSet::from(["x".to_owned(), "y".to_owned()]),
        BTreeMap::from([("k".to_owned(), vec![i64::MAX]), ("l".to_owned(), vec![])]),
        HashMap::from([(Uuid::NIL, (7, None)), (Uuid::from_u128(1), (8, Some("t".to_owned())))]),
        [0.1, 0.2, 0.3],
        ["".to_owned(), "z".repeat(300)],
        [1, 2].into(),
    );
    let insert = "INSERT INTO m (id, a, b, c, d, e, f, g) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let (a, b, c, d, e, f, g) = &many;
    session.query(insert, (1, a, b, c, d, e, f, g)).await.unwrap();
    let select = "SELECT a, b, c, d, e, f, g FROM m WHERE id = ?";
    assert_eq!(session.query(select, (1,)).one::<Many>().await.unwrap(), many);
    // Slices and arrays bind as well; a list or set that is not there is an empty one.
    session.query(insert, (2, &a[..], [""; 0], Null, Null, &e[..], Null, g)).await.unwrap();
    let select = "SELECT a, b, c FROM m WHERE id = ?";
    type Few = (Vec<i32>, BTreeSet<String>, Option<HashMap<String, Vec<i64>>>);
    let few: Few = session.query(select, (2,)).one().await.unwrap();
    assert_eq!(few, (a.clone(), BTreeSet::new(), None));
    let page = session.query("SELECT b FROM m WHERE id = 1", ()).await.unwrap();
    let (mut texts,): (Vec<&str>,) = page.rows().unwrap().next().unwrap().unwrap();
    texts.sort_unstable();
    assert_eq!(texts, ["x", "y"], "elements borrow from the page");
    let page = session.query("SELECT * FROM m WHERE id = 1", ()).await.unwrap();
    let row: Row = page.rows().unwrap().next().unwrap().unwrap();
    assert_eq!(row.get::<Value>("a").unwrap().to_string(), "[3, 1, 2]");
    let ids: Vec<(i32,)> =
        session.query("SELECT id FROM m WHERE id IN ?", (vec![1, 2, 3],)).all().await.unwrap();
    assert_eq!(ids.len(), 2);

    // Empty is neither null nor a number.
    session.query("INSERT INTO m (id, a) VALUES (3, [blobAsInt(0x), 1])", ()).await.unwrap();
    let (a,): (Vec<MaybeEmpty<i32>>,) =
        session.query("SELECT a FROM m WHERE id = 3", ()).one().await.unwrap();
    assert_eq!(a, [MaybeEmpty::Empty, MaybeEmpty::Value(1)]);
    let error = session.query("SELECT a FROM m WHERE id = 3", ()).one::<(Vec<i32>,)>().await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("`a[0]` (int) in row 0 as i32: it is empty"), "{error}");
    let error = session.query("UPDATE s SET b = ? WHERE id = 1", (Empty,)).await.unwrap_err();
    assert!(error.to_string().contains("Empty to marker `b` (time)"), "{error}");

    // Nothing that does not fit is sent.
    let insert = session.prepare("INSERT INTO m (id, a, e) VALUES (?, ?, ?)").await.unwrap();
    for (error, expected) in [
        (insert.bind((1, ["x"], Null)).await.unwrap_err(), "marker `a[0]` (int)"),
        (insert.bind((1, [None::<i32>], Null)).await.unwrap_err(), "leave the element out"),
        (insert.bind((1, Null, [1.0_f32; 2])).await.unwrap_err(), "3 elements expected, 2 found"),
    ] {
        let error = error.to_string();
        assert!(error.contains(expected) && error.contains("INSERT INTO m"), "{error}");
    }
}

/// A type that is not CQL's own is bytes; a counter is added to.
pub async fn custom_and_counter(test: Test) {
    let session = &test.session;
    let class = "org.apache.cassandra.db.marshal.CompositeType(\
                 org.apache.cassandra.db.marshal.Int32Type,org.apache.cassandra.db.marshal.UTF8Type)";
    let create = format!("CREATE TABLE c (id int PRIMARY KEY, x '{class}', l list<blob>)");
    session.query(&create, ()).await.unwrap();
    let bytes = vec![0, 4, 0, 0, 0, 7, 0, 0, 1, b'a', 0];
    let value = Value::Custom(bytes.clone());
    let insert = "INSERT INTO c (id, x) VALUES (?, ?)";
    session.query(insert, (1, &bytes)).await.unwrap();
    session.query(insert, (2, &value)).await.unwrap();
    let literal = format!("INSERT INTO c (id, x) VALUES (3, {value})");
    session.query(&literal, ()).await.unwrap();
    let page = session.query("SELECT x, x FROM c", ()).await.unwrap();
    let CqlType::Custom(name) = page.columns()[0].cql_type() else {
        panic!("{:?}", page.columns())
    };
    assert!(name.contains("CompositeType("), "{name}");
    let rows: Vec<(&[u8], Value)> = page.rows().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows, vec![(&bytes[..], value); 3]);
    let error = session.query(insert, (4, "text")).await.unwrap_err().to_string();
    assert!(error.contains("str to marker `x`") && error.contains("bind Vec<u8>"), "{error}");

    let create = "CREATE TABLE n (id int PRIMARY KEY, n counter)";
    session.query(create, ()).await.unwrap();
    let add = session.prepare("UPDATE n SET n = n + ? WHERE id = 1").await.unwrap();
    add.bind((Counter(i64::MAX),)).await.unwrap();
    add.bind((-7_i64,)).await.unwrap();
    add.bind((Value::Counter(Counter(-1)),)).await.unwrap();
    let select = "SELECT n, n, n FROM n";
    let read = session.query(select, ()).one::<(Counter, i64, Value)>().await.unwrap();
    let n = i64::MAX - 8;
    assert_eq!(read, (Counter(n), n, Value::Counter(Counter(n))));
    let error = add.bind((Uuid::NIL,)).await.unwrap_err().to_string();
    assert!(error.contains("bind Counter or an integer"), "{error}");
}
