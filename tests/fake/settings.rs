//! What C is told of settings and options: which function, in which unit.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use async_cassandra::cql::Uuid;
use async_cassandra::{
    BatchKind, Coalesce, Consistency, ErrorKind, LatencyAware, LoadBalancing, Profile,
    Reconnection, RetryPolicy, SerialConsistency, SessionBuilder, SpeculativeExecution, Timestamps,
};

use crate::cell::Cell;

/// A little more than a whole number of any unit, so that rounding shows.
fn a_bit_over(seconds: u64) -> Duration {
    Duration::from_secs(seconds) + Duration::from_nanos(1)
}

/// What C is told while a session of these settings connects, without what it is always told.
fn told(cell: Cell, configure: fn(SessionBuilder) -> SessionBuilder) -> Vec<String> {
    fake_driver::listen();
    cell.run(async move { configure(cell.builder()).connect().await.unwrap() });
    // The last one, since drivers crash otherwise when a session is closed as a host comes back.
    let always = [
        "cass_cluster_set_contact_points_n",
        "cass_cluster_set_protocol_version",
        "cass_cluster_set_prepare_on_up_or_add_host 0",
    ];
    let heard = fake_driver::heard();
    assert!(heard.iter().any(|line| line == always[2]), "{heard:?}");
    heard.into_iter().filter(|line| !always.iter().any(|one| line.starts_with(one))).collect()
}

pub fn defaults(cell: Cell) {
    assert_eq!(told(cell, |builder| builder), [""; 0]);
}

/// One setting, and what C is told of it.
type Case = (fn(SessionBuilder) -> SessionBuilder, &'static [&'static str]);

