//! Prepare, execute, pages, streams, errors.

use std::time::Duration;

use async_cassandra::{
    Consistency, ErrorKind, PagingState, Position, Reached, Retry, SerialConsistency, Session,
};
use futures::executor::block_on;
use futures::stream::FuturesUnordered;
use futures::{StreamExt, TryStreamExt};

use crate::harness::alone::alone;
use crate::server::{Test, node};

const ROWS: i32 = 250;

/// A table whose one partition holds the numbers below `ROWS`, in order.
async fn numbers(session: &Session) {
    session
        .query("CREATE TABLE numbers (part int, n int, name text, PRIMARY KEY (part, n))", ())
        .await
        .unwrap();
    let insert = session
        .prepare("INSERT INTO numbers (part, n, name) VALUES (0, ?, ?)")
        .idempotent(true)
        .await
        .unwrap();
    let writes: FuturesUnordered<_> =
        (0..ROWS).map(|n| insert.bind((n, format!("number {n}"))).execute()).collect();
    writes.try_for_each(|_| async { Ok(()) }).await.unwrap();
}

pub async fn pages(test: Test) {
    let session = &test.session;
    numbers(session).await;
    let select = session.prepare("SELECT n FROM numbers WHERE part = ?").await.unwrap();
    let mut seen = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut request = select.bind((0,)).page_size(100);
        if let Some(token) = &token {
            request = request.start_at(token.parse::<PagingState>().unwrap());
        }
        let page = request.await.unwrap();
        assert!(page.len() <= 100);
        seen.extend(page.rows::<(i32,)>().unwrap().map(|row| row.unwrap().0));
        match page.next_page() {
            Some(state) => token = Some(state.to_string()),
            None => break,
        }
    }
    assert_eq!(seen, (0..ROWS).collect::<Vec<_>>());

    let whole = select.bind((0,)).page_size(0).await.unwrap();
    assert_eq!((whole.len(), whole.next_page()), (ROWS as usize, None));
    assert_eq!(whole.columns()[0].name(), "n");
    assert_eq!(whole.columns()[0].cql_type().to_string(), "int");
}

pub async fn streams(test: Test) {
    let session = &test.session;
    numbers(session).await;
    for prefetch in [0, 1, 4] {
        let mut stream = session
            .query("SELECT n, name FROM numbers WHERE part = ?", (0,))
            .page_size(33)
            .prefetch(prefetch)
            .stream::<(i32, String)>()
            .await
            .unwrap();
        let mut next = 0;
        while let Some((n, name)) = stream.try_next().await.unwrap() {
            assert_eq!((n, name), (next, format!("number {next}")));
            next += 1;
        }
        assert_eq!(next, ROWS);
    }
    // As a `Stream`, over pages, and over nothing.
    let all = session.query("SELECT n FROM numbers", ()).stream::<(i32,)>().await.unwrap();
    assert_eq!(all.count().await, ROWS as usize);
    let pages = session.query("SELECT n FROM numbers", ()).page_size(50).pages().await.unwrap();
    let lengths: Vec<usize> = pages.map(|page| page.unwrap().len()).collect().await;
    assert_eq!(lengths.iter().sum::<usize>(), ROWS as usize);
    let none = session.query("SELECT n FROM numbers WHERE part = ?", (9,));
    assert_eq!(none.stream::<(i32,)>().await.unwrap().count().await, 0);
    // A wrong type is found before the first row.
    let wrong = session.query("SELECT name FROM numbers", ()).stream::<(i32,)>().await;
    assert!(matches!(wrong.unwrap_err().kind(), ErrorKind::Decode(_)));
    let no_rows = session.query("TRUNCATE numbers", ()).stream::<(i32,)>().await;
    assert_eq!(*no_rows.unwrap_err().kind(), ErrorKind::NotRows);
}

