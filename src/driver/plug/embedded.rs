//! Opens the driver that is part of the program.
//!
//! Its four libraries are written to anonymous files in memory and opened in order, so that each
//! finds those it needs already loaded under their names. The descriptors stay open for the life of
//! the process: the loader knows a library by its path, `/proc/self/fd/N`, and would take the next
//! file with the same number for the same library. Where there are no such files (no `/proc`, a
//! policy against them), a private temporary folder serves, which is removed as soon as
//! the libraries are open.

use super::library::Library;
use std::ffi::{CString, OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

// `FILES`, names and contents in the order of opening, and `VERSION`.
include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Opens the embedded libraries and gives the driver among them.
pub(super) fn open() -> Result<Library, String> {
    let in_memory = open_all(|name, content| {
        let file = in_memory(name, content)?;
        let library = Library::open(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())))?;
        // Open from here on, see above.
        let _ = file.into_raw_fd();
        Ok(library)
    });
    in_memory.or_else(|first| {
        let in_folder = private_folder().and_then(|folder| {
            let opened = open_all(|name, content| in_folder(&folder, name, content));
            let _ = fs::remove_dir_all(&folder);
            opened
        });
        in_folder.map_err(|second| format!("in memory: {first}; in a temporary folder: {second}"))
    })
}

/// Opens each file with `open_one`; the last one is the driver.
fn open_all(open_one: impl Fn(&str, &[u8]) -> Result<Library, String>) -> Result<Library, String> {
    let mut last = None;
    for (name, content) in FILES {
        let library = open_one(name, content).map_err(|reason| format!("{name}: {reason}"))?;
        // As soon as OpenSSL is there: before the driver's own initialisers can start it.
        library.keep_openssl_at_exit();
        last = Some(library);
    }
    last.ok_or_else(|| String::from("nothing is embedded"))
}

/// A file in memory that may be executed.
fn in_memory(name: &str, content: &[u8]) -> Result<File, String> {
    /// Says that the file is meant to be executed; kernels before 6.3 do not know it and do not
    /// ask.
    const MFD_EXEC: libc::c_uint = 0x10;
    let name = CString::new(name).map_err(|error| error.to_string())?;
    // SAFETY: a valid C string; a new descriptor or -1 is returned.
    let create = |flags| unsafe { libc::memfd_create(name.as_ptr(), flags) };
    let mut descriptor = create(libc::MFD_CLOEXEC | MFD_EXEC);
    if descriptor < 0 && io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL) {
        descriptor = create(libc::MFD_CLOEXEC);
    }
    if descriptor < 0 {
        return Err(io::Error::last_os_error().to_string());
    }
    // SAFETY: the descriptor is new and nobody else's.
    let mut file = unsafe { File::from_raw_fd(descriptor) };
    file.write_all(content).map_err(|error| error.to_string())?;
    Ok(file)
}

fn in_folder(folder: &Path, name: &str, content: &[u8]) -> Result<Library, String> {
    let path = folder.join(name);
    File::create_new(&path)
        .and_then(|mut file| file.write_all(content))
        .map_err(|error| error.to_string())?;
    Library::open(&path)
}

/// A new folder that only this user may look into.
fn private_folder() -> Result<PathBuf, String> {
    let runtime =
        std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let parents = [std::env::temp_dir()]
        .into_iter()
        .chain(runtime)
        .chain(["/var/tmp".into(), "/dev/shm".into()]);
    let mut reason = String::new();
    for parent in parents {
        match make_folder(&parent) {
            Ok(folder) => return Ok(folder),
            Err(error) => reason = format!("{reason}{}: {error}; ", parent.display()),
        }
    }
    Err(reason)
}

fn make_folder(parent: &Path) -> io::Result<PathBuf> {
    let template = parent.join("async-cassandra-XXXXXX");
    let mut template = CString::new(OsString::from(template).into_vec())?.into_bytes_with_nul();
    // SAFETY: a writable C string that ends in six X, which the call replaces in place.
    if unsafe { libc::mkdtemp(template.as_mut_ptr().cast()) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    template.pop();
    Ok(PathBuf::from(OsStr::from_bytes(&template)))
}
