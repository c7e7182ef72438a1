//! Reads a large table with a progress bar, is interrupted, and goes on where it was.
//!
//! ```text
//! cargo run --example streaming
//! cargo run --example streaming -- --rows 1000000 --page-size 5000 --prefetch 4
//! CASSANDRA_CONTACT_POINTS=10.0.0.1,10.0.0.2 cargo run --example streaming
//! ```
//!
//! The bar knows how far the stream is from [`RowStream::progress`]; what an interrupted stream leaves
//! to the next one is its [`RowStream::position`].

use std::error::Error;
use std::time::Duration;

use async_cassandra::{PagingState, Position, RowStream, Session, SessionBuilder, rt};
use embedded_cassandra::Cassandra;
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

const IN_FLIGHT: usize = 256;
const ROWS_PER_PARTITION: u32 = 1000;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;
type Reading = (i32, i32, String);

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments = Arguments::parse()?;
    let (_node, builder) = find_cassandra().await?;
    let session = builder.runtime(rt::Tokio::current()).connect().await?;
    fill(&session, arguments.rows).await?;

    // The first half, to somewhere in a page; then the stream is dropped, as if the program had ended.
    let half = arguments.rows / 2 + arguments.page_size / 3;
    let bar = progress_bar("reading", arguments.rows)?;
    let (first, position) = read(&session, &arguments, None, half.into(), &bar).await?;
    let Position::At(state) = position else {
        return Err(format!("no whole page in {first} rows: take a smaller --page-size").into());
    };
    // A text that survives the program.
    let stored = state.to_string();
    // Above the bar; where the output is no terminal, there is no bar.
    bar.suspend(|| println!("interrupted after {first} rows; to go on: {stored}"));

    let resumed = Some(stored.parse()?);
    let (second, position) = read(&session, &arguments, resumed, u64::MAX, &bar).await?;
    bar.finish();
    session.close().await?;

    // Rows of the page that was read in part came twice, and none is missing.
    let twice = (first + second).checked_sub(arguments.rows.into());
    match (position, twice) {
        (Position::End, Some(twice)) if twice < u64::from(arguments.page_size) => {
            println!("read {} rows, {twice} of them twice", arguments.rows);
            Ok(())
        }
        _ => Err(format!("read {first} and {second} of {} rows", arguments.rows).into()),
    }
}

/// Reads up to so many rows; says how many, and where the stream has come to.
async fn read(
    session: &Session,
    arguments: &Arguments,
    start: Option<PagingState>,
    most: u64,
    bar: &ProgressBar,
) -> Outcome<(u64, Position)> {
    let mut request = session
        .query("SELECT part, number, note FROM streaming.readings", ())
        .page_size(arguments.page_size)
        .prefetch(arguments.prefetch)
        // A node that dies on the way is no matter while another can serve.
        .idempotent(true)
        .deadline(Duration::from_secs(10));
    if let Some(state) = start {
        request = request.start_at(state);
    }
    let mut rows: RowStream<Reading> = request.stream().await?;
    while rows.progress().rows < most {
        match rows.try_next().await {
            Ok(Some((_part, _number, note))) => assert!(note.starts_with("reading")),
            Ok(None) => break,
            // The page that failed is asked for again; what was read stays read.
            Err(error) if error.is_retryable() && rows.retry() => bar.println(error.to_string()),
            Err(error) => return Err(error.into()),
        }
        let so_far = rows.progress();
        if so_far.rows % 100 == 0 {
            bar.inc(100);
            let bytes = HumanBytes(so_far.bytes.unwrap_or_default());
            bar.set_message(format!("{} pages, {bytes}", so_far.pages));
        }
    }
    Ok((rows.progress().rows, rows.position()))
}

async fn fill(session: &Session, rows: u32) -> Outcome<()> {
    for statement in [
        "CREATE KEYSPACE IF NOT EXISTS streaming WITH replication = \
         {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "DROP TABLE IF EXISTS streaming.readings",
        "CREATE TABLE streaming.readings (part int, number int, note text, \
         PRIMARY KEY (part, number))",
    ] {
        session.query(statement, ()).await?;
    }
    let insert = "INSERT INTO streaming.readings (part, number, note) VALUES (?, ?, ?)";
    let insert = session.prepare(insert).idempotent(true).await?;
    let bar = progress_bar("writing", rows)?;
    stream::iter(0..rows)
        .map(|row| {
            let (part, number) = (row / ROWS_PER_PARTITION, row % ROWS_PER_PARTITION);
            insert.bind((part as i32, number as i32, format!("reading {row}"))).execute()
        })
        .buffer_unordered(IN_FLIGHT)
        .inspect_ok(|_| bar.inc(1))
        .try_for_each(|_| async { Ok(()) })
        .await?;
    bar.finish();
    Ok(())
}

/// A node of our own, or the cluster that `CASSANDRA_CONTACT_POINTS` names.
async fn find_cassandra() -> Outcome<(Option<Cassandra>, SessionBuilder)> {
    if let Ok(points) = std::env::var("CASSANDRA_CONTACT_POINTS") {
        return Ok((None, Session::builder().contact_points(points.split(','))));
    }
    println!("starting a Cassandra; the first time it is downloaded");
    let node = tokio::task::spawn_blocking(Cassandra::start).await??;
    let builder = Session::builder().contact_points([node.address()]);
    Ok((Some(node), builder))
}

fn progress_bar(what: &str, rows: u32) -> Outcome<ProgressBar> {
    let bar = ProgressBar::new(rows.into()).with_message(what.to_owned());
    let template = "{wide_bar} {human_pos}/{human_len} {per_sec} {msg}";
    bar.set_style(ProgressStyle::with_template(template)?);
    Ok(bar)
}

struct Arguments {
    rows: u32,
    page_size: u32,
    prefetch: usize,
}

impl Arguments {
    fn parse() -> Outcome<Self> {
        let mut parsed = Self { rows: 100_000, page_size: 1000, prefetch: 2 };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("`{word}` wants a value"))?;
            match word.as_str() {
                "--rows" => parsed.rows = value.parse()?,
                "--page-size" => parsed.page_size = value.parse()?,
                "--prefetch" => parsed.prefetch = value.parse()?,
                _ => return Err(format!("`{word}`? --rows N, --page-size N, --prefetch N").into()),
            }
        }
        Ok(parsed)
    }
}
