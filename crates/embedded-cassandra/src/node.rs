//! One node, as its user has it.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::process::Signal;

use crate::builder::Builder;
use crate::error::{Error, Result};
use crate::launch::{self, Plan};
use crate::life::Life;
use crate::nodetool;
use crate::port::Port;
use crate::probe::{Connection, Consistency, INITIAL_USER, Row};
use crate::random;
use crate::start;
use crate::view::View;

/// How long one statement may take; a change of the schema on a busy machine takes seconds.
pub(crate) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(60);

/// A name and a password to log in with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The name of the role.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// An Apache Cassandra node, alone or in a [`Cluster`](crate::Cluster).
///
/// Dropping it kills the node at once and removes its private folder. It dies with this process in
/// any case. All methods may be called from several threads; those that change whether the node
/// runs wait for one another.
pub struct Cassandra {
    // Dropped first: what follows may go when the process is gone.
    life: Mutex<Life>,
    pid: AtomicU32,
    probe: Mutex<Option<Connection>>,
    /// Where the node takes `nodetool`'s orders, once there were any.
    jmx: Mutex<Option<Port>>,
    plan: Plan,
    view: Arc<View>,
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

    pub(crate) fn new(plan: Plan, life: Life, probe: Connection, view: &Arc<View>) -> Self {
        Self {
            pid: AtomicU32::new(life.pid()),
            life: Mutex::new(life),
            probe: Mutex::new(Some(probe)),
            jmx: Mutex::default(),
            plan,
            view: Arc::clone(view),
        }
    }

    /// The node's address without the port, as drivers want their contact points.
    #[must_use]
    pub fn contact_point(&self) -> String {
        self.address().ip().to_string()
    }

    /// The port for clients.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address().port()
    }

    /// Where the node listens for clients.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.plan.way.address
    }

    /// The name of the node's data centre.
    #[must_use]
    pub fn data_center(&self) -> &str {
        &self.plan.seat.place.data_center
    }

    /// The name of the node's rack.
    #[must_use]
    pub fn rack(&self) -> &str {
        &self.plan.seat.place.rack
    }

    /// Who may log in, when [`Builder::auth`] was asked for: the superuser that every new node has.
    /// [`execute`](Self::execute) logs in this way, also over a connection that it opens later.
    #[must_use]
    pub fn credentials(&self) -> Option<Credentials> {
        let user = INITIAL_USER.to_owned();
        let auth = self.plan.supplies.builder.auth;
        auth.then(|| Credentials { password: user.clone(), user })
    }

    /// The id of the node's process, also when that has ended.
    #[must_use]
    pub fn pid(&self) -> u32 {
        // ORDERING: only the number matters.
        self.pid.load(Ordering::Relaxed)
    }

    /// Cassandra's log. It is removed with the node.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        launch::system_log(self.plan.folder.path())
    }

    /// Runs one statement without values and returns its rows, as raw bytes of the native protocol.
    /// One replica's answer is enough (consistency `ONE`).
    ///
    /// For set-up and checks, not for work: one statement at a time, over one connection. Blocks
    /// for up to 60 s, which a paused node makes full use of.
    ///
    /// # Errors
    /// [`Error::Cql`] when the node refuses the statement, [`Error::Connection`] when it cannot be
    /// reached; after the latter the next call connects again.
    pub fn execute(&self, cql: &str) -> Result<Vec<Row>> {
        self.execute_as(cql, Consistency::One, STATEMENT_TIMEOUT)
    }

    pub(crate) fn execute_as(
        &self,
        cql: &str,
        consistency: Consistency,
        timeout: Duration,
    ) -> Result<Vec<Row>> {
        let mut probe = lock(&self.probe);
        let mut connection = match probe.take() {
            Some(connection) => connection,
            None => Connection::open(&self.plan.way, timeout)?,
        };
        connection.set_timeout(timeout)?;
        let result = connection.query(cql, consistency);
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
        let name = new_name();
        self.execute(&format!(
            "CREATE KEYSPACE {name} WITH replication = \
             {{'class': 'SimpleStrategy', 'replication_factor': 1}}"
        ))?;
        Ok(name)
    }

    /// Stops the node in order: it writes out what it holds in memory, takes leave of the other
    /// nodes and ends, usually within 3 s. One that has ended already is left alone.
    /// [`kill`](Self::kill) is faster, and loses nothing that was acknowledged unless
    /// [`fast_schema`](Builder::fast_schema) was chosen.
    ///
    /// # Errors
    /// [`Error::StopTimeout`] when it had to be killed after 30 s; it is gone in any case.
    pub fn stop(&self) -> Result<()> {
        self.life().terminate()
    }

    /// Kills the node (SIGKILL), and returns when its process is gone. The other nodes of a cluster
    /// take some 20 s to believe it.
    ///
    /// # Errors
    /// [`Error::Io`] if the system does not allow it.
    pub fn kill(&self) -> Result<()> {
        self.life().kill()
    }

    /// Lets the process rest (SIGSTOP), and returns when it does: it keeps its connections, new ones
    /// are even accepted, and it answers nothing.
    ///
    /// # Errors
    /// [`Error::Connection`] when the node does not run.
    pub fn pause(&self) -> Result<()> {
        let running = self.life().pause()?;
        self.running(running)
    }

    /// Lets a paused process go on.
    ///
    /// # Errors
    /// [`Error::Connection`] when the node does not run.
    pub fn resume(&self) -> Result<()> {
        let running = self.life().signal(Signal::CONT)?;
        self.running(running)
    }

    /// Starts the node again at the same address with the same data, and returns when it answers;
    /// first [stops](Self::stop) it if it still runs. What the other nodes of a cluster make of
    /// it is [`Cluster::wait_until_ready`](crate::Cluster::wait_until_ready)'s.
    ///
    /// # Errors
    /// Those of [`stop`](Self::stop) and of a [start](Builder::start); the node does not run then,
    /// and another restart may be tried.
    pub fn restart(&self) -> Result<()> {
        let mut life = self.life();
        life.terminate()?;
        *lock(&self.jmx) = None;
        self.view.forget(self.plan.seat.address);
        let (new, connection) = start::again(&self.plan)?;
        // ORDERING: only the number matters.
        self.pid.store(new.pid(), Ordering::Relaxed);
        *life = new;
        *lock(&self.probe) = Some(connection);
        Ok(())
    }

    /// Whether the process is there; a paused one is.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.life().exit_status(), Ok(None))
    }

    /// Runs Cassandra's `nodetool` with these arguments on this node, and returns what it printed:
    /// `node.nodetool(&["status"])`. Takes about a second, and makes the node's JMX reachable on its
    /// own address from then on. Where this crate downloaded the node's Java, another one on the
    /// machine must help out.
    ///
    /// # Errors
    /// [`Error::Nodetool`] with its words when it fails.
    pub fn nodetool(&self, arguments: &[&str]) -> Result<String> {
        let mut jmx = lock(&self.jmx);
        nodetool::run(&self.plan, self.pid(), &mut jmx, arguments)
    }

    fn running(&self, running: bool) -> Result<()> {
        if running {
            return Ok(());
        }
        Err(Error::Connection { address: self.address(), reason: "it does not run".into() })
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        lock(&self.life)
    }
}

/// A name for a keyspace that no other call gets.
pub(crate) fn new_name() -> String {
    format!("ks_{:016x}", random::number())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Cassandra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cassandra")
            .field("address", &self.address())
            .field("data_center", &self.data_center())
            .field("rack", &self.rack())
            .field("pid", &self.pid())
            .finish_non_exhaustive()
    }
}
