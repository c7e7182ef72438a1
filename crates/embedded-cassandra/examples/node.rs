//! Starts a node, says where it is, and waits for Enter.

use std::io::{self, BufRead};
use std::time::Instant;

use embedded_cassandra::{Cassandra, Error};

fn main() -> Result<(), Error> {
    let began = Instant::now();
    let node = Cassandra::builder().progress(|step| eprintln!("{step}")).start()?;
    println!("Cassandra answers on {} after {:.1?}", node.address(), began.elapsed());
    println!("its process is {}, its log {}", node.pid(), node.log_path().display());
    println!("press Enter to stop it");
    let _ = io::stdin().lock().lines().next();
    node.stop()
}
