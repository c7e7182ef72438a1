//! What the build is for, as Cargo and the environment tell it.

use std::env;

/// The target of this build and the choices that the environment makes for it.
pub struct Target {
    os: String,
    arch: String,
    #[cfg(feature = "bundled")]
    env: String,
    link: bool,
}

impl Target {
    /// Reads Cargo's variables and `ASYNC_CASSANDRA_LINK`.
    pub fn from_environment() -> Self {
        println!("cargo:rerun-if-env-changed=ASYNC_CASSANDRA_LINK");
        Self {
            os: variable("CARGO_CFG_TARGET_OS"),
            arch: variable("CARGO_CFG_TARGET_ARCH"),
            #[cfg(feature = "bundled")]
            env: variable("CARGO_CFG_TARGET_ENV"),
            link: !matches!(variable("ASYNC_CASSANDRA_LINK").as_str(), "" | "0"),
        }
    }

    /// True where the driver is linked as any C library is: on demand, and where there are no
    /// entries.
    pub fn links_the_driver(&self) -> bool {
        self.link || self.os != "linux" || !matches!(self.arch.as_str(), "x86_64" | "aarch64")
    }

    /// True when the entries are to be written for x86-64, false for aarch64.
    pub fn is_x86_64(&self) -> bool {
        self.arch == "x86_64"
    }

    /// True where the embedded driver runs; never under docs.rs, which has no network.
    #[cfg(feature = "bundled")]
    pub fn has_a_bundle(&self) -> bool {
        println!("cargo:rerun-if-env-changed=DOCS_RS");
        let native = variable("CARGO_CFG_TARGET_POINTER_WIDTH") == "64" && self.is_x86_64();
        native && self.os == "linux" && self.env == "gnu" && env::var_os("DOCS_RS").is_none()
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
