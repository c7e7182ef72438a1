//! Several nodes that are one Cassandra.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Index;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::builder::Builder;
use crate::error::{Error, Result};
use crate::flags::Company;
use crate::launch::{Seat, Supplies};
use crate::layout::{Layout, Place, nth_rack};
use crate::node::{Cassandra, Credentials, STATEMENT_TIMEOUT, new_name};
use crate::port::{Block, Port};
use crate::probe::{Consistency, Row};
use crate::start;
use crate::view::View;

const POLL: Duration = Duration::from_millis(50);
/// How long one node may take to tell what it knows of the others.
const ASK_TIMEOUT: Duration = Duration::from_secs(5);
/// A seed that begins needs no more than one round of gossip. Who joins gives up if it has heard of
/// no seed by then.
const RING_DELAY: Duration = Duration::from_secs(1);
const JOIN_RING_DELAY: Duration = Duration::from_secs(5);
/// Replicas in each data centre, if it has so many nodes.
const REPLICAS: usize = 3;

/// A running cluster; see [`Builder::start_cluster`].
///
/// Every node has an address of its own and they share one port, 9042, as drivers want it: an
/// unused `127.x.y.1` and those that follow, so clusters run side by side. Each node has one token,
/// and those of a data centre cut the ring into equal parts. All of them are seeds. Roles have
/// three replicas, so that logins work while one node is down. Hints are off (`extra_yaml` with
/// `hinted_handoff_enabled: true` turns them on); Cassandra's timeouts and its failure detector are
/// as they come: it takes some 20 s until a killed or paused node is believed to be down.
///
/// Nodes are reached by number, in the order of the layout; `cluster[0]` is the first.
///
/// ```no_run
/// # fn main() -> Result<(), embedded_cassandra::Error> {
/// use embedded_cassandra::Cluster;
///
/// let cluster = Cluster::start(3)?;
/// println!("connect to {:?}, port {}", cluster.contact_points(), cluster.port());
/// cluster[1].kill()?;
/// // What does the client do now?
/// cluster[1].restart()?;
/// cluster.wait_until_ready()?;
/// # Ok(())
/// # }
/// ```
///
/// Dropping it kills all nodes, and they die with this process in any case.
pub struct Cluster {
    nodes: Vec<Cassandra>,
    supplies: Arc<Supplies>,
    block: Block,
    /// The number of the next node's address; none is used twice.
    next: usize,
    view: Arc<View>,
}

impl Cluster {
    /// Starts a cluster with the defaults of [`Cassandra::start`].
    ///
    /// # Errors
    /// See [`Builder::start_cluster`].
    pub fn start(layout: impl Into<Layout>) -> Result<Self> {
        Cassandra::builder().start_cluster(layout)
    }

    /// Starts the nodes of `layout`, all at once.
    pub(crate) fn form(builder: &Builder, layout: &Layout) -> Result<Self> {
        let places = layout.places()?;
        let supplies = Supplies::get(builder, Company::Cluster(places.len()))?;
        let view = Arc::new(View::default());
        let mut found = None;
        let seats = || {
            // Before another block is taken.
            drop(found.take());
            let (block, ports) = Block::find(builder.address, builder.port, places.len())?;
            let seats = seats(&supplies, &block, &places, ports)?;
            found = Some(block);
            Ok(seats)
        };
        let nodes = start::nodes(&supplies, &view, builder.address.is_none(), seats)?;
        let next = nodes.len();
        let block = found.expect("the nodes have their seats from it");
        for node in &nodes {
            view.watch(node.plan().seat.address, node.log_path());
        }
        let cluster = Self { nodes, supplies, block, next, view };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The nodes, in the order of the layout; those that joined come last.
    #[must_use]
    pub fn nodes(&self) -> &[Cassandra] {
        &self.nodes
    }

    /// The addresses of all nodes, without the port, as drivers want their contact points.
    #[must_use]
    pub fn contact_points(&self) -> Vec<String> {
        self.nodes.iter().map(Cassandra::contact_point).collect()
    }

    /// Where the nodes listen for clients.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(Cassandra::address).collect()
    }

