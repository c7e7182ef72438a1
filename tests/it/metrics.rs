//! A session's figures.

use std::time::{Duration, Instant};

use futures::{StreamExt, stream};

use crate::server::Test;

const REQUESTS: usize = 500;

pub async fn figures(test: Test) {
    // C's clock of the rates starts with the connect.
    let started = Instant::now();
    let session = test.connect().await;
    let before = session.metrics();
    assert_eq!((before.in_flight, before.connections), (0, 1));
    let requests =
        (0..REQUESTS).map(|_| session.query("SELECT key FROM system.local", ()).execute());
    let done = stream::iter(requests).buffer_unordered(64);
    assert_eq!(done.filter(|page| std::future::ready(page.is_ok())).count().await, REQUESTS);
    session.close().await.unwrap();
    let elapsed = started.elapsed();

    // C counts a request when its callback has returned: all of them by the close.
    let last = session.metrics();
    let r = last.requests;
    assert!(r.min > Duration::ZERO, "{last:?}");
    let ordered = [r.min, r.median, r.p75, r.p95, r.p98, r.p99, r.p999, r.max];
    assert!(ordered.is_sorted(), "{last:?}");
    assert!(r.min <= r.mean && r.mean <= r.max && r.stddev <= r.max, "{last:?}");
    assert!(r.max <= elapsed, "microseconds are read as what they are: {last:?}");
    let least = REQUESTS as f64 / elapsed.as_secs_f64();
    assert!(last.rates.mean >= least * 0.99, "{least} requests a second, at least: {last:?}");
    assert_eq!((last.connection_timeouts, last.request_timeouts), (0, 0));
    assert_eq!(last.in_flight, 0);
    // Nothing changes any more.
    assert_eq!(session.metrics(), last);
    assert!(last.speculative.is_some_and(|speculative| speculative.aborted == 0), "{last:?}");
}
