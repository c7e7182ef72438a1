//! What a task does: one request after the other, each with its latency.

use async_cassandra::Prepared;

/// The latencies of so many requests in nanoseconds, without the first tenth.
pub async fn latencies(prepared: Prepared, requests: usize) -> Vec<u64> {
    let warm_up = requests / 10;
    let mut latencies = Vec::with_capacity(requests - warm_up);
    for request in 0..requests {
        let page = prepared.bind(()).await.expect("an answer");
        let now = fake_driver::now();
        let mut rows = page.rows::<(i64,)>().expect("one column");
        let (called,) = rows.next().expect("a row").expect("a number");
        assert!(called > 0, "it was answered without a callback");
        if request >= warm_up {
            latencies.push(now.saturating_sub(called as u64));
        }
    }
    latencies
}
