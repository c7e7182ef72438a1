//! Reads one row through cassandra-cpp and one through this crate, both sessions open at once.

use async_cassandra::Session;
use cassandra_cpp::{AsRustType, Cluster, LendingIterator};
use std::error::Error;

const QUERY: &str = "SELECT release_version FROM system.local";

fn main() -> Result<(), Box<dyn Error>> {
    let contact_point = std::env::args().nth(1).ok_or("HOST:PORT is wanted")?;
    let (host, port) = contact_point.split_once(':').ok_or("HOST:PORT is wanted")?;
    // cassandra-cpp knows nothing of a loader, so the driver is loaded before it is used.
    println!("{}", async_cassandra::driver::load()?);
    pollster::block_on(read(host, port.parse()?))
}

async fn read(host: &str, port: u16) -> Result<(), Box<dyn Error>> {
    let theirs = theirs(host, port).await.map_err(|error| error.to_string())?;
    let ours = Session::builder().contact_points([host]).port(port).connect().await?;
    for row in ours.query(QUERY, ()).await?.rows::<(String,)>()? {
        println!("row: {}", row?.0);
    }
    let result = theirs.execute(QUERY).await.map_err(|error| error.to_string())?;
    let mut rows = result.iter();
    while let Some(row) = rows.next() {
        let version: String =
            row.get_by_name("release_version").map_err(|error| error.to_string())?;
        println!("cassandra-cpp's row: {version}");
    }
    ours.close().await?;
    Ok(())
}

async fn theirs(host: &str, port: u16) -> cassandra_cpp::Result<cassandra_cpp::Session> {
    let mut cluster = Cluster::default();
    cluster.set_contact_points(host)?.set_port(port)?.set_protocol_version(4)?;
    cluster.connect().await
}
