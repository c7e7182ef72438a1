//! A large table of a real server, read in pages of several sizes and with several depths of prefetch:
//! every row comes, once and in its order, and no more memory is in use than `prefetch` + 1 pages.
//!
//! The memory is Rust's and the C driver's together, to the byte. Every run reads a hundred thousand rows;
//! `cargo test --test streaming -- --ignored --nocapture` reads a million and prints the figures.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod memory;

use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use async_cassandra::{BatchKind, Query, RowStream, Session, rt};
use embedded_cassandra::Cassandra;
use futures::{StreamExt, TryStreamExt, stream};

/// Rows of a partition.
const PARTITION: i32 = 1000;
/// Rows of a batch, and batches in flight, when the table is written.
const BATCH: i32 = 100;
const IN_FLIGHT: usize = 32;
/// Bytes of a row's text.
const NOTE: usize = 40;
/// How often a reader stops until there is no room for more pages.
const STOPS: i32 = 50;
/// What a stream has besides its pages, and a request besides its answer.
const BESIDES: usize = 6 << 10;
const DEADLINE: Duration = Duration::from_secs(60);

type Row = (i32, i32, String);

#[test]
fn a_hundred_thousand_rows() {
    in_constant_memory(100_000, 2000);
}

#[test]
#[ignore = "takes two minutes; every run does the same with a tenth of the rows"]
fn a_million_rows() {
    in_constant_memory(1_000_000, 10_000);
}

/// With a table of so many rows, of which so many are read in pages of one row.
fn in_constant_memory(rows: i32, one_by_one: i32) {
    // One test at a time: there is one figure for the process.
    static ALONE: Mutex<()> = Mutex::new(());
    static WATCHED: Once = Once::new();
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    WATCHED.call_once(memory::watch_the_driver);

    let node = Cassandra::builder().fast_schema(true).start().unwrap_or_else(|e| panic!("{e}"));
    let keyspace = node.create_keyspace().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let builder = Session::builder().contact_points([node.address()]).keyspace(&keyspace);
        let session = builder.runtime(rt::Tokio::current()).connect().await.unwrap();
        let start = Instant::now();
        fill(&session, rows).await;
        println!("{rows} rows written in {:.1?}", start.elapsed());
        for (page_size, most) in [(1, one_by_one), (100, rows), (5000, rows)] {
            let page = bytes_of_a_page(&session, page_size).await;
            for prefetch in [0, 1, 4] {
                let start = Instant::now();
                let peak = read(&session, page_size, prefetch, most, rows).await;
                println!(
                    "{most} rows, {page_size} a page of {page} bytes, prefetch {prefetch}: \
                     {peak} bytes at most, {:.2} pages, in {:.1?}",
                    peak as f64 / page as f64,
                    start.elapsed()
                );
                // More than `prefetch` pages, so that they were really asked for ahead.
                assert!(peak > prefetch * page, "too few pages");
                // A large block takes up to 4 KiB more than was asked for.
                let most = (prefetch + 1) * (page + page / 16) + BESIDES;
                assert!(peak <= most, "more than {most} bytes");
            }
        }
        session.close().await.unwrap();
    });
}

/// A text of always the same length, and yet another in each row.
fn note(part: i32, number: i32) -> String {
    format!("{part:-<w$}{number:->w$}", w = NOTE / 2)
}

async fn fill(session: &Session, rows: i32) {
    let create = "CREATE TABLE t (part int, number int, note text, PRIMARY KEY (part, number))";
    session.query(create, ()).await.unwrap();
    let insert = "INSERT INTO t (part, number, note) VALUES (?, ?, ?)";
    let insert = session.prepare(insert).await.unwrap();
    let batches = stream::iter((0..rows).step_by(BATCH as usize)).map(|first| {
        let mut batch = session.batch(BatchKind::Unlogged);
        batch.extend((first..first + BATCH).map(|row| {
            let (part, number) = (row / PARTITION, row % PARTITION);
            insert.bind((part, number, note(part, number)))
        }));
        batch.execute()
    });
    batches.buffer_unordered(IN_FLIGHT).try_for_each(async |_| Ok(())).await.unwrap();
}

fn select(session: &Session, page_size: u32) -> Query<'_> {
    session.query("SELECT part, number, note FROM t", ()).page_size(page_size)
}

/// What is in use when the driver has nothing to do.
async fn settled(session: &Session) -> usize {
    let mut least = usize::MAX;
    // An I/O thread may have something of an answer when it is here already, but not of the one before.
    for _ in 0..10 {
        session.query("SELECT key FROM system.local", ()).await.unwrap();
        least = least.min(memory::live());
    }
    least
}

async fn bytes_of_a_page(session: &Session, page_size: u32) -> usize {
    let held = select(session, page_size).await.unwrap();
    assert_eq!(held.len(), page_size as usize);
    let with = settled(session).await;
    drop(held);
    with - settled(session).await
}

/// Reads so many of the table's rows; gives the most memory that was in use for that.
async fn read(session: &Session, page_size: u32, prefetch: usize, most: i32, of: i32) -> usize {
    // A partition that was begun comes to its end before another one is.
    let mut begun = vec![false; (of / PARTITION) as usize];
    let (mut count, mut sum, mut at) = (0, 0_i64, None::<(i32, i32)>);
    let before = settled(session).await;
    memory::restart();
    let rows = select(session, page_size).prefetch(prefetch);
    let mut rows: RowStream<Row> = rows.stream().await.unwrap();
    while let Some((part, number, text)) = rows.try_next().await.unwrap() {
        match at.filter(|(_, last)| last + 1 < PARTITION) {
            Some((same, last)) => assert_eq!((part, number), (same, last + 1)),
            None => {
                assert_eq!(number, 0);
                assert!(!std::mem::replace(&mut begun[part as usize], true), "{part} comes again");
            }
        }
        assert_eq!(text, note(part, number));
        at = Some((part, number));
        count += 1;
        sum += i64::from(part * PARTITION + number);
        if count % (most / STOPS) == 0 {
            full(session).await;
        }
        if count == most && most < of {
            break;
        }
    }
    let peak = memory::peak() - before;
    assert_eq!(count, most);
    if most == of {
        assert_eq!(sum, i64::from(most) * i64::from(most - 1) / 2);
    }
    peak
}

/// Waits until no page is on its way: all that have room are there.
async fn full(session: &Session) {
    let start = Instant::now();
    while session.in_flight() > 0 {
        assert!(start.elapsed() < DEADLINE, "a page is still on its way");
        tokio::task::yield_now().await;
    }
}
