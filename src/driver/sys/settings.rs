//! The settings of a cluster and of an execution profile, the policies that they take, and how a
//! request chooses among them.

use std::ffi::{c_char, c_int, c_uint};

use super::{Bool, CassBatch, CassCluster, CassInet, CassStatement, Code};

pub use cassandra_cpp_sys::{
    CassExecProfile, CassRetryPolicy, CassTimestampGen, cass_cluster_set_application_name_n,
    cass_cluster_set_application_version_n, cass_cluster_set_blacklist_dc_filtering_n,
    cass_cluster_set_blacklist_filtering_n, cass_cluster_set_client_id,
    cass_cluster_set_connection_heartbeat_interval, cass_cluster_set_connection_idle_timeout,
    cass_cluster_set_constant_reconnect, cass_cluster_set_latency_aware_routing_settings,
    cass_cluster_set_load_balance_round_robin, cass_cluster_set_max_schema_wait_time,
    cass_cluster_set_resolve_timeout, cass_cluster_set_retry_policy,
    cass_cluster_set_timestamp_gen, cass_cluster_set_tracing_max_wait_time,
    cass_cluster_set_tracing_retry_wait_time, cass_cluster_set_whitelist_dc_filtering_n,
    cass_cluster_set_whitelist_filtering_n, cass_execution_profile_free,
    cass_execution_profile_new, cass_retry_policy_default_new, cass_retry_policy_fallthrough_new,
    cass_retry_policy_free, cass_retry_policy_logging_new, cass_timestamp_gen_free,
    cass_timestamp_gen_monotonic_new_with_settings, cass_timestamp_gen_server_side_new,
};

