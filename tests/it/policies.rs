//! Which host is asked, how often, and with which defaults, as far as one node can show.

use std::future::IntoFuture;
use std::process::{Command, Stdio};
use std::time::Duration;

use async_cassandra::observe;
use async_cassandra::{
    BatchKind, Consistency, ErrorKind, LatencyAware, LoadBalancing, Profile, Reached, RetryPolicy,
    Session, SessionBuilder, SpeculativeExecution,
};
use futures::executor::block_on;

use crate::harness::{until, within_deadline};
use crate::proxy::{PREPARE, Proxy, QUERY};
use crate::server::node;

fn proxy() -> Proxy {
    Proxy::start(node().address())
}

const LOCAL: &str = "SELECT key FROM system.local";
/// The node's own.
const DATACENTER: &str = "datacenter1";

fn builder() -> SessionBuilder {
    Session::builder().contact_points([node().address()])
}

fn works(policy: LoadBalancing) {
    let session = block_on(builder().load_balancing(policy.clone()).connect());
    let session = session.unwrap_or_else(|error| panic!("{policy:?}: {error}"));
    let page = block_on(session.query(LOCAL, ()).execute());
    assert_eq!(page.unwrap_or_else(|error| panic!("{policy:?}: {error}")).len(), 1);
}

#[test]
fn every_load_balancing_finds_the_node() {
    within_deadline(|| {
        let latency = LatencyAware::new()
            .exclusion_threshold(1.5)
            .scale(Duration::from_millis(50))
            .retry_period(Duration::from_secs(1))
            .update_rate(Duration::from_millis(10))
            .min_measured(5);
        for policy in [
            LoadBalancing::new(),
            LoadBalancing::dc_aware(DATACENTER),
            LoadBalancing::rack_aware(DATACENTER, "rack1"),
            LoadBalancing::rack_aware(DATACENTER, "another"),
            LoadBalancing::round_robin(),
            LoadBalancing::round_robin().token_aware(false),
            LoadBalancing::new().shuffle_replicas(false),
            LoadBalancing::new().latency_aware(latency),
            LoadBalancing::new().allow_hosts([node().address().ip()]),
            LoadBalancing::new().deny_hosts(["127.0.0.99"]),
            LoadBalancing::round_robin().allow_datacenters([DATACENTER]),
            LoadBalancing::round_robin().deny_datacenters(["elsewhere"]),
        ] {
            works(policy);
        }
        let session = block_on(builder().local_datacenter(DATACENTER).connect()).unwrap();
        block_on(session.query(LOCAL, ()).execute()).unwrap();
    });
}

#[test]
fn a_session_that_may_use_no_host_says_why() {
    within_deadline(|| {
        let here = node().address().ip();
        for (policy, why) in [
            (LoadBalancing::dc_aware("elsewhere"), "data centre `elsewhere` only"),
            (LoadBalancing::new().allow_hosts(["127.0.0.99"]), "allowed hosts: 127.0.0.99"),
            (LoadBalancing::new().deny_hosts([here]), "denied hosts: 127.0.0.1"),
            (
                LoadBalancing::round_robin().allow_datacenters(["a", "b"]),
                "allowed data centres: a,b",
            ),
            (
                LoadBalancing::round_robin().deny_datacenters([DATACENTER]),
                "denied data centres: datacenter1",
            ),
        ] {
            let error = block_on(builder().load_balancing(policy).connect()).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error:?}");
            assert!(error.to_string().contains(why), "{why} in {error}");
        }
        let error = block_on(builder().local_datacenter("elsewhere").connect()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error:?}");
        assert!(error.to_string().contains("`elsewhere`"), "{error}");
    });
}

#[test]
fn a_profile_that_may_use_no_host_says_why() {
    within_deadline(|| {
        let denied = Profile::new("denied")
            .load_balancing(LoadBalancing::dc_aware(DATACENTER).deny_hosts(["127.0.0.1"]));
        let session = block_on(builder().profile(&denied).connect()).unwrap();
        block_on(session.query(LOCAL, ()).execute()).unwrap();
        let query = session.query(LOCAL, ()).profile(&denied);
        let error = block_on(query.execute()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error:?}");
        assert!(error.to_string().contains("denied hosts: 127.0.0.1"), "{error}");
        // A stream's first page, too.
        let stream = session.query(LOCAL, ()).profile(&denied);
        let error = block_on(stream.stream::<(String,)>()).unwrap_err();
        assert!(error.to_string().contains("denied hosts: 127.0.0.1"), "{error}");
    });
}

