//! A shared library, opened by the system's loader.

use std::ffi::{CStr, CString, OsStr, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;

/// An open library. It stays open: dropping this does not close it.
pub(super) struct Library(NonNull<c_void>);

impl Library {
    /// Opens `path`, and all that it needs. The error is the loader's own text.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let path = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| String::from("the path contains a NUL byte"))?;
        // SAFETY: a valid C string. The initialisers of the library run, which is what the program
        // asked for. LOCAL: its symbols are not offered to other libraries; NOW: what
        // cannot be resolved is an error here, not a crash later.
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        NonNull::new(handle).map(Self).ok_or_else(loader_error)
    }

    /// The address of a function of the library or of those that it needs; null when there is none.
    pub(super) fn symbol(&self, name: &CStr) -> *mut c_void {
        // SAFETY: the handle is open, since it is never closed while a `Library` exists; a valid C
        // string.
        unsafe { libc::dlsym(self.0.as_ptr(), name.as_ptr()) }
    }

    /// Closes the library, which none of its threads and nobody else uses.
    pub(super) fn close(self) {
        // SAFETY: the handle is open and not used after this. Nothing of the library was called, so
        // no thread of it runs, and no address of it was kept.
        unsafe { libc::dlclose(self.0.as_ptr()) };
    }

    /// Keeps the OpenSSL that the library uses, if any, from cleaning up at the end of the process:
    /// the driver's threads may be using it then.
    pub(super) fn keep_openssl_at_exit(&self) {
        const OPENSSL_INIT_NO_ATEXIT: u64 = 0x0008_0000;
        let function = self.symbol(c"OPENSSL_init_crypto");
        if !function.is_null() {
            // SAFETY: the function of this name has this signature since OpenSSL 1.1.0, may be
            // called at any time and from any thread, and takes no settings as null.
            unsafe {
                let initialise: unsafe extern "C" fn(u64, *const c_void) -> c_int =
                    std::mem::transmute(function);
                initialise(OPENSSL_INIT_NO_ATEXIT, std::ptr::null());
            }
        }
    }
}

/// The file that `address` was loaded from.
pub(super) fn file_of(address: *mut c_void) -> Option<PathBuf> {
    let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: any address may be asked for; the answer is written to memory of the right type,
    // which is valid zeroed.
    let found = unsafe {
        if libc::dladdr(address, found.as_mut_ptr()) == 0 {
            return None;
        }
        found.assume_init()
    };
    if found.dli_fname.is_null() {
        return None;
    }
    // SAFETY: a C string that belongs to the loader, valid while the library is loaded; it is
    // copied at once.
    let name = unsafe { CStr::from_ptr(found.dli_fname) };
    Some(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
}

fn loader_error() -> String {
    // SAFETY: returns null or a C string that is valid until this thread's next call of the loader.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return String::from("the system's loader gave no reason");
    }
    // SAFETY: not null, see above; it is copied at once.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
