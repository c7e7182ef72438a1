//! Random values of each scalar type, and types of any depth made of them.

use std::net::{IpAddr, Ipv6Addr};
use std::time::SystemTime;

use async_cassandra::cql::{
    CqlDuration, CqlType, Date, Decimal, Time, TimeUuid, Timestamp, Uuid, Value, VarInt,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// From the seed that `ASYNC_CASSANDRA_SEED` gives, else from the clock.
pub fn runner() -> TestRunner {
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

/// Any value of a strategy.
pub fn any_of<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, runner: &mut TestRunner) -> T {
    strategy.new_tree(runner).unwrap().current()
}

/// A scalar type, the ends of its range, and how to make any value of it.
pub struct Scalar {
    /// In names of columns and of UDTs.
    pub name: &'static str,
    pub cql: &'static str,
    pub ends: Vec<Value>,
    pub any: BoxedStrategy<Value>,
    /// The server takes an empty value.
    pub empty: Option<CqlType>,
    /// It can stand in a set and be a key.
    pub ordered: bool,
    /// Its values are known inside of vectors, which have a Java class for a type.
    pub in_vectors: bool,
}

impl Scalar {
    fn new<T>(name: &'static str, ends: Vec<T>, any: impl Strategy<Value = T> + 'static) -> Self
    where
        T: Into<Value> + std::fmt::Debug + 'static,
    {
        let ends = ends.into_iter().map(Into::into).collect();
        let any = any.prop_map(Into::into).boxed();
        Self { name, cql: name, ends, any, empty: None, ordered: true, in_vectors: true }
    }

    fn or_empty(self, t: CqlType) -> Self {
        Self { empty: Some(t), ..self }
    }
}

const COMPOSITE: &str = "'org.apache.cassandra.db.marshal.CompositeType(\
                         org.apache.cassandra.db.marshal.Int32Type,\
                         org.apache.cassandra.db.marshal.UTF8Type)'";

/// The bytes of a [`COMPOSITE`]: each part with its length before it and a zero behind it.
fn composite((number, text): (i32, String)) -> Value {
    let parts = [&number.to_be_bytes()[..], text.as_bytes()];
    let length = |part: &[u8]| (part.len() as u16).to_be_bytes();
    Value::Custom(parts.map(|part| [&length(part)[..], part, &[0]].concat()).concat())
}

pub fn scalars() -> Vec<Scalar> {
    let ascii = "[ -~]{0,30}".prop_map(Value::Ascii);
    let date = any::<i32>().prop_map(Date::from_days);
    let nanos = 0..=Time::MAX.as_nanos();
    let decimal = (any::<i128>(), -400..400_i32).prop_map(|(n, scale)| Decimal::new(n, scale));
    // Half of them in years that people use.
    let millis = prop_oneof![any::<i64>(), -2_000_000_000_000..7_000_000_000_000_i64];
    let v1 = |bytes: u128| Uuid::from_u128(bytes & !(0xF << 76) | 1 << 76);
    let inet = any::<[u8; 16]>().prop_map(|octets| match octets[0] % 3 {
        0 => IpAddr::from(octets),
        1 => Ipv6Addr::from(octets).segments().map(|s| if s % 2 == 0 { 0 } else { s }).into(),
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
    let edges = [0, -1, 127, 128, -128, -129, 255, 256, 32_767, 32_768, i64::MIN, i64::MAX];
    let varints = large.iter().cloned().chain(edges.map(VarInt::from)).collect();
    vec![
        Scalar::new("ascii", vec![Value::Ascii("'\\".to_owned())], ascii),
        Scalar::new("bigint", vec![i64::MIN, -1, 0, i64::MAX], any::<i64>())
            .or_empty(CqlType::BigInt),
        Scalar::new("blob", vec![vec![], vec![0, 255], vec![7; 70_000]], any::<Vec<u8>>()),
        Scalar::new("boolean", vec![false, true], any::<bool>()).or_empty(CqlType::Boolean),
        Scalar {
            cql: COMPOSITE,
            in_vectors: false,
            ..Scalar::new(
                "custom",
                vec![composite((i32::MIN, String::new())), composite((i32::MAX, "'".to_owned()))],
                (any::<i32>(), ".{0,30}").prop_map(composite),
            )
        },
        Scalar::new(
            "date",
            vec![Date::MIN, Date::EPOCH, Date::MAX, Date::from_days(-135_141)],
            date,
        ),
        Scalar::new(
            "decimal",
            vec![
                // Equal to none of the others: the server compares them as numbers.
                Decimal::new(i128::MIN, i32::MAX),
                Decimal::new(0, 0),
                Decimal::new(i128::MAX, -1000),
                Decimal::new(0, -5),
                Decimal::new(0, 5),
                Decimal::new(-1, 7),
                Decimal::new(10, 1),
                Decimal::new(7, i32::MIN + 1),
                Decimal::new(7, i32::MIN),
                Decimal::new(large[1].clone(), 3),
            ],
            decimal,
        )
        .or_empty(CqlType::Decimal),
        Scalar::new(
            "double",
            vec![
                f64::MIN,
                -0.0,
                0.0,
                f64::MIN_POSITIVE,
                5e-324,
                f64::MAX,
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::NAN,
            ],
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
                    CqlDuration::new(i32::MIN, i32::MIN, i64::MIN).unwrap(),
                    CqlDuration::new(0, 0, i64::MIN).unwrap(),
                ],
                duration,
            )
        },
        Scalar::new(
            "float",
            vec![
                f32::MIN,
                -0.0,
                0.0,
                f32::MIN_POSITIVE,
                1e-45,
                f32::MAX,
                f32::INFINITY,
                f32::NEG_INFINITY,
                f32::NAN,
            ],
            any::<f32>(),
        )
        .or_empty(CqlType::Float),
        Scalar::new(
            "inet",
            vec![
                IpAddr::from([0; 4]),
                IpAddr::from([255; 4]),
                IpAddr::from([0; 16]),
                IpAddr::from([255; 16]),
                "::1.2.3.4".parse().unwrap(),
            ],
            inet,
        )
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
                Timestamp::from_millis(-1),
                Timestamp::EPOCH,
                Timestamp::from_millis(i64::MAX),
            ],
            millis.prop_map(Timestamp::from_millis),
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
        Scalar::new("varint", varints, any::<i128>().prop_map(VarInt::from))
            .or_empty(CqlType::VarInt),
    ]
}

