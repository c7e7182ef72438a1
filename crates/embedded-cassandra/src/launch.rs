//! The command line and the files of one node.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::archive::Archive;
use crate::builder::Builder;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::java::{self, FOREIGN_OPTIONS, Java};
use crate::layout::Place;
use crate::life::Life;
use crate::lock;
use crate::maven;
use crate::port::Port;
use crate::process;
use crate::stream::Way;
use crate::yaml::{self, ClientEncryption, Endpoint, Settings};

const MAIN_CLASS: &str = "org.apache.cassandra.service.CassandraDaemon";
/// The Java that Cassandra 5.0 is started on.
const JAVA: u32 = 17;
/// How many nodes of a cluster keep the roles, if it has so many.
const REPLICAS: usize = 3;
/// A node that was killed lets go of its data within milliseconds.
const STORAGE_WAIT: Duration = Duration::from_secs(5);
const STORAGE_LOCK: &str = "embedded-cassandra.lock";
/// Heap at the start, in MiB; it grows to what the builder says.
const FIRST_HEAP: u32 = 128;

/// What Cassandra 5.0 opens and exports on Java 17, as in its own `jvm17-server.options`.
const EXPORTS: [&str; 10] = [
    "java.base/jdk.internal.misc",
    "java.base/java.lang.ref",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.management/com.sun.jmx.remote.security",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.sql/java.sql",
    "jdk.unsupported/sun.misc",
    "jdk.attach/sun.tools.attach",
    "jdk.compiler/com.sun.tools.javac.file",
];
const OPENS: [&str; 15] = [
    "jdk.compiler/com.sun.tools.javac",
    "java.base/java.lang",
    "java.base/java.lang.module",
    "java.base/java.lang.reflect",
    "java.base/java.io",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/sun.nio.ch",
    "java.base/jdk.internal.loader",
    "java.base/jdk.internal.ref",
    "java.base/jdk.internal.reflect",
    "java.base/jdk.internal.math",
    "java.base/jdk.internal.module",
    "java.base/jdk.internal.util.jar",
    "jdk.management/com.sun.management.internal",
];

const FLAGS: [&str; 24] = [
    "-Djdk.attach.allowAttachSelf=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dio.netty.allocator.useCacheForAllThreads=true",
    "-Dio.netty.allocator.maxOrder=11",
    "-Djava.net.preferIPv4Stack=true",
    "-Dchronicle.analytics.disable=true",
    "-Xss256k",
    // Small and quick to start rather than fast in the long run.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:MaxDirectMemorySize=256m",
    "-XX:+ExitOnOutOfMemoryError",
    // Its file in /tmp would stay behind a node that is killed.
    "-XX:-UsePerfData",
    "-Dcassandra.skip_wait_for_gossip_to_settle=0",
    "-Dcassandra.superuser_setup_delay_ms=0",
    // Passwords of tests: 4 is the cheapest that there is.
    "-Dcassandra.auth_bcrypt_gensalt_log2_rounds=4",
    "-Dcassandra.shutdown_announce_in_ms=0",
    "-Dcassandra.size_recorder_interval=0",
    "-Dcassandra.libjemalloc=-",
    "-Dcassandra.disable_tcactive_openssl=true",
    // What 5.0 finds out by filling a table for a second at every start. It is used to estimate how
    // full memory is, no more.
    "-Dcassandra.memtable.row_overhead_size=180",
    // Without it Cassandra closes its output, and a failed start would have no words.
    "-Dcassandra-foreground=yes",
    "-Dcassandra.config.allow_system_properties=true",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
];

const LOGBACK: &str = r#"<configuration>
  <appender name="file" class="ch.qos.logback.core.FileAppender">
    <file>${cassandra.logdir}/system.log</file>
    <encoder><pattern>%-5level [%thread] %date{ISO8601} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="file"/></root>
</configuration>
"#;

/// What all nodes that are started together have in common.
pub(crate) struct Supplies {
    pub(crate) builder: Builder,
    pub(crate) java: Java,
    /// In the order of the class path.
    pub(crate) jars: Vec<PathBuf>,
    pub(crate) flags: Vec<String>,
}

impl Supplies {
    /// Downloads what is not there yet.
    pub(crate) fn get(builder: &Builder, company: Company) -> Result<Arc<Self>> {
        let java = java::find(builder.java_home.as_deref(), JAVA)?;
        let jars = maven::jars(&builder.version, &java, &|step| builder.report(&step))?;
        let flags = flags(builder, company);
        Ok(Arc::new(Self { builder: builder.clone(), java, jars, flags }))
    }