const CASES: &[Case] = &[
    (|b| b.port(19042), &["port 19042"]),
    (|b| b.shuffle_contact_points(false), &["use_randomized_contact_points 0"]),
    (|b| b.io_threads(3), &["num_threads_io 3"]),
    (|b| b.connections_per_host(4), &["core_connections_per_host 4"]),
    (|b| b.connect_timeout(a_bit_over(1)), &["connect_timeout 1001"]),
    (|b| b.connect_timeout(Duration::MAX), &["connect_timeout 4294967295"]),
    (|b| b.resolve_timeout(a_bit_over(2)), &["resolve_timeout 2001"]),
    (|b| b.heartbeat_interval(a_bit_over(3)), &["connection_heartbeat_interval 4"]),
    (|b| b.heartbeat_interval(None), &["connection_heartbeat_interval 0"]),
    (|b| b.idle_timeout(a_bit_over(40)), &["connection_idle_timeout 41"]),
    (|b| b.idle_timeout(None), &["connection_idle_timeout 0"]),
    // C multiplies by a thousand in 32 bits.
    (|b| b.idle_timeout(Duration::MAX), &["connection_idle_timeout 4294967"]),
    (|b| b.tcp_keepalive(a_bit_over(5)), &["tcp_keepalive 1 6"]),
    (|b| b.tcp_keepalive(None), &["tcp_keepalive 0 0"]),
    (|b| b.tcp_nodelay(false), &["tcp_nodelay 0"]),
    (|b| b.local_address(IpAddr::from([10, 0, 0, 7])), &["local_address_n 10.0.0.7"]),
    (|b| b.local_address(Ipv6Addr::LOCALHOST.into()), &["local_address_n ::1"]),
    // C excludes the end.
    (|b| b.local_ports(50_000..=u16::MAX), &["local_port_range 50000 65536"]),
    (|b| b.no_compact(true), &["no_compact 1"]),
    (|b| b.queue_size(512), &["queue_size_io 512"]),
    (|b| b.coalesce(Coalesce::LATENCY), &["coalesce_delay 0"]),
    (|b| b.coalesce(Coalesce::THROUGHPUT), &["coalesce_delay 500"]),
    (|b| b.coalesce(Duration::from_nanos(20_001)), &["coalesce_delay 21"]),
    (|b| b.new_request_ratio(70), &["new_request_ratio 70"]),
    (|b| b.reusable_writes(16), &["max_reusable_write_objects 16"]),
    (|b| b.schema_metadata(false), &["use_schema 0"]),
    (|b| b.schema_agreement_wait(a_bit_over(6)), &["max_schema_wait_time 6001"]),
    (|b| b.prepare_on_all_hosts(false), &["prepare_on_all_hosts 0"]),
    (|b| b.tracing_wait(a_bit_over(7)), &["tracing_max_wait_time 7001"]),
    (|b| b.tracing_retry(a_bit_over(8)), &["tracing_retry_wait_time 8001"]),
    (|b| b.tracing_consistency(Consistency::Quorum), &["tracing_consistency 4"]),
    (|b| b.histogram_refresh(a_bit_over(9)), &["histogram_refresh_interval 9001"]),
    (|b| b.application_name("shop"), &["application_name_n shop"]),
    (|b| b.application_version("4.2"), &["application_version_n 4.2"]),
    (
        |b| {
            b.client_id(Uuid::from_bytes(
                *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
            ))
        },
        &["client_id 6677445500112233 8899aabbccddeeff"],
    ),
    (|b| b.reconnection(Reconnection::constant(a_bit_over(1))), &["constant_reconnect 1001"]),
    (
        |b| b.reconnection(Reconnection::exponential(a_bit_over(1), a_bit_over(60))),
        &["exponential_reconnect 1001 60001"],
    ),
    (|b| b.timestamps(Timestamps::server_side()), &["timestamp_gen server side"]),
    (|b| b.timestamps(Timestamps::monotonic()), &["timestamp_gen monotonic 1000000 1000"]),
    (
        |b| b.timestamps(Timestamps::monotonic().warn_after(None).warn_every(a_bit_over(2))),
        &["timestamp_gen monotonic -1 2001"],
    ),
    (|b| b.consistency(Consistency::LocalQuorum), &["consistency 6"]),
    (|b| b.serial_consistency(SerialConsistency::LocalSerial), &["serial_consistency 9"]),
    (|b| b.request_timeout(a_bit_over(3)), &["request_timeout 3001"]),
    (|b| b.retry(RetryPolicy::standard()), &["retry_policy default"]),
    (|b| b.retry(RetryPolicy::fallthrough()), &["retry_policy fallthrough"]),
    (|b| b.retry(RetryPolicy::fallthrough().logged()), &["retry_policy logging fallthrough"]),
    (|b| b.speculative(SpeculativeExecution::off()), &[]),
    (
        |b| b.speculative(SpeculativeExecution::constant(a_bit_over(0), 2)),
        &["constant_speculative_execution_policy 1 2"],
    ),
    (|b| b.local_datacenter("dc1"), &["load_balance_dc_aware_n dc1 0 0"]),
    (|b| b.load_balancing(LoadBalancing::new()), &[]),
    (|b| b.load_balancing(LoadBalancing::round_robin()), &["load_balance_round_robin "]),
    (
        |b| b.load_balancing(LoadBalancing::rack_aware("dc1", "r1")),
        &["load_balance_rack_aware_n dc1 r1"],
    ),
    (
        |b| b.load_balancing(LoadBalancing::new().token_aware(false).shuffle_replicas(false)),
        &["token_aware_routing 0", "token_aware_routing_shuffle_replicas 0"],
    ),
    (
        |b| b.load_balancing(LoadBalancing::new().latency_aware(LatencyAware::new())),
        &["latency_aware_routing_settings 2 100 10000 100 50", "latency_aware_routing 1"],
    ),
    (
        |b| {
            let lists =
                LoadBalancing::new().allow_hosts(["10.0.0.1"]).deny_hosts(["::1", "10.0.0.2"]);
            b.load_balancing(lists.allow_datacenters(["a", "b"]).deny_datacenters(["c"]))
        },
        &[
            "whitelist_filtering_n 10.0.0.1",
            "blacklist_filtering_n ::1,10.0.0.2",
            "whitelist_dc_filtering_n a,b",
            "blacklist_dc_filtering_n c",
        ],
    ),
];

pub fn of_session(cell: Cell) {
    for (configure, expected) in CASES {
        let expected: Vec<_> =
            expected.iter().map(|line| format!("cass_cluster_set_{line}")).collect();
        assert_eq!(told(cell, *configure), expected);
    }
}

