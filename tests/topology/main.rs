//! Three nodes in two data centres: where requests go.
//!
//! `dc1` has a node in each of two racks, `dc2` has one. A node says which it is, in its own
//! `system.local`, or the session asks for the coordinator of a page.

use std::collections::BTreeSet;
use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use async_cassandra::{
    Consistency, ErrorKind, LatencyAware, LoadBalancing, Page, Prepared, Profile, Query, Session,
    SessionBuilder, SpeculativeExecution, rt,
};
use embedded_cassandra::{Cassandra, Cluster, Layout};

const WHO: &str = "SELECT rpc_address FROM system.local";
/// How long each check may take.
const DEADLINE: Duration = Duration::from_secs(60);

struct Nodes {
    cluster: Cluster,
    dc1: [IpAddr; 2],
    dc2: IpAddr,
}

impl Nodes {
    fn start() -> Self {
        let layout = Layout::new().data_center("dc1", ["r1", "r2"]).data_center("dc2", ["r1"]);
        let cluster = Cassandra::builder().start_cluster(layout).unwrap_or_else(|e| panic!("{e}"));
        let ip = |at: usize| cluster[at].address().ip();
        let (dc1, dc2) = ([ip(0), ip(1)], ip(2));
        Self { cluster, dc1, dc2 }
    }

    /// Settings with all nodes as contact points.
    fn builder(&self) -> SessionBuilder {
        let builder = Session::builder().contact_points(self.cluster.contact_points());
        builder.port(self.cluster.port()).runtime(rt::Tokio::current())
    }

    async fn connect(&self, policy: LoadBalancing) -> Session {
        self.builder().load_balancing(policy).connect().await.unwrap()
    }
}

fn set<const N: usize>(nodes: [IpAddr; N]) -> BTreeSet<IpAddr> {
    BTreeSet::from(nodes)
}

fn address(page: &Page) -> IpAddr {
    page.rows::<(IpAddr,)>().unwrap().next().unwrap().unwrap().0
}

/// Who answers, of many requests.
async fn answering<'s>(request: impl Fn() -> Query<'s>) -> BTreeSet<IpAddr> {
    let mut found = BTreeSet::new();
    for _ in 0..24 {
        found.insert(address(&request().await.unwrap()));
    }
    found
}

async fn limited(what: &str, check: impl Future<Output = ()>) {
    println!("{what}");
    tokio::time::timeout(DEADLINE, check).await.unwrap_or_else(|_| panic!("{what} took too long"));
}

#[test]
fn requests_go_where_they_are_sent() {
    let nodes = Nodes::start();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        limited("load balancing", load_balancing(&nodes)).await;
        limited("a guess of the data centre", guess(&nodes)).await;
        limited("profiles", profiles(&nodes)).await;
        limited("hosts of requests", hosts(&nodes)).await;
        limited("replicas first", replicas_first(&nodes)).await;
        limited("preparing on all hosts", prepared_hosts(&nodes)).await;
        limited("speculation", speculation(&nodes)).await;
        // The last: a node is gone after it.
        limited("a stream and a node's death", death_in_mid_stream(&nodes)).await;
    });
}

async fn load_balancing(nodes: &Nodes) {
    let Nodes { dc1, dc2, .. } = nodes;
    let latency = LatencyAware::new().min_measured(1);
    for (policy, expected) in [
        (LoadBalancing::dc_aware("dc1"), set(*dc1)),
        (LoadBalancing::dc_aware("dc2"), set([*dc2])),
        (LoadBalancing::round_robin(), set([dc1[0], dc1[1], *dc2])),
        (LoadBalancing::rack_aware("dc1", "r1"), set([dc1[0]])),
        (LoadBalancing::rack_aware("dc1", "r2"), set([dc1[1]])),
        (LoadBalancing::round_robin().allow_hosts([dc1[1], *dc2]), set([dc1[1], *dc2])),
        (LoadBalancing::round_robin().deny_hosts([dc1[1]]), set([dc1[0], *dc2])),
        (LoadBalancing::round_robin().allow_datacenters(["dc2"]), set([*dc2])),
        (LoadBalancing::round_robin().deny_datacenters(["dc2"]), set(*dc1)),
        (LoadBalancing::dc_aware("dc1").deny_hosts([dc1[0]]), set([dc1[1]])),
        // Nobody is that slow.
        (LoadBalancing::dc_aware("dc1").latency_aware(latency.exclusion_threshold(1e6)), set(*dc1)),
    ] {
        let session = nodes.connect(policy.clone()).await;
        assert_eq!(answering(|| session.query(WHO, ())).await, expected, "{policy:?}");
    }
    let far = nodes.builder().load_balancing(LoadBalancing::dc_aware("dc3")).connect().await;
    let error = far.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoHosts);
    assert!(error.to_string().contains("`dc3`"), "{error}");
}

