//! Starts a real Cassandra on this machine, writes 100,000 rows into it, and streams them back.
//!
//! ```text
//! cargo run --example quickstart
//! cargo run --example quickstart -- --runtime smol --rows 20000
//! CASSANDRA_CONTACT_POINTS=10.0.0.1,10.0.0.2 cargo run --example quickstart
//! ```
//!
//! The first run downloads Cassandra and a C driver into your cache folder; later runs start in
//! seconds. Ctrl-C at any moment ends the node with the program.

use std::error::Error;
use std::time::{Duration, Instant};

use async_cassandra::{Session, SessionBuilder, rt};
use embedded_cassandra::Cassandra;
use futures::{StreamExt, TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};

/// Requests on their way at the same time.
const IN_FLIGHT: usize = 256;
/// Rows that share a partition.
const ROWS_PER_SENSOR: i32 = 1000;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let arguments = Arguments::parse()?;
    let (_node, builder) = find_cassandra()?;

    // The session is the same on every runtime; the runtime only keeps its deadlines.
    let rows = arguments.rows;
    match arguments.runtime.as_str() {
        "tokio" => tokio::runtime::Runtime::new()?
            .block_on(async { run(builder.runtime(rt::Tokio::current()), rows).await }),
        "async-std" => async_std::task::block_on(run(builder.runtime(rt::AsyncStd), rows)),
        "smol" => smol::block_on(run(builder.runtime(rt::Smol), rows)),
        _ => futures::executor::block_on(run(builder, rows)),
    }
}

/// The tour: a table, many writes at once, a stream over all rows, a clean end.
async fn run(builder: SessionBuilder, rows: i32) -> Outcome<()> {
    let session = builder.connect().await?;
    create_table(&session).await?;

    let (wrote, latencies) = write(&session, rows).await?;
    let (read, newest) = read_back(&session, rows).await?;
    session.close().await?;

    println!("\nThe newest readings of sensor 0:");
    for (at, value, note) in newest {
        println!("  {at:>5}  {value:>7.2}  {note}");
    }
    summarise(rows, wrote, read, latencies);
    Ok(())
}

async fn create_table(session: &Session) -> Outcome<()> {
    for statement in [
        "CREATE KEYSPACE IF NOT EXISTS quickstart WITH replication = \
         {'class': 'SimpleStrategy', 'replication_factor': 1}",
        "DROP TABLE IF EXISTS quickstart.readings",
        "CREATE TABLE quickstart.readings (sensor int, at int, value double, note text, \
         PRIMARY KEY (sensor, at)) WITH CLUSTERING ORDER BY (at DESC)",
    ] {
        session.query(statement, ()).await?;
    }
    Ok(())
}

/// Writes `rows` readings, many at once, and measures each.
async fn write(session: &Session, rows: i32) -> Outcome<(Duration, Vec<Duration>)> {
    let insert = session
        .prepare("INSERT INTO quickstart.readings (sensor, at, value, note) VALUES (?, ?, ?, ?)")
        .idempotent(true)
        .await?;
    let bar = progress_bar("writing", rows);
    let start = Instant::now();
    let latencies = stream::iter(0..rows)
        .map(|i| {
            let (sensor, at) = (i / ROWS_PER_SENSOR, i % ROWS_PER_SENSOR);
            let value = f64::from(i).sin() * 100.0;
            let request = insert.bind((sensor, at, value, format!("reading {i}")));
            async {
                let sent = Instant::now();
                request.await?;
                Ok::<_, async_cassandra::Error>(sent.elapsed())
            }
        })
        .buffer_unordered(IN_FLIGHT)
        .inspect_ok(|_| bar.inc(1))
        .try_collect()
        .await?;
    bar.finish();
    Ok((start.elapsed(), latencies))
}

/// Streams every row back, page by page, with the next page already on its way.
async fn read_back(session: &Session, rows: i32) -> Outcome<(Duration, Vec<(i32, f64, String)>)> {
    let bar = progress_bar("reading", rows);
    let start = Instant::now();
    let mut all = session
        .query("SELECT sensor, at, value, note FROM quickstart.readings", ())
        .prefetch(1)
        .stream::<(i32, i32, f64, String)>()
        .await?;
    let mut newest = Vec::new();
    let mut seen = 0;
    while let Some((sensor, at, value, note)) = all.try_next().await? {
        seen += 1;
        bar.inc(1);
        if sensor == 0 && newest.len() < 5 {
            newest.push((at, value, note));
        }
    }
    bar.finish();
    if seen != rows {
        return Err(format!("wrote {rows} rows and read {seen}").into());
    }
    Ok((start.elapsed(), newest))
}

/// A node of our own, or the cluster that `CASSANDRA_CONTACT_POINTS` names.
fn find_cassandra() -> Outcome<(Option<Cassandra>, SessionBuilder)> {
    if let Ok(points) = std::env::var("CASSANDRA_CONTACT_POINTS") {
        return Ok((None, Session::builder().contact_points(points.split(','))));
    }
    let spinner = ProgressBar::new_spinner();
    spinner.set_style(ProgressStyle::with_template("{spinner} {msg} ({elapsed})")?);
    spinner.enable_steady_tick(Duration::from_millis(100));
    let shown = spinner.clone();
    let node =
        Cassandra::builder().progress(move |step| shown.set_message(step.to_string())).start()?;
    spinner.finish_with_message(format!("Cassandra listens on {}", node.address()));
    let builder = Session::builder().contact_points([node.address()]);
    Ok((Some(node), builder))
}

fn summarise(rows: i32, wrote: Duration, read: Duration, mut latencies: Vec<Duration>) {
    let rate = |time: Duration| f64::from(rows) / time.as_secs_f64();
    latencies.sort_unstable();
    let percentile = |percent: usize| {
        let at = latencies.len() * percent / 100;
        latencies.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    };
    println!("\nwrote {rows} rows in {:.2} s, {:.0} a second", wrote.as_secs_f64(), rate(wrote));
    println!("read  {rows} rows in {:.2} s, {:.0} a second", read.as_secs_f64(), rate(read));
    println!(
        "a write took {:.2} ms at the median, {:.2} ms at the 99th percentile ({IN_FLIGHT} in flight)",
        percentile(50),
        percentile(99),
    );
}

fn progress_bar(what: &'static str, rows: i32) -> ProgressBar {
    let bar = ProgressBar::new(rows.unsigned_abs().into()).with_message(what);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec}");
    bar.set_style(style.expect("the template is well-formed"));
    bar
}

struct Arguments {
    runtime: String,
    rows: i32,
}

impl Arguments {
    fn parse() -> Outcome<Self> {
        let mut parsed = Self { runtime: "tokio".into(), rows: 100_000 };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("`{word}` wants a value"))?;
            match word.as_str() {
                "--rows" => parsed.rows = value.parse()?,
                "--runtime" => parsed.runtime = value,
                _ => return Err(format!("`{word}`? --runtime NAME or --rows N").into()),
            }
        }
        match parsed.runtime.as_str() {
            "tokio" | "async-std" | "smol" | "threads" => Ok(parsed),
            other => Err(format!("no runtime `{other}`: tokio, async-std, smol, threads").into()),
        }
    }
}
