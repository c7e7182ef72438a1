//! A running node.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::builder::Builder;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::launch;
use crate::port::Port;
use crate::probe::{Connection, INITIAL_USER, Row};
use crate::random;
use crate::stream::Way;

/// How long a node may take to drain and end.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);
/// How long one statement may take; a change of the schema on a busy machine takes seconds.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// A name and a password to log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The name of the role.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// A running Apache Cassandra node.
///
/// Dropping it kills the node at once and removes its private folder; [`stop`](Self::stop) lets it
/// end in order. It dies with this process in any case. All methods may be called from several
/// threads.
pub struct Cassandra {
    running: Running,
    way: Way,
    auth: bool,
    probe: Mutex<Option<Connection>>,
}

impl Cassandra {
    /// Starts a node with the defaults: Cassandra 5.0.8, 512 MiB of heap, a free port on
    /// `127.0.0.1`, durable, data in a temporary folder. Blocks until it answers a query.
    ///
    /// # Errors
    /// See [`Builder::start`].
    pub fn start() -> Result<Self> {
        Self::builder().start()
    }

    /// A builder with the defaults of [`start`](Self::start).
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(running: Running, way: Way, auth: bool, probe: Connection) -> Self {
        Self { running, way, auth, probe: Mutex::new(Some(probe)) }
    }

    /// The node's address without the port, as drivers want their contact points.
    #[must_use]
    pub fn contact_point(&self) -> String {
        self.way.address.ip().to_string()
    }

    /// The port for clients.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.way.address.port()
    }

    /// Where the node listens for clients.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.way.address
    }

    /// Who may log in, when [`Builder::auth`] was asked for: the superuser that every new node has.
    /// [`execute`](Self::execute) logs in this way, also over a connection that it opens later.
    #[must_use]
    pub fn credentials(&self) -> Option<Credentials> {
        let user = INITIAL_USER.to_owned();
        self.auth.then(|| Credentials { password: user.clone(), user })
    }

    /// The id of the node's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.running.child.id()
    }

    /// Cassandra's log. It is removed with the node.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        launch::system_log(self.running.folder())
    }

    /// Runs one statement without values and returns its rows, as raw bytes of the native protocol.
    ///
    /// For set-up and checks, not for work: one statement at a time, over one connection. Blocks
    /// for up to 60 s.
    ///
    /// # Errors
    /// [`Error::Cql`] when the node refuses the statement, [`Error::Connection`] when it cannot be
    /// reached; after the latter the next call connects again.
    pub fn execute(&self, cql: &str) -> Result<Vec<Row>> {
        let mut probe = self.probe.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = match probe.take() {
            Some(connection) => connection,
            None => Connection::open(&self.way, STATEMENT_TIMEOUT)?,
        };
        connection.set_timeout(STATEMENT_TIMEOUT)?;
        let result = connection.query(cql);
        // After a failed read the next answer on this connection could be this one's.
        if matches!(result, Ok(_) | Err(Error::Cql { .. })) {
            *probe = Some(connection);
        }
        result
    }

    /// Creates a keyspace with one replica under a name that no other call gets, and returns the
    /// name: a place for one test. Takes about 40 ms; see [`Builder::fast_schema`].
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn create_keyspace(&self) -> Result<String> {
        let name = format!("ks_{:016x}", random::number());
        self.execute(&format!(
            "CREATE KEYSPACE {name} WITH replication = \
             {{'class': 'SimpleStrategy', 'replication_factor': 1}}"
        ))?;
        Ok(name)
    }

    /// Stops the node in order: it writes out what it holds in memory and ends, usually within
    /// 3 s. Dropping is faster, and loses nothing that was acknowledged unless
    /// [`fast_schema`](Builder::fast_schema) was chosen.
    ///
    /// # Errors
    /// [`Error::StopTimeout`] when it had to be killed after 30 s; it is gone in any case.
    pub fn stop(mut self) -> Result<()> {
        self.running.terminate()
    }
}

impl fmt::Debug for Cassandra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cassandra")
            .field("address", &self.way.address)
            .field("pid", &self.pid())
            .finish_non_exhaustive()
    }
}

/// The process and what belongs to it; dropping it kills the process, then removes the folder.
pub(crate) struct Running {
    child: Child,
    folder: Folder,
    ports: [Port; 2],
}

impl Running {
    /// `ports` are those for clients and for other nodes.
    pub(crate) fn new(child: Child, folder: Folder, ports: [Port; 2]) -> Self {
        Self { child, folder, ports }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn storage_port(&self) -> u16 {
        self.ports[1].number
    }

    /// How the process ended, if it has.
    pub(crate) fn exit_status(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().map_err(|e| Error::io("looking at the node", &e))
    }

    fn terminate(&mut self) -> Result<()> {
        if self.exit_status()?.is_none() {
            // Not yet waited for, so the number is still the node's own.
            if let Some(pid) = Pid::from_raw(self.child.id() as i32) {
                kill_process(pid, Signal::TERM)
                    .map_err(|e| Error::io("stopping the node", &io::Error::from(e)))?;
            }
        }
        let deadline = Instant::now() + STOP_TIMEOUT;
        while self.exit_status()?.is_none() {
            if Instant::now() >= deadline {
                return Err(Error::StopTimeout { after: STOP_TIMEOUT });
            }
            thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a process that has been waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
