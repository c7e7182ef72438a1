//! What a piece of work costs this process.
//!
//! Costs of the measuring: two system calls before and two after; nothing in between. Counting is for
//! runs of their own ([`Meter::new`] with `count`): it makes each allocation and each system call dearer.

mod allocations;
mod latency;
mod memory;
mod syscalls;
mod usage;

use std::time::Instant;

use crate::Result;

pub use allocations::{Allocated, Counting};
pub use latency::Latency;
use memory::Memory;
use syscalls::Trace;
use usage::Usage;

/// Made before the work is warmed up.
pub struct Meter {
    count: bool,
    memory: Memory,
}

/// While the work runs.
pub struct Started {
    memory: Memory,
    trace: Option<Trace>,
    count: bool,
    usage: Usage,
    at: Instant,
}

/// What it came to.
#[derive(Debug)]
pub struct Costs {
    pub wall_ns: u64,
    pub usage: Usage,
    pub allocated: Option<Allocated>,
    pub syscalls: Option<u64>,
    pub peak_rss_kib: u64,
    pub rss_before_kib: u64,
}

impl Meter {
    /// Starts the watch of memory: what the warming up takes belongs to the work.
    pub fn new(count: bool) -> Self {
        Self { count, memory: Memory::watch() }
    }

    pub fn start(self) -> Result<Started> {
        let trace = if self.count { Trace::attach()? } else { None };
        if self.count {
            allocations::start();
        }
        let usage = Usage::now();
        Ok(Started { memory: self.memory, trace, count: self.count, usage, at: Instant::now() })
    }
}

impl Started {
    pub fn stop(self) -> Result<Costs> {
        let wall_ns = self.at.elapsed().as_nanos() as u64;
        let usage = Usage::now().since(&self.usage);
        let allocated = self.count.then(allocations::stop);
        let syscalls = self.trace.map(Trace::detach).transpose()?;
        let (rss_before_kib, peak_rss_kib) = self.memory.seen();
        Ok(Costs { wall_ns, usage, allocated, syscalls, peak_rss_kib, rss_before_kib })
    }
}
