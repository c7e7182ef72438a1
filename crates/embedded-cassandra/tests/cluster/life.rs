//! What a cluster is like, and what can be done to its nodes.

use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use embedded_cassandra::{Cassandra, Cluster, Error};

use crate::{alone, rows, texts, wait_until};

/// The state of a process, as the kernel calls it.
fn state(node: &Cassandra) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", node.pid())).ok()?;
    stat.rsplit(')').next()?.trim_start().chars().next()
}

fn refuses(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err()
}

/// A cluster of two data centres, and all that can happen to a node in turn.
#[test]
fn nodes_come_and_go_and_the_others_know() {
    let _guard = alone();
    let cluster =
        Cassandra::builder().auth(true).start_cluster([("east", 2), ("west", 1)]).unwrap();

    let places: Vec<_> =
        cluster.nodes().iter().map(|node| (node.data_center(), node.rack())).collect();
    assert_eq!(places, [("east", "rack1"), ("east", "rack2"), ("west", "rack1")]);
    let ips = cluster.contact_points();
    assert!(ips.iter().zip(1..).all(|(ip, n)| ip.ends_with(&format!(".{n}"))), "{ips:?}");
    assert!(cluster.addresses().iter().all(|address| address.port() == cluster.port()));
    for node in cluster.nodes() {
        assert_eq!(texts(node, "SELECT data_center FROM system.local"), [node.data_center()]);
        let mut others: Vec<_> = cluster.nodes().iter().map(Cassandra::data_center).collect();
        others.remove(others.iter().position(|name| *name == node.data_center()).unwrap());
        assert_eq!(texts(node, "SELECT data_center FROM system.peers"), others);
    }

    let keyspace = cluster.create_keyspace().unwrap();
    let replication = format!(
        "SELECT replication['east'] FROM system_schema.keyspaces WHERE keyspace_name = '{keyspace}'"
    );
    assert_eq!(texts(&cluster[2], &replication), ["2"]);
    rows(&cluster[0], &format!("CREATE TABLE {keyspace}.t (k int PRIMARY KEY, v text)"));
    cluster.wait_until_ready().unwrap();
    cluster.execute(&format!("INSERT INTO {keyspace}.t (k, v) VALUES (1, 'before')")).unwrap();
    let read = format!("SELECT v FROM {keyspace}.t WHERE k = 1");
    wait_until("every node has the row", || {
        cluster.nodes().iter().all(|node| texts(node, &read) == ["before"])
    });

    // Killed: gone at once. The others still let clients log in, and find out some time later.
    cluster[1].kill().unwrap();
    assert!(!cluster[1].is_running());
    assert!(refuses(cluster[1].address()));
    assert!(matches!(cluster[1].pause(), Err(Error::Connection { .. })));
    let before = cluster[1].pid();
    cluster[1].restart().unwrap();
    assert_ne!(cluster[1].pid(), before);
    cluster.wait_until_ready().unwrap();
    assert_eq!(texts(&cluster[1], &read), ["before"], "it has its data again");

    // Paused: there, and silent.
    cluster[2].pause().unwrap();
    assert_eq!(state(&cluster[2]), Some('T'));
    assert!(cluster[2].is_running());
    assert!(!refuses(cluster[2].address()), "the kernel still answers for it");
    cluster.execute(&format!("INSERT INTO {keyspace}.t (k, v) VALUES (2, 'meanwhile')")).unwrap();
    cluster[2].resume().unwrap();
    assert_ne!(state(&cluster[2]), Some('T'));
    cluster.wait_until_ready().unwrap();

    // Stopped, while paused: the others are told.
    cluster[2].pause().unwrap();
    cluster[2].stop().unwrap();
    assert!(refuses(cluster[2].address()));
    cluster.wait_until_seen_down(2).unwrap();
    cluster[2].restart().unwrap();
    cluster.wait_until_ready().unwrap();
    assert_eq!(texts(&cluster[2], &read), ["before"]);
}

#[test]
fn a_node_joins_and_takes_over() {
    let _guard = alone();
    let mut cluster = Cassandra::builder().fast_schema(true).start_cluster(1).unwrap();
    let keyspace = cluster.create_keyspace().unwrap();
    rows(&cluster[0], &format!("CREATE TABLE {keyspace}.t (k int PRIMARY KEY)"));
    for k in 0..50 {
        rows(&cluster[0], &format!("INSERT INTO {keyspace}.t (k) VALUES ({k})"));
    }
    assert_eq!(cluster.add().unwrap().rack(), "rack2");
    let status = cluster[1].nodetool(&["status"]).unwrap();
    assert_eq!(status.lines().filter(|line| line.starts_with("UN ")).count(), 2, "{status}");
    match cluster[1].nodetool(&["no-such-order"]) {
        Err(Error::Nodetool { command, .. }) => assert_eq!(command, "no-such-order"),
        other => panic!("{other:?}"),
    }

    let (left, pid) = (cluster[0].address(), cluster[0].pid());
    cluster.decommission(0).unwrap();
    assert!(refuses(left));
    assert_eq!(cluster.nodes().len(), 1);
    assert!(!Path::new("/proc").join(pid.to_string()).exists());
    assert_eq!(rows(&cluster[0], &format!("SELECT k FROM {keyspace}.t")).len(), 50);
    assert!(rows(&cluster[0], "SELECT peer FROM system.peers").is_empty());
}

#[test]
fn what_is_no_cluster_is_refused() {
    let name = |outcome: Result<Cluster, Error>| match outcome {
        Err(Error::Setting { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(Cluster::start(0)), "layout");
    assert_eq!(name(Cassandra::builder().data_dir("/tmp/x").start_cluster(2)), "data_dir");
    let token = Cassandra::builder().extra_yaml("initial_token: 1");
    assert_eq!(name(token.start_cluster(2)), "extra_yaml");
    let last = Cassandra::builder().address([127, 0, 88, 254].into());
    assert_eq!(name(last.start_cluster(2)), "address");
}
