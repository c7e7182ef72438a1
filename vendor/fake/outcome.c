/* What a request ends with: the server's part of the fake driver. */
#include "fake.h"

#include <stdio.h>
#include <string.h>

void outcome_fail(Outcome *outcome, CassError code, const char *message)
{
    outcome->code = code;
    snprintf(outcome->message, sizeof outcome->message, "%s", message);
}

void outcome_of_prepare(Outcome *outcome, const char *text)
{
    Plan plan;
    plan_parse(&plan, text);
    if (plan.kind == PLAN_SYNTAX)
        outcome_fail(outcome, plan.code, plan.message);
    else
        outcome->prepared = prepared_new(text, &plan);
}

/* Whether the values can be sent and fit the markers; else the outcome is an error. */
static bool accept_values(Outcome *outcome, const Plan *plan, const CassStatement *statement,
                          int protocol_version)
{
    char message[128];
    if (statement->value_count != plan->marker_count) {
        snprintf(message, sizeof message, "Invalid amount of bind variables: %zu, expected %zu",
                 statement->value_count, plan->marker_count);
        outcome_fail(outcome, SERVER_INVALID_QUERY, message);
        return false;
    }
    for (size_t i = 0; i < plan->marker_count; i++) {
        const Bound *value = &statement->values[i];
        if (value->state == BOUND_UNSET && protocol_version == 3) {
            snprintf(message, sizeof message, "Query parameter at index %zu was not set", i);
            outcome_fail(outcome, LIB_PARAMETER_UNSET, message);
            return false;
        }
        if (value->state == BOUND_VALUE && value->size > 0 &&
            !data_type_fits(cass_data_type_type(plan->markers[i]), value->size)) {
            snprintf(message, sizeof message, "Marker p%zu: %zu bytes are no value of its type", i,
                     value->size);
            outcome_fail(outcome, SERVER_INVALID_QUERY, message);
            return false;
        }
    }
    return true;
}

/* One row of the bound values. Unset reads as null: there was nothing before. */
static CassResult *echo(const Plan *plan, const CassStatement *statement)
{
    CassResult *result = result_new();
    char name[24];
    for (size_t i = 0; i < plan->marker_count; i++) {
        snprintf(name, sizeof name, "p%zu", i);
        result_add_column(result, name, plan->markers[i]);
    }
    for (size_t i = 0; i < plan->marker_count; i++) {
        const Bound *value = &statement->values[i];
        result_add_cell(result, value->state == BOUND_VALUE ? value->bytes : NULL, value->size);
    }
    return result;
}

/* The one row of the id that was bound. */
static CassResult *lookup(const CassStatement *statement)
{
    const Bound *value = &statement->values[0];
    CassResult *result = result_new();
    result_add_column(result, "id", data_type_of(VALUE_TYPE_BIGINT));
    result_add_column(result, "name", data_type_of(VALUE_TYPE_VARCHAR));
    uint64_t id = 0;
    for (size_t i = 0; value->state == BOUND_VALUE && i < value->size; i++)
        id = id << 8 | value->bytes[i];
    char name[32];
    int length = snprintf(name, sizeof name, "name-%lld", (long long)id);
    result_add_cell(result, value->state == BOUND_VALUE ? value->bytes : NULL, value->size);
    result_add_cell(result, name, (size_t)length);
    return result;
}

static void add_row(CassResult *result, uint32_t id)
{
    uint8_t bytes[4] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id};
    char name[24];
    int length = snprintf(name, sizeof name, "name-%u", id);
    result_add_cell(result, bytes, sizeof bytes);
    result_add_cell(result, name, (size_t)length);
}

static bool fails_again(const Plan *plan, const CassStatement *statement)
{
    unsigned before = atomic_fetch_add(&((CassStatement *)statement)->failures, 1);
    return plan->failures == 0 || before < plan->failures;
}

static void rows(Outcome *outcome, const Plan *plan, const CassStatement *statement)
{
    uint32_t page = 0;
    if (statement->paging_state &&
        (!paging_state_read(statement->paging_state, statement->paging_state_size, &page) ||
         page >= plan->pages)) {
        outcome_fail(outcome, SERVER_PROTOCOL_ERROR, "Invalid value for the paging state");
        return;
    }
    if (plan->last_page != CASS_OK && page + 1 == plan->pages && fails_again(plan, statement)) {
        outcome_fail(outcome, plan->last_page, "the last page fails");
        return;
    }
    CassResult *result = result_new();
    result_add_column(result, "id", data_type_of(VALUE_TYPE_INT));
    result_add_column(result, "name", data_type_of(VALUE_TYPE_VARCHAR));
    for (uint32_t i = 0; i < plan->rows_per_page; i++)
        add_row(result, page * plan->rows_per_page + i);
    if (plan->cut_short)
        result->rows_there = plan->rows_there;
    result->has_more_pages = page + 1 < plan->pages;
    if (result->has_more_pages)
        paging_state_write(result->paging_state, page + 1);
    outcome->result = result;
}

