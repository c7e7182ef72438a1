/* Retry policies and timestamp generators: names, and nothing behind them. */
#include "fake.h"

#include <stdio.h>

struct CassRetryPolicy {
    Object object;
    char name[32];
};

struct CassTimestampGen {
    Object object;
    char name[64];
};

static CassRetryPolicy *retry_policy_new(const char *before, const char *name)
{
    CassRetryPolicy *policy = object_new(KIND_RETRY_POLICY, sizeof *policy, true);
    snprintf(policy->name, sizeof policy->name, "%s%s", before, name);
    return policy;
}

CassRetryPolicy *cass_retry_policy_default_new(void)
{
    return retry_policy_new("", "default");
}

CassRetryPolicy *cass_retry_policy_fallthrough_new(void)
{
    return retry_policy_new("", "fallthrough");
}

/* The driver refuses to log what logs already. */
CassRetryPolicy *cass_retry_policy_logging_new(CassRetryPolicy *child)
{
    const char *name = retry_policy_name(child, __func__);
    return name[0] == 'l' ? NULL : retry_policy_new("logging ", name);
}

void cass_retry_policy_free(CassRetryPolicy *policy)
{
    if (object_take_back(&policy->object, KIND_RETRY_POLICY, __func__))
        object_destroy(policy, KIND_RETRY_POLICY);
}

const char *retry_policy_name(const CassRetryPolicy *policy, const char *function)
{
    object_check(&policy->object, KIND_RETRY_POLICY, function);
    return policy->name;
}

CassTimestampGen *cass_timestamp_gen_server_side_new(void)
{
    CassTimestampGen *generator = object_new(KIND_TIMESTAMP_GEN, sizeof *generator, true);
    snprintf(generator->name, sizeof generator->name, "server side");
    return generator;
}

CassTimestampGen *cass_timestamp_gen_monotonic_new_with_settings(int64_t warning_threshold_us,
                                                                 int64_t warning_interval_ms)
{
    CassTimestampGen *generator = object_new(KIND_TIMESTAMP_GEN, sizeof *generator, true);
    snprintf(generator->name, sizeof generator->name, "monotonic %lld %lld",
             (long long)warning_threshold_us, (long long)warning_interval_ms);
    return generator;
}

void cass_timestamp_gen_free(CassTimestampGen *generator)
{
    if (object_take_back(&generator->object, KIND_TIMESTAMP_GEN, __func__))
        object_destroy(generator, KIND_TIMESTAMP_GEN);
}

const char *timestamp_gen_name(const CassTimestampGen *generator, const char *function)
{
    object_check(&generator->object, KIND_TIMESTAMP_GEN, function);
    return generator->name;
}
