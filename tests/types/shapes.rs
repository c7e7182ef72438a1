//! The columns of the test, and what is written into each.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use async_cassandra::cql::{CqlType, Value};
use proptest::test_runner::TestRunner;

use crate::random::{May, Scalar, any_of, any_type};

/// Random values of each type in each place.
const RANDOM: usize = 6;
/// Types of random shape, and values of each.
const TYPES: usize = 40;
const DEPTH: usize = 4;

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

const SHAPES: [Shape; 15] = [
    shape("scalar", "{}", |a, _| a),
    shape("list", "list<{}>", |a, b| Value::List(vec![a, b])),
    Shape { ordered: true, ..shape("set", "set<{}>", |a, b| Value::Set(vec![a, b])) },
    Shape { ordered: true, ..shape("map", "map<{}, {}>", |a, b| Value::Map(vec![(a, b)])) },
    shape("map_value", "map<int, {}>", |a, b| Value::Map(vec![(1.into(), a), (2.into(), b)])),
    shape("tuple", "tuple<{}, {}, int>", |a, b| Value::Tuple(vec![a, b, Value::Null])),
    shape("udt", "u_{name}", udt),
    shape("vector", "vector<{}, 2>", |a, b| Value::Vector(vec![a, b])),
    shape("frozen", "frozen<list<{}>>", |a, b| Value::List(vec![a, b])),
    shape("udts", "list<frozen<u_{name}>>", |a, b| Value::List(vec![udt(a, b)])),
    Shape {
        ordered: true,
        ..shape("keys", "map<frozen<tuple<{}, int>>, frozen<set<{}>>>", |a, b| {
            let key = Value::Tuple(vec![a.clone(), Value::Null]);
            Value::Map(vec![(key, Value::Set(vec![a, b]))])
        })
    },
    shape("deep", "list<frozen<map<int, frozen<tuple<{}, frozen<list<{}>>>>>>>", |a, b| {
        let tuple = Value::Tuple(vec![a.clone(), Value::List(vec![b, a])]);
        Value::List(vec![Value::Map(vec![(7.into(), tuple)]), Value::Map(Vec::new())])
    }),
    shape("vectors", "list<frozen<vector<vector<{}, 2>, 1>>>", |a, b| {
        Value::List(vec![Value::Vector(vec![Value::Vector(vec![a, b])])])
    }),
    shape("vector_of_udts", "vector<frozen<u_{name}>, 2>", |a, b| {
        Value::Vector(vec![udt(a.clone(), b.clone()), udt(b, a)])
    }),
    shape("vector_in_tuple", "tuple<frozen<vector<{}, 2>>, text>", |a, b| {
        Value::Tuple(vec![Value::Vector(vec![a, b]), Value::Null])
    }),
];

