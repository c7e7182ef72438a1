//! What a node is started with.

use std::fmt;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::node::Cassandra;
use crate::progress::Progress;
use crate::release::{self, Line};
use crate::start;
#[cfg(feature = "tls")]
use crate::tls::Tls;
use crate::yaml;

/// Below this Cassandra does not get through its own start.
const LEAST_HEAP: u32 = 128;

type Report = Arc<dyn Fn(&Progress) + Send + Sync>;

/// How a node shall be: see [`Cassandra::builder`].
///
/// A builder can be used again; every [`start`](Self::start) is another node.
#[derive(Clone)]
pub struct Builder {
    pub(crate) version: String,
    pub(crate) heap: u32,
    pub(crate) address: Option<Ipv4Addr>,
    pub(crate) port: Option<u16>,
    pub(crate) auth: bool,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Tls>,
    pub(crate) extra_yaml: String,
    pub(crate) jvm_args: Vec<String>,
    pub(crate) fast_schema: bool,
    pub(crate) start_timeout: Duration,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) java_home: Option<PathBuf>,
    progress: Option<Report>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            version: release::DEFAULT.into(),
            heap: 512,
            address: None,
            port: None,
            auth: false,
            #[cfg(feature = "tls")]
            tls: None,
            extra_yaml: String::new(),
            jvm_args: Vec::new(),
            fast_schema: false,
            start_timeout: Duration::from_secs(120),
            data_dir: None,
            java_home: None,
            progress: None,
        }
    }
}

impl Builder {
    /// The version of Apache Cassandra, `5.0.8` by default: any release of 4.0, 4.1 or 5.0 that
    /// Maven's repositories hold. Known to work are 4.0.17, 4.1.10, 5.0.8 and 5.0.9.
    ///
    /// 4.0 and 4.1 run on Java 11, which is downloaded where it is not found. 4.0 wants the old
    /// names of the settings in [`extra_yaml`](Self::extra_yaml), such as
    /// `enable_user_defined_functions`, and has no `tls`.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// The largest Java heap in MiB, 512 by default, at least 128. The process takes about 300 MiB
    /// beside its heap.
    #[must_use]
    pub fn heap_mb(mut self, mebibytes: u32) -> Self {
        self.heap = mebibytes;
        self
    }

    /// The loopback address that the node listens on, `127.0.0.1` by default. Every address of
    /// `127.0.0.0/8` works without set-up.
    ///
    /// In a cluster it is the first node's, and the others follow it in order; by default an
    /// unused `127.x.y.1` is chosen.
    #[must_use]
    pub fn address(mut self, address: Ipv4Addr) -> Self {
        self.address = Some(address);
        self
    }

    /// The port for clients. By default a free one is chosen, which is what lets several nodes and
    /// several programs run at once.
    ///
    /// The nodes of a cluster have one port, 9042 by default: their addresses are theirs alone.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Makes clients log in: with passwords, roles and permissions kept in Cassandra
    /// (`PasswordAuthenticator`, `CassandraAuthorizer`, `CassandraRoleManager`). Off by default.
    ///
    /// The node is ready once its first superuser can log in, see
    /// [`credentials`](Cassandra::credentials). Nothing is cached (`roles_validity`,
    /// `permissions_validity` and `credentials_validity` are 0), so what is changed holds from the
    /// next login, or the next statement; passwords are hashed cheaply.
    #[must_use]
    pub fn auth(mut self, auth: bool) -> Self {
        self.auth = auth;
        self
    }