/// Each way to read a stream, left in the middle and gone on with from its position.
pub async fn streams_go_on(test: Test) {
    let session = &test.session;
    numbers(session).await;
    let select = session.prepare("SELECT n, name FROM numbers WHERE part = ?").await.unwrap();
    for prefetch in [0, 3] {
        let request = || select.bind((0,)).page_size(20).prefetch(prefetch);
        let mut rows = request().stream::<(i32, String)>().await.unwrap();
        for n in 0..130 {
            assert_eq!(rows.try_next().await.unwrap().unwrap().0, n);
        }
        let so_far = rows.progress();
        assert_eq!((so_far.pages, so_far.rows), (7, 130));
        // Four bytes and `number 0` … `number 129`, each.
        assert_eq!(so_far.bytes, Some(130 * (4 + 7) + 10 + 2 * 90 + 3 * 30));
        let Position::At(state) = rows.position() else { panic!("{:?}", rows.position()) };
        drop(rows);

        // As in another process; the page that was read in part comes again.
        let state: PagingState = state.to_string().parse().unwrap();
        let mut pages = request().start_at(state).pages().await.unwrap();
        let mut next = 120;
        for _ in 0..3 {
            let page = pages.try_next().await.unwrap().unwrap();
            for row in &page {
                assert_eq!(row.unwrap().get::<i32>("n").unwrap(), next);
                next += 1;
            }
            let rows = page.indexed::<(i32, &str)>().unwrap();
            let last = rows.get(rows.len() - 1).unwrap().unwrap();
            assert_eq!(last, (next - 1, &*format!("number {}", next - 1)));
        }
        let Position::At(state) = pages.position() else { panic!("{:?}", pages.position()) };
        pages.cancel();
        assert!(pages.try_next().await.unwrap().is_none());

        let pages = request().start_at(state).pages().await.unwrap();
        let mut rows = pages.into_borrowed_rows();
        while let Some((n, name)) = rows.try_next::<(i32, &str)>().await.unwrap() {
            assert_eq!((n, name), (next, &*format!("number {next}")));
            next += 1;
        }
        assert_eq!((next, rows.position()), (ROWS, Position::End));
    }
}

const NUMBERS: &str = "SELECT n FROM numbers WHERE part = 0";

/// Another process goes on, with nothing of this one but a text.
#[test]
fn streams_go_on_in_another_process() {
    const STORED: &str = "ASYNC_CASSANDRA_TEST_STORED";
    let stored = std::env::var(STORED).unwrap_or_else(|_| block_on(read_in_part()));
    alone(
        "session::streams_go_on_in_another_process",
        |command| {
            command.env(STORED, &stored);
        },
        || {
            let [address, keyspace, state] = stored.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{stored}")
            };
            let session = Session::builder().contact_points([address]).keyspace(keyspace).connect();
            block_on(async {
                let session = session.await.unwrap();
                let rest = session.query(NUMBERS, ()).page_size(20);
                let rest = rest.start_at(state.parse().unwrap()).all::<(i32,)>().await.unwrap();
                assert!(rest.into_iter().map(|(n,)| n).eq(40..ROWS));
                session.close().await.unwrap();
            });
        },
    );
}

/// Reads two pages and the start of a third; gives what has to be known to go on.
async fn read_in_part() -> String {
    let (address, keyspace) = (node().address(), node().create_keyspace().unwrap());
    let builder = Session::builder().contact_points([address]).keyspace(&keyspace);
    let session = builder.connect().await.unwrap();
    numbers(&session).await;
    let rows = session.query(NUMBERS, ()).page_size(20).prefetch(2);
    let mut rows = rows.stream::<(i32,)>().await.unwrap();
    for n in 0..45 {
        assert_eq!(rows.try_next().await.unwrap(), Some((n,)));
    }
    let Position::At(state) = rows.position() else { panic!("{:?}", rows.position()) };
    session.close().await.unwrap();
    format!("{address} {keyspace} {state}")
}

pub async fn many_at_once(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, v int)", ()).await.unwrap();
    // Through the cache, all missing it at first.
    let writes = (0..2000)
        .map(|id| session.query("INSERT INTO t (id, v) VALUES (?, ?)", (id, id * 2)).execute());
    let done: Vec<_> = futures::stream::iter(writes).buffer_unordered(256).collect().await;
    assert_eq!(done.iter().filter(|outcome| outcome.is_err()).count(), 0);
    let select = session.prepare("SELECT v FROM t WHERE id = ?").await.unwrap();
    let reads = futures::future::join_all((0..2000).map(|id| select.bind((id,)).execute())).await;
    for (id, page) in reads.into_iter().enumerate() {
        let page = page.unwrap();
        let (v,) = page.rows::<(i32,)>().unwrap().next().unwrap().unwrap();
        assert_eq!(v as usize, id * 2);
    }
}

