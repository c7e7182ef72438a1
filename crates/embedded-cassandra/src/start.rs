//! From a builder to a node that answers.
//!
//! Java, then the jars, then one launch; a launch whose ports were taken meanwhile is repeated with
//! others, and one that broke on its class-data archive is repeated without.

use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
#[cfg(feature = "tls")]
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::archive::Archive;
use crate::builder::Builder;
use crate::cache;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::java::{self, Java};
use crate::launch::{self, Launch};
use crate::lock;
use crate::maven;
use crate::node::{Cassandra, Running};
use crate::port;
use crate::probe::Connection;
use crate::progress::Progress;
use crate::stream::Way;
use crate::tail;
use crate::yaml::Endpoint;

/// The Java that Cassandra 5.0 is started on.
const JAVA: u32 = 17;
/// How often other ports are tried.
const PORT_TRIES: u32 = 3;
const POLL: Duration = Duration::from_millis(20);
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);
/// A node that was killed lets go of its data within milliseconds.
const STORAGE_WAIT: Duration = Duration::from_secs(5);
const STORAGE_LOCK: &str = "embedded-cassandra.lock";

/// Why one launch did not come up.
enum Failure {
    /// Another program took one of its ports.
    Port(Error),
    /// The JVM ended before Cassandra ran, or crashed.
    Jvm(Error),
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

pub(crate) fn start(builder: &Builder) -> Result<Cassandra> {
    let java = java::find(builder.java_home.as_deref(), JAVA)?;
    let jars = maven::jars(&builder.version, &java, &|step| builder.report(&step))?;
    let flags = launch::flags(builder);
    let mut archive = Archive::choose(&cache::folder()?, &builder.version, &java, &flags);
    let mut port_tries = 1;
    loop {
        match launch_once(builder, &java, &jars, &flags, &archive) {
            Ok(node) => {
                archive.check(node.pid());
                if let Archive::Record(recording) = archive {
                    builder.report(&Progress::Archiving);
                    recording.finish(node.pid());
                }
                return Ok(node);
            }
            Err(Failure::Port(_)) if builder.port.is_none() && port_tries < PORT_TRIES => {
                port_tries += 1;
            }
            Err(Failure::Jvm(_)) if archive.discard() => archive = Archive::None,
            Err(Failure::Port(error) | Failure::Jvm(error) | Failure::Other(error)) => {
                return Err(error);
            }
        }
    }
}

fn launch_once(
    builder: &Builder,
    java: &Java,
    jars: &[PathBuf],
    flags: &[String],
    archive: &Archive,
) -> std::result::Result<Cassandra, Failure> {
    let native = match builder.port {
        Some(number) => port::claim(builder.address, number)?,
        None => port::claim_any(builder.address)?,
    };
    let storage = port::claim_any(builder.address)?;
    let mut folder = Folder::create()?;
    let data = builder.data_dir.clone().unwrap_or_else(|| folder.path().join("data"));
    let data = std::path::absolute(&data).unwrap_or(data);
    let data_lock = lock_data(&data)?;
    let endpoint = Endpoint {
        address: builder.address,
        native_port: native.number,
        storage_port: storage.number,
    };
    let address = SocketAddr::new(builder.address.into(), native.number);
    #[cfg(feature = "tls")]
    let tls = builder.tls.as_ref().map(|tls| tls.prepare(builder.address)).transpose()?;
    let way = Way::plain(address);
    #[cfg(feature = "tls")]
    let way = Way { tls: tls.as_ref().map(|tls| Arc::clone(&tls.client)), ..way };
    builder.report(&Progress::Starting { version: builder.version.clone(), address });
    let launch = Launch {
        java,
        jars,
        flags,
        archive,
        endpoint: &endpoint,
        builder,
        #[cfg(feature = "tls")]
        tls: tls.as_ref(),
        folder: folder.path(),
        storage: &data,
        storage_lock: &data_lock,
    };
    let child = launch.spawn()?;
    folder.guard(child.id());
    let mut running = Running::new(child, folder, [native, storage]);
    let connection = wait_until_ready(builder, &mut running, &way)?;
    Ok(Cassandra::new(running, way, builder.auth, connection))
}

/// Creates the folder for the data and makes sure that no other node has it.
fn lock_data(folder: &Path) -> Result<File> {
    let failed = |reason: String| Error::DataDir { path: folder.to_owned(), reason };
    let io = |e: io::Error| failed(e.to_string());
    fs::create_dir_all(folder).map_err(io)?;
    let file = lock::open(&folder.join(STORAGE_LOCK)).map_err(io)?;
    if lock::take(&file, Instant::now() + STORAGE_WAIT).map_err(io)? {
        Ok(file)
    } else {
        Err(failed("another node is using it".into()))
    }
}

/// Asks the node again and again; an error kills it.
fn wait_until_ready(
    builder: &Builder,
    running: &mut Running,
    way: &Way,
) -> std::result::Result<Connection, Failure> {
    let deadline = Instant::now() + builder.start_timeout;
    loop {
        if let Some(status) = running.exit_status()? {
            return Err(explain(running, status, way.address));
        }
        // Whatever it answers but rows, it is not ready.
        let refusal = match probe(way, running.storage_port()) {
            Ok(connection) => return Ok(connection),
            Err(refusal) => refusal,
        };
        if Instant::now() >= deadline {
            let log = format!("{}\n-- asked last: {refusal}", tail::of(running.folder()));
            return Err(Error::Timeout { after: builder.start_timeout, log }.into());
        }
        thread::sleep(POLL);
    }
}

/// Whether the node there is the one that was started: it knows its storage port.
fn probe(way: &Way, storage_port: u16) -> Result<Connection> {
    let mut connection = Connection::open(way, PROBE_TIMEOUT)?;
    let rows = connection.query("SELECT listen_port FROM system.local")?;
    let wanted = i32::from(storage_port).to_be_bytes();
    match rows.first().and_then(|row| row.first()) {
        Some(Some(found)) if *found == wanted => Ok(connection),
        _ => Err(Error::Connection { address: way.address, reason: "another node answers".into() }),
    }
}

/// Tells the failures that a second launch can mend from the others.
fn explain(running: &Running, status: ExitStatus, address: SocketAddr) -> Failure {
    let log = tail::of(running.folder());
    if log.contains("Address already in use") || log.contains("is in use by another process") {
        return Failure::Port(Error::PortTaken { address });
    }
    let ran = fs::metadata(launch::system_log(running.folder())).is_ok_and(|log| log.len() > 0);
    let error = Error::Exited { status: status.to_string(), log };
    if status.signal().is_some() || !ran { Failure::Jvm(error) } else { Failure::Other(error) }
}