#[test]
fn a_request_may_be_pinned_to_a_host() {
    within_deadline(|| {
        let session = block_on(builder().connect()).unwrap();
        let at =
            |host: std::net::SocketAddr| block_on(session.query(LOCAL, ()).host(host).execute());
        assert_eq!(at(node().address()).unwrap().len(), 1);
        for wrong in ["127.0.0.99:9042".parse().unwrap(), "[::1]:9042".parse().unwrap()] {
            let error = at(wrong).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error:?}");
            let why = format!("this request asks for {wrong} alone");
            assert!(error.to_string().contains(&why), "{why} in {error}");
        }
    });
}

/// Told before anything is sent, by every way to make a request.
#[test]
fn an_unknown_profile_is_told_at_once() {
    within_deadline(|| {
        let proxy = proxy();
        let reports = Profile::new("reports");
        let builder = Session::builder().contact_points([proxy.address]).profile(&reports);
        let session = block_on(builder.connect()).unwrap();
        let other = Profile::new("other");
        let cql = "SELECT key FROM system.local WHERE key = ?";
        let prepared = block_on(async { session.prepare(cql).await }).unwrap();
        let text = "SELECT rpc_port FROM system.local";
        let with_value = "SELECT rpc_port FROM system.local WHERE key = ?";
        let errors = [
            block_on(session.query(text, ()).profile("other").execute()).unwrap_err(),
            block_on(session.query(with_value, ("local",)).profile(&other).execute()).unwrap_err(),
            block_on(session.query(text, ()).profile(&other).stream::<(i32,)>()).unwrap_err(),
            block_on(session.query(with_value, ("local",)).profile("other").pages()).unwrap_err(),
            block_on(async { session.prepare(with_value).profile(&other).await }).unwrap_err(),
            block_on(prepared.bind(("local",)).profile("other".to_owned()).execute()).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(*error.kind(), ErrorKind::UnknownProfile { name: "other".to_owned() });
            assert_eq!(error.reached_server(), Reached::No);
            assert!(error.to_string().contains("the session knows `reports`"), "{error}");
            assert!(error.statement().is_some(), "{error}");
        }
        assert!(!proxy.frames(QUERY).iter().any(|frame| frame.contains("rpc_port")));
        // The way out.
        block_on(prepared.bind(("local",)).profile(&reports).execute()).unwrap();
    });
}

#[test]
fn batches_have_profiles_and_retries_and_no_host() {
    within_deadline(|| {
        let proxy = proxy();
        let keyspace = node().create_keyspace().unwrap();
        let two =
            Profile::new("two").consistency(Consistency::Two).retry(RetryPolicy::fallthrough());
        let builder = Session::builder().contact_points([proxy.address]).keyspace(&keyspace);
        let session = block_on(builder.profile(&two).connect()).unwrap();
        let cql = "CREATE TABLE t (id int PRIMARY KEY)";
        block_on(session.query(cql, ()).execute()).unwrap();
        let prepares = || proxy.frames(PREPARE).len();
        let insert = || session.query("INSERT INTO t (id) VALUES (?)", (1,));
        let batch = || session.batch(BatchKind::Logged).add(insert());

        let before = prepares();
        let error = block_on(batch().profile("three").execute()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::UnknownProfile { name: "three".to_owned() });
        assert_eq!(prepares(), before, "nothing was sent for it");

        let refused = |error: &ErrorKind| match error {
            ErrorKind::Unavailable { consistency, .. } => *consistency == Consistency::Two,
            _ => false,
        };
        // One replica exists, and it is asked for two.
        let error = block_on(batch().profile(&two).execute()).unwrap_err();
        assert!(refused(error.kind()), "{error:?}");
        let error = block_on(batch().profile(&two).retry(RetryPolicy::standard()).execute());
        assert_eq!(*error.unwrap_err().kind(), ErrorKind::NoHosts);
        block_on(batch().profile(&two).consistency(Consistency::One).execute()).unwrap();

        let error = block_on(batch().host(proxy.address).execute()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Batch);
        assert!(error.to_string().contains("a profile that allows one host"), "{error}");
    });
}

/// On one node nothing can be written at TWO.
async fn write_at_two(session: &Session, retry: Option<RetryPolicy>) -> ErrorKind {
    let request = session.query("INSERT INTO t (id) VALUES (1)", ()).consistency(Consistency::Two);
    let request = match retry {
        Some(policy) => request.retry(policy),
        None => request,
    };
    request.await.unwrap_err().kind().clone()
}

