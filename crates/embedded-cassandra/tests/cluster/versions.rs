//! The older lines of releases: the same cluster, on another Java.

use embedded_cassandra::{Authority, Builder, Cassandra, Cluster, Error, Tls};

use crate::{alone, rows, texts};

fn start(builder: Builder, version: &str) -> Cluster {
    let cluster = builder.version(version).start_cluster(2).unwrap();
    for node in cluster.nodes() {
        assert_eq!(texts(node, "SELECT release_version FROM system.local"), [version]);
    }
    cluster
}

fn lives_on_after_a_kill(cluster: &Cluster) {
    let keyspace = cluster.create_keyspace().unwrap();
    cluster.execute(&format!("CREATE TABLE {keyspace}.t (k int PRIMARY KEY)")).unwrap();
    cluster.wait_until_ready().unwrap();
    cluster.execute(&format!("INSERT INTO {keyspace}.t (k) VALUES (1)")).unwrap();
    cluster[1].kill().unwrap();
    cluster[1].restart().unwrap();
    cluster.wait_until_ready().unwrap();
    assert_eq!(rows(&cluster[1], &format!("SELECT k FROM {keyspace}.t")).len(), 1);
    let status = cluster[1].nodetool(&["status"]).unwrap();
    assert_eq!(status.lines().filter(|line| line.starts_with("UN ")).count(), 2, "{status}");
}

#[test]
fn four_one_with_passwords_and_tls() {
    let _guard = alone();
    let authority = Authority::new();
    let tls = Tls::issued_by(&authority).require_client_certificates(authority.pem());
    let cluster = start(Cassandra::builder().auth(true).tls(tls), "4.1.10");
    cluster.execute("CREATE ROLE reader WITH PASSWORD = 'p' AND LOGIN = true").unwrap();
    lives_on_after_a_kill(&cluster);
}

#[test]
fn four_zero() {
    let _guard = alone();
    let cluster = start(Cassandra::builder().auth(true), "4.0.17");
    lives_on_after_a_kill(&cluster);
}

#[test]
fn what_a_version_cannot_do_is_said() {
    let tls = Cassandra::builder().version("4.0.17").tls(Tls::issued_by(&Authority::new()));
    match tls.start() {
        Err(Error::Setting { name, reason }) => {
            assert_eq!(name, "tls");
            assert!(reason.contains("4.1"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    let error = Cassandra::builder().version("5.1.0").start().unwrap_err().to_string();
    assert!(error.contains("known to work") && error.contains("4.1.10"), "{error}");
}