/// What a random type may be made of.
#[derive(Clone, Copy)]
pub struct May {
    pub vectors: bool,
    /// Only what has an order.
    pub ordered_only: bool,
}

/// A random type of at most this depth, in CQL, and its values.
pub fn any_type(
    scalars: &[Scalar],
    depth: usize,
    may: May,
    runner: &mut TestRunner,
) -> (String, BoxedStrategy<Value>) {
    let kinds = if may.vectors { 6 } else { 5 };
    let kind = if depth == 0 { 0 } else { any_of(&(0..kinds).boxed(), runner) };
    let mut inner = |may| any_type(scalars, depth - 1, may, runner);
    let key = May { ordered_only: true, ..may };
    match kind {
        0 => {
            let fits = |scalar: &&Scalar| {
                (scalar.ordered || !may.ordered_only) && (scalar.in_vectors || !may.vectors)
            };
            let fitting: Vec<_> = scalars.iter().filter(fits).collect();
            let scalar = fitting[any_of(&(0..fitting.len()).boxed(), runner)];
            (scalar.cql.to_owned(), scalar.any.clone())
        }
        1 => {
            let (t, any) = inner(may);
            (format!("frozen<list<{t}>>"), vec(any, 0..4).prop_map(Value::List).boxed())
        }
        2 => {
            let (t, any) = inner(key);
            (format!("frozen<set<{t}>>"), vec(any, 0..4).prop_map(Value::Set).boxed())
        }
        3 => {
            let ((k, keys), (v, values)) = (inner(key), inner(may));
            let pairs = vec((keys, values), 0..4).prop_map(|pairs| {
                // One of two equal keys would be lost.
                let mut known = std::collections::HashSet::new();
                let new = |(key, _): &(Value, Value)| known.insert(super::shapes::sorted(key));
                Value::Map(pairs.into_iter().filter(new).collect())
            });
            (format!("frozen<map<{k}, {v}>>"), pairs.boxed())
        }
        4 => {
            let ((a, any_a), (b, any_b)) = (inner(may), inner(may));
            let or_null = |any: BoxedStrategy<Value>| prop_oneof![3 => any, 1 => Just(Value::Null)];
            let items = (or_null(any_a), or_null(any_b));
            let tuple = items.prop_map(|(a, b)| Value::Tuple(vec![a, b]));
            (format!("frozen<tuple<{a}, {b}>>"), tuple.boxed())
        }
        _ => {
            let (t, any) = inner(may);
            (format!("frozen<vector<{t}, 3>>"), vec(any, 3).prop_map(Value::Vector).boxed())
        }
    }
}
