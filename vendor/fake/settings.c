/* Settings of a cluster and of an execution profile that the fake driver takes, writes down and
 * does not use. What the driver refuses is refused. */
#include "fake.h"

static CassError take_if(const CassCluster *cluster, bool valid, const char *function)
{
    object_check(&cluster->object, KIND_CLUSTER, function);
    return valid ? CASS_OK : LIB_BAD_PARAMS;
}

struct CassExecProfile {
    Object object;
};

CassExecProfile *cass_execution_profile_new(void)
{
    return object_new(KIND_PROFILE, sizeof(CassExecProfile), true);
}

void cass_execution_profile_free(CassExecProfile *profile)
{
    if (object_take_back(&profile->object, KIND_PROFILE, __func__))
        object_destroy(profile, KIND_PROFILE);
}

static CassError profile_if(const CassExecProfile *profile, bool valid, const char *function)
{
    object_check(&profile->object, KIND_PROFILE, function);
    return valid ? CASS_OK : LIB_BAD_PARAMS;
}

CassError cass_cluster_set_use_randomized_contact_points(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    return take_if(cluster, true, __func__);
}

void cass_cluster_set_connection_heartbeat_interval(CassCluster *cluster, unsigned interval_secs)
{
    note(__func__, "%u", interval_secs);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_connection_idle_timeout(CassCluster *cluster, unsigned timeout_secs)
{
    note(__func__, "%u", timeout_secs);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_tcp_nodelay(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_tcp_keepalive(CassCluster *cluster, cass_bool_t enabled, unsigned delay_secs)
{
    note(__func__, "%u %u", enabled, delay_secs);
    take_if(cluster, true, __func__);
}

CassError cass_cluster_set_local_address_n(CassCluster *cluster, const char *address,
                                           size_t address_length)
{
    note(__func__, "%.*s", (int)address_length, address);
    return take_if(cluster, true, __func__);
}

CassError cass_cluster_set_local_port_range(CassCluster *cluster, int lo, int hi)
{
    note(__func__, "%d %d", lo, hi);
    return take_if(cluster, lo >= 1024 && lo <= hi && hi <= 65536, __func__);
}

CassError cass_cluster_set_no_compact(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    return take_if(cluster, true, __func__);
}

CassError cass_cluster_set_new_request_ratio(CassCluster *cluster, int32_t ratio)
{
    note(__func__, "%d", ratio);
    return take_if(cluster, ratio > 0 && ratio <= 100, __func__);
}

CassError cass_cluster_set_max_reusable_write_objects(CassCluster *cluster, unsigned objects)
{
    note(__func__, "%u", objects);
    return take_if(cluster, true, __func__);
}

void cass_cluster_set_max_schema_wait_time(CassCluster *cluster, unsigned wait_ms)
{
    note(__func__, "%u", wait_ms);
    take_if(cluster, true, __func__);
}

CassError cass_cluster_set_prepare_on_all_hosts(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    return take_if(cluster, true, __func__);
}

CassError cass_cluster_set_prepare_on_up_or_add_host(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    return take_if(cluster, true, __func__);
}

void cass_cluster_set_tracing_max_wait_time(CassCluster *cluster, unsigned wait_ms)
{
    note(__func__, "%u", wait_ms);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_tracing_retry_wait_time(CassCluster *cluster, unsigned wait_ms)
{
    note(__func__, "%u", wait_ms);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_tracing_consistency(CassCluster *cluster, CassConsistency consistency)
{
    note(__func__, "%u", consistency);
    take_if(cluster, true, __func__);
}

CassError cass_cluster_set_histogram_refresh_interval(CassCluster *cluster, unsigned interval_ms)
{
    note(__func__, "%u", interval_ms);
    return take_if(cluster, interval_ms > 0, __func__);
}

void cass_cluster_set_application_version_n(CassCluster *cluster, const char *version,
                                            size_t version_length)
{
    note(__func__, "%.*s", (int)version_length, version);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_client_id(CassCluster *cluster, CassUuid id)
{
    note(__func__, "%016llx %016llx", (unsigned long long)id.time_and_version,
         (unsigned long long)id.clock_seq_and_node);
    take_if(cluster, true, __func__);
}

CassError cass_cluster_set_exponential_reconnect(CassCluster *cluster, uint64_t base_ms,
                                                 uint64_t max_ms)
{
    note(__func__, "%llu %llu", (unsigned long long)base_ms, (unsigned long long)max_ms);
    return take_if(cluster, base_ms > 1 && max_ms >= base_ms, __func__);
}

void cass_cluster_set_timestamp_gen(CassCluster *cluster, CassTimestampGen *generator)
{
    note(__func__, "%s", timestamp_gen_name(generator, __func__));
    take_if(cluster, true, __func__);
}

void cass_cluster_set_load_balance_round_robin(CassCluster *cluster)
{
    note(__func__, "%s", "");
    take_if(cluster, true, __func__);
}

CassError cass_cluster_set_load_balance_dc_aware_n(CassCluster *cluster, const char *dc,
                                                   size_t dc_length,
                                                   unsigned used_hosts_per_remote_dc,
                                                   cass_bool_t allow_remote_dcs_for_local_cl)
{
    note(__func__, "%.*s %u %u", (int)dc_length, dc, used_hosts_per_remote_dc,
         allow_remote_dcs_for_local_cl);
    return take_if(cluster, dc_length > 0, __func__);
}

CassError cass_cluster_set_load_balance_rack_aware_n(CassCluster *cluster, const char *dc,
                                                     size_t dc_length, const char *rack,
                                                     size_t rack_length)
{
    note(__func__, "%.*s %.*s", (int)dc_length, dc, (int)rack_length, rack);
    return take_if(cluster, dc_length > 0 && rack_length > 0, __func__);
}

void cass_cluster_set_token_aware_routing(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_token_aware_routing_shuffle_replicas(CassCluster *cluster,
                                                           cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_latency_aware_routing(CassCluster *cluster, cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_latency_aware_routing_settings(CassCluster *cluster, double threshold,
                                                     uint64_t scale_ms, uint64_t retry_ms,
                                                     uint64_t update_ms, uint64_t min_measured)
{
    note(__func__, "%g %llu %llu %llu %llu", threshold, (unsigned long long)scale_ms,
         (unsigned long long)retry_ms, (unsigned long long)update_ms,
         (unsigned long long)min_measured);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_whitelist_filtering_n(CassCluster *cluster, const char *hosts,
                                            size_t hosts_length)
{
    note(__func__, "%.*s", (int)hosts_length, hosts);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_whitelist_dc_filtering_n(CassCluster *cluster, const char *dcs,
                                               size_t dcs_length)
{
    note(__func__, "%.*s", (int)dcs_length, dcs);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_blacklist_filtering_n(CassCluster *cluster, const char *hosts,
                                            size_t hosts_length)
{
    note(__func__, "%.*s", (int)hosts_length, hosts);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_blacklist_dc_filtering_n(CassCluster *cluster, const char *dcs,
                                               size_t dcs_length)
{
    note(__func__, "%.*s", (int)dcs_length, dcs);
    take_if(cluster, true, __func__);
}

void cass_cluster_set_retry_policy(CassCluster *cluster, CassRetryPolicy *policy)
{
    note(__func__, "%s", retry_policy_name(policy, __func__));
    take_if(cluster, true, __func__);
}

CassError cass_cluster_set_constant_speculative_execution_policy(CassCluster *cluster,
                                                                 int64_t delay_ms, int max)
{
    note(__func__, "%lld %d", (long long)delay_ms, max);
    return take_if(cluster, delay_ms >= 0 && max >= 0, __func__);
}

CassError cass_execution_profile_set_consistency(CassExecProfile *profile,
                                                 CassConsistency consistency)
{
    note(__func__, "%u", consistency);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_serial_consistency(CassExecProfile *profile,
                                                        CassConsistency consistency)
{
    note(__func__, "%u", consistency);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_request_timeout(CassExecProfile *profile, uint64_t timeout_ms)
{
    note(__func__, "%llu", (unsigned long long)timeout_ms);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_load_balance_round_robin(CassExecProfile *profile)
{
    note(__func__, "%s", "");
    return profile_if(profile, true, __func__);
}

CassError
cass_execution_profile_set_load_balance_dc_aware_n(CassExecProfile *profile, const char *dc,
                                                   size_t dc_length,
                                                   unsigned used_hosts_per_remote_dc,
                                                   cass_bool_t allow_remote_dcs_for_local_cl)
{
    note(__func__, "%.*s %u %u", (int)dc_length, dc, used_hosts_per_remote_dc,
         allow_remote_dcs_for_local_cl);
    return profile_if(profile, dc_length > 0, __func__);
}

CassError cass_execution_profile_set_load_balance_rack_aware_n(CassExecProfile *profile,
                                                               const char *dc, size_t dc_length,
                                                               const char *rack,
                                                               size_t rack_length)
{
    note(__func__, "%.*s %.*s", (int)dc_length, dc, (int)rack_length, rack);
    return profile_if(profile, dc_length > 0 && rack_length > 0, __func__);
}

CassError cass_execution_profile_set_token_aware_routing(CassExecProfile *profile,
                                                         cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_token_aware_routing_shuffle_replicas(CassExecProfile *profile,
                                                                          cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_latency_aware_routing(CassExecProfile *profile,
                                                           cass_bool_t enabled)
{
    note(__func__, "%u", enabled);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_latency_aware_routing_settings(CassExecProfile *profile,
                                                                    double threshold,
                                                                    uint64_t scale_ms,
                                                                    uint64_t retry_ms,
                                                                    uint64_t update_ms,
                                                                    uint64_t min_measured)
{
    note(__func__, "%g %llu %llu %llu %llu", threshold, (unsigned long long)scale_ms,
         (unsigned long long)retry_ms, (unsigned long long)update_ms,
         (unsigned long long)min_measured);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_whitelist_filtering_n(CassExecProfile *profile,
                                                           const char *hosts, size_t hosts_length)
{
    note(__func__, "%.*s", (int)hosts_length, hosts);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_whitelist_dc_filtering_n(CassExecProfile *profile,
                                                              const char *dcs, size_t dcs_length)
{
    note(__func__, "%.*s", (int)dcs_length, dcs);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_blacklist_filtering_n(CassExecProfile *profile,
                                                           const char *hosts, size_t hosts_length)
{
    note(__func__, "%.*s", (int)hosts_length, hosts);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_blacklist_dc_filtering_n(CassExecProfile *profile,
                                                              const char *dcs, size_t dcs_length)
{
    note(__func__, "%.*s", (int)dcs_length, dcs);
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_retry_policy(CassExecProfile *profile, CassRetryPolicy *policy)
{
    note(__func__, "%s", retry_policy_name(policy, __func__));
    return profile_if(profile, true, __func__);
}

CassError cass_execution_profile_set_constant_speculative_execution_policy(
                                                                           CassExecProfile *profile,
                                                                           int64_t delay_ms,
                                                                           int max)
{
    note(__func__, "%lld %d", (long long)delay_ms, max);
    return profile_if(profile, delay_ms >= 0 && max >= 0, __func__);
}

CassError cass_execution_profile_set_no_speculative_execution_policy(CassExecProfile *profile)
{
    note(__func__, "%s", "");
    return profile_if(profile, true, __func__);
}

CassError cass_cluster_set_execution_profile_n(CassCluster *cluster, const char *name,
                                               size_t name_length, CassExecProfile *profile)
{
    note(__func__, "%.*s", (int)name_length, name);
    bool valid = name_length > 0 && profile_if(profile, true, __func__) == CASS_OK;
    return take_if(cluster, valid, __func__);
}
