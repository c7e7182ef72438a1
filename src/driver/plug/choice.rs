//! Which library is taken, and that it is a driver.

use super::error::{Attempt, LoadError, LoadErrorKind};
use super::info::{Info, Source};
use super::library::Library;
use super::table::{self, Function};
use super::{file, library};
use std::path::{Path, PathBuf};

const VARIABLE: &str = "ASYNC_CASSANDRA_DRIVER";
const SYSTEM: &str = "libcassandra.so.2";

/// The first driver of the default order.
pub(super) fn default() -> Result<Info, LoadError> {
    if let Some(path) = variable() {
        return given(Source::Variable(path.clone()), &path);
    }
    let mut tried = vec![Attempt::new(None, format!("{VARIABLE} is not set"))];
    #[cfg(async_cassandra_embedded)]
    match embedded() {
        Ok(info) => return Ok(info),
        Err(reason) => tried.push(Attempt::new(Some(Source::Embedded), reason)),
    }
    #[cfg(not(async_cassandra_embedded))]
    tried.push(Attempt::new(
        Some(Source::Embedded),
        "the program was built without feature `bundled`, or for a machine that it does not serve",
    ));
    let system = open(Path::new(SYSTEM)).and_then(|library| install(library, Source::System, None));
    system.map_err(|failure| {
        tried.push(Attempt::new(Some(Source::System), failure.reason));
        LoadError::new(LoadErrorKind::Nothing, tried)
    })
}

/// The driver at `path`, and no other.
pub(super) fn given(source: Source, path: &Path) -> Result<Info, LoadError> {
    let checked = file::check(path).map_err(Failure::from);
    checked
        .and_then(|()| open(path))
        .and_then(|library| install(library, source.clone(), None))
        .map_err(|failure| {
            LoadError::new(failure.kind, vec![Attempt::new(Some(source), failure.reason)])
        })
}

#[cfg(async_cassandra_embedded)]
fn embedded() -> Result<Info, String> {
    let version = Some(super::embedded::VERSION.to_owned());
    let library = super::embedded::open()?;
    install(library, Source::Embedded, version).map_err(|failure| failure.reason)
}

/// The variable's value, unless the program has more rights than who started it: then its
/// environment is not to choose the code that it runs. (The system's loader does the same.)
fn variable() -> Option<PathBuf> {
    // SAFETY: asks for a number that the kernel gave to the process; no argument can be wrong.
    let raised = unsafe { libc::getauxval(libc::AT_SECURE) } != 0;
    let value = std::env::var_os(VARIABLE).filter(|value| !value.is_empty() && !raised);
    value.map(PathBuf::from)
}

/// Why a library was not taken.
pub(super) struct Failure {
    pub(super) kind: LoadErrorKind,
    pub(super) reason: String,
}

impl From<(LoadErrorKind, String)> for Failure {
    fn from((kind, reason): (LoadErrorKind, String)) -> Self {
        Self { kind, reason }
    }
}

fn open(path: &Path) -> Result<Library, Failure> {
    let library = Library::open(path).map_err(|reason| Failure { kind: refused(path), reason })?;
    library.keep_openssl_at_exit();
    Ok(library)
}

/// What it means that the loader does not open `path`: a bare name was searched, a path was found
/// to be a library.
fn refused(path: &Path) -> LoadErrorKind {
    if file::is_bare(path) { LoadErrorKind::NotFound } else { LoadErrorKind::Refused }
}

/// Makes `library` the program's driver if it has the core functions.
fn install(library: Library, source: Source, version: Option<String>) -> Result<Info, Failure> {
    let addresses: Vec<_> =
        Function::all().map(|function| library.symbol(function.c_name())).collect();
    let absent = || Function::all().filter(|function| addresses[function.index()].is_null());
    let functions: Vec<_> =
        absent().filter(|function| function.is_core()).map(Function::name).collect();
    if !functions.is_empty() {
        library.close();
        let reason =
            format!("it lacks functions without which nothing works: {}", functions.join(", "));
        return Err(Failure { kind: LoadErrorKind::MissingCore { functions }, reason });
    }
    let missing = absent().map(Function::name).collect();
    let file =
        addresses.iter().find(|address| !address.is_null()).and_then(|a| library::file_of(*a));
    table::fill(&addresses);
    let present = addresses.iter().map(|address| !address.is_null()).collect();
    Ok(Info::new(source, file, version, present, missing))
}
