//! What is known about the driver that was loaded.

use super::error::{LoadError, LoadErrorKind};
use super::table::Function;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a C driver comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A library that the program named with [`load_from`](super::load_from).
    Path(PathBuf),
    /// A library that the variable `ASYNC_CASSANDRA_DRIVER` named.
    Variable(PathBuf),
    /// The driver that is part of the program (feature `bundled`).
    Embedded,
    /// The system's `libcassandra.so.2`.
    System,
    /// The driver that the program was linked with (built with `ASYNC_CASSANDRA_LINK=1`).
    Linked,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{} (named by the program)", path.display()),
            Self::Variable(path) => {
                write!(f, "{} (named by ASYNC_CASSANDRA_DRIVER)", path.display())
            }
            Self::Embedded => f.write_str("the embedded driver"),
            Self::System => f.write_str("the system's libcassandra.so.2"),
            Self::Linked => f.write_str("the driver that the program was linked with"),
        }
    }
}

/// The C driver of this process: where it comes from and what it can do. [`info`](super::info)
/// gives it.
#[derive(Debug)]
pub struct Info {
    source: Source,
    file: Option<PathBuf>,
    version: Option<String>,
    /// For each function of the list, in its order.
    present: Box<[bool]>,
    missing: Vec<&'static str>,
}

impl Info {
    #[cfg(not(async_cassandra_linked))]
    pub(super) fn new(
        source: Source,
        file: Option<PathBuf>,
        version: Option<String>,
        present: Box<[bool]>,
        missing: Vec<&'static str>,
    ) -> Self {
        // The embedded driver's file is a number that says nothing to anybody.
        let file =
            file.filter(|_| source != Source::Embedded).and_then(|file| file.canonicalize().ok());
        let version = version.or_else(|| file.as_deref().and_then(version_in_name));
        Self { source, file, version, present, missing }
    }

    /// The build has found out what a linked driver lacks.
    #[cfg(async_cassandra_linked)]
    pub(super) fn linked() -> Self {
        let present = Function::all().map(|function| !function.is_missing()).collect();
        let missing = Function::all().filter(|function| function.is_missing());
        let missing = missing.map(Function::name).collect();
        Self { source: Source::Linked, file: None, version: None, present, missing }
    }

    /// Where the driver comes from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The library's file, with all links followed. None for a driver that is part of the program.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The driver's version, as text, when it is known: the embedded driver's is, and that of a
    /// file whose name carries it (`libcassandra.so.2.17.1`). Good for a log, not for
    /// decisions: ask [`has`](Self::has) for those.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// How many functions of the C API were found.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.present.len() - self.missing.len()
    }

    /// The functions of the C API that this crate knows and the driver lacks. What needs one of
    /// them gives an error that names it.
    #[must_use]
    pub fn missing(&self) -> &[&'static str] {
        &self.missing
    }

    /// True when the driver has this function of the C API; false also for names that this crate
    /// does not know.
    ///
    /// ```no_run
    /// let driver = async_cassandra::driver::load()?;
    /// let racks = driver.has("cass_cluster_set_load_balance_rack_aware_n");
    /// # Ok::<(), async_cassandra::driver::LoadError>(())
    /// ```
    #[must_use]
    pub fn has(&self, function: &str) -> bool {
        Function::find(function).is_some_and(|function| self.present[function.index()])
    }

    pub(super) fn has_at(&self, index: usize) -> bool {
        self.present[index]
    }

    /// Is this the driver that a caller asked for by `path`?
    pub(super) fn serves(&self, path: &Path) -> Result<(), LoadError> {
        let named = match &self.source {
            Source::Path(named) | Source::Variable(named) => Some(named.as_path()),
            _ => None,
        };
        let same_file =
            || path.canonicalize().is_ok_and(|asked| Some(asked.as_path()) == self.file());
        if named == Some(path) || (self.file.is_some() && same_file()) {
            return Ok(());
        }
        let asked = Source::Path(path.to_owned());
        let kind = LoadErrorKind::AlreadyLoaded { loaded: self.source.clone(), asked };
        Err(LoadError::new(kind, Vec::new()))
    }
}

impl fmt::Display for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C driver: {}", self.source)?;
        if let Some(version) = &self.version {
            write!(f, ", version {version}")?;
        }
        write!(f, ", {} functions", self.entries())?;
        match self.missing.len() {
            0 => Ok(()),
            1..=4 => write!(f, ", without {}", self.missing.join(", ")),
            more => write!(f, ", without {more} that this crate knows"),
        }
    }
}

/// `2.17.1` out of `libcassandra.so.2.17.1`.
#[cfg(not(async_cassandra_linked))]
fn version_in_name(file: &Path) -> Option<String> {
    let (_, version) = file.file_name()?.to_str()?.split_once(".so.")?;
    let numbers = version.split('.').filter(|part| part.parse::<u32>().is_ok()).count();
    (numbers >= 2 && numbers == version.split('.').count()).then(|| version.to_owned())
}
