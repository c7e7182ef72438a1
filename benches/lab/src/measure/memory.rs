//! The process's resident memory: before the work, and its peak since.

use std::fs;

pub struct Memory {
    before_kib: u64,
}

impl Memory {
    /// The peak starts anew here, where the kernel lets it.
    pub fn watch() -> Self {
        // Without this the peak is that of the whole process, which is never lower.
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self { before_kib: status("VmRSS:") }
    }

    /// Before, and the peak since, in KiB.
    pub fn seen(&self) -> (u64, u64) {
        (self.before_kib, status("VmHWM:"))
    }
}

fn status(field: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
