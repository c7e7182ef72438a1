//! Safe wrappers over `vendor/fake/control.h`, found in the library by `dlsym`. Costs one `dlopen`
//! at the first use; the library is never unloaded.

use std::ffi::{CStr, CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

/// What the library handed out and has not got back: objects, held by the program or by the library
/// itself, and callbacks, held by the library.
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
    /// Callbacks that were set and have not returned.
    pub callbacks: u64,
}

struct Controls {
    live: unsafe extern "C" fn(*mut Live),
    most_results: unsafe extern "C" fn() -> u64,
    callbacks_run: unsafe extern "C" fn() -> u64,
    hold: unsafe extern "C" fn(),
    release: unsafe extern "C" fn(),
    forget: unsafe extern "C" fn(),
    let_go: unsafe extern "C" fn(u32) -> usize,
    watch: unsafe extern "C" fn(),
    watched: unsafe extern "C" fn(*mut u8, usize) -> usize,
    listen: unsafe extern "C" fn(),
    heard: unsafe extern "C" fn(*mut u8, usize) -> usize,
    now: unsafe extern "C" fn() -> u64,
    callback_times: unsafe extern "C" fn(*mut u32, usize) -> usize,
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
                most_results: symbol(library, c"fake_most_results"),
                callbacks_run: symbol(library, c"fake_callbacks_run"),
                hold: symbol(library, c"fake_hold"),
                release: symbol(library, c"fake_release"),
                forget: symbol(library, c"fake_forget"),
                let_go: symbol(library, c"fake_let_go"),
                watch: symbol(library, c"fake_watch"),
                watched: symbol(library, c"fake_watched"),
                listen: symbol(library, c"fake_listen"),
                heard: symbol(library, c"fake_heard"),
                now: symbol(library, c"fake_now"),
                callback_times: symbol(library, c"fake_callback_times"),
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

/// The most results that there were at a time since the last call: pages, arrived and not freed.
pub fn most_results() -> u64 {
    // SAFETY: reads and sets a counter.
    unsafe { (controls().most_results)() }
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

/// Lets every request `HELD <number>` complete that C has, in no order, and says how many those were.
///
/// Those of an `inline` session complete in this call, on this thread.
pub fn let_go(number: u32) -> usize {
    // SAFETY: takes locks for a moment; callbacks may run inside, with none held.
    unsafe { (controls().let_go)(number) }
}

/// A way in which a C function was called, once or often.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sighting {
    /// The function's name.
    pub function: String,
    /// The kind of future whose callback it was called in: `connect`, `close`, `prepare` or
    /// `execute`; for callbacks inside callbacks, of the innermost.
    pub within: Option<String>,
    /// The thread's name, up to 15 bytes of it. I/O threads are called `fake-io`.
    pub thread: String,
}

/// Starts to note which thread calls which function, until [`watched()`].
///
/// Functions that take no object are not seen: those that make one, and those that describe a code.
pub fn watch() {
    // SAFETY: takes a lock for a moment.
    unsafe { (controls().watch)() }
}

/// What was seen since [`watch()`].
pub fn watched() -> Vec<Sighting> {
    let mut text = vec![0; 512 * 1024];
    // SAFETY: writes no more than it is told there is room for.
    let length = unsafe { (controls().watched)(text.as_mut_ptr(), text.len()) };
    assert!(length < text.len(), "more was seen than there is room for");
    let text = String::from_utf8_lossy(&text[..length]);
    text.lines()
        .map(|line| {
            let mut fields = line.splitn(3, '\t').map(str::to_owned);
            let mut next = || fields.next().expect("a sighting has three fields");
            let (function, within, thread) = (next(), next(), next());
            Sighting { function, within: (within != "-").then_some(within), thread }
        })
        .collect()
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

/// The clock that `STAMP` answers by, in nanoseconds.
pub fn now() -> u64 {
    // SAFETY: reads a clock.
    unsafe { (controls().now)() }
}

/// How long each callback of a `STAMP` request took since the last call, in nanoseconds and in no order:
/// of the last 65,536 at most.
///
/// What a callback has the thread do that called it: waking a task, and running it where that is what
/// a wake does.
pub fn callback_times() -> Vec<u32> {
    let mut times = vec![0; 1 << 16];
    // SAFETY: writes no more than it is told there is room for.
    let count = unsafe { (controls().callback_times)(times.as_mut_ptr(), times.len()) };
    times.truncate(count);
    times
}
