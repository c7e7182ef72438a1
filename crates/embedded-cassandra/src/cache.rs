//! Where downloaded files are kept: one folder per version, filled once, used by every process.
//!
//! `EMBEDDED_CASSANDRA_CACHE`, else `async-cassandra/cassandra` under `XDG_CACHE_HOME`, else the
//! same under `~/.cache`. Each version has
//! - `<version>/`: `lib/` with the jars, and `jars`, which lists them with their sizes. It appears
//!   complete, by a rename, and is never written again;
//! - `<version>.lock`: held by the process that is filling it;
//! - `<version>-<key>.jsa`: class-data archives (see [`archive`](crate::archive)).

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

pub(crate) const VARIABLE: &str = "EMBEDDED_CASSANDRA_CACHE";

/// The cache folder for all versions; it may not exist yet.
pub(crate) fn folder() -> Result<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = match (set(VARIABLE), set("XDG_CACHE_HOME"), set("HOME")) {
        (Some(folder), _, _) => std::path::absolute(&folder).unwrap_or(folder),
        (None, Some(xdg), _) if xdg.is_absolute() => xdg.join("async-cassandra/cassandra"),
        (None, _, Some(home)) => home.join(".cache/async-cassandra/cassandra"),
        (None, _, None) => {
            return Err(Error::cache(Path::new("~/.cache"), "HOME is not set"));
        }
    };
    // Java splits a class path at colons, and an agent's path at the first equals sign.
    if folder.as_os_str().as_encoded_bytes().iter().any(|byte| b":=".contains(byte)) {
        return Err(Error::cache(&folder, "Java cannot use a path with a colon or an equals sign"));
    }
    Ok(folder)
}

/// Creates `folder` and what is above it.
pub(crate) fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::cache(folder, e))
}