pub fn of_profile(cell: Cell) {
    let heard = told(cell, |builder| {
        let balancing = LoadBalancing::dc_aware("dc2")
            .token_aware(false)
            .shuffle_replicas(false)
            .latency_aware(LatencyAware::new().exclusion_threshold(1.5).min_measured(9))
            .allow_hosts(["10.0.0.1"])
            .deny_hosts(["10.0.0.2"])
            .allow_datacenters(["a"])
            .deny_datacenters(["b"]);
        let full = Profile::new("full")
            .consistency(Consistency::All)
            .serial_consistency(SerialConsistency::Serial)
            .timeout(a_bit_over(4))
            .load_balancing(balancing)
            .retry(RetryPolicy::standard().logged())
            .speculative(SpeculativeExecution::constant(a_bit_over(1), 3));
        let racks = Profile::new("racks").load_balancing(LoadBalancing::rack_aware("dc1", "r1"));
        let turns = Profile::new("turns")
            .load_balancing(LoadBalancing::round_robin())
            .speculative(SpeculativeExecution::off());
        builder.profile(&full).profile(&racks).profile(&turns).profile(&Profile::new("empty"))
    });
    let expected = [
        "profile consistency 5",
        "profile serial_consistency 8",
        "profile request_timeout 4001",
        "profile load_balance_dc_aware_n dc2 0 0",
        "profile token_aware_routing 0",
        "profile token_aware_routing_shuffle_replicas 0",
        "profile latency_aware_routing_settings 1.5 100 10000 100 9",
        "profile latency_aware_routing 1",
        "profile whitelist_filtering_n 10.0.0.1",
        "profile blacklist_filtering_n 10.0.0.2",
        "profile whitelist_dc_filtering_n a",
        "profile blacklist_dc_filtering_n b",
        "profile retry_policy logging default",
        "profile constant_speculative_execution_policy 1001 3",
        "cluster execution_profile_n full",
        "profile load_balance_rack_aware_n dc1 r1",
        "cluster execution_profile_n racks",
        "profile load_balance_round_robin ",
        "profile no_speculative_execution_policy ",
        "cluster execution_profile_n turns",
        "cluster execution_profile_n empty",
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|line| match line.split_once(' ') {
            Some(("profile", rest)) => format!("cass_execution_profile_set_{rest}"),
            Some((_, rest)) => format!("cass_cluster_set_{rest}"),
            None => unreachable!(),
        })
        .collect();
    assert_eq!(heard, expected);
}

pub fn of_requests(cell: Cell) {
    let heard = cell.run(async move {
        let full = Profile::new("full");
        let session = cell.builder().profile(&full).connect().await.unwrap();
        fake_driver::listen();
        let host = "[::1]:19042".parse().unwrap();
        let logged = RetryPolicy::fallthrough().logged();
        session.query("OK", ()).profile(&full).retry(logged).host(host).await.unwrap();
        let batch = session.batch(BatchKind::Logged).add(session.query("OK", ()));
        batch.profile("full").retry(RetryPolicy::standard()).await.unwrap();
        let error = session.query("OK", ()).profile("none").await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::UnknownProfile { name: "none".to_owned() });
        fake_driver::heard()
    });
    let expected = [
        "cass_statement_set_execution_profile_n full",
        "cass_statement_set_retry_policy logging fallthrough",
        "cass_statement_set_host_inet ::1 19042",
        "cass_batch_set_retry_policy default",
        "cass_batch_set_execution_profile_n full",
    ];
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(heard), sorted(expected.map(str::to_owned).to_vec()));
}

/// What C refuses, all of it, by the names of the builder's methods.
pub fn refused(cell: Cell) {
    let error = cell.run(async move {
        let builder = cell.builder().consistency(Consistency::Unknown(u16::MAX));
        builder.connect().await.unwrap_err()
    });
    assert_eq!(*error.kind(), ErrorKind::Setting { name: "consistency" });
    assert_eq!(error.code(), Some(0x0100_0001));
    assert!(error.to_string().contains("Bad parameters"), "{error}");
}
