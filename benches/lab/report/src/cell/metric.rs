//! The figures of a run, each a request where that makes sense.

use crate::record::Run;

/// A figure of one run, where it was measured.
pub type Metric = fn(&Run) -> Option<f64>;

fn each(run: &Run, value: Option<u64>) -> Option<f64> {
    value.map(|value| value as f64 / run.requests as f64)
}

/// CPU of the client's process, ns a request.
pub fn cpu_ns(run: &Run) -> Option<f64> {
    each(run, Some(run.user_ns + run.system_ns))
}

/// The part of it in user mode.
pub fn user_ns(run: &Run) -> Option<f64> {
    each(run, Some(run.user_ns))
}

/// The part of it in the kernel.
pub fn system_ns(run: &Run) -> Option<f64> {
    each(run, Some(run.system_ns))
}

/// Time, ns a request.
pub fn wall_ns(run: &Run) -> Option<f64> {
    each(run, Some(run.wall_ns))
}

/// Requests a second.
pub fn rate(run: &Run) -> Option<f64> {
    (run.wall_ns > 0).then(|| run.requests as f64 * 1e9 / run.wall_ns as f64)
}

/// The rate that an open loop meant to keep.
pub fn intended_rate(run: &Run) -> Option<f64> {
    run.rate_per_second
}

/// Context switches a request, of both kinds.
pub fn switches(run: &Run) -> Option<f64> {
    each(run, Some(run.voluntary_switches? + run.involuntary_switches?))
}

/// System calls a request.
pub fn syscalls(run: &Run) -> Option<f64> {
    each(run, run.syscalls)
}

/// Rust allocations a request.
pub fn allocations(run: &Run) -> Option<f64> {
    each(run, run.allocations)
}

/// Bytes allocated in Rust a request.
pub fn allocated_bytes(run: &Run) -> Option<f64> {
    each(run, run.allocated_bytes)
}

/// Peak resident memory, bytes.
pub fn peak_rss(run: &Run) -> Option<f64> {
    run.peak_rss_kib.map(|kib| kib as f64 * 1024.0)
}

/// Peak of living Rust bytes.
pub fn live_bytes(run: &Run) -> Option<f64> {
    run.live_bytes_peak.map(|bytes| bytes as f64)
}