pub async fn rows(test: Test) {
    let session = &test.session;
    numbers(session).await;
    let by_n = session.prepare("SELECT name FROM numbers WHERE part = 0 AND n = ?").await.unwrap();
    assert_eq!(by_n.bind((7,)).one::<(String,)>().await.unwrap().0, "number 7");
    assert_eq!(by_n.bind((ROWS,)).maybe_one::<(String,)>().await.unwrap(), None);
    assert_eq!(*by_n.bind((ROWS,)).one::<(String,)>().await.unwrap_err().kind(), ErrorKind::NoRows);
    let count = session.query("SELECT count(*) FROM numbers", ()).page_size(50).scalar::<i64>();
    assert_eq!(count.await.unwrap(), i64::from(ROWS));
    let all = session.query("SELECT n FROM numbers WHERE part = ?", (0,)).page_size(99);
    let all: Vec<i32> = all.all::<(i32,)>().await.unwrap().into_iter().map(|(n,)| n).collect();
    assert_eq!(all, (0..ROWS).collect::<Vec<_>>());
    let many = session.query("SELECT n FROM numbers", ()).page_size(1).one::<(i32,)>();
    assert_eq!(*many.await.unwrap_err().kind(), ErrorKind::TooManyRows);
}

pub async fn by_reference(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO t (id) VALUES (?)").await.unwrap();
    let bound = insert.bind((1,)).consistency(Consistency::One);
    (&bound).await.unwrap();
    bound.execute_ref().await.unwrap();
    // It was read by C once: changing it is refused, executing it is not.
    let error = bound.consistency(Consistency::All).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Frozen);
    let owned = insert.bind((2,)).into_owned();
    drop(insert);
    owned.await.unwrap();
    assert_eq!(session.query("SELECT id FROM t", ()).await.unwrap().len(), 2);
}

pub async fn errors(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, name text)", ()).await.unwrap();

    let error = session.query("SELEC * FROM t", ()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Syntax);
    assert_eq!(error.statement(), Some("SELEC * FROM t"));
    assert!(error.message().contains("SELEC"), "{error}");
    assert_eq!((error.retry(), error.reached_server()), (Retry::No, Reached::Yes));
    assert_eq!(error.code(), Some(0x0200_2000));

    let error = session.prepare("SELECT * FROM nowhere").await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid);

    let error = session.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap_err();
    let exists =
        ErrorKind::AlreadyExists { keyspace: test.keyspace.clone(), table: "t".to_owned() };
    assert_eq!(*error.kind(), exists);

    let insert = session.prepare("INSERT INTO t (id, name) VALUES (?, ?)").await.unwrap();
    for (request, part) in [
        (insert.bind(("one", "Ann")), "`id` (int)"),
        (insert.bind((1,)), "2 markers"),
        (insert.bind((1, "Ann", 3)), "3 values"),
    ] {
        let error = request.await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Bind(_)), "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(error.reached_server(), Reached::No);
    }

    insert.bind((1, None::<&str>)).await.unwrap();
    let page = session.query("SELECT id, name FROM t", ()).await.unwrap();
    let error = page.rows::<(i32, String)>().unwrap().next().unwrap().unwrap_err();
    assert!(error.to_string().contains("`name`"), "{error}");
    assert!(error.to_string().contains("Option<String>"), "{error}");
    assert!(page.rows::<(i32,)>().is_err(), "a column too many");
    assert!(page.rows::<(i64, Option<&str>)>().is_ok(), "an int widens");

    let error = session.query("USE system", ()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused);
    // None of them closed the session.
    assert!(!session.is_closed());
    session.query("SELECT id FROM t", ()).await.unwrap();
}

pub async fn options(test: Test) {
    let session = &test.session;
    session.query("CREATE TABLE t (id int PRIMARY KEY, v int)", ()).await.unwrap();
    let insert =
        session.prepare("INSERT INTO t (id, v) VALUES (?, ?)").timestamp(77).await.unwrap();
    insert.bind((1, 1)).await.unwrap();
    insert.bind((2, 2)).timestamp(99).await.unwrap();
    let page = session.query("SELECT id, writetime(v) FROM t", ()).await.unwrap();
    let mut times: Vec<(i32, i64)> = page.rows().unwrap().collect::<Result<_, _>>().unwrap();
    times.sort();
    assert_eq!(times, [(1, 77), (2, 99)], "the request's own option wins");

    // One node cannot be three replicas; the driver asks every host, then gives up.
    let error =
        insert.bind((3, 3)).consistency(Consistency::Three).idempotent(true).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error}");
    assert!(error.is_retryable());

    let lwt = session
        .query("INSERT INTO t (id, v) VALUES (?, ?) IF NOT EXISTS", (4, 4))
        .serial_consistency(SerialConsistency::LocalSerial)
        .timeout(Duration::from_secs(10))
        .await
        .unwrap();
    assert_eq!(lwt.columns()[0].name(), "[applied]");
}