fn udt(a: Value, b: Value) -> Value {
    let inner = Value::List(vec![Value::Tuple(vec![b.clone(), 3.into()])]);
    let fields = [("a", a), ("from", Value::Null), ("B c", b), ("inner", inner)];
    Value::Udt(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

/// The UDT of a scalar type.
pub fn create_udt(scalar: &Scalar) -> String {
    let Scalar { name, cql, .. } = scalar;
    let inner = format!("list<frozen<tuple<{cql}, int>>>");
    format!("CREATE TYPE u_{name} (a {cql}, \"from\" text, \"B c\" {cql}, inner frozen<{inner}>)")
}

/// A value as it can be compared: the server sorts sets and maps, and knows an element once.
pub fn sorted(value: &Value) -> String {
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
        other => format!("{other:?}"),
    }
}

/// One column, and what is written into it.
pub struct Case {
    pub column: String,
    pub cql: String,
    pub values: Vec<Written>,
}

pub struct Written {
    pub value: Value,
    /// C can bind it.
    pub bound: bool,
    /// What the server makes of it.
    pub read: Value,
}

impl Written {
    fn new(value: Value) -> Self {
        Self { read: value.clone(), value, bound: true }
    }
}

/// Every scalar type in every shape, types of random shape, and what the server changes.
pub fn cases(scalars: &[Scalar], vectors: bool, runner: &mut TestRunner) -> Vec<Case> {
    let mut cases = Vec::new();
    for scalar in scalars {
        for shape in &SHAPES {
            let is_vector = shape.cql.contains("vector");
            if shape.ordered && !scalar.ordered || is_vector && !(vectors && scalar.in_vectors) {
                continue;
            }
            let column = format!("{}_{}", scalar.name, shape.name);
            let cql = shape.cql.replace("{}", scalar.cql).replace("{name}", scalar.name);
            cases.push(Case { column, cql, values: values(scalar, shape, runner) });
        }
    }
    for at in 0..TYPES {
        let may = May { vectors: vectors && at % 2 == 0, ordered_only: false };
        let (cql, any) = any_type(scalars, DEPTH, may, runner);
        let values = (0..RANDOM).map(|_| Written::new(any_of(&any, runner))).collect();
        cases.push(Case { column: format!("random_{at}"), cql, values });
    }
    cases.extend(changed());
    cases
}

fn values(scalar: &Scalar, shape: &Shape, runner: &mut TestRunner) -> Vec<Written> {
    let first = || scalar.ends[0].clone();
    let made = |a, b| Written::new((shape.make)(a, b));
    let mut values: Vec<_> = scalar.ends.iter().map(|end| made(end.clone(), first())).collect();
    values.extend(
        (0..RANDOM).map(|_| made(any_of(&scalar.any, runner), any_of(&scalar.any, runner))),
    );
    // An empty one has no place among elements of a fixed size. Alone, the server shows all but a
    // varint as NULL; and in a list that is bound it takes them for NULL.
    let has_place = |t: &CqlType| match shape.name {
        "udt" | "udts" => false,
        "scalar" => *t == CqlType::VarInt,
        _ => !shape.cql.contains("vector"),
    };
    if let Some(t) = scalar.empty.as_ref().filter(|t| has_place(t)) {
        let bound = !matches!(shape.name, "list" | "frozen");
        values.push(Written { bound, ..made(Value::Empty(t.clone()), first()) });
    }
    values
}

/// What holds nothing is there where it is frozen, and else is not.
fn changed() -> Vec<Case> {
    // Inside of other values the server makes an IPv4 address of it.
    let mapped = || IpAddr::from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4]).into();
    let fields = ["a", "from", "B c", "inner"].map(|name| (name.to_owned(), Value::Null));
    let nulls = || Value::Udt(fields.clone().into());
    let deep = Value::Map(vec![(
        "".into(),
        Value::List(vec![Value::Set(Vec::new()), Value::Set(vec!["".into()])]),
    )]);
    [
        ("list", "list<int>", Value::List(Vec::new()), Value::Null),
        ("set", "set<int>", Value::Set(Vec::new()), Value::Null),
        ("map", "map<int, int>", Value::Map(Vec::new()), Value::Null),
        ("udt", "u_int", nulls(), Value::Null),
        ("frozen_list", "frozen<list<int>>", Value::List(Vec::new()), Value::List(Vec::new())),
        ("frozen_set", "frozen<set<int>>", Value::Set(Vec::new()), Value::Set(Vec::new())),
        ("frozen_map", "frozen<map<int, int>>", Value::Map(Vec::new()), Value::Map(Vec::new())),
        ("frozen_udt", "frozen<u_int>", nulls(), nulls()),
        (
            "tuple",
            "tuple<int, text>",
            Value::Tuple(vec![Value::Null; 2]),
            Value::Tuple(vec![Value::Null; 2]),
        ),
        ("mapped", "inet", mapped(), mapped()),
        ("deep", "frozen<map<text, list<set<text>>>>", deep.clone(), deep),
    ]
    .map(|(name, cql, value, read)| Case {
        column: format!("changed_{name}"),
        cql: cql.to_owned(),
        values: vec![Written { value, bound: true, read }],
    })
    .into()
}
