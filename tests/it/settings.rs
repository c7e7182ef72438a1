//! Settings of the builder, seen from the other end of the wire.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use async_cassandra::cql::Uuid;
use async_cassandra::{
    Coalesce, Consistency, ErrorKind, LoadBalancing, Profile, Reached, Reconnection, RetryPolicy,
    SerialConsistency, Session, SessionBuilder, SpeculativeExecution, Timestamps,
};
use futures::executor::block_on;

use crate::harness::{until, within_deadline};
use crate::proxy::{EXECUTE, OPTIONS, Proxy, QUERY, STARTUP};
use crate::server::node;

fn proxy() -> Proxy {
    Proxy::start(node().address())
}

const LOCAL: &str = "SELECT key FROM system.local";

fn through(proxy: &Proxy) -> SessionBuilder {
    Session::builder().contact_points([proxy.address])
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Every setting that the loaded driver has, each of them another than its default.
fn everything(builder: SessionBuilder) -> SessionBuilder {
    builder
        .shuffle_contact_points(false)
        .resolve_timeout(seconds(3))
        .heartbeat_interval(seconds(7))
        .idle_timeout(seconds(20))
        .tcp_keepalive(seconds(90))
        .tcp_nodelay(false)
        .local_address(IpAddr::from([127, 0, 0, 1]))
        .no_compact(false)
        .coalesce(Coalesce::THROUGHPUT)
        .new_request_ratio(70)
        .reusable_writes(16)
        .schema_metadata(false)
        .schema_agreement_wait(seconds(5))
        .prepare_on_all_hosts(false)
        .tracing_wait(Duration::from_millis(20))
        .tracing_retry(Duration::from_millis(2))
        .tracing_consistency(Consistency::LocalOne)
        .application_name("async-cassandra's tests")
        .application_version("1")
        .client_id(Uuid::from_u128(7))
        .reconnection(Reconnection::constant(seconds(1)))
        .timestamps(Timestamps::monotonic().warn_after(None))
        .consistency(Consistency::One)
        .serial_consistency(SerialConsistency::LocalSerial)
        .request_timeout(seconds(9))
        .retry(RetryPolicy::standard().logged())
        .speculative(SpeculativeExecution::constant(seconds(1), 1))
        .load_balancing(LoadBalancing::dc_aware("datacenter1").shuffle_replicas(false))
        .profile(
            &Profile::new("everything")
                .consistency(Consistency::LocalOne)
                .serial_consistency(SerialConsistency::Serial)
                .timeout(seconds(8))
                .retry(RetryPolicy::fallthrough().logged())
                .speculative(SpeculativeExecution::off())
                .load_balancing(
                    LoadBalancing::round_robin()
                        .token_aware(false)
                        .shuffle_replicas(false)
                        .latency_aware(async_cassandra::LatencyAware::new())
                        .allow_hosts([node().address().ip()])
                        .deny_hosts(["127.0.0.99"])
                        .allow_datacenters(["datacenter1"])
                        .deny_datacenters(["nowhere"]),
                ),
        )
}

#[test]
fn all_of_them_are_taken() {
    within_deadline(|| {
        let builder = Session::builder().contact_points([node().address()]);
        let session = block_on(everything(builder).connect()).unwrap();
        block_on(session.query(LOCAL, ()).execute()).unwrap();
        block_on(session.query(LOCAL, ()).profile("everything").execute()).unwrap();
    });
}

/// What C refuses is told by the builder's names, all of it, beside what it has no function for.
#[test]
fn what_c_lacks_is_told_at_once() {
    within_deadline(|| {
        let racks = LoadBalancing::rack_aware("datacenter1", "rack1");
        let builder = Session::builder()
            .histogram_refresh(seconds(1))
            .profile(&Profile::new("racks").load_balancing(racks));
        let error = block_on(builder.connect()).unwrap_err();
        let function = "cass_cluster_set_histogram_refresh_interval";
        assert_eq!(*error.kind(), ErrorKind::Unsupported { function });
        assert_eq!(error.reached_server(), Reached::No);
        for part in
            ["histogram_refresh", "`racks`: load_balancing", "profile_set_load_balance_rack"]
        {
            assert!(error.to_string().contains(part), "{part} in {error}");
        }
    });
}

#[test]
fn the_program_says_who_it_is() {
    within_deadline(|| {
        let proxy = proxy();
        let id = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
        let builder = through(&proxy)
            .application_name("shop")
            .application_version("4.2")
            .client_id(id.parse().unwrap())
            .no_compact(true);
        // Cassandra 5 refuses NO_COMPACT or takes it; either way it was told.
        let _ = block_on(builder.connect());
        let startup = proxy.frames(STARTUP);
        for text in ["APPLICATION_NAME", "shop", "APPLICATION_VERSION", "4.2", id, "NO_COMPACT"] {
            assert!(startup.iter().any(|frame| frame.contains(text)), "{text}");
        }
    });
}

#[test]
fn connections_come_from_the_local_address() {
    within_deadline(|| {
        let proxy = proxy();
        let here = IpAddr::from([127, 0, 0, 42]);
        let builder = through(&proxy).local_address(here).connections_per_host(3);
        let session = block_on(builder.connect()).unwrap();
        // One for the session itself; some drivers try another before they settle.
        until("all connections are there", || proxy.accepted().len() > 3);
        assert!(proxy.accepted().iter().all(|from| from.ip() == here));
        block_on(async { session.close().await }).unwrap();

        // An address that this machine does not have.
        let elsewhere = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        let error = block_on(through(&proxy).local_address(elsewhere).connect()).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::NoHosts, "{error:?}");
        assert!(error.to_string().contains("bind"), "{error}");
    });
}