#[test]
fn retry_policies_decide_who_hears_of_an_error() {
    within_deadline(|| {
        let keyspace = node().create_keyspace().unwrap();
        block_on(async {
            let replicas = format!(
                "ALTER KEYSPACE {keyspace} WITH replication = \
                 {{'class': 'NetworkTopologyStrategy', 'datacenter1': 3}}"
            );
            let plain = builder().keyspace(&keyspace).connect().await.unwrap();
            plain.query(&replicas, ()).await.unwrap();
            plain.query("CREATE TABLE t (id int PRIMARY KEY)", ()).await.unwrap();

            // C goes on to the next host, and there is none.
            assert_eq!(write_at_two(&plain, None).await, ErrorKind::NoHosts);
            let unavailable = |kind: ErrorKind| {
                matches!(kind, ErrorKind::Unavailable { required: 2, alive: 1, .. })
            };
            let falls = RetryPolicy::fallthrough();
            assert!(unavailable(write_at_two(&plain, Some(falls)).await));
            assert!(unavailable(write_at_two(&plain, Some(falls.logged())).await));

            let strict = builder().keyspace(&keyspace).retry(falls).connect().await.unwrap();
            assert!(unavailable(write_at_two(&strict, None).await));
            let standard = RetryPolicy::standard();
            assert_eq!(write_at_two(&strict, Some(standard)).await, ErrorKind::NoHosts);
            assert_eq!(write_at_two(&strict, Some(standard.logged())).await, ErrorKind::NoHosts);

            let lenient = Profile::new("lenient").retry(standard);
            let session = builder().keyspace(&keyspace).retry(falls).profile(&lenient);
            let session = session.connect().await.unwrap();
            let insert = session.prepare("INSERT INTO t (id) VALUES (?)").await.unwrap();
            let insert = |id: i32| insert.bind((id,)).consistency(Consistency::Two);
            assert!(unavailable(insert(1).await.unwrap_err().kind().clone()));
            let error = insert(2).profile(&lenient).await.unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::NoHosts);
        });
    });
}

#[test]
fn a_profile_has_its_own_timeout() {
    within_deadline(|| {
        let proxy = proxy();
        let hasty = Profile::new("hasty").timeout(Duration::from_millis(50));
        let builder = Session::builder().contact_points([proxy.address]).profile(&hasty);
        let builder = builder.request_timeout(Duration::from_secs(600));
        let session = block_on(builder.connect()).unwrap();
        proxy.fall_silent();
        let error = block_on(session.query(LOCAL, ()).profile(&hasty).execute()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Timeout, "{error:?}");
        drop(session);
        proxy.cut();
    });
}

#[test]
fn speculation_does_no_harm_where_the_answer_comes() {
    within_deadline(|| {
        let again = SpeculativeExecution::constant(Duration::from_secs(5), 1);
        let calm = Profile::new("calm").speculative(SpeculativeExecution::off());
        let session = block_on(builder().speculative(again).profile(&calm).connect()).unwrap();
        for request in [session.query(LOCAL, ()), session.query(LOCAL, ()).profile(&calm)] {
            block_on(request.idempotent(true).execute()).unwrap();
        }
    });
}

/// More executions than hosts, and no answer: C loses the request with its timeout, and ours ends it.
///
/// Runs in a process of its own, since what C has lost stays.
#[test]
#[ignore = "started by `speculation_without_hosts_ends_by_our_deadline`"]
fn child_that_speculates_without_hosts() {
    let address = std::env::var("CHILD_ADDRESS").expect("started by another test");
    let proxy = Proxy::start(address.parse().unwrap());
    let again = SpeculativeExecution::constant(Duration::from_millis(20), 3);
    let builder = Session::builder()
        .contact_points([proxy.address])
        .speculative(again)
        .request_timeout(Duration::from_millis(200))
        .close_timeout(Duration::from_millis(10));
    let session = block_on(builder.connect()).unwrap();
    proxy.fall_silent();
    let lost = block_on(session.query(LOCAL, ()).idempotent(true).execute()).unwrap_err();
    assert_eq!(*lost.kind(), ErrorKind::Deadline, "{lost}");
    assert!(lost.is_retryable(), "{lost}");
    let prepare = block_on(session.prepare(LOCAL).into_future()).unwrap_err();
    assert_eq!(*prepare.kind(), ErrorKind::Deadline, "{prepare}");
    let sooner = session.query(LOCAL, ()).idempotent(true).deadline(Duration::from_millis(5));
    assert_eq!(*block_on(sooner.execute()).unwrap_err().kind(), ErrorKind::Deadline);
    // C has not answered any of them, though its timeout has long passed.
    assert_eq!(session.in_flight(), 3);
    let left = block_on(session.close().into_future()).unwrap_err();
    assert!(left.message().starts_with("3 requests"), "{left}");
    until("the session counts as leaked", || observe::counters().leaked == 1);
}

#[test]
fn speculation_without_hosts_ends_by_our_deadline() {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "policies::child_that_speculates_without_hosts"])
        .env("CHILD_ADDRESS", node().address().to_string())
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}
