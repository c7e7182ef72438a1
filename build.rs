//! Provides the C driver: entries that bind its functions at run time, stand-ins for what the linker
//! would ask for in vain, and, with feature `bundled`, the driver itself. The parts are in `build/`.

use std::{env, path::PathBuf};

#[cfg(feature = "bundled")]
#[path = "build/driver.rs"]
mod driver;
#[cfg(feature = "bundled")]
#[path = "build/elf.rs"]
mod elf;
#[path = "build/entries.rs"]
mod entries;
#[path = "build/linked.rs"]
mod linked;
#[path = "build/stand_ins.rs"]
mod stand_ins;
#[path = "build/target.rs"]
mod target;
#[cfg(feature = "bundled")]
#[path = "build/wheels.rs"]
mod wheels;
#[cfg(feature = "bundled")]
#[path = "build/zip.rs"]
mod zip;

use target::Target;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let target = Target::from_environment();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=vendor/functions.txt");
    println!("cargo:rustc-check-cfg=cfg(async_cassandra_linked, async_cassandra_embedded)");

    let functions = entries::functions();
    if target.links_the_driver() {
        println!("cargo:rustc-cfg=async_cassandra_linked");
        println!("cargo:rustc-link-lib=cassandra");
        stand_ins::write(&out, &["uv", "ssl", "crypto", "stdc++"]);
        entries::write_names(&functions, &linked::missing(&functions, &out), &out);
        return;
    }
    entries::write_names(&functions, &[], &out);
    entries::assemble(&functions, &target, &out);
    stand_ins::write(&out, &["cassandra", "uv", "ssl", "crypto", "stdc++"]);
    #[cfg(feature = "bundled")]
    if target.has_a_bundle() {
        driver::prepare(&out);
    }
}