#[test]
fn hosts_may_have_ipv6_addresses() {
    within_deadline(|| {
        let proxy = Proxy::start_on("::1", node().address());
        let session = block_on(through(&proxy).connect()).unwrap();
        block_on(session.query(LOCAL, ()).execute()).unwrap();
        assert!(proxy.accepted().iter().all(|from| from.is_ipv6()));
    });
}

#[test]
fn heartbeats_come_as_often_as_asked() {
    within_deadline(|| {
        let proxy = proxy();
        let builder = through(&proxy).heartbeat_interval(seconds(1)).idle_timeout(seconds(3));
        let session = block_on(builder.connect()).unwrap();
        let before = proxy.frames(OPTIONS).len();
        until("two heartbeats a connection", || proxy.frames(OPTIONS).len() >= before + 4);
        // A node that is there and silent is found out by them.
        let connection = proxy.accepted().len() - 1;
        let start = Instant::now();
        proxy.fall_silent();
        until("the connection is given up", || proxy.is_closed(connection));
        assert!(start.elapsed() < seconds(30), "and not by the default of 60 s");
        drop(session);
    });
}

#[test]
fn without_heartbeats_none_come() {
    within_deadline(|| {
        let (with, without) = (proxy(), proxy());
        let (often, idle) = (seconds(1), seconds(3));
        let _with = block_on(through(&with).heartbeat_interval(often).idle_timeout(idle).connect())
            .unwrap();
        let _without =
            block_on(through(&without).heartbeat_interval(None).idle_timeout(idle).connect())
                .unwrap();
        let (first, other) = (with.frames(OPTIONS).len(), without.frames(OPTIONS).len());
        until("the other has had several", || with.frames(OPTIONS).len() >= first + 8);
        assert_eq!(without.frames(OPTIONS).len(), other);
    });
}

