//! One line of the records: what one run did and what that cost.

use std::fmt;

use serde_json::{Value, json};

use crate::job::Job;
use crate::measure::{Costs, Latency};
use crate::work::{Done, Work};

pub struct Record(Value);

impl Record {
    pub fn new(job: &Job, done: Done, costs: Costs) -> Self {
        let stream = job.work.is_stream();
        let open = job.work == Work::OpenSelect;
        // The allocations of C are not Rust's.
        let allocated = costs.allocated.filter(|_| job.client.is_rust());
        // Of a closed loop only what is told of it is kept: the file of a whole run is large enough.
        let latency = Latency::of(&done.latencies).ok();
        Self(json!({
            "server": job.server,
            "client": job.client.to_string(),
            "work": job.work.to_string(),
            "in_flight": (!stream && !open).then_some(job.in_flight),
            "round": job.round,
            "share_percent": job.share,
            "rate_per_second": open.then_some(job.rate),
            "page_size": stream.then_some(job.page_size),
            "prefetch": stream.then_some(job.prefetch),
            "requests": if done.sum.rows > 0 { done.sum.rows } else { job.requests },
            "wall_ns": costs.wall_ns,
            "user_ns": costs.usage.user_ns,
            "system_ns": costs.usage.system_ns,
            "voluntary_switches": costs.usage.voluntary_switches,
            "involuntary_switches": costs.usage.involuntary_switches,
            "counted": job.count,
            "syscalls": costs.syscalls,
            "allocations": allocated.map(|allocated| allocated.count),
            "allocated_bytes": allocated.map(|allocated| allocated.bytes),
            "live_bytes_peak": allocated.map(|allocated| allocated.live_peak),
            "peak_rss_kib": costs.peak_rss_kib,
            "rss_before_kib": costs.rss_before_kib,
            "task_bytes": done.task_bytes,
            "checksum": {"ids": done.sum.ids, "bytes": done.sum.bytes},
            "latency_ns": latency.as_ref().map(Latency::summary),
            "latency_histogram": latency.as_ref().filter(|_| open).map(Latency::histogram),
        }))
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
