//! Written in both ways, bound and as a literal in the text, and read back.

use async_cassandra::cql::{
    Column, ColumnMap, Counter, FromRow, FromRowOwned, Null, RawRow, Unset, Value,
};
use async_cassandra::{Prepared, Result, Session};
use futures::future::try_join_all;
use proptest::test_runner::TestRunner;

use crate::random::scalars;
use crate::shapes::{Case, cases, create_udt, sorted};
use crate::{FIVE_ZERO, Test, plain};

/// What was written, where: table `t` has a partition for each column and each way.
pub struct Everything {
    pub columns: Vec<String>,
    pub trips: usize,
}

/// A number, and the value that belongs to it, also as it came.
pub struct Numbered {
    pub n: i32,
    pub value: Value,
    pub bytes: Option<Vec<u8>>,
}

impl<'r> FromRow<'r> for Numbered {
    fn plan(columns: &[Column]) -> Result<ColumnMap> {
        <(i32, Value)>::plan(columns)
    }

    fn from_row(row: RawRow<'_, 'r>) -> Result<Self> {
        let bytes = row.cells()[1].map(<[u8]>::to_vec);
        Ok(Self { n: row.get(0)?, value: row.get(1)?, bytes })
    }
}

impl FromRowOwned for Numbered {}

/// The values of one column that were written in one way.
pub async fn read(session: &Session, column: &str, way: &str) -> Vec<Numbered> {
    let select = format!("SELECT n, {column} FROM t WHERE place = ?");
    session.query(&select, (format!("{column} {way}"),)).all().await.unwrap()
}

/// Each type in each place: null, empty, the ends of its range, and random ones.
pub async fn everything(test: &Test, runner: &mut TestRunner) -> Everything {
    let (session, scalars) = (&test.session, scalars());
    let cases = cases(&scalars, test.version == FIVE_ZERO, runner);
    for scalar in &scalars {
        session.query(&create_udt(scalar), ()).await.unwrap();
    }
    let declared: Vec<_> =
        cases.iter().map(|case| format!("{} {}", case.column, case.cql)).collect();
    let declared = declared.join(", ");
    for create in [
        format!("CREATE TABLE t (place text, n int, {declared}, PRIMARY KEY (place, n))"),
        "CREATE TABLE plain (place text, n int, plain text, PRIMARY KEY (place, n))".to_owned(),
    ] {
        session.query(&create, ()).await.unwrap();
    }
    let mut trips = 0;
    for case in &cases {
        trips += round_trips(session, case).await;
        said_plainly(session, case).await;
    }
    Everything { columns: cases.into_iter().map(|case| case.column).collect(), trips }
}

/// Writes the values of one column in both ways, and reads them back; gives their number.
async fn round_trips(session: &Session, case: &Case) -> usize {
    let Case { column, cql, values } = case;
    let insert = format!("INSERT INTO t (place, n, {column}) VALUES (?, ?, ?)");
    let insert = session.prepare(&insert).await.unwrap_or_else(|e| panic!("{column} {cql}: {e}"));
    let bound = format!("{column} bound");
    let writes = (0..).zip(values).filter(|(_, written)| written.bound);
    let writes = writes.map(|(n, written)| insert.bind((&bound, n, &written.value)).execute());
    if let Err(error) = try_join_all(writes).await {
        panic!("{column} {cql}: {error}");
    }
    let literals = (0..).zip(values).map(async |(n, written)| {
        let value = &written.value;
        let text =
            format!("INSERT INTO t (place, n, {column}) VALUES ('{column} literal', {n}, {value})");
        if let Err(error) = session.query(&text, ()).await {
            panic!("{text}: {error}");
        }
    });
    futures::future::join_all(literals).await;

    let mut trips = 0;
    for way in ["bound", "literal"] {
        let expected: Vec<_> =
            (0..).zip(values).filter(|(_, written)| way == "literal" || written.bound).collect();
        let read = read(session, column, way).await;
        assert_eq!(read.len(), expected.len(), "{column} {cql} {way}");
        for (row, (n, written)) in read.iter().zip(&expected) {
            let (got, wanted) = (sorted(&row.value), sorted(&written.read));
            assert_eq!((row.n, got), (*n, wanted), "{column} {cql} {way}: {}", written.value);
        }
        trips += read.len();
    }
    trips + nulls(session, case, &insert).await
}

/// NULL in each way, over a value and where there was none; and what was left unset.
async fn nulls(session: &Session, case: &Case, insert: &Prepared) -> usize {
    let Case { column, cql, values } = case;
    let place = format!("{column} null");
    let first = values.iter().find(|written| written.bound).expect("something can be bound");
    for n in 0..2 {
        insert.bind((&place, n, &first.value)).await.unwrap();
    }
    insert.bind((&place, 0, Null)).await.unwrap();
    insert.bind((&place, 1, Unset)).await.unwrap();
    insert.bind((&place, 2, Unset)).await.unwrap();
    insert.bind((&place, 3, None::<Value>)).await.unwrap();
    insert.bind((&place, 4, Value::Null)).await.unwrap();
    let text = format!("INSERT INTO t (place, n, {column}) VALUES ('{place}', 5, {})", Value::Null);
    session.query(&text, ()).await.unwrap();
    let read = read(session, column, "null").await;
    assert_eq!(read.len(), 6, "{column} {cql}");
    for row in &read {
        let expected = if row.n == 1 { &first.read } else { &Value::Null };
        assert_eq!(sorted(&row.value), sorted(expected), "{column} {cql}: NULL {}", row.n);
    }
    read.len()
}

/// Says the values of a column in a form that does not hang on how they are encoded.
async fn said_plainly(session: &Session, case: &Case) {
    let insert = "INSERT INTO plain (place, n, plain) VALUES (?, ?, ?)";
    let insert = session.prepare(insert).await.unwrap();
    let said = (0..).zip(&case.values).filter_map(|(n, written)| {
        let plain = plain::of(&written.read).filter(|_| written.bound)?;
        Some(insert.bind((&case.column, n, plain)).execute())
    });
    try_join_all(said).await.unwrap();
}

/// Counters are added to, and stand alone.
pub async fn counters(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE c (id int PRIMARY KEY, n counter, m counter)", ()).await.unwrap();
    let add = session.prepare("UPDATE c SET n = n + ? WHERE id = ?").await.unwrap();
    let numbers = [0, 1, -1, i64::MAX, i64::MIN, i64::MIN + 1];
    for (id, number) in (0..).zip(numbers) {
        add.bind((Value::Counter(Counter(number)), id)).await.unwrap();
        let literal =
            format!("UPDATE c SET m = m + {} WHERE id = {id}", Value::Counter(Counter(number)));
        session.query(&literal, ()).await.unwrap_or_else(|error| panic!("{literal}: {error}"));
        let select = "SELECT n, m FROM c WHERE id = ?";
        let read: (Value, Value) = session.query(select, (id,)).one().await.unwrap();
        let expected = Value::Counter(Counter(number));
        assert_eq!(read, (expected.clone(), expected), "{number}");
    }
    add.bind((1_i64, 3)).await.unwrap();
    let wrapped: Counter =
        session.query("SELECT n FROM c WHERE id = 3", ()).scalar().await.unwrap();
    assert_eq!(wrapped, Counter(i64::MIN), "the server's counters wrap");
    println!("{}: {} counters", test.version, 2 * numbers.len());
}
