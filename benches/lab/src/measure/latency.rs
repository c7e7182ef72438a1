//! What is told of many times.

use hdrhistogram::Histogram;
use serde_json::{Value, json};

use crate::Result;

pub struct Latency(Histogram<u64>);

impl Latency {
    /// Two digits: each time is told to within a hundredth of it.
    pub fn of(nanoseconds: &[u64]) -> Result<Self> {
        let mut histogram = Histogram::new(2)?;
        for &time in nanoseconds {
            histogram.record(time.max(1))?;
        }
        Ok(Self(histogram))
    }

    pub fn summary(&self) -> Value {
        if self.0.is_empty() {
            return Value::Null;
        }
        json!({
            "p50": self.0.value_at_quantile(0.5),
            "p99": self.0.value_at_quantile(0.99),
            "p999": self.0.value_at_quantile(0.999),
            "max": self.0.max(),
        })
    }

    /// `[value, count]` of each bucket that has any.
    pub fn histogram(&self) -> Value {
        if self.0.is_empty() {
            return Value::Null;
        }
        let buckets = self.0.iter_recorded();
        buckets.map(|step| json!([step.value_iterated_to(), step.count_at_value()])).collect()
    }
}
