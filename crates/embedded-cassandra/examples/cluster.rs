//! Starts three nodes, kills one and lets it come back, and says how long each step takes.

use std::time::Instant;

use embedded_cassandra::{Cassandra, Error};

fn main() -> Result<(), Error> {
    let step = |what: &str, began: Instant| println!("{:>6.2?} {what}", began.elapsed());

    let began = Instant::now();
    let mut cluster = Cassandra::builder().progress(|step| eprintln!("{step}")).start_cluster(3)?;
    step("three nodes are ready", began);
    println!("connect to {:?}, port {}", cluster.contact_points(), cluster.port());

    let began = Instant::now();
    println!("{}", cluster[0].nodetool(&["status"])?);
    step("nodetool", began);

    let began = Instant::now();
    cluster[1].kill()?;
    cluster[1].restart()?;
    step("one was killed and answers again", began);
    cluster.wait_until_ready()?;
    step("and all see it", began);

    let began = Instant::now();
    cluster.add()?;
    step("a fourth has joined", began);

    let began = Instant::now();
    cluster.decommission(0)?;
    step("the first has left", began);

    let began = Instant::now();
    cluster.stop()?;
    step("all are stopped", began);
    Ok(())
}
