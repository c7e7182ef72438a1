//! Starts a node, says where it is, and waits for Enter. An argument names another version.

use std::io::{self, BufRead};
use std::time::Instant;

use embedded_cassandra::{Cassandra, Error};

fn main() -> Result<(), Error> {
    let began = Instant::now();
    let mut builder = Cassandra::builder().progress(|step| eprintln!("{step}"));
    if let Some(version) = std::env::args().nth(1) {
        builder = builder.version(version);
    }
    let node = builder.start()?;
    println!("Cassandra answers on {} after {:.1?}", node.address(), began.elapsed());
    println!("its process is {}, its log {}", node.pid(), node.log_path().display());
    println!("press Enter to stop it");
    let _ = io::stdin().lock().lines().next();
    node.stop()
}
