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
//! # What it needs
//! - Linux;
//! - Java 17: `JAVA_HOME`, or a `java` in `PATH`; a headless runtime is enough
//!   (`apt install openjdk-17-jre-headless`);
//! - Maven, once per version, to download Cassandra (`apt install maven`). Maven's own settings for
//!   mirrors and proxies apply.
//!
//! What is missing is named by an [`Error`] with the way out.
//!
//! # What it costs
//! Measured on two cores with Cassandra 5.0.8, the machine otherwise idle:
//!
//! | what | cost |
//! |---|---|
//! | the first start on a machine: download, start, archive | 6 s + 2.5 s + 2.3 s |
//! | every later start, until a query is answered | 1.9 s; 1.5 s with [`fast_schema`](Builder::fast_schema) |
//! | the node's memory | 440 MB, more under load, bounded by the [heap](Builder::heap_mb) and some 300 MB |
//! | a change of the schema | 40 ms; 8 ms with `fast_schema` |
//! | [`Cassandra::stop`] | 2.5 s, of which Cassandra sleeps 2 |
//! | dropping | about 0.1 s |
//! | disk | 67 MB of jars, 46 MB of archive, kept; a node's own data while it runs |
//!
//! The *archive* holds Cassandra's classes in the form that the JVM keeps in memory. The first start
//! with a given Java and version writes it, and the node of that start keeps some 180 MB more.
//!
//! # What is kept, and where
//! Jars and archives are kept in `~/.cache/async-cassandra/cassandra` (under `XDG_CACHE_HOME` if
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
//! One node, its own seed, in data centre `datacenter1`, rack `rack1`, cluster `embedded`, no
//! JMX. [`Builder::auth`] makes clients log in; `Builder::tls`, with feature `tls`, makes them
//! speak TLS, and `Authority` makes the certificates. [`Builder::extra_yaml`] and [`Builder::jvm_arg`] change what
//! Cassandra lets be changed.

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
