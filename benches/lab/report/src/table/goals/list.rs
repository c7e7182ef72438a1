//! The goals themselves.

use crate::cell::{Cell, Cells};
use crate::client;
use crate::table::figure;

/// What a goal is held against.
#[derive(Debug, Clone, Copy)]
pub enum Against {
    /// CPU a request of this client.
    Client(&'static str),
    /// CPU a request of the peer that needs the least.
    BestPeer,
    /// Rust allocations a request, less the one of the decoded `String`.
    Allocations,
    /// Bytes of memory a request in flight.
    Memory,
}

/// One line of the table.
pub struct Goal {
    /// What is to reach it, in words.
    pub what: String,
    /// Who; all have to.
    pub clients: &'static [&'static str],
    /// Under which settings; under all of them.
    pub cells: Vec<Cell>,
    /// Beside what.
    pub against: Against,
    /// The bound.
    pub at_most: f64,
}

/// Every goal. For streams, of what the records hold.
pub fn goals(cells: &Cells) -> Vec<Goal> {
    const DRIVER_THREADS: &[&str] = &["driver-threads"];
    const TOKIO_MT: &[&str] = &["tokio-mt"];
    let select = |server: &str, in_flight| Cell::requests(server, "select", in_flight);
    let mut goals = Vec::new();
    let mut add = |what: String, clients, cells: Vec<Cell>, against, at_most| {
        goals.push(Goal { what, clients, cells, against, at_most });
    };
    let named = |who: &str, server: &str, in_flight: u64| {
        format!("{who}, {server}, select, {} in flight", figure::count(in_flight))
    };
    for in_flight in [64, 1024] {
        let (what, cell) = (named("driver-threads", "stub", in_flight), select("stub", in_flight));
        add(what.clone(), DRIVER_THREADS, vec![cell.clone()], Against::Client(client::C), 1.05);
        add(what, DRIVER_THREADS, vec![cell], Against::BestPeer, 0.95);
    }
    for in_flight in [64, 256] {
        let what = named("driver-threads", "cassandra", in_flight);
        let cell = select("cassandra", in_flight);
        add(what, DRIVER_THREADS, vec![cell], Against::Client(client::C), 1.05);
    }
    for in_flight in [64, 1024] {
        let what = named("tokio-mt", "stub", in_flight);
        add(what, TOKIO_MT, vec![select("stub", in_flight)], Against::BestPeer, 0.9);
    }
    let what = named("tokio-mt", "cassandra", 64);
    add(what, TOKIO_MT, vec![select("cassandra", 64)], Against::Client("cassandra-cpp"), 0.9);
    for server in ["stub", "cassandra"] {
        let cell = select(server, 1);
        let what = named("every runtime", server, 1);
        add(what, &client::OURS, vec![cell.clone()], Against::Client("cassandra-cpp"), 1.0);
        let what = named("driver-threads", server, 1);
        add(what, DRIVER_THREADS, vec![cell], Against::Client(client::C), 1.05);
    }
    for server in ["stub", "cassandra"] {
        for (name, clients) in [("driver-threads", DRIVER_THREADS), ("tokio-mt", TOKIO_MT)] {
            let streams: Vec<Cell> =
                cells.cheapest_streams(server, "stream", name).into_iter().cloned().collect();
            let what = format!("{name}, {server}, streams of typed rows, every page size");
            add(what.clone(), clients, streams.clone(), Against::Client(client::C), 1.1);
            add(what, clients, streams, Against::Client("scylla"), 0.9);
        }
    }
    let levels: Vec<Cell> = cells
        .iter()
        .filter(|cell| cell.server == "stub" && cell.work == "select")
        .cloned()
        .collect();
    let what = "Rust allocations a prepared one-row select, the decoded String not counted, stub";
    add(what.to_owned(), &client::OURS, levels, Against::Allocations, 2.0);
    for server in ["stub", "cassandra"] {
        let what = format!("bytes of memory a request, {server}, select, 4,096 in flight");
        add(what, &client::OURS, vec![select(server, 4096)], Against::Memory, 1024.0);
    }
    goals
}
