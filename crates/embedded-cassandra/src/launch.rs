//! The command line and the files of one node.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use crate::archive::Archive;
use crate::builder::Builder;
use crate::error::{Error, Result};
use crate::java::{FOREIGN_OPTIONS, Java};
use crate::process;
use crate::yaml::{self, ClientEncryption, Endpoint, Settings};

const MAIN_CLASS: &str = "org.apache.cassandra.service.CassandraDaemon";
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

const FLAGS: [&str; 25] = [
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
    // Nobody to wait for: one node, its own seed.
    "-Dcassandra.skip_wait_for_gossip_to_settle=0",
    "-Dcassandra.ring_delay_ms=0",
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

/// The flags of the JVM that do not differ between two nodes of the same builder.
pub(crate) fn flags(builder: &Builder) -> Vec<String> {
    let module = |option: &str, list: &[&str]| -> Vec<String> {
        list.iter().map(|name| format!("{option}={name}=ALL-UNNAMED")).collect()
    };
    let mut flags = module("--add-exports", &EXPORTS);
    flags.extend(module("--add-opens", &OPENS));
    flags.extend(FLAGS.map(String::from));
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

/// Everything that a node is started from.
pub(crate) struct Launch<'a> {
    pub(crate) java: &'a Java,
    pub(crate) jars: &'a [PathBuf],
    pub(crate) flags: &'a [String],
    pub(crate) archive: &'a Archive,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) builder: &'a Builder,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<&'a crate::tls::Prepared>,
    pub(crate) folder: &'a Path,
    pub(crate) storage: &'a Path,
    /// Inherited by the node, so that its data stays locked until the node itself is gone.
    pub(crate) storage_lock: &'a File,
}

impl Launch<'_> {
    /// Writes the node's files and starts it.
    pub(crate) fn spawn(&self) -> Result<Child> {
        let conf = self.folder.join("conf");
        let keystore = conf.join("keystore.pem");
        let truststore = conf.join("truststore.pem");
        let settings = Settings {
            auth: self.builder.auth,
            tls: self.write_tls(&keystore, &truststore)?,
            extra: &self.builder.extra_yaml,
        };
        write(&conf.join("cassandra.yaml"), &yaml::render(self.endpoint, &settings))?;
        write(&conf.join("rackdc.properties"), "dc=datacenter1\nrack=rack1\n")?;
        write(&conf.join("logback.xml"), LOGBACK)?;
        let io =
            |e: io::Error| Error::io(format!("starting {}", self.java.executable.display()), &e);
        let output = output_log(self.folder);
        let stdout = File::create(&output).map_err(io)?;
        let stderr = stdout.try_clone().map_err(io)?;
        let mut command = Command::new(&self.java.executable);
        command.args(self.flags).args(self.archive.flags()).args(self.paths()?).arg(MAIN_CLASS);
        command.current_dir(self.folder).stdout(stdout).stderr(stderr);
        command.stdin(self.storage_lock.try_clone().map_err(io)?);
        for name in FOREIGN_OPTIONS {
            command.env_remove(name);
        }
        process::spawn(command).map_err(io)
    }

    #[cfg(feature = "tls")]
    fn write_tls<'a>(
        &self,
        keystore: &'a Path,
        truststore: &'a Path,
    ) -> Result<Option<ClientEncryption<'a>>> {
        let Some(tls) = self.tls else { return Ok(None) };
        write(keystore, &tls.keystore)?;
        write(truststore, &tls.truststore)?;
        let require_client_certificates = tls.require_client_certificates;
        let optional = tls.optional;
        Ok(Some(ClientEncryption { keystore, truststore, require_client_certificates, optional }))
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unnecessary_wraps, reason = "the other half of a pair")]
    fn write_tls<'a>(&self, _: &'a Path, _: &'a Path) -> Result<Option<ClientEncryption<'a>>> {
        Ok(None)
    }

    /// The flags with paths in them.
    fn paths(&self) -> Result<Vec<OsString>> {
        let agent = self
            .jars
            .iter()
            .find(|jar| jar.file_name().is_some_and(|name| name.as_bytes().starts_with(b"jamm-")));
        let agent = agent.ok_or_else(|| Error::cache(self.folder, "there is no jamm jar"))?;
        let conf = self.folder.join("conf");
        let tmp = self.folder.join("tmp");
        let mut class_path = OsString::new();
        for jar in self.jars {
            if !class_path.is_empty() {
                class_path.push(":");
            }
            class_path.push(jar);
        }
        Ok(vec![
            joined("-javaagent:", agent.as_os_str()),
            joined("-Dcassandra.config=", &url(&conf.join("cassandra.yaml"))),
            joined("-Dcassandra-rackdc.properties=", &url(&conf.join("rackdc.properties"))),
            joined("-Dlogback.configurationFile=", &url(&conf.join("logback.xml"))),
            joined("-Dcassandra.logdir=", self.folder.join("logs").as_os_str()),
            joined("-Dcassandra.storagedir=", self.storage.as_os_str()),
            joined("-Djava.io.tmpdir=", tmp.as_os_str()),
            joined("-Djna.tmpdir=", tmp.as_os_str()),
            joined("-XX:ErrorFile=", self.folder.join("logs/hs_err.log").as_os_str()),
            "-cp".into(),
            class_path,
        ])
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

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|e| Error::io(format!("writing {}", path.display()), &e))
}

fn joined(flag: &str, value: &OsStr) -> OsString {
    let mut whole = OsString::from(flag);
    whole.push(value);
    whole
}

/// A `file:` URL of an absolute path.
fn url(path: &Path) -> OsString {
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
