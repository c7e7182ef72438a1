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

static void add_row(CassResult *result, uint32_t id)
{
    uint8_t bytes[4] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id};
    char name[24];
    int length = snprintf(name, sizeof name, "name-%u", id);
    result_add_cell(result, bytes, sizeof bytes);
    result_add_cell(result, name, (size_t)length);
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
    CassResult *result = result_new();
    result_add_column(result, "id", data_type_of(VALUE_TYPE_INT));
    result_add_column(result, "name", data_type_of(VALUE_TYPE_VARCHAR));
    for (uint32_t i = 0; i < plan->rows_per_page; i++)
        add_row(result, page * plan->rows_per_page + i);
    result->has_more_pages = page + 1 < plan->pages;
    if (result->has_more_pages)
        paging_state_write(result->paging_state, page + 1);
    outcome->result = result;
}

bool outcome_of_statement(Outcome *outcome, const CassStatement *statement, int protocol_version)
{
    Plan parsed;
    const Plan *plan = &parsed;
    if (statement->prepared)
        plan = &statement->prepared->plan;
    else
        plan_parse(&parsed, statement->text);
    outcome->has_tracing_id = statement->tracing;
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
    case PLAN_OK:
    case PLAN_SYNTAX:
        outcome->result = result_new();
        break;
    }
    return true;
}
