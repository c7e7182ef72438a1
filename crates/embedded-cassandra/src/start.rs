//! From a builder to nodes that answer.
//!
//! What the nodes need, then one launch of all of them together; a launch whose ports were taken
//! meanwhile is repeated with others, and one that broke on its class-data archive is repeated
//! without.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::archive::Archive;
use crate::builder::Builder;
use crate::cache;
use crate::error::{Error, Result};
use crate::flags::Company;
use crate::launch::{self, Plan, Seat, Supplies};
use crate::layout::Layout;
use crate::life::Life;
use crate::node::Cassandra;
use crate::port;
use crate::probe::{Connection, Consistency};
use crate::progress::Progress;
use crate::stream::Way;
use crate::tail;
use crate::view::View;

/// How often other ports are tried.
const PORT_TRIES: u32 = 3;
const POLL: Duration = Duration::from_millis(20);
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// Why one launch did not come up.
enum Failure {
    /// Another program took one of its ports.
    Port(Error),
    /// A JVM ended before Cassandra ran, or crashed.
    Jvm(Error),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Port(error) | Failure::Jvm(error) | Failure::Other(error) => error,
        }
    }
}

/// One node that stands alone.
pub(crate) fn node(builder: &Builder) -> Result<Cassandra> {
    let supplies = Supplies::get(builder, Company::Alone)?;
    let place = Layout::from(1).places()?.remove(0);
    let address = builder.address.unwrap_or(Ipv4Addr::LOCALHOST);
    let seat = || {
        let native = match builder.port {
            Some(number) => port::claim(address, number)?,
            None => port::claim_any(address)?,
        };
        Ok(vec![Seat {
            address,
            ports: [native, port::claim_any(address)?],
            place: place.clone(),
            seeds: vec![address],
            bootstrap: false,
            ring_delay: Duration::ZERO,
            data: builder.data_dir.clone(),
        }])
    };
    Ok(nodes(&supplies, &Arc::default(), builder.port.is_none(), seat)?.remove(0))
}

/// A node for each seat, in their order. Other seats are asked for, if there are any, should the
/// ports of these be taken.
pub(crate) fn nodes(
    supplies: &Arc<Supplies>,
    view: &Arc<View>,
    others: bool,
    mut seats: impl FnMut() -> Result<Vec<Seat>>,
) -> Result<Vec<Cassandra>> {
    let mut port_tries = 1;
    loop {
        let plan = |seat| Plan::new(supplies, seat);
        let plans: Vec<Plan> = seats()?.into_iter().map(plan).collect::<Result<_>>()?;
        match launch(&plans.iter().collect::<Vec<_>>()) {
            Ok(alive) => {
                let node = |(plan, (life, probe))| Cassandra::new(plan, life, probe, view);
                return Ok(plans.into_iter().zip(alive).map(node).collect());
            }
            Err(Failure::Port(_)) if others && port_tries < PORT_TRIES => port_tries += 1,
            Err(failure) => return Err(failure.into()),
        }
    }
}

/// Starts a node that has ended once more.
pub(crate) fn again(plan: &Plan) -> Result<(Life, Connection)> {
    Ok(launch(&[plan])?.remove(0))
}

type Alive = (Life, Connection);

/// Starts all `plans` together, and once more without archives should those be to blame.
fn launch(plans: &[&Plan]) -> std::result::Result<Vec<Alive>, Failure> {
    let mut archives = Vec::new();
    for plan in plans {
        let Supplies { builder, java, flags, .. } = &*plan.supplies;
        archives.push(Archive::choose(&cache::folder()?, &builder.version, java, flags));
    }
    match launch_once(plans, &archives) {
        Ok(alive) => {
            // Once is enough: they have the same.
            archives.iter().zip(&alive).any(|(archive, (life, _))| archive.check(life.pid()));
            for ((plan, archive), (life, _)) in plans.iter().zip(archives).zip(&alive) {
                if let Archive::Record(recording) = archive {
                    plan.supplies.builder.report(&Progress::Archiving);
                    recording.finish(life.pid(), plan);
                }
            }
            Ok(alive)
        }
        Err(Failure::Jvm(_)) if archives.iter().any(Archive::discard) => {
            let none: Vec<_> = plans.iter().map(|_| Archive::None).collect();
            launch_once(plans, &none)
        }
        Err(failure) => Err(failure),
    }
}

/// A node that has been started and may not answer yet.
struct Starting<'a> {
    plan: &'a Plan,
    life: Life,
    /// How long its log was before.
    logged: u64,
    probe: Option<Connection>,
}

fn launch_once(plans: &[&Plan], archives: &[Archive]) -> std::result::Result<Vec<Alive>, Failure> {
    let mut nodes = Vec::new();
    for (plan, archive) in plans.iter().zip(archives) {
        let builder = &plan.supplies.builder;
        let (version, address) = (builder.version.clone(), plan.way.address);
        builder.report(&Progress::Starting { version, address });
        let logged = logged(plan);
        nodes.push(Starting { plan, life: plan.spawn(archive)?, logged, probe: None });
    }
    wait_until_ready(&mut nodes)?;
    Ok(nodes.into_iter().filter_map(|node| Some((node.life, node.probe?))).collect())
}

/// Asks the nodes again and again until each has answered.
fn wait_until_ready(nodes: &mut [Starting<'_>]) -> std::result::Result<(), Failure> {
    let began = Instant::now();
    loop {
        let mut refusal = None;
        for node in nodes.iter_mut() {
            if let Some(status) = node.life.exit_status()? {
                return Err(explain(node, status));
            }
            if node.probe.is_some() {
                continue;
            }
            // Whatever it answers but rows, it is not ready.
            match probe(&node.plan.way, node.plan.seat.ports[1].number) {
                Ok(connection) => node.probe = Some(connection),
                Err(error) => refusal = Some((node.plan, error)),
            }
        }
        let Some((plan, refusal)) = refusal else { return Ok(()) };
        let after = plan.supplies.builder.start_timeout;
        if began.elapsed() >= after {
            let log = format!("{}\n-- asked last: {refusal}", tail::of(plan.folder.path()));
            return Err(Error::Timeout { after, log }.into());
        }
        thread::sleep(POLL);
    }
}

/// Whether the node there is the one that was started: it knows its storage port.
fn probe(way: &Way, storage_port: u16) -> Result<Connection> {
    let mut connection = Connection::open(way, PROBE_TIMEOUT)?;
    let rows = connection.query("SELECT listen_port FROM system.local", Consistency::One)?;
    let wanted = i32::from(storage_port).to_be_bytes();
    match rows.first().and_then(|row| row.first()) {
        Some(Some(found)) if *found == wanted => Ok(connection),
        _ => Err(Error::Connection { address: way.address, reason: "another node answers".into() }),
    }
}

/// Tells the failures that a second launch can mend from the others.
fn explain(node: &Starting<'_>, status: ExitStatus) -> Failure {
    let plan = node.plan;
    let log = tail::of(plan.folder.path());
    if log.contains("Address already in use") || log.contains("is in use by another process") {
        return Failure::Port(Error::PortTaken { address: plan.way.address });
    }
    let ran = logged(plan) > node.logged;
    let error = Error::Exited { status: status.to_string(), log };
    if status.signal().is_some() || !ran { Failure::Jvm(error) } else { Failure::Other(error) }
}

fn logged(plan: &Plan) -> u64 {
    fs::metadata(launch::system_log(plan.folder.path())).map_or(0, |log| log.len())
}