    pub(crate) fn class_path(&self) -> OsString {
        let mut class_path = OsString::new();
        for jar in &self.jars {
            if !class_path.is_empty() {
                class_path.push(":");
            }
            class_path.push(jar);
        }
        class_path
    }
}

/// Whom a node has to deal with.
#[derive(Clone, Copy)]
pub(crate) enum Company {
    /// Nobody: its own seed.
    Alone,
    /// The nodes that the cluster begins with.
    Cluster(usize),
}

/// The flags of the JVM that do not differ between nodes that are started together.
fn flags(builder: &Builder, company: Company) -> Vec<String> {
    let module = |option: &str, list: &[&str]| -> Vec<String> {
        list.iter().map(|name| format!("{option}={name}=ALL-UNNAMED")).collect()
    };
    let mut flags = module("--add-exports", &EXPORTS);
    flags.extend(module("--add-opens", &OPENS));
    flags.extend(FLAGS.map(String::from));
    match company {
        Company::Alone => {}
        Company::Cluster(nodes) => {
            // Logins shall not need one certain node.
            let replicas = nodes.min(REPLICAS);
            flags.push(format!("-Dcassandra.system_auth.default_rf={replicas}"));
            // A node that joins may find another one down: its range is then the only one to move.
            flags.push("-Dcassandra.consistent.rangemovement=false".into());
        }
    }
    flags.push(format!("-Xms{}m", FIRST_HEAP.min(builder.heap)));
    flags.push(format!("-Xmx{}m", builder.heap));
    if builder.fast_schema {
        flags.push("-Dcassandra.unsafesystem=true".into());
        flags.push("-Dcassandra.test.flush_local_schema_changes=false".into());
    }
    if builder.data_dir.is_none() {
        // Data that ends with the node need not survive the machine. It still survives the
        // process: what was written is in the kernel's hands.
        flags.push("-Dcassandra.skip_sync=true".into());
    }
    flags.extend(builder.jvm_args.iter().cloned());
    flags
}

/// Where one node stands: what differs between nodes that are started together.
pub(crate) struct Seat {
    pub(crate) address: Ipv4Addr,
    /// For clients, and for other nodes.
    pub(crate) ports: [Port; 2],
    pub(crate) place: Place,
    pub(crate) seeds: Vec<Ipv4Addr>,
    pub(crate) bootstrap: bool,
    /// How long the node gives gossip before it counts on having heard of everybody.
    pub(crate) ring_delay: Duration,
    /// Where its data is kept, if not in its private folder.
    pub(crate) data: Option<PathBuf>,
}

/// Everything that one node is started from, as often as it is.
pub(crate) struct Plan {
    pub(crate) supplies: Arc<Supplies>,
    pub(crate) seat: Seat,
    pub(crate) way: Way,
    #[cfg(feature = "tls")]
    tls: Option<crate::tls::Prepared>,
    pub(crate) folder: Folder,
    storage: PathBuf,
}

impl Plan {
    pub(crate) fn new(supplies: &Arc<Supplies>, seat: Seat) -> Result<Self> {
        let folder = Folder::create()?;
        let storage = seat.data.clone().unwrap_or_else(|| folder.path().join("data"));
        let storage = std::path::absolute(&storage).unwrap_or(storage);
        let way = Way::plain(SocketAddr::new(seat.address.into(), seat.ports[0].number));
        #[cfg(feature = "tls")]
        let tls = supplies.builder.tls.as_ref();
        #[cfg(feature = "tls")]
        let tls = tls.map(|tls| tls.prepare(seat.address)).transpose()?;
        #[cfg(feature = "tls")]
        let way = Way { tls: tls.as_ref().map(|tls| Arc::clone(&tls.client)), ..way };
        Ok(Self {
            supplies: Arc::clone(supplies),
            seat,
            way,
            #[cfg(feature = "tls")]
            tls,
            folder,
            storage,
        })
    }

    /// Writes the node's files and starts it.
    pub(crate) fn spawn(&self, archive: &Archive) -> Result<Life> {
        let Supplies { java, flags, .. } = &*self.supplies;
        let folder = self.folder.path();
        let lock = lock_storage(&self.storage)?;
        self.write_files(&folder.join("conf"))?;
        let io = |e: io::Error| Error::io(format!("starting {}", java.executable.display()), &e);
        let stdout = File::create(output_log(folder)).map_err(io)?;
        let stderr = stdout.try_clone().map_err(io)?;
        let mut command = Command::new(&java.executable);
        // The builder's among the flags come last and win.
        command.args(self.own_flags()?).args(flags).args(archive.flags()).arg(MAIN_CLASS);
        command.current_dir(folder).stdout(stdout).stderr(stderr);
        // Inherited by the node, so that its data stays locked until the node itself is gone.
        command.stdin(lock);
        for name in FOREIGN_OPTIONS {
            command.env_remove(name);
        }
        let life = Life::new(process::spawn(command).map_err(io)?);
        self.folder.guard(life.pid());
        Ok(life)
    }

