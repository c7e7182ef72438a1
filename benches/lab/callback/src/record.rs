//! A run's record, as the lab's other records are.

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::options::Run;

/// `latencies` a list for each task, empty where there is none; `times` how long callbacks took.
pub fn record(run: &Run, latencies: &[Vec<u64>], times: &[u32]) -> Value {
    let mut histogram = Histogram::<u64>::new(2).expect("two digits");
    for latency in latencies.iter().flatten() {
        histogram.record(*latency).expect("it resizes");
    }
    let mut times = times.to_vec();
    times.sort_unstable();
    let sum: f64 = times.iter().map(|time| f64::from(*time)).sum();
    json!({
        "callback": true,
        "client": run.client,
        "load": run.load.name(),
        "in_flight": run.load.tasks(),
        "round": run.round,
        "count": if histogram.is_empty() { times.len() as u64 } else { histogram.len() },
        "latency_ns": percentiles(&histogram),
        "latency_histogram": buckets(&histogram),
        "io_thread_ns_per_callback": sum / times.len() as f64,
        "io_thread_ns_median": times.get(times.len() / 2),
    })
}

fn percentiles(histogram: &Histogram<u64>) -> Option<Value> {
    (!histogram.is_empty()).then(|| {
        json!({
            "p50": histogram.value_at_quantile(0.5),
            "p99": histogram.value_at_quantile(0.99),
            "p999": histogram.value_at_quantile(0.999),
            "max": histogram.max(),
        })
    })
}

fn buckets(histogram: &Histogram<u64>) -> Option<Vec<(u64, u64)>> {
    let recorded = histogram.iter_recorded();
    (!histogram.is_empty())
        .then(|| recorded.map(|step| (step.value_iterated_to(), step.count_at_value())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Load;

    fn of(latencies: &[Vec<u64>], times: &[u32]) -> Value {
        let run = Run { client: "smol".into(), load: Load::Busy, round: 2, short: true };
        record(&run, latencies, times)
    }

    #[test]
    fn a_record_has_all_tasks_in_it() {
        let record = of(&[vec![10, 20], vec![30, 1_000_000]], &[5, 100, 6, 5]);
        assert_eq!(record["count"], 4);
        assert_eq!(record["latency_ns"]["p50"], 20);
        assert_eq!(record["latency_histogram"][0], json!([10, 1]));
        assert_eq!(record["latency_histogram"].as_array().map(Vec::len), Some(4));
        assert_eq!(record["io_thread_ns_per_callback"], 29.0);
        assert_eq!(record["io_thread_ns_median"], 6);
    }

    #[test]
    fn without_tasks_there_is_no_latency() {
        let record = of(&[], &[30; 9]);
        assert_eq!((&record["count"], &record["latency_ns"]), (&json!(9), &Value::Null));
    }
}