/// The data centre of the first contact point that answers, unless it is named.
async fn guess(nodes: &Nodes) {
    let Nodes { dc1, dc2, cluster } = nodes;
    let at_dc2 = || {
        let builder = Session::builder().contact_points([*dc2]).port(cluster.port());
        builder.runtime(rt::Tokio::current())
    };
    let session = at_dc2().connect().await.unwrap();
    assert_eq!(answering(|| session.query(WHO, ())).await, set([*dc2]));
    let session = at_dc2().local_datacenter("dc1").connect().await.unwrap();
    assert_eq!(answering(|| session.query(WHO, ())).await, set(*dc1));
}

async fn profiles(nodes: &Nodes) {
    let Nodes { dc1, dc2, .. } = nodes;
    let far = Profile::new("far").load_balancing(LoadBalancing::dc_aware("dc2"));
    // It takes the session's data centre over.
    let one = Profile::new("one").load_balancing(LoadBalancing::new().deny_hosts([dc1[0]]));
    let plain = Profile::new("plain");
    let builder = nodes.builder().local_datacenter("dc1").profile(&far).profile(&one);
    let session = builder.profile(&plain).connect().await.unwrap();
    assert_eq!(answering(|| session.query(WHO, ())).await, set(*dc1));
    assert_eq!(answering(|| session.query(WHO, ()).profile(&far)).await, set([*dc2]));
    assert_eq!(answering(|| session.query(WHO, ()).profile("one")).await, set([dc1[1]]));
    assert_eq!(answering(|| session.query(WHO, ()).profile(&plain)).await, set(*dc1));
}

async fn hosts(nodes: &Nodes) {
    let Nodes { dc1, dc2, cluster } = nodes;
    let at = |host: IpAddr| (host, cluster.port()).into();
    let session = nodes.connect(LoadBalancing::dc_aware("dc1")).await;
    for host in dc1 {
        let found = answering(|| session.query(WHO, ()).host(at(*host))).await;
        assert_eq!(found, set([*host]));
    }
    // There is no connection to a host that nobody may use.
    let error = session.query(WHO, ()).host(at(*dc2)).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoHosts);
    assert!(error.to_string().contains(&dc2.to_string()), "{error}");
    let far = Profile::new("far").load_balancing(LoadBalancing::dc_aware("dc2"));
    let session = nodes.builder().local_datacenter("dc1").profile(&far).connect().await.unwrap();
    assert_eq!(answering(|| session.query(WHO, ()).host(at(*dc2))).await, set([*dc2]));
}

/// The coordinators of a few reads of one row, and whether they had to ask another node.
async fn read(session: &Session, by_id: &Prepared, id: i32) -> (BTreeSet<IpAddr>, bool) {
    let (mut coordinators, mut asked_others) = (BTreeSet::new(), false);
    for attempt in 0..6 {
        // Nodes take turns, and the requests below may come in pairs.
        for _ in 0..attempt {
            session.query(WHO, ()).await.unwrap();
        }
        let page = by_id.bind((id,)).tracing(true).await.unwrap();
        let coordinator = session.coordinator(&page).await.unwrap().expect("it is known").address;
        coordinators.insert(coordinator);
        let trace = session.trace(page.tracing_id().expect("it was traced")).await.unwrap();
        // What the other node did may be written later than that it was asked.
        asked_others |= trace.events.iter().any(|event| {
            event.source.is_some_and(|source| source != coordinator)
                || event.activity.contains("data from")
        });
    }
    (coordinators, asked_others)
}

async fn replicas_first(nodes: &Nodes) {
    let session = nodes.connect(LoadBalancing::dc_aware("dc1")).await;
    let replication = "{'class': 'NetworkTopologyStrategy', 'dc1': 1}";
    let keyspace = format!("CREATE KEYSPACE near WITH replication = {replication}");
    session.query(&keyspace, ()).await.unwrap();
    session.query("CREATE TABLE near.t (id int PRIMARY KEY)", ()).await.unwrap();
    let cql = "SELECT id FROM near.t WHERE id = ?";
    let (by_id, mut coordinators) = (session.prepare(cql).await.unwrap(), BTreeSet::new());
    for id in 0..8 {
        let (found, asked_others) = read(&session, &by_id, id).await;
        assert_eq!(found.len(), 1, "a row has one replica: {found:?}");
        assert!(!asked_others, "it was no replica");
        coordinators.extend(found);
    }
    assert_eq!(coordinators, set(nodes.dc1), "each node has rows");

    let anywhere = LoadBalancing::dc_aware("dc1").token_aware(false);
    let session = nodes.connect(anywhere).await;
    let by_id = session.prepare(cql).await.unwrap();
    // They take turns with all that is asked here, so it may take a while until both had a read.
    let (mut found, mut asked_others) = (BTreeSet::new(), false);
    while found != set(nodes.dc1) {
        let (more, others) = read(&session, &by_id, 0).await;
        found.extend(more);
        asked_others |= others;
    }
    assert!(asked_others, "one of them is no replica");
}

