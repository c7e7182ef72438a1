//! Compiles the C library.

fn main() {
    println!("cargo::rerun-if-changed=c");
    cc::Build::new().file("c/meter.c").flag("-pthread").compile("meter");
    println!("cargo::rustc-link-lib=pthread");
}
