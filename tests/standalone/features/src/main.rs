//! Lives a session's life on the fake driver, in each of its orders, and prints what came of it. With
//! whatever features this was built: it prints the same, and nothing on stderr.

use std::time::Duration;

use async_cassandra::{Error, Session, observe};
use futures::{StreamExt, future};

fn main() {
    async_cassandra::driver::load_from(fake_driver::path()).unwrap();
    #[cfg(feature = "tokio")]
    assert!(async_cassandra::rt::Tokio::try_current().is_none());
    #[cfg(any(feature = "tracing", feature = "log"))]
    observe::driver_log(observe::Level::Debug).unwrap();
    for order in ["inline", "late", "unset", "locked"] {
        println!("{order}");
        pollster::block_on(live(order)).unwrap();
        futures::executor::block_on(live(order)).unwrap();
    }
    pollster::block_on(fail());
    end();
}

async fn live(order: &str) -> Result<(), Error> {
    let session = Session::builder().contact_points([order]).connect().await?;
    let page = session.query("ROWS 3 2", ()).await?;
    let rows = page.rows::<(i32, &str)>()?.collect::<Result<Vec<_>, _>>()?;
    println!("  page {rows:?}, more {}", page.next_page().is_some());

    let echo = session.prepare("ECHO int text").await?;
    let many = (0..200).map(|id| echo.bind((id, format!("number {id}"))).execute());
    let pages = future::try_join_all(many).await?;
    println!("  prepared {}", pages.iter().map(|page| page.len()).sum::<usize>());

    let cached = session.query("ECHO bigint", (7_i64,)).timeout(Duration::from_secs(30)).await?;
    println!("  cached {:?}", cached.rows::<(i64,)>()?.next().transpose()?);

    for prefetch in [0, 2] {
        let rows = session.query("ROWS 10 7", ()).prefetch(prefetch);
        let rows = rows.stream::<(i32, String)>().await?;
        println!("  streamed {}", rows.filter(|row| future::ready(row.is_ok())).count().await);
    }

    for cql in ["ERROR 0x1001 busy", "nonsense"] {
        println!("  {}", session.query(cql, ()).await.unwrap_err());
    }
    println!("  {}", echo.bind(("one", "two")).await.unwrap_err());
    println!("  p75 {:?}", session.metrics().requests.p75);

    let mut dropped = session.query("OK", ()).execute();
    let _ = futures::poll!(&mut dropped);
    drop(dropped);
    session.close().timeout(Duration::from_secs(30)).await?;
    println!("  {}", session.query("OK", ()).await.unwrap_err());
    Ok(())
}

/// Only our own clock ends what never ends; the session that is left keeps nobody.
async fn fail() {
    for point in ["refused", "badauth", "nowhere"] {
        let builder = Session::builder().contact_points([point]);
        println!("{}", builder.connect().await.unwrap_err());
    }
    let session = Session::builder().contact_points(["late"]).connect().await.unwrap();
    let mut never = session.query("NEVER", ()).execute();
    let _ = futures::poll!(&mut never);
    let error = session.close().timeout(Duration::from_millis(5)).await.unwrap_err();
    println!("{error}");
}

fn end() {
    let start = std::time::Instant::now();
    loop {
        let counters = observe::counters();
        // Only the request that never ends.
        if counters.in_flight <= 1 && counters.reaping == 0 && fake_driver::live().sessions == 1 {
            return println!("dropped lines {}", counters.log_dropped);
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{counters:?}");
        std::thread::yield_now();
    }
}
