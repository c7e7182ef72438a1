//! The C driver as a plug-in: which library serves the program, and what it can do.
//!
//! The crate calls the C driver through entries that `build.rs` made, one for each function, each a
//! jump through a slot of a table. Here a library is opened, once in a process, and its functions
//! are written into the table. Until then a slot leads to a trap that names the function and
//! aborts; so everything that calls C goes through [`load`] first, and everything that calls a
//! function which a driver may lack goes through [`optional!`].
//!
//! The order of places, unless the program names one with [`load_from`]: the variable
//! `ASYNC_CASSANDRA_DRIVER`, the driver that feature `bundled` embeds, the system's
//! `libcassandra.so.2`. What was named and does not load is an error; the loader does not go on to
//! another place then.
//!
//! Costs: the first call opens libraries, milliseconds, and may block on the disk; [`load`] is
//! one load afterwards. A library is never closed again, since its threads may run. Nothing here
//! panics.

#[cfg(not(async_cassandra_linked))]
mod choice;
#[cfg(async_cassandra_embedded)]
mod embedded;
mod error;
#[cfg(not(async_cassandra_linked))]
mod file;
mod info;
#[cfg(not(async_cassandra_linked))]
mod library;
mod table;

pub use error::{Attempt, LoadError, LoadErrorKind, Unsupported};
pub use info::{Info, Source};
pub(crate) use table::Function;

use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

/// What was loaded. Set once, after the table was filled.
static LOADED: OnceLock<Info> = OnceLock::new();
/// Held while a library is opened, so that uses that race open one.
static LOADING: Mutex<()> = Mutex::new(());

/// Loads the C driver from the first place that has one, unless one is loaded already.
///
/// The places, in order:
/// 1. the library that the variable `ASYNC_CASSANDRA_DRIVER` names (a path, or a bare file name for
///    the system's loader to search; an empty value counts as none, and a program that runs with
///    raised privileges does not read it);
/// 2. the driver that was embedded by feature `bundled`;
/// 3. the system's `libcassandra.so.2`.
///
/// Nobody has to call this: connecting does. Call it to learn early that a driver is there, or to
/// share the driver with other code of the program that calls the C functions of cassandra-cpp-sys.
///
/// The first call takes some milliseconds and blocks meanwhile; later ones cost one load.
///
/// # Errors
/// When the variable is set and its library cannot be used, or when no place has a driver. The
/// error lists what was tried. A later call tries again.
pub fn load() -> Result<&'static Info, LoadError> {
    once(|_| Ok(()), choice::default)
}

/// Loads the C driver from `path`, which may also be a bare file name for the system's loader to
/// search.
///
/// Call this before the first connect. To load the same library again is no error and does nothing.
///
/// ```no_run
/// let driver = async_cassandra::driver::load_from("/opt/cassandra/lib/libcassandra.so.2")?;
/// println!("{driver}");
/// # Ok::<(), async_cassandra::driver::LoadError>(())
/// ```
///
/// # Errors
/// When the file is not there, is no library for this machine or lacks a function that the crate
/// cannot do without; and when another driver is loaded already: a process uses one.
pub fn load_from(path: impl AsRef<Path>) -> Result<&'static Info, LoadError> {
    let path = path.as_ref();
    once(|info| info.serves(path), || choice::given(Source::Path(path.to_owned()), path))
}

/// The C driver that is loaded, if one is.
#[must_use]
pub fn info() -> Option<&'static Info> {
    LOADED.get()
}

/// Whether the driver is the one that is part of the program, whose every byte is known.
#[inline]
pub(crate) fn is_embedded() -> bool {
    LOADED.get().is_some_and(|info| matches!(info.source(), Source::Embedded))
}

/// Says whether the loaded driver has `function`. Two loads; use it through [`optional!`].
pub(crate) fn require(function: Function) -> Result<(), Unsupported> {
    match LOADED.get() {
        Some(info) if info.has_at(function.index()) => Ok(()),
        _ => Err(Unsupported { function: function.name() }),
    }
}

/// The C function of this path, if the loaded driver has it:
/// `optional!(sys::cass_future_tracing_id)?(future, &mut id)`.
///
/// A macro, because a function cannot learn the name of what it is given: so a caller names the
/// function once, and a name that is not in `vendor/functions.txt` does not compile.
macro_rules! optional {
    ($function:path) => {{
        const FUNCTION: $crate::driver::plug::Function =
            $crate::driver::plug::Function::named(stringify!($function));
        $crate::driver::plug::require(FUNCTION).map(|()| $function)
    }};
}
pub(crate) use optional;

/// Gives what is loaded to `check`, or loads with `open`, one caller at a time.
fn once(
    check: impl Fn(&'static Info) -> Result<(), LoadError>,
    open: impl FnOnce() -> Result<Info, LoadError>,
) -> Result<&'static Info, LoadError> {
    let checked = |info| check(info).map(|()| info);
    if let Some(info) = LOADED.get() {
        return checked(info);
    }
    let _alone = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(info) = LOADED.get() {
        return checked(info);
    }
    let info = open()?;
    Ok(LOADED.get_or_init(|| info))
}

/// The choice of a program that linked its driver: there is none.
#[cfg(async_cassandra_linked)]
mod choice {
    use super::{Info, LoadError, LoadErrorKind, Source};
    use std::path::Path;

    pub(super) fn default() -> Result<Info, LoadError> {
        Ok(Info::linked())
    }

    pub(super) fn given(asked: Source, _path: &Path) -> Result<Info, LoadError> {
        let kind = LoadErrorKind::AlreadyLoaded { loaded: Source::Linked, asked };
        Err(LoadError::new(kind, Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::Function;

    #[cfg(async_cassandra_embedded)]
    #[test]
    fn an_optional_function_is_given_when_the_driver_has_it() {
        super::load().expect("a driver is embedded here");
        let function = super::optional!(cassandra_cpp_sys::cass_ssl_new);
        assert!(function.is_ok());
    }

    #[cfg(async_cassandra_embedded)]
    #[test]
    fn a_missing_function_is_an_error_that_names_it() {
        use super::{Unsupported, load, require};
        const MISSING: Function = Function::named("sys::cass_ssl_set_min_protocol_version");
        load().expect("a driver is embedded here");
        let error = require(MISSING).expect_err("the embedded driver is older than this function");
        assert_eq!(error, Unsupported { function: "cass_ssl_set_min_protocol_version" });
        let text = error.to_string();
        assert!(text.contains("cass_ssl_set_min_protocol_version"), "{text}");
        assert!(text.contains("the embedded driver"), "{text}");
        assert!(text.contains("load another driver"), "{text}");
    }

    #[test]
    fn every_name_of_the_list_is_found_and_no_other() {
        for function in Function::all() {
            assert_eq!(Function::find(function.name()), Some(function));
        }
        for other in ["", "cass_", "cass_session_executed", "zzz"] {
            assert_eq!(Function::find(other), None);
        }
    }
}
