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
use crate::flags::{self, Company};
use crate::folder::Folder;
use crate::java::{self, FOREIGN_OPTIONS, Java};
use crate::layout::Place;
use crate::life::Life;
use crate::lock;
use crate::maven;
use crate::port::Port;
use crate::process;
use crate::progress::Progress;
use crate::release::Line;
use crate::stream::Way;
use crate::yaml::{self, ClientEncryption, Endpoint, Settings};

const MAIN_CLASS: &str = "org.apache.cassandra.service.CassandraDaemon";
/// A node that was killed lets go of its data within milliseconds.
const STORAGE_WAIT: Duration = Duration::from_secs(5);
const STORAGE_LOCK: &str = "embedded-cassandra.lock";
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
    pub(crate) line: Line,
    pub(crate) java: Java,
    /// In the order of the class path.
    pub(crate) jars: Vec<PathBuf>,
    pub(crate) flags: Vec<String>,
}

impl Supplies {
    /// Downloads what is not there yet.
    pub(crate) fn get(builder: &Builder, company: Company) -> Result<Arc<Self>> {
        let line = Line::of(&builder.version)?;
        let report = |step: Progress| builder.report(&step);
        let java = java::find(builder.java_home.as_deref(), line.java(), &report)?;
        let jars = maven::jars(&builder.version, &java, &report)?;
        let flags = flags::of(builder, line, company);
        Ok(Arc::new(Self { builder: builder.clone(), line, java, jars, flags }))
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
            line: self.supplies.line,
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