#[test]
fn a_lost_host_is_tried_again() {
    within_deadline(|| {
        let proxy = proxy();
        let pause = Duration::from_millis(50);
        let session =
            block_on(through(&proxy).reconnection(Reconnection::constant(pause)).connect())
                .unwrap();
        proxy.cut();
        until("the driver has seen it", || block_on(session.query(LOCAL, ()).execute()).is_err());
        let start = Instant::now();
        proxy.mend();
        until("it is used again", || block_on(session.query(LOCAL, ()).execute()).is_ok());
        assert!(start.elapsed() < seconds(2), "{:?}: the default would wait 2 s", start.elapsed());
    });
}

/// The flags of a QUERY frame, protocol version 4.
fn flags_of_query(body: &[u8]) -> u8 {
    let length = u32::from_be_bytes([body[0], body[1], body[2], body[3]]) as usize;
    body[4 + length + 2]
}

#[test]
fn timestamps_are_ours_or_the_servers() {
    const HAS_TIMESTAMP: u8 = 0x20;
    within_deadline(|| {
        for (by, ours) in [
            (Timestamps::monotonic(), true),
            (Timestamps::monotonic().warn_after(None).warn_every(seconds(5)), true),
            (Timestamps::server_side(), false),
        ] {
            let proxy = proxy();
            let session = block_on(through(&proxy).timestamps(by).connect()).unwrap();
            block_on(session.query("SELECT rack FROM system.local", ()).execute()).unwrap();
            let sent = proxy.frames(QUERY);
            let sent = sent.iter().find(|frame| frame.contains("SELECT rack FROM")).unwrap();
            assert_eq!(flags_of_query(&sent.body) & HAS_TIMESTAMP != 0, ours, "{by:?}");
        }
    });
}

/// The consistency of a QUERY frame, its number in the protocol.
fn consistency_of_query(body: &[u8]) -> u16 {
    let length = u32::from_be_bytes([body[0], body[1], body[2], body[3]]) as usize;
    u16::from_be_bytes([body[4 + length], body[5 + length]])
}

#[test]
fn consistency_comes_from_the_nearest_that_says_one() {
    within_deadline(|| {
        let proxy = proxy();
        let all = Profile::new("all").consistency(Consistency::All);
        let builder = through(&proxy).consistency(Consistency::One).profile(&all);
        let session = block_on(builder.profile(&Profile::new("none")).connect()).unwrap();
        let sent = |text: &str| {
            let frames = proxy.frames(QUERY);
            let frame = frames.iter().find(|frame| frame.contains(text)).unwrap();
            consistency_of_query(&frame.body)
        };
        let query = |text: &'static str| session.query(text, ());
        block_on(query("SELECT rack FROM system.local").execute()).unwrap();
        assert_eq!(sent("SELECT rack FROM"), 1);
        block_on(query("SELECT peer FROM system.peers").profile(&all).execute()).unwrap();
        assert_eq!(sent("SELECT peer FROM"), 5);
        block_on(query("SELECT data_center FROM system.local").profile("none").execute()).unwrap();
        assert_eq!(sent("SELECT data_center FROM"), 1, "the profile has the session's");
        let own = query("SELECT host_id FROM system.local").profile(&all);
        block_on(own.consistency(Consistency::LocalOne).execute()).unwrap();
        assert_eq!(sent("SELECT host_id FROM"), 10);
    });
}

#[test]
fn prepared_requests_carry_their_profiles_consistency() {
    within_deadline(|| {
        let proxy = proxy();
        let two = Profile::new("two").consistency(Consistency::Two);
        let session = block_on(through(&proxy).profile(&two).connect()).unwrap();
        let local = block_on(async {
            session.prepare("SELECT key FROM system.local WHERE key = ?").profile(&two).await
        })
        .unwrap();
        let _ = block_on(local.bind(("local",)).execute());
        let frames = proxy.frames(EXECUTE);
        let body = &frames.last().expect("it was executed").body;
        let id = u16::from_be_bytes([body[0], body[1]]) as usize;
        assert_eq!(u16::from_be_bytes([body[2 + id], body[3 + id]]), 2);
        assert!(frames.last().unwrap().connection > 0, "not on the session's own connection");
    });
}