    /// Makes the node speak TLS with its clients. By default it does not.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Settings for the node's `cassandra.yaml`, as `key: value` lines, nested or not. A setting
    /// replaces the default of this crate as a whole.
    ///
    /// The addresses, ports and folders are decided by the crate and refused here, as is a TLS
    /// setting without `optional: true`: the crate asks such a node without TLS. With feature
    /// `tls`, `Builder::tls` needs no such thing.
    /// What Cassandra does not know makes the start fail, with Cassandra's words in the error.
    ///
    /// With an authenticator that asks for a password, readiness and
    /// [`execute`](Cassandra::execute) use the initial user, `cassandra`/`cassandra`.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), embedded_cassandra::Error> {
    /// let node = embedded_cassandra::Cassandra::builder()
    ///     .extra_yaml(
    ///         "tombstone_failure_threshold: 100
    /// memtable:
    ///   configurations:
    ///     default:
    ///       class_name: TrieMemtable
    /// ",
    ///     )
    ///     .start()?;
    /// # drop(node);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn extra_yaml(mut self, yaml: impl Into<String>) -> Self {
        self.extra_yaml = yaml.into();
        self
    }

    /// One more argument for the JVM, after those of the crate: a system property of Cassandra
    /// such as `-Dcassandra.test.fail_writes_ks=ks`, or a flag.
    #[must_use]
    pub fn jvm_arg(mut self, argument: impl Into<String>) -> Self {
        self.jvm_args.push(argument.into());
        self
    }

    /// Makes changes of the schema faster by not writing them to disk at once; a schema that was
    /// made this way is lost when the node is killed. Off by default: the node is durable.
    #[must_use]
    pub fn fast_schema(mut self, fast: bool) -> Self {
        self.fast_schema = fast;
        self
    }

    /// How long the node may take from its start to its first answer, 120 s by default. Downloads
    /// do not count.
    #[must_use]
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }

    /// Where the node keeps its data; created if need be, kept when the node ends. A later node of
    /// the same version can go on with it. By default data lives in a private temporary folder
    /// and is removed with it.
    ///
    /// The nodes of a cluster get a folder each inside it. A cluster that is kept needs an
    /// [`address`](Self::address) too, for its nodes know one another by theirs.
    #[must_use]
    pub fn data_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(folder.into());
        self
    }

    /// The Java to use. It must be a Java 17 for Cassandra 5.0 and a Java 11 for 4.0 and 4.1. By
    /// default `JAVA_HOME`, then `PATH`, then one of this crate's own, which is downloaded once.
    #[must_use]
    pub fn java_home(mut self, folder: impl Into<PathBuf>) -> Self {
        self.java_home = Some(folder.into());
        self
    }

    /// Calls `report` at each step of a start, on the thread that called
    /// [`start`](Self::start), which it should not hold up.
    #[must_use]
    pub fn progress(mut self, report: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(report));
        self
    }

    /// Starts the node and blocks until it answers a query; the first call on a machine also
    /// downloads Cassandra. See the [crate's page](crate) for what that costs.
    ///
    /// # Errors
    /// Every kind of [`Error`] but those of a running node; nothing is left running then.
    pub fn start(&self) -> Result<Cassandra> {
        self.check()?;
        start::node(self)
    }

    /// Starts a cluster of nodes that are all as this builder says, all at once, and blocks until
    /// every node answers, sees every other node up, and has the schema of all others.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), embedded_cassandra::Error> {
    /// use embedded_cassandra::Cassandra;
    ///
    /// let three = Cassandra::builder().start_cluster(3)?;
    /// let two_data_centers = Cassandra::builder().start_cluster([("dc1", 2), ("dc2", 1)])?;
    /// # drop((three, two_data_centers));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// See [`Cluster`] for what its nodes have in common.
    ///
    /// # Errors
    /// Those of [`start`](Self::start), and [`Error::Disagreement`] when the nodes answer and do
    /// not find one another within [`start_timeout`](Self::start_timeout); nothing is left running
    /// then.
    pub fn start_cluster(&self, layout: impl Into<Layout>) -> Result<Cluster> {
        self.check()?;
        if self.data_dir.is_some() && self.address.is_none() {
            let reason =
                "a cluster whose data is kept needs an address that stays: Builder::address";
            return Err(Error::setting("data_dir", reason));
        }
        if yaml::has(&self.extra_yaml, "initial_token") {
            let reason = "`initial_token` would be the same for all nodes of the cluster";
            return Err(Error::setting("extra_yaml", reason));
        }
        Cluster::form(self, &layout.into())
    }

    pub(crate) fn report(&self, progress: &Progress) {
        if let Some(report) = &self.progress {
            report(progress);
        }
    }

    fn check(&self) -> Result<()> {
        Line::of(&self.version)?;
        if self.heap < LEAST_HEAP {
            let reason = format!("{} MiB is too little, {LEAST_HEAP} is the least", self.heap);
            return Err(Error::setting("heap_mb", reason));
        }
        if let Some(address) = self.address.filter(|address| !address.is_loopback()) {
            let reason = format!("{address} is not in 127.0.0.0/8");
            return Err(Error::setting("address", reason));
        }
        if self.port == Some(0) {
            return Err(Error::setting("port", "0 is no port; leave it out to get a free one"));
        }
        if self.start_timeout.is_zero() {
            return Err(Error::setting("start_timeout", "no node starts in no time"));
        }
        if let Some(argument) = self.jvm_args.iter().find(|a| !a.starts_with('-')) {
            let reason = format!("{argument:?} does not start with a dash");
            return Err(Error::setting("jvm_arg", reason));
        }
        yaml::check(&self.extra_yaml)?;
        #[cfg(feature = "tls")]
        self.check_tls()?;
        Ok(())
    }

    #[cfg(feature = "tls")]
    fn check_tls(&self) -> Result<()> {
        if self.tls.is_none() {
            return Ok(());
        }
        if Line::of(&self.version)? < Line::V4_1 {
            let reason = "Cassandra 4.0 reads no keys in PEM; TLS needs 4.1 or 5.0";
            return Err(Error::setting("tls", reason));
        }
        if yaml::has(&self.extra_yaml, yaml::CLIENT_ENCRYPTION) {
            let reason = format!("`{}` is there beside Builder::tls", yaml::CLIENT_ENCRYPTION);
            return Err(Error::setting("extra_yaml", reason));
        }
        Ok(())
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("version", &self.version)
            .field("heap_mb", &self.heap)
            .field("address", &self.address)
            .field("port", &self.port)
            .field("auth", &self.auth)
            .field("extra_yaml", &self.extra_yaml)
            .field("jvm_args", &self.jvm_args)
            .field("fast_schema", &self.fast_schema)
            .field("start_timeout", &self.start_timeout)
            .field("data_dir", &self.data_dir)
            .field("java_home", &self.java_home)
            .finish_non_exhaustive()
    }
}