/* The answer of a lightweight transaction. */
static CassResult *transaction(PlanKind kind)
{
    CassResult *result = result_new();
    uint8_t applied = kind == PLAN_APPLIED;
    result_add_column(result, "[applied]", data_type_of(VALUE_TYPE_BOOLEAN));
    if (kind == PLAN_REFUSED_ROW || kind == PLAN_REFUSED_NULLS) {
        result_add_column(result, "id", data_type_of(VALUE_TYPE_INT));
        result_add_column(result, "name", data_type_of(VALUE_TYPE_VARCHAR));
    }
    result_add_cell(result, &applied, 1);
    if (kind == PLAN_REFUSED_ROW)
        add_row(result, 7);
    if (kind == PLAN_REFUSED_NULLS) {
        result_add_cell(result, NULL, 0);
        result_add_cell(result, NULL, 0);
    }
    return result;
}

/* The id of a statement that was prepared before is another now. */
static bool is_forgotten(Outcome *outcome, const CassStatement *statement)
{
    if (!statement->prepared || statement->prepared->forgotten == times_forgotten())
        return false;
    outcome_fail(outcome, LIB_UNEXPECTED_RESPONSE,
                 "ID mismatch while trying to prepare query (expected ID fa, received ID 4e). This "
                 "prepared statement won't work anymore.");
    return true;
}

static void send_back(Outcome *outcome, const CassCustomPayload *payload)
{
    if (payload)
        object_ref(&payload->object);
    outcome->payload = payload;
}

bool outcome_is_held(const CassStatement *statement, uint32_t *number)
{
    Plan parsed;
    const Plan *plan = &parsed;
    if (statement->prepared)
        plan = &statement->prepared->plan;
    else
        plan_parse(&parsed, statement->text);
    *number = plan->number;
    return plan->kind == PLAN_HELD;
}

/* What a statement ends with, by itself or in a batch. */
static bool run(Outcome *outcome, const CassStatement *statement, int protocol_version)
{
    if (is_forgotten(outcome, statement))
        return true;
    Plan parsed;
    const Plan *plan = &parsed;
    if (statement->prepared)
        plan = &statement->prepared->plan;
    else
        plan_parse(&parsed, statement->text);
    if (plan->kind == PLAN_SYNTAX) {
        outcome_fail(outcome, plan->code, plan->message);
        return true;
    }
    if (!accept_values(outcome, plan, statement, protocol_version))
        return true;
    switch (plan->kind) {
    case PLAN_NEVER:
        return false;
    case PLAN_ERROR:
        outcome_fail(outcome, plan->code, plan->message);
        break;
    case PLAN_ROWS:
        rows(outcome, plan, statement);
        break;
    case PLAN_ECHO:
        outcome->result = echo(plan, statement);
        break;
    case PLAN_LOOKUP:
        outcome->result = lookup(statement);
        break;
    case PLAN_STAMP:
        outcome->result = stamp_new();
        break;
    case PLAN_APPLIED:
    case PLAN_REFUSED:
    case PLAN_REFUSED_ROW:
    case PLAN_REFUSED_NULLS:
        outcome->result = transaction(plan->kind);
        break;
    case PLAN_OK:
    case PLAN_STORE:
    case PLAN_HELD:
    case PLAN_SYNTAX:
        outcome->result = result_new();
        break;
    }
    return true;
}

bool outcome_of_statement(Outcome *outcome, const CassStatement *statement, int protocol_version)
{
    outcome->has_tracing_id = statement->tracing;
    send_back(outcome, statement->payload);
    return run(outcome, statement, protocol_version);
}

/* A verdict answers for all; of other results nothing is seen, as a batch writes only. */
static bool answers(const CassResult *result)
{
    return result->column_count > 0 && strcmp(result->columns[0].name, "[applied]") == 0;
}

bool outcome_of_batch(Outcome *outcome, const CassBatch *batch, int protocol_version)
{
    outcome->has_tracing_id = batch->tracing;
    send_back(outcome, batch->payload);
    CassResult *verdict = NULL;
    for (size_t i = 0; i < batch->count; i++) {
        Outcome one = {0};
        bool completes = run(&one, batch->statements[i], protocol_version);
        if (!completes || one.code != CASS_OK) {
            if (verdict)
                result_unref(verdict);
            if (completes)
                outcome_fail(outcome, one.code, one.message);
            return completes;
        }
        if (!verdict && answers(one.result))
            verdict = one.result;
        else
            result_unref(one.result);
    }
    outcome->result = verdict ? verdict : result_new();
    return true;
}