unsafe extern "C" {
    pub fn cass_cluster_set_consistency(cluster: *mut CassCluster, level: c_uint) -> Code;
    pub fn cass_cluster_set_serial_consistency(cluster: *mut CassCluster, level: c_uint) -> Code;
    pub fn cass_cluster_set_coalesce_delay(cluster: *mut CassCluster, micros: i64) -> Code;
    pub fn cass_cluster_set_new_request_ratio(cluster: *mut CassCluster, percent: i32) -> Code;
    pub fn cass_cluster_set_max_reusable_write_objects(
        cluster: *mut CassCluster,
        objects: c_uint,
    ) -> Code;
    pub fn cass_cluster_set_exponential_reconnect(
        cluster: *mut CassCluster,
        base_millis: u64,
        max_millis: u64,
    ) -> Code;
    pub fn cass_cluster_set_load_balance_dc_aware_n(
        cluster: *mut CassCluster,
        datacenter: *const c_char,
        length: usize,
        used_hosts_per_remote_dc: c_uint,
        allow_remote_dcs_for_local_cl: Bool,
    ) -> Code;
    pub fn cass_cluster_set_token_aware_routing(cluster: *mut CassCluster, yes: Bool);
    pub fn cass_cluster_set_token_aware_routing_shuffle_replicas(
        cluster: *mut CassCluster,
        yes: Bool,
    );
    pub fn cass_cluster_set_latency_aware_routing(cluster: *mut CassCluster, yes: Bool);
    pub fn cass_cluster_set_constant_speculative_execution_policy(
        cluster: *mut CassCluster,
        delay_millis: i64,
        max: c_int,
    ) -> Code;
    pub fn cass_cluster_set_tcp_nodelay(cluster: *mut CassCluster, yes: Bool);
    pub fn cass_cluster_set_tcp_keepalive(
        cluster: *mut CassCluster,
        yes: Bool,
        delay_seconds: c_uint,
    );
    pub fn cass_cluster_set_local_address_n(
        cluster: *mut CassCluster,
        address: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_cluster_set_use_schema(cluster: *mut CassCluster, yes: Bool);
    pub fn cass_cluster_set_use_randomized_contact_points(
        cluster: *mut CassCluster,
        yes: Bool,
    ) -> Code;
    pub fn cass_cluster_set_prepare_on_all_hosts(cluster: *mut CassCluster, yes: Bool) -> Code;
    pub fn cass_cluster_set_prepare_on_up_or_add_host(cluster: *mut CassCluster, yes: Bool)
    -> Code;
    pub fn cass_cluster_set_tracing_consistency(cluster: *mut CassCluster, level: c_uint);
    pub fn cass_cluster_set_no_compact(cluster: *mut CassCluster, yes: Bool) -> Code;
    pub fn cass_cluster_set_execution_profile_n(
        cluster: *mut CassCluster,
        name: *const c_char,
        length: usize,
        profile: *mut CassExecProfile,
    ) -> Code;

    pub fn cass_execution_profile_set_request_timeout(
        profile: *mut CassExecProfile,
        milliseconds: u64,
    ) -> Code;
    pub fn cass_execution_profile_set_consistency(
        profile: *mut CassExecProfile,
        level: c_uint,
    ) -> Code;
    pub fn cass_execution_profile_set_serial_consistency(
        profile: *mut CassExecProfile,
        level: c_uint,
    ) -> Code;
    pub fn cass_execution_profile_set_load_balance_round_robin(
        profile: *mut CassExecProfile,
    ) -> Code;
    pub fn cass_execution_profile_set_load_balance_dc_aware_n(
        profile: *mut CassExecProfile,
        datacenter: *const c_char,
        length: usize,
        used_hosts_per_remote_dc: c_uint,
        allow_remote_dcs_for_local_cl: Bool,
    ) -> Code;
    pub fn cass_execution_profile_set_token_aware_routing(
        profile: *mut CassExecProfile,
        yes: Bool,
    ) -> Code;
    pub fn cass_execution_profile_set_token_aware_routing_shuffle_replicas(
        profile: *mut CassExecProfile,
        yes: Bool,
    ) -> Code;
    pub fn cass_execution_profile_set_latency_aware_routing(
        profile: *mut CassExecProfile,
        yes: Bool,
    ) -> Code;
    pub fn cass_execution_profile_set_latency_aware_routing_settings(
        profile: *mut CassExecProfile,
        exclusion_threshold: f64,
        scale_millis: u64,
        retry_period_millis: u64,
        update_rate_millis: u64,
        min_measured: u64,
    ) -> Code;
    pub fn cass_execution_profile_set_whitelist_filtering_n(
        profile: *mut CassExecProfile,
        hosts: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_execution_profile_set_blacklist_filtering_n(
        profile: *mut CassExecProfile,
        hosts: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_execution_profile_set_whitelist_dc_filtering_n(
        profile: *mut CassExecProfile,
        datacenters: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_execution_profile_set_blacklist_dc_filtering_n(
        profile: *mut CassExecProfile,
        datacenters: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_execution_profile_set_retry_policy(
        profile: *mut CassExecProfile,
        policy: *mut CassRetryPolicy,
    ) -> Code;
    pub fn cass_execution_profile_set_constant_speculative_execution_policy(
        profile: *mut CassExecProfile,
        delay_millis: i64,
        max: c_int,
    ) -> Code;
    pub fn cass_execution_profile_set_no_speculative_execution_policy(
        profile: *mut CassExecProfile,
    ) -> Code;
}

unsafe extern "C" {
    pub fn cass_statement_set_execution_profile_n(
        statement: *mut CassStatement,
        name: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_statement_set_retry_policy(
        statement: *mut CassStatement,
        policy: *mut CassRetryPolicy,
    ) -> Code;
    pub fn cass_batch_set_execution_profile_n(
        batch: *mut CassBatch,
        name: *const c_char,
        length: usize,
    ) -> Code;
    pub fn cass_batch_set_retry_policy(batch: *mut CassBatch, policy: *mut CassRetryPolicy)
    -> Code;
    pub fn cass_statement_set_host_inet(
        statement: *mut CassStatement,
        address: *const CassInet,
        port: c_int,
    ) -> Code;
}

// What cassandra-cpp-sys does not declare. ScyllaDB's drivers have the first two, its cpp-rs-driver
// also the third, DataStax's driver the last one since 2.17.1.
unsafe extern "C" {
    pub fn cass_cluster_set_load_balance_rack_aware_n(
        cluster: *mut CassCluster,
        datacenter: *const c_char,
        datacenter_length: usize,
        rack: *const c_char,
        rack_length: usize,
    ) -> Code;
    pub fn cass_cluster_set_local_port_range(
        cluster: *mut CassCluster,
        from: c_int,
        before: c_int,
    ) -> Code;
    pub fn cass_execution_profile_set_load_balance_rack_aware_n(
        profile: *mut CassExecProfile,
        datacenter: *const c_char,
        datacenter_length: usize,
        rack: *const c_char,
        rack_length: usize,
    ) -> Code;
    pub fn cass_cluster_set_histogram_refresh_interval(
        cluster: *mut CassCluster,
        milliseconds: c_uint,
    ) -> Code;
}
