/* Batches. A request reads its batch and the statements in it when it completes, so changing one of
 * them while it is in flight ends the process. */
#include "fake.h"

#include <stdlib.h>

CassBatch *cass_batch_new(CassBatchType type)
{
    if (type > 2)
        die(__func__, "no such kind of batch");
    return object_new(KIND_BATCH, sizeof(CassBatch), true);
}

static void destroy(CassBatch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        statement_unref(batch->statements[i]);
    free(batch->statements);
    if (batch->payload)
        payload_unref(batch->payload);
    object_destroy(batch, KIND_BATCH);
}

void batch_unref(const CassBatch *batch)
{
    if (object_unref(&batch->object))
        destroy((CassBatch *)batch);
}

void cass_batch_free(CassBatch *batch)
{
    if (object_take_back(&batch->object, KIND_BATCH, __func__))
        destroy(batch);
}

void batch_begin(CassBatch *batch)
{
    atomic_fetch_add(&batch->in_flight, 1);
    for (size_t i = 0; i < batch->count; i++)
        atomic_fetch_add(&batch->statements[i]->in_flight, 1);
    if (batch->payload)
        atomic_fetch_add(&((CassCustomPayload *)batch->payload)->in_flight, 1);
}

void batch_end(CassBatch *batch)
{
    atomic_fetch_sub(&batch->in_flight, 1);
    for (size_t i = 0; i < batch->count; i++)
        atomic_fetch_sub(&batch->statements[i]->in_flight, 1);
    if (batch->payload)
        atomic_fetch_sub(&((CassCustomPayload *)batch->payload)->in_flight, 1);
}

static void check_change(CassBatch *batch, const char *function)
{
    object_check(&batch->object, KIND_BATCH, function);
    if (atomic_load(&batch->in_flight) > 0)
        die(function, "the batch is in flight, and the driver still reads it");
}

CassError cass_batch_add_statement(CassBatch *batch, CassStatement *statement)
{
    check_change(batch, __func__);
    object_check(&statement->object, KIND_STATEMENT, __func__);
    batch->statements =
        realloc(batch->statements, (batch->count + 1) * sizeof *batch->statements);
    if (!batch->statements)
        die(__func__, "out of memory");
    object_ref(&statement->object);
    batch->statements[batch->count++] = statement;
    return CASS_OK;
}

CassError cass_batch_set_consistency(CassBatch *batch, CassConsistency consistency)
{
    (void)consistency;
    check_change(batch, __func__);
    return CASS_OK;
}

CassError cass_batch_set_serial_consistency(CassBatch *batch, CassConsistency serial_consistency)
{
    (void)serial_consistency;
    check_change(batch, __func__);
    return CASS_OK;
}

CassError cass_batch_set_timestamp(CassBatch *batch, int64_t timestamp)
{
    (void)timestamp;
    check_change(batch, __func__);
    return CASS_OK;
}

CassError cass_batch_set_request_timeout(CassBatch *batch, uint64_t timeout_ms)
{
    (void)timeout_ms;
    check_change(batch, __func__);
    return CASS_OK;
}

CassError cass_batch_set_is_idempotent(CassBatch *batch, cass_bool_t is_idempotent)
{
    (void)is_idempotent;
    check_change(batch, __func__);
    return CASS_OK;
}

CassError cass_batch_set_tracing(CassBatch *batch, cass_bool_t enabled)
{
    check_change(batch, __func__);
    batch->tracing = enabled;
    return CASS_OK;
}

CassError cass_batch_set_execution_profile_n(CassBatch *batch, const char *name, size_t name_length)
{
    check_change(batch, __func__);
    note(__func__, "%.*s", (int)name_length, name);
    return CASS_OK;
}

CassError cass_batch_set_retry_policy(CassBatch *batch, CassRetryPolicy *policy)
{
    check_change(batch, __func__);
    note(__func__, "%s", retry_policy_name(policy, __func__));
    return CASS_OK;
}

CassError cass_batch_set_custom_payload(CassBatch *batch, const CassCustomPayload *payload)
{
    check_change(batch, __func__);
    payload_replace(&batch->payload, payload, __func__);
    return CASS_OK;
}
