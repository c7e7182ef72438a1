//! An allocator that counts what Rust allocates, when it is told to. The C driver's own allocations go to
//! the C library and are not seen.
//!
//! Costs: a load and a branch each; while it counts, four atomic operations.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// The system's allocator, and the count.
pub struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
/// Less than none where what was made before the count began is freed.
static LIVE: AtomicI64 = AtomicI64::new(0);
static LIVE_PEAK: AtomicI64 = AtomicI64::new(0);

/// Since the count began.
#[derive(Debug, Clone, Copy)]
pub struct Allocated {
    pub count: u64,
    pub bytes: u64,
    /// The most that was alive at a time.
    pub live_peak: u64,
}

/// Counts from here on. Once in a process.
pub fn start() {
    ON.store(true, Ordering::Relaxed);
}

pub fn stop() -> Allocated {
    ON.store(false, Ordering::Relaxed);
    Allocated {
        count: COUNT.load(Ordering::Relaxed),
        bytes: BYTES.load(Ordering::Relaxed),
        live_peak: LIVE_PEAK.load(Ordering::Relaxed).max(0).unsigned_abs(),
    }
}

// ORDERING: the counts order nothing, and are read when the work is done.
fn made(bytes: usize) {
    if ON.load(Ordering::Relaxed) {
        COUNT.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(bytes as u64, Ordering::Relaxed);
        let live = LIVE.fetch_add(bytes as i64, Ordering::Relaxed) + bytes as i64;
        LIVE_PEAK.fetch_max(live, Ordering::Relaxed);
    }
}

fn freed(bytes: usize) {
    if ON.load(Ordering::Relaxed) {
        LIVE.fetch_sub(bytes as i64, Ordering::Relaxed);
    }
}

// SAFETY: all of it is the system's; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        made(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        freed(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        made(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        freed(layout.size());
        made(size);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(at, layout, size) }
    }
}