    fn write_files(&self, conf: &Path) -> Result<()> {
        let keystore = conf.join("keystore.pem");
        let truststore = conf.join("truststore.pem");
        let builder = &self.supplies.builder;
        let settings = Settings {
            auth: builder.auth,
            tls: self.write_tls(&keystore, &truststore)?,
            extra: &builder.extra_yaml,
        };
        let Seat { address, ports: [native, storage], place, seeds, bootstrap, .. } = &self.seat;
        let endpoint = Endpoint {
            address: *address,
            native_port: native.number,
            storage_port: storage.number,
            seeds: seeds.clone(),
            token: place.token,
            bootstrap: *bootstrap,
        };
        let rackdc = format!("dc={}\nrack={}\n", place.data_center, place.rack);
        write(&conf.join("cassandra.yaml"), &yaml::render(&endpoint, &settings))?;
        write(&conf.join("rackdc.properties"), &rackdc)?;
        write(&conf.join("logback.xml"), LOGBACK)
    }

    #[cfg(feature = "tls")]
    fn write_tls<'a>(
        &self,
        keystore: &'a Path,
        truststore: &'a Path,
    ) -> Result<Option<ClientEncryption<'a>>> {
        let Some(tls) = &self.tls else { return Ok(None) };
        write(keystore, &tls.keystore)?;
        write(truststore, &tls.truststore)?;
        let require_client_certificates = tls.require_client_certificates;
        let optional = tls.optional;
        Ok(Some(ClientEncryption { keystore, truststore, require_client_certificates, optional }))
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "the other half of a pair")]
    fn write_tls<'a>(&self, _: &'a Path, _: &'a Path) -> Result<Option<ClientEncryption<'a>>> {
        Ok(None)
    }

    /// The flags that are this node's alone, most of them with paths.
    fn own_flags(&self) -> Result<Vec<OsString>> {
        let folder = self.folder.path();
        let jamm = |jar: &&PathBuf| {
            jar.file_name().is_some_and(|name| name.as_bytes().starts_with(b"jamm-"))
        };
        let agent = self.supplies.jars.iter().find(jamm);
        let agent = agent.ok_or_else(|| Error::cache(folder, "there is no jamm jar"))?;
        let conf = folder.join("conf");
        let tmp = folder.join("tmp");
        Ok(vec![
            joined("-javaagent:", agent.as_os_str()),
            joined("-Dcassandra.config=", &url(&conf.join("cassandra.yaml"))),
            joined("-Dcassandra-rackdc.properties=", &url(&conf.join("rackdc.properties"))),
            joined("-Dlogback.configurationFile=", &url(&conf.join("logback.xml"))),
            joined("-Dcassandra.logdir=", folder.join("logs").as_os_str()),
            joined("-Dcassandra.storagedir=", self.storage.as_os_str()),
            joined("-Djava.io.tmpdir=", tmp.as_os_str()),
            joined("-Djna.tmpdir=", tmp.as_os_str()),
            joined("-XX:ErrorFile=", folder.join("logs/hs_err.log").as_os_str()),
            format!("-Dcassandra.ring_delay_ms={}", self.seat.ring_delay.as_millis()).into(),
            format!("-Djava.rmi.server.hostname={}", self.seat.address).into(),
            "-cp".into(),
            self.supplies.class_path(),
        ])
    }
}

/// Creates the folder for the data and makes sure that no other node has it.
fn lock_storage(folder: &Path) -> Result<File> {
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

/// Cassandra's own log.
pub(crate) fn system_log(folder: &Path) -> PathBuf {
    folder.join("logs/system.log")
}

/// What the process printed.
pub(crate) fn output_log(folder: &Path) -> PathBuf {
    folder.join("logs/output.log")
}

pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|e| Error::io(format!("writing {}", path.display()), &e))
}

pub(crate) fn joined(flag: &str, value: &OsStr) -> OsString {
    let mut whole = OsString::from(flag);
    whole.push(value);
    whole
}

/// A `file:` URL of an absolute path.
pub(crate) fn url(path: &Path) -> OsString {
    let mut text = String::from("file://");
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            text.push(byte.into());
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text.into()
}