/// Which nodes know a statement that was prepared on a session with this setting.
async fn knowing(nodes: &Nodes, everywhere: bool, cql: &str) -> usize {
    let builder = nodes.builder().local_datacenter("dc1").prepare_on_all_hosts(everywhere);
    let session = builder.connect().await.unwrap();
    session.prepare(cql).await.unwrap();
    let mut count = 0;
    for host in nodes.dc1 {
        let host = (host, nodes.cluster.port()).into();
        let known = session.query("SELECT query_string FROM system.prepared_statements", ());
        let page = known.host(host).await.unwrap();
        count +=
            page.rows::<(String,)>().unwrap().filter(|row| row.as_ref().unwrap().0 == cql).count();
    }
    count
}

async fn prepared_hosts(nodes: &Nodes) {
    assert_eq!(knowing(nodes, true, "SELECT key FROM system.local WHERE key = 'all'").await, 2);
    assert_eq!(knowing(nodes, false, "SELECT key FROM system.local WHERE key = 'one'").await, 1);
}

/// A node that is there and does not answer: with speculation, another does.
async fn speculation(nodes: &Nodes) {
    const TIMEOUT: Duration = Duration::from_millis(1500);
    let soon = SpeculativeExecution::constant(Duration::from_millis(100), 1);
    let again = Profile::new("again").speculative(soon);
    let builder = nodes.builder().local_datacenter("dc1").request_timeout(TIMEOUT);
    let session = builder.profile(&again).connect().await.unwrap();
    nodes.cluster[1].pause().unwrap();
    let mut lost = 0;
    for _ in 0..4 {
        let once = session.query(WHO, ()).idempotent(true).await;
        lost += u32::from(once.is_err_and(|error| *error.kind() == ErrorKind::Timeout));
    }
    assert!(lost > 0, "none went to the node that is silent");
    for _ in 0..6 {
        let twice = session.query(WHO, ()).idempotent(true).profile(&again).await;
        assert_eq!(address(&twice.unwrap()), nodes.dc1[0]);
    }
    nodes.cluster[1].resume().unwrap();
    session.close().await.unwrap();
}

fn ids(page: &Page) -> impl Iterator<Item = i32> {
    page.rows::<(i32,)>().unwrap().map(|row| row.unwrap().0)
}

/// A node dies while pages come from it: the others serve the rest, and no row is missing or doubled.
async fn death_in_mid_stream(nodes: &Nodes) {
    const ROWS: i32 = 2000;
    let session = nodes.connect(LoadBalancing::round_robin()).await;
    let replication = "{'class': 'NetworkTopologyStrategy', 'dc1': 2, 'dc2': 1}";
    let keyspace = format!("CREATE KEYSPACE everywhere WITH replication = {replication}");
    session.query(&keyspace, ()).await.unwrap();
    session.query("CREATE TABLE everywhere.t (id int PRIMARY KEY)", ()).await.unwrap();
    let insert = session.prepare("INSERT INTO everywhere.t (id) VALUES (?)").await.unwrap();
    let writes = (0..ROWS).map(|id| insert.bind((id,)).consistency(Consistency::All).execute());
    for written in futures::future::join_all(writes).await {
        written.unwrap();
    }
    let all = set([nodes.dc1[0], nodes.dc1[1], nodes.dc2]);
    let mut streams = Vec::new();
    for prefetch in [0, 2] {
        let rows = session.query("SELECT id FROM everywhere.t", ()).idempotent(true);
        let mut pages = rows.page_size(20).prefetch(prefetch).pages().await.unwrap();
        let (mut found, mut before) = (Vec::new(), BTreeSet::new());
        while before != all {
            let page = pages.try_next().await.unwrap().expect("each node serves pages");
            before.insert(session.coordinator(&page).await.unwrap().unwrap().address);
            found.extend(ids(&page));
        }
        streams.push((pages, found));
    }
    // In the middle of both.
    tokio::task::block_in_place(|| nodes.cluster[1].kill()).unwrap();
    for (mut pages, mut found) in streams {
        println!("killed after {} of {ROWS} rows", found.len());
        let mut after = BTreeSet::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            found.extend(ids(&page));
            match session.coordinator(&page).await {
                Ok(node) => drop(after.insert(node.map(|node| node.address))),
                // It had come ahead, from the node that is gone.
                Err(error) => assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error}"),
            }
        }
        assert!(after.len() > 1, "those that live serve the rest: {after:?}");
        found.sort_unstable();
        assert!(found.iter().copied().eq(0..ROWS), "{} rows", found.len());
    }
    assert!(!nodes.cluster[1].is_running());
    session.close().await.unwrap();
}
