//! A session's figures. The fake driver's are the same always, and each field's its own.

use std::time::Duration;

use async_cassandra::Session;
use futures::FutureExt;

use crate::cell::{Cell, Held};

fn micros<const N: usize>(from: u64) -> [Duration; N] {
    std::array::from_fn(|at| Duration::from_micros(from + at as u64))
}

fn every_field(session: &Session) {
    let now = session.metrics();
    let [min, max, mean, stddev, median, p75, p95, p98, p99, p999] = micros(1);
    let r = now.requests;
    assert_eq!([r.min, r.max, r.mean, r.stddev, r.median], [min, max, mean, stddev, median]);
    assert_eq!([r.p75, r.p95, r.p98, r.p99, r.p999], [p75, p95, p98, p99, p999]);
    let rates = now.rates;
    let rates = [rates.mean, rates.one_minute, rates.five_minutes, rates.fifteen_minutes];
    assert_eq!(rates, [0.25, 0.5, 0.75, 1.25]);
    let counts = [now.connections, now.connection_timeouts, now.request_timeouts];
    assert_eq!(counts, [11, 15, 17]);
    let speculative = now.speculative.unwrap();
    let [min, max, mean, stddev, median, p75, p95, p98, p99, p999] = micros(21);
    let s = speculative.latencies;
    assert_eq!([s.min, s.max, s.mean, s.stddev, s.median], [min, max, mean, stddev, median]);
    assert_eq!([s.p75, s.p95, s.p98, s.p99, s.p999], [p75, p95, p98, p99, p999]);
    assert_eq!((speculative.aborted, speculative.percentage), (31, 1.5));
}

/// The figures of a session outlive it: C's are gone by then.
pub async fn figures(cell: Cell) {
    let session = cell.connect().await;
    every_field(&session);
    session.query("OK", ()).await.unwrap();
    every_field(&session);
    session.close().await.unwrap();
    every_field(&session);
}

pub fn in_flight(cell: Cell) {
    let session = cell.run(cell.connect());
    assert_eq!(session.metrics().in_flight, 0);
    let held = Held::new();
    let request = || {
        let mut request = session.query("OK", ()).execute();
        let polled = (&mut request).now_or_never();
        assert_eq!(polled.is_some(), cell.is_inline());
        request
    };
    let (kept, dropped) = (request(), request());
    drop(dropped);
    assert_eq!(session.metrics().in_flight, if cell.is_inline() { 0 } else { 2 });
    drop(held);
    if !cell.is_inline() {
        let session = session.clone();
        cell.run(async move { session.close().await }).unwrap();
    }
    drop(kept);
    assert_eq!(session.metrics().in_flight, 0);
}
