//! Safe wrappers over `vendor/fake/control.h`, found in the library by `dlsym`. Costs one `dlopen`
//! at the first use; the library is never unloaded.

use std::ffi::{CStr, CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

/// Objects of the library that exist, held by the program or by the library itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Live {
    /// `CassCluster`
    pub clusters: u64,
    /// `CassSession`
    pub sessions: u64,
    /// `CassFuture`
    pub futures: u64,
    /// `CassStatement`
    pub statements: u64,
    /// `CassPrepared`
    pub prepared: u64,
    /// `CassResult`
    pub results: u64,
    /// `CassErrorResult`
    pub error_results: u64,
    /// `CassIterator`
    pub iterators: u64,
    /// `CassBatch`
    pub batches: u64,
    /// `CassCustomPayload`
    pub payloads: u64,
    /// `CassExecProfile`
    pub profiles: u64,
    /// `CassRetryPolicy`
    pub retry_policies: u64,
    /// `CassTimestampGen`
    pub timestamp_generators: u64,
}

struct Controls {
    live: unsafe extern "C" fn(*mut Live),
    callbacks_run: unsafe extern "C" fn() -> u64,
    hold: unsafe extern "C" fn(),
    release: unsafe extern "C" fn(),
    forget: unsafe extern "C" fn(),
    listen: unsafe extern "C" fn(),
    heard: unsafe extern "C" fn(*mut u8, usize) -> usize,
}

fn controls() -> &'static Controls {
    static CONTROLS: OnceLock<Controls> = OnceLock::new();
    CONTROLS.get_or_init(|| {
        let path = CString::new(crate::path().as_os_str().as_bytes()).expect("a path without NUL");
        // SAFETY: the library's own initialisers do nothing.
        let library = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        assert!(!library.is_null(), "dlopen: {}", last_error());
        // SAFETY: the types are those of vendor/fake/control.h.
        unsafe {
            Controls {
                live: symbol(library, c"fake_live"),
                callbacks_run: symbol(library, c"fake_callbacks_run"),
                hold: symbol(library, c"fake_hold"),
                release: symbol(library, c"fake_release"),
                forget: symbol(library, c"fake_forget"),
                listen: symbol(library, c"fake_listen"),
                heard: symbol(library, c"fake_heard"),
            }
        }
    })
}

fn last_error() -> String {
    // SAFETY: a string that lives until the next call of this thread.
    unsafe { CStr::from_ptr(libc::dlerror()) }.to_string_lossy().into_owned()
}

/// # Safety
/// `F` is the type of the function's pointer.
unsafe fn symbol<F: Copy>(library: *mut c_void, name: &CStr) -> F {
    assert_eq!(size_of::<F>(), size_of::<*mut c_void>());
    // SAFETY: the library is open, and the name ends in NUL.
    let address = unsafe { libc::dlsym(library, name.as_ptr()) };
    assert!(!address.is_null(), "dlsym: {}", last_error());
    // SAFETY: per the contract, and the sizes are equal.
    unsafe { std::mem::transmute_copy(&address) }
}

/// The objects that exist now.
///
/// A future that has just run its callback is still held by the I/O thread for a moment: wait for
/// the counts with a deadline, or look after `cass_session_free`.
pub fn live() -> Live {
    let mut live = Live::default();
    // SAFETY: fills the struct, which has the layout of FakeLive.
    unsafe { (controls().live)(&mut live) };
    live
}

/// Future callbacks that were started since the library was loaded, inline ones included.
pub fn callbacks_run() -> u64 {
    // SAFETY: reads a counter.
    unsafe { (controls().callbacks_run)() }
}

/// Closes the gate: no I/O thread of any session completes a future until [`release()`].
///
/// `inline` sessions do not pass it. A request queue that fills up meanwhile (8192 unless
/// `cass_cluster_set_queue_size_io` says otherwise) answers with
/// `CASS_ERROR_LIB_REQUEST_QUEUE_FULL`.
pub fn hold() {
    // SAFETY: takes a lock for a moment.
    unsafe { (controls().hold)() }
}

/// Opens the gate, and lets every `slow` connect that began before go on.
pub fn release() {
    // SAFETY: takes a lock for a moment.
    unsafe { (controls().release)() }
}

/// Has the server forget every statement that was prepared, and give each another id from now on: what
/// was prepared before fails with an id mismatch, for good.
pub fn forget() {
    // SAFETY: counts up.
    unsafe { (controls().forget)() }
}

/// Starts to write down what the setters of clusters, execution profiles, statements and batches are
/// told, until [`heard()`].
pub fn listen() {
    // SAFETY: takes a lock for a moment.
    unsafe { (controls().listen)() }
}

/// What was written down since [`listen()`]: a line for each call, with the function's name and what
/// it was told.
pub fn heard() -> Vec<String> {
    let mut text = vec![0; 64 * 1024];
    // SAFETY: writes no more than it is told there is room for.
    let length = unsafe { (controls().heard)(text.as_mut_ptr(), text.len()) };
    String::from_utf8_lossy(&text[..length.min(text.len())]).lines().map(str::to_owned).collect()
}
