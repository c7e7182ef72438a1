//! Finds the Java that runs a node: `JAVA_HOME`, then every `java` in `PATH`, then one of our own
//! (see [`jre`]).
//!
//! Each candidate is asked for its version (about 0.1 s), because launchers of version managers
//! look like Java from the outside. A candidate of another version is passed over and named in
//! the error when none fits.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};
use crate::jre;
use crate::progress::Progress;

/// Options that would change a Java behind our back.
pub(crate) const FOREIGN_OPTIONS: [&str; 3] =
    ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"];

/// A Java that was asked for its version.
#[derive(Clone, Debug)]
pub(crate) struct Java {
    /// The major version.
    pub(crate) version: u32,
    pub(crate) executable: PathBuf,
    pub(crate) home: PathBuf,
    /// Whether pip brought it.
    pub(crate) downloaded: bool,
    /// The exact build, such as `17.0.15+6-Debian-1deb12u1`.
    pub(crate) build: String,
}

/// The first Java of major version `wanted`; only `home` is looked at when it is given.
pub(crate) fn find(home: Option<&Path>, wanted: u32, report: &dyn Fn(Progress)) -> Result<Java> {
    let mut tried = Vec::new();
    for (origin, executable) in candidates(home) {
        match ask(&executable) {
            Ok(java) if java.version == wanted => return Ok(java),
            Ok(java) => tried.push(format!("{origin} is Java {}", java.version)),
            Err(reason) => tried.push(format!("{origin}: {reason}")),
        }
    }
    if home.is_none() {
        match jre::get(wanted, report).and_then(|home| ask(&home.join("bin/java"))) {
            Ok(java) if java.version == wanted => return Ok(Java { downloaded: true, ..java }),
            Ok(java) => tried.push(format!("what pip downloaded is Java {}", java.version)),
            Err(reason) => tried.push(reason),
        }
        if env::var_os("JAVA_HOME").is_none_or(|home| home.is_empty()) {
            tried.push("JAVA_HOME is not set".into());
        }
        if java_in_path().is_empty() {
            tried.push("no java in PATH".into());
        }
    }
    Err(Error::Java { wanted, tried })
}

/// A Java with module `module`: `first`, or else one of those on this machine that is no older.
pub(crate) fn with_module(first: &Java, module: &str) -> Option<Java> {
    if first.has(module) {
        return Some(first.clone());
    }
    let mut others = candidates(None).into_iter().filter_map(|(_, java)| ask(&java).ok());
    others.find(|java| java.version >= first.version && java.has(module))
}

impl Java {
    /// Whether it has a module. A Java that does not tell its modules has all of them.
    fn has(&self, module: &str) -> bool {
        let text = fs::read_to_string(self.home.join("release")).unwrap_or_default();
        let modules = text.lines().find_map(|line| line.strip_prefix("MODULES="));
        modules.is_none_or(|all| all.trim_matches('"').split(' ').any(|name| name == module))
    }
}

fn candidates(home: Option<&Path>) -> Vec<(String, PathBuf)> {
    if let Some(home) = home {
        return vec![(format!("java_home {}", home.display()), home.join("bin/java"))];
    }
    let mut found = Vec::new();
    if let Some(home) = env::var_os("JAVA_HOME").filter(|home| !home.is_empty()) {
        let home = PathBuf::from(home);
        found.push((format!("JAVA_HOME {}", home.display()), home.join("bin/java")));
    }
    for java in java_in_path() {
        found.push((format!("{} in PATH", java.display()), java));
    }
    found
}

fn java_in_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join("java"))
        .filter(|java| java.is_file())
        .collect()
}

/// Asks `executable` for its version and its build.
fn ask(executable: &Path) -> std::result::Result<Java, String> {
    let mut command = Command::new(executable);
    command.args(["-XshowSettings:properties", "-version"]).stdin(Stdio::null());
    for name in FOREIGN_OPTIONS {
        command.env_remove(name);
    }
    let output = command.output().map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let property = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once(" = ")?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
    };
    let (Some(version), Some(build), Some(home)) = (
        property("java.specification.version"),
        property("java.runtime.version"),
        property("java.home"),
    ) else {
        let first = text.lines().next().unwrap_or("it printed nothing").to_owned();
        return Err(format!("it does not tell its version: {first}"));
    };
    // Java 8 calls itself 1.8.
    let version = version.strip_prefix("1.").unwrap_or(&version);
    let version = version.parse().map_err(|_| format!("its version is {version:?}"))?;
    Ok(Java {
        version,
        executable: executable.to_owned(),
        home: home.into(),
        downloaded: false,
        build,
    })
}