    /// The port for clients, the same for all nodes.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.nodes[0].port()
    }

    /// Who may log in: see [`Cassandra::credentials`].
    #[must_use]
    pub fn credentials(&self) -> Option<Credentials> {
        self.nodes[0].credentials()
    }

    /// Runs one statement without values on the first node that runs, and returns its rows; most of
    /// the replicas have to answer (consistency `QUORUM`). [`Cassandra::execute`] asks a node of
    /// your choice, and for one replica.
    ///
    /// # Errors
    /// Those of [`Cassandra::execute`].
    pub fn execute(&self, cql: &str) -> Result<Vec<Row>> {
        let first = self.nodes.iter().find(|node| node.is_running()).unwrap_or(&self.nodes[0]);
        first.execute_as(cql, Consistency::Quorum, STATEMENT_TIMEOUT)
    }

    /// Creates a keyspace under a name that no other call gets, with three replicas in each data
    /// centre or as many as that has nodes, and returns the name once all nodes that run know it.
    ///
    /// # Errors
    /// Those of [`Cassandra::execute`], and of [`wait_until_ready`](Self::wait_until_ready).
    pub fn create_keyspace(&self) -> Result<String> {
        let mut replication = String::from("'class': 'NetworkTopologyStrategy'");
        let mut named: Vec<&str> = Vec::new();
        for name in self.nodes.iter().map(Cassandra::data_center) {
            if !named.contains(&name) {
                named.push(name);
                let nodes = self.nodes.iter().filter(|node| node.data_center() == name).count();
                replication.push_str(&format!(", '{name}': {}", nodes.min(REPLICAS)));
            }
        }
        let keyspace = new_name();
        self.execute(&format!("CREATE KEYSPACE {keyspace} WITH replication = {{{replication}}}"))?;
        self.wait_until_ready()?;
        Ok(keyspace)
    }

    /// Waits until each node that runs answers, sees each other such node up, knows all about it,
    /// and has the same schema: what a cluster is like when it was started, and again some time
    /// after a node was [restarted](Cassandra::restart) or [resumed](Cassandra::resume).
    ///
    /// # Errors
    /// [`Error::Disagreement`] after [`Builder::start_timeout`], with what is missing; while a node
    /// is paused that is certain.
    pub fn wait_until_ready(&self) -> Result<()> {
        self.wait(|| self.missing())
    }

    /// Waits until no node that runs sees the node number `index` up, which takes some 20 s after
    /// it was [killed](Cassandra::kill) or [paused](Cassandra::pause) and a moment after it was
    /// [stopped](Cassandra::stop).
    ///
    /// # Errors
    /// [`Error::Disagreement`] after [`Builder::start_timeout`].
    ///
    /// # Panics
    /// If there is no such node.
    pub fn wait_until_seen_down(&self, index: usize) -> Result<()> {
        let address = self.nodes[index].plan().seat.address;
        self.wait(|| {
            let by = self.view.seen_by(&self.running(), address)?;
            Some(format!("{by} still sees {address} up"))
        })
    }

    /// Lets one more node join, in the data centre of the first and on the rack whose turn it is,
    /// and waits until the cluster is [ready](Self::wait_until_ready). It takes half of another
    /// node's part of the ring, with the data, which takes some 10 s more than a start.
    ///
    /// # Errors
    /// Those of [`Builder::start_cluster`]; the cluster goes on without the node then.
    pub fn add(&mut self) -> Result<&Cassandra> {
        let data_center = self.nodes[0].data_center().to_owned();
        let before = self.nodes.iter().filter(|node| node.data_center() == data_center).count();
        self.add_to(&data_center, nth_rack(before))
    }

    /// As [`add`](Self::add), in this data centre, which may be new, and on this rack.
    ///
    /// # Errors
    /// Those of [`add`](Self::add).
    pub fn add_to(&mut self, data_center: &str, rack: &str) -> Result<&Cassandra> {
        let taken: Vec<&Place> = self.nodes.iter().map(|node| &node.plan().seat.place).collect();
        let place = Place::between(&taken, data_center, rack)?;
        let index = self.next;
        let seeds: Vec<Ipv4Addr> = self.nodes.iter().map(|node| node.plan().seat.address).collect();
        // Also if it fails: the others may have heard of the address.
        self.next += 1;
        let seats = || {
            let ports = self.block.claim(index)?;
            let mut seat = seat(&self.supplies, &self.block, index, place.clone(), ports)?;
            seat.seeds.clone_from(&seeds);
            seat.bootstrap = true;
            seat.ring_delay = JOIN_RING_DELAY;
            Ok(vec![seat])
        };
        let mut joined = start::nodes(&self.supplies, &self.view, false, seats)?;
        for node in &joined {
            self.view.watch(node.plan().seat.address, node.log_path());
        }
        self.nodes.append(&mut joined);
        self.wait_until_ready()?;
        Ok(&self.nodes[self.nodes.len() - 1])
    }

    /// Lets the node number `index` hand its data over to the others, leave the cluster and end.
    /// The nodes after it move up by one. Takes some seconds more than the data does.
    ///
    /// # Errors
    /// [`Error::Nodetool`] when Cassandra refuses; the node stays then.
    ///
    /// # Panics
    /// If there is no such node, or no other.
    pub fn decommission(&mut self, index: usize) -> Result<()> {
        assert!(self.nodes.len() > 1, "the last node cannot hand its data over");
        self.nodes[index].nodetool(&["decommission", "--force"])?;
        let node = self.nodes.remove(index);
        self.view.unwatch(node.plan().seat.address);
        node.stop()
    }

    /// [Stops](Cassandra::stop) all nodes together.
    ///
    /// # Errors
    /// The first of those; no node runs in any case.
    pub fn stop(&self) -> Result<()> {
        thread::scope(|scope| {
            let stop = |node| scope.spawn(move || Cassandra::stop(node));
            let stops: Vec<_> = self.nodes.iter().map(stop).collect();
            let results = stops.into_iter().map(|stop| stop.join().expect("stopping never panics"));
            results.fold(Ok(()), Result::and)
        })
    }

    /// The addresses of the nodes that run.
    fn running(&self) -> Vec<Ipv4Addr> {
        let running = self.nodes.iter().filter(|node| node.is_running());
        running.map(|node| node.plan().seat.address).collect()
    }

    /// Waits until nothing is missing.
    fn wait(&self, missing: impl Fn() -> Option<String>) -> Result<()> {
        let after = self.supplies.builder.start_timeout;
        let deadline = Instant::now() + after;
        while let Some(reason) = missing() {
            if Instant::now() >= deadline {
                return Err(Error::Disagreement { after, reason });
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// What keeps the nodes that run from being ready, if anything does.
    fn missing(&self) -> Option<String> {
        let running = self.running();
        if let Some((by, other)) = self.view.unseen(&running) {
            return Some(format!("{by} does not see {other} up"));
        }
        let mut schema = None;
        for node in self.nodes.iter().filter(|node| node.is_running()) {
            let address = node.plan().seat.address;
            match knows(node, &running) {
                Ok(version) if schema.as_ref().is_none_or(|schema| *schema == version) => {
                    schema = Some(version);
                }
                Ok(_) => return Some(format!("{address} has another schema")),
                Err(reason) => return Some(format!("{address}: {reason}")),
            }
        }
        None
    }
}

impl Index<usize> for Cluster {
    type Output = Cassandra;

    fn index(&self, index: usize) -> &Cassandra {
        &self.nodes[index]
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("nodes", &self.nodes).finish_non_exhaustive()
    }
}

/// The version of `node`'s schema, if it knows `others` as drivers need it and believes them to
/// have the same.
fn knows(node: &Cassandra, others: &[Ipv4Addr]) -> std::result::Result<Vec<u8>, String> {
    let ask = |cql| node.execute_as(cql, Consistency::One, ASK_TIMEOUT).map_err(|e| e.to_string());
    let local = ask("SELECT schema_version FROM system.local")?;
    let own = local.first().and_then(|row| row.first().cloned().flatten());
    let own = own.ok_or("it has no schema yet")?;
    let peers = ask("SELECT peer, schema_version, rpc_address, data_center, rack, host_id, \
                     release_version, tokens FROM system.peers")?;
    for other in others.iter().filter(|other| **other != node.plan().seat.address) {
        let bytes = other.octets();
        let is = |row: &&Row| row[0].as_deref() == Some(&bytes);
        match peers.iter().find(is) {
            Some(row) if row.iter().any(Option::is_none) => {
                return Err(format!("it does not know all of {other}"));
            }
            Some(row) if row[1].as_deref() != Some(&own) => {
                return Err(format!("it does not know that {other} has its schema"));
            }
            Some(_) => {}
            None => return Err(format!("it does not know {other}")),
        }
    }
    Ok(own)
}

/// The seats of the nodes that the cluster begins with.
fn seats(
    supplies: &Supplies,
    block: &Block,
    places: &[Place],
    ports: Vec<[Port; 2]>,
) -> Result<Vec<Seat>> {
    let each = places.iter().cloned().zip(ports).enumerate();
    let mut seats = each
        .map(|(index, (place, ports))| seat(supplies, block, index, place, ports))
        .collect::<Result<Vec<_>>>()?;
    let seeds: Vec<_> = seats.iter().map(|seat| seat.address).collect();
    for seat in &mut seats {
        seat.seeds.clone_from(&seeds);
    }
    Ok(seats)
}

fn seat(
    supplies: &Supplies,
    block: &Block,
    index: usize,
    place: Place,
    ports: [Port; 2],
) -> Result<Seat> {
    let data = supplies.builder.data_dir.as_ref().map(|all| all.join(format!("node{}", index + 1)));
    let address = block.address(index)?;
    let (seeds, bootstrap, ring_delay) = (Vec::new(), false, RING_DELAY);
    Ok(Seat { address, ports, place, seeds, bootstrap, ring_delay, data })
}
