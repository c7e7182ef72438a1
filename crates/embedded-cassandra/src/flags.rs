//! What the JVM of a node is told, paths and addresses aside.

use crate::builder::Builder;
use crate::release::Line;

/// How many nodes of a cluster keep the roles, if it has so many.
const REPLICAS: usize = 3;
/// Heap at the start, in MiB; it grows to what the builder says.
const FIRST_HEAP: u32 = 128;

/// What Cassandra 5.0 opens and exports on Java 17, as in its own `jvm17-server.options`.
const EXPORTS_17: [&str; 10] = [
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
const OPENS_17: [&str; 15] = [
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

/// What Cassandra 4.0 and 4.1 open and export on Java 11, as in their `jvm11-server.options`.
const EXPORTS_11: [&str; 7] = [
    "java.base/jdk.internal.misc",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.management.rmi/com.sun.jmx.remote.internal.rmi",
    "java.rmi/sun.rmi.registry",
    "java.rmi/sun.rmi.server",
    "java.sql/java.sql",
];
const OPENS_11: [&str; 8] = [
    "java.base/java.lang.module",
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

/// Whom a node has to deal with.
#[derive(Clone, Copy)]
pub(crate) enum Company {
    /// Nobody: its own seed.
    Alone,
    /// The nodes that the cluster begins with.
    Cluster(usize),
}

/// The flags of the JVM that do not differ between nodes that are started together.
pub(crate) fn of(builder: &Builder, line: Line, company: Company) -> Vec<String> {
    let module = |option: &str, list: &[&str]| -> Vec<String> {
        list.iter().map(|name| format!("{option}={name}=ALL-UNNAMED")).collect()
    };
    let (exports, opens): (&[&str], &[&str]) = match line {
        Line::V4_0 | Line::V4_1 => (&EXPORTS_11, &OPENS_11),
        Line::V5_0 => (&EXPORTS_17, &OPENS_17),
    };
    let mut flags = module("--add-exports", exports);
    flags.extend(module("--add-opens", opens));
    flags.extend(FLAGS.map(String::from));
    match company {
        Company::Alone => {}
        Company::Cluster(nodes) => {
            // Logins shall not need one certain node. 4.0 does not know this.
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
        // process: what was written is in the kernel's hands. Without this every write would wait
        // for the disk.
        flags.push("-Dcassandra.skip_sync=true".into());
    }
    flags.extend(builder.jvm_args.iter().cloned());
    flags
}
