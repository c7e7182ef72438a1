//! The floor: callbacks that do nothing, set in C's own way.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Its name in the records.
pub const NAME: &str = "c";

type Object = *mut c_void;
type Callback = unsafe extern "C" fn(Object, Object);

/// The functions of the C driver that it takes.
struct Driver {
    cluster_new: unsafe extern "C" fn() -> Object,
    set_contact_points: unsafe extern "C" fn(Object, *const c_char) -> c_int,
    session_new: unsafe extern "C" fn() -> Object,
    connect: unsafe extern "C" fn(Object, Object) -> Object,
    statement_new: unsafe extern "C" fn(*const c_char, usize) -> Object,
    execute: unsafe extern "C" fn(Object, Object) -> Object,
    set_callback: unsafe extern "C" fn(Object, Callback, Object) -> c_int,
    wait: unsafe extern "C" fn(Object),
    error_code: unsafe extern "C" fn(Object) -> c_int,
    future_free: unsafe extern "C" fn(Object),
}

impl Driver {
    fn load() -> Self {
        let path = std::ffi::CString::new(fake_driver::path().as_os_str().as_bytes());
        let path = path.expect("a path without NUL");
        // SAFETY: the library's own initialisers do nothing; the types are those of cassandra.h.
        unsafe {
            let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
            assert!(!library.is_null(), "the fake driver loads");
            Self {
                cluster_new: symbol(library, c"cass_cluster_new"),
                set_contact_points: symbol(library, c"cass_cluster_set_contact_points"),
                session_new: symbol(library, c"cass_session_new"),
                connect: symbol(library, c"cass_session_connect"),
                statement_new: symbol(library, c"cass_statement_new"),
                execute: symbol(library, c"cass_session_execute"),
                set_callback: symbol(library, c"cass_future_set_callback"),
                wait: symbol(library, c"cass_future_wait"),
                error_code: symbol(library, c"cass_future_error_code"),
                future_free: symbol(library, c"cass_future_free"),
            }
        }
    }
}

/// # Safety
/// `F` is the type of the function's pointer.
unsafe fn symbol<F: Copy>(library: *mut c_void, name: &CStr) -> F {
    assert_eq!(size_of::<F>(), size_of::<*mut c_void>());
    // SAFETY: the library is open, and the name ends in NUL.
    let address = unsafe { libc::dlsym(library, name.as_ptr()) };
    assert!(!address.is_null(), "{name:?}");
    // SAFETY: per the contract, and the sizes are equal.
    unsafe { std::mem::transmute_copy(&address) }
}

static CALLED: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" fn nothing(_: Object, _: Object) {
    // What tells this program when to go on; one instruction.
    CALLED.fetch_add(1, Ordering::Relaxed);
}

/// Sends `in_flight` requests at once, `times` times.
pub fn run(in_flight: usize, times: usize) {
    let driver = Driver::load();
    // SAFETY: each object is live where it is used: nothing is freed but futures, which C keeps as long
    // as it needs them. The statement is not changed any more.
    unsafe {
        let (cluster, session) = ((driver.cluster_new)(), (driver.session_new)());
        assert_eq!((driver.set_contact_points)(cluster, c"bursts".as_ptr()), 0);
        let connect = (driver.connect)(session, cluster);
        (driver.wait)(connect);
        assert_eq!((driver.error_code)(connect), 0);
        let statement = (driver.statement_new)(c"STAMP".as_ptr(), 0);
        for time in 1..=times {
            for _ in 0..in_flight {
                let future = (driver.execute)(session, statement);
                assert_eq!((driver.set_callback)(future, nothing, std::ptr::null_mut()), 0);
                (driver.future_free)(future);
            }
            while CALLED.load(Ordering::Relaxed) < time * in_flight {
                std::thread::yield_now();
            }
        }
    }
}
