//! How much memory this process has, Rust's and the C driver's, to the byte.
//!
//! The `unsafe` of these tests: both take their memory from here, and each block that is live is
//! counted with what it really takes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that are live, and the most that were since [`restart`].
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Has the C driver take its memory from here too. Called once, before there is a session.
pub fn watch_the_driver() {
    async_cassandra::driver::load().unwrap_or_else(|error| panic!("{error}"));
    // SAFETY: these are malloc, realloc and free, and count besides. What the driver made while it was
    // loaded lives until the end of the process, and `end` comes before it would be freed.
    unsafe {
        cassandra_cpp_sys::cass_alloc_set_functions(Some(malloc), Some(realloc), Some(free));
        assert_eq!(on_exit(end, std::ptr::null_mut()), 0);
    }
}

unsafe extern "C" {
    /// Of glibc: as `atexit`, and tells the status.
    fn on_exit(call: unsafe extern "C" fn(i32, *mut c_void), data: *mut c_void) -> i32;
}

/// Ends the process before the driver's own exit handlers: they free what it made before it was given
/// other memory.
unsafe extern "C" fn end(status: i32, _: *mut c_void) {
    // SAFETY: ends the process; Rust has written out what was printed.
    unsafe { libc::_exit(status) }
}

pub fn live() -> usize {
    // ORDERING: a figure; nothing is published through it.
    LIVE.load(Ordering::Relaxed)
}

/// The peak is what is live now.
pub fn restart() {
    // ORDERING: as in `live`.
    PEAK.store(live(), Ordering::Relaxed);
}

pub fn peak() -> usize {
    // ORDERING: as in `live`.
    PEAK.load(Ordering::Relaxed)
}

fn count(block: *mut c_void) {
    let bytes = size(block);
    // ORDERING: as in `live`.
    let live = LIVE.fetch_add(bytes, Ordering::Relaxed) + bytes;
    // ORDERING: as in `live`.
    PEAK.fetch_max(live, Ordering::Relaxed);
}

fn discount(block: *mut c_void) {
    // ORDERING: as in `live`.
    LIVE.fetch_sub(size(block), Ordering::Relaxed);
}

/// What a block really takes; nothing for NULL.
fn size(block: *mut c_void) -> usize {
    // SAFETY: a live block of the C library's allocator, which is Rust's `System` too, or NULL.
    unsafe { libc::malloc_usable_size(block) }
}

unsafe extern "C" fn malloc(bytes: usize) -> *mut c_void {
    // SAFETY: asks for nothing.
    let block = unsafe { libc::malloc(bytes) };
    count(block);
    block
}

unsafe extern "C" fn realloc(block: *mut c_void, bytes: usize) -> *mut c_void {
    let before = size(block);
    // SAFETY: the caller's promise, passed on.
    let moved = unsafe { libc::realloc(block, bytes) };
    if !moved.is_null() || bytes == 0 {
        // ORDERING: as in `live`.
        LIVE.fetch_sub(before, Ordering::Relaxed);
        count(moved);
    }
    moved
}

unsafe extern "C" fn free(block: *mut c_void) {
    discount(block);
    // SAFETY: the caller's promise, passed on.
    unsafe { libc::free(block) }
}

struct Counting;

// SAFETY: passes everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, passed on.
        let block = unsafe { System.alloc(layout) };
        count(block.cast());
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        discount(block.cast());
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
