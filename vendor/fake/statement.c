/* Statements. A request reads its statement when it completes, so changing one that is in flight
 * ends the process. */
#include "fake.h"

#include <arpa/inet.h>

#include <stdlib.h>
#include <string.h>

CassStatement *statement_new(char *text, size_t value_count, const CassPrepared *prepared)
{
    CassStatement *statement = object_new(KIND_STATEMENT, sizeof *statement, true);
    statement->text = text;
    statement->value_count = value_count;
    statement->values = must_alloc(value_count * sizeof *statement->values);
    statement->prepared = prepared;
    if (prepared)
        object_ref(&prepared->object);
    return statement;
}

CassStatement *cass_statement_new(const char *query, size_t parameter_count)
{
    return cass_statement_new_n(query, strlen(query), parameter_count);
}

CassStatement *cass_statement_new_n(const char *query, size_t query_length, size_t parameter_count)
{
    return statement_new(copy_text(query, query_length), parameter_count, NULL);
}

static void destroy(CassStatement *statement)
{
    for (size_t i = 0; i < statement->value_count; i++)
        scribble_free(statement->values[i].bytes, statement->values[i].size);
    free(statement->values);
    scribble_free(statement->paging_state, statement->paging_state_size);
    free(statement->text);
    if (statement->prepared)
        prepared_unref(statement->prepared);
    if (statement->payload)
        payload_unref(statement->payload);
    object_destroy(statement, KIND_STATEMENT);
}

void statement_unref(const CassStatement *statement)
{
    if (object_unref(&statement->object))
        destroy((CassStatement *)statement);
}

void cass_statement_free(CassStatement *statement)
{
    if (object_take_back(&statement->object, KIND_STATEMENT, __func__))
        destroy(statement);
}

void statement_begin(CassStatement *statement)
{
    atomic_fetch_add(&statement->in_flight, 1);
    if (statement->payload)
        atomic_fetch_add(&((CassCustomPayload *)statement->payload)->in_flight, 1);
}

void statement_end(CassStatement *statement)
{
    atomic_fetch_sub(&statement->in_flight, 1);
    if (statement->payload)
        atomic_fetch_sub(&((CassCustomPayload *)statement->payload)->in_flight, 1);
}

static void check_change(CassStatement *statement, const char *function)
{
    object_check(&statement->object, KIND_STATEMENT, function);
    if (atomic_load(&statement->in_flight) > 0)
        die(function, "the statement is in flight, and the driver still reads it");
}

CassError cass_statement_set_consistency(CassStatement *statement, CassConsistency consistency)
{
    (void)consistency;
    check_change(statement, __func__);
    return CASS_OK;
}

CassError cass_statement_set_serial_consistency(CassStatement *statement,
                                                CassConsistency serial_consistency)
{
    (void)serial_consistency;
    check_change(statement, __func__);
    return CASS_OK;
}

CassError cass_statement_set_paging_size(CassStatement *statement, int page_size)
{
    (void)page_size;
    check_change(statement, __func__);
    return CASS_OK;
}

CassError cass_statement_set_paging_state_token(CassStatement *statement, const char *paging_state,
                                                size_t paging_state_size)
{
    check_change(statement, __func__);
    scribble_free(statement->paging_state, statement->paging_state_size);
    statement->paging_state = copy_text(paging_state, paging_state_size);
    statement->paging_state_size = paging_state_size;
    return CASS_OK;
}

CassError cass_statement_set_timestamp(CassStatement *statement, int64_t timestamp)
{
    (void)timestamp;
    check_change(statement, __func__);
    return CASS_OK;
}

CassError cass_statement_set_request_timeout(CassStatement *statement, uint64_t timeout_ms)
{
    (void)timeout_ms;
    check_change(statement, __func__);
    return CASS_OK;
}

CassError cass_statement_set_is_idempotent(CassStatement *statement, cass_bool_t is_idempotent)
{
    (void)is_idempotent;
    check_change(statement, __func__);
    return CASS_OK;
}

CassError cass_statement_set_tracing(CassStatement *statement, cass_bool_t enabled)
{
    check_change(statement, __func__);
    statement->tracing = enabled;
    return CASS_OK;
}

CassError cass_statement_set_custom_payload(CassStatement *statement,
                                            const CassCustomPayload *payload)
{
    check_change(statement, __func__);
    payload_replace(&statement->payload, payload, __func__);
    return CASS_OK;
}

CassError cass_statement_set_execution_profile_n(CassStatement *statement, const char *name,
                                                 size_t name_length)
{
    check_change(statement, __func__);
    note(__func__, "%.*s", (int)name_length, name);
    return CASS_OK;
}

CassError cass_statement_set_retry_policy(CassStatement *statement, CassRetryPolicy *policy)
{
    check_change(statement, __func__);
    note(__func__, "%s", retry_policy_name(policy, __func__));
    return CASS_OK;
}

CassError cass_statement_set_host_inet(CassStatement *statement, const CassInet *host, int port)
{
    check_change(statement, __func__);
    char text[64] = "";
    inet_ntop(host->address_length == 4 ? AF_INET : AF_INET6, host->address, text, sizeof text);
    note(__func__, "%s %d", text, port);
    return CASS_OK;
}
