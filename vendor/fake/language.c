/* The language of the fake driver's statements; the first word decides.
 *
 *   OK                            a result without rows
 *   ERROR <code> <message>        fails; the code is a CassError, or a bare server code
 *   ROWS <rows per page> <pages>  columns (id int, name text), paged
 *   ROWS <rows per page> <pages> <code>   the last page fails
 *   ROWS <rows per page> <pages> <code> <times>   the last page fails so many times
 *   SHORT <rows> <there>          one page that says <rows>, and whose iterator ends after <there>
 *   ECHO <type> ...               one row of the values bound to markers p0, p1, ...
 *   STORE <type> ...              has the same markers, and a result without rows
 *   LOOKUP                        has the marker p0 bigint; one row (id bigint, name text), by its value
 *   STAMP                         one row (called bigint): when its callback was called, in ns
 *   NEVER                         completes when the session closes
 *   HELD <number>                 completes, without rows, when the test lets it go
 *   APPLIED                       a transaction that was done: column [applied], true
 *   REFUSED                       one that was not: column [applied], false
 *   REFUSED ROW                   with the row that stood against it: (id int, name text)
 *   REFUSED NULLS                 with no such row, as ScyllaDB says it
 *
 * Everything else is a syntax error. */
#include "fake.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Copies the next word of `*text` in lower case, and moves behind it; false at the end. */
static bool next_word(const char **text, char *word, size_t capacity)
{
    const char *at = *text;
    while (isspace((unsigned char)*at))
        at++;
    size_t length = 0;
    while (*at && !isspace((unsigned char)*at)) {
        if (length + 1 < capacity)
            word[length++] = (char)tolower((unsigned char)*at);
        at++;
    }
    word[length] = 0;
    *text = at;
    return length > 0;
}

static bool next_number(const char **text, uint32_t *number)
{
    char word[16], *end;
    if (!next_word(text, word, sizeof word))
        return false;
    unsigned long value = strtoul(word, &end, 0);
    *number = (uint32_t)value;
    return *end == 0 && value <= UINT32_MAX;
}

static void syntax_error(Plan *plan, const char *text)
{
    plan->kind = PLAN_SYNTAX;
    plan->code = SERVER_SYNTAX_ERROR;
    snprintf(plan->message, sizeof plan->message, "the fake driver does not understand: %.150s",
             text);
}

static bool parse_error(Plan *plan, const char *rest)
{
    uint32_t code;
    if (!next_number(&rest, &code))
        return false;
    while (isspace((unsigned char)*rest))
        rest++;
    plan->kind = PLAN_ERROR;
    /* Without a source it is a server's code, as a server sends it. */
    plan->code = code > 0xFFFFFF ? code : SERVER(code);
    snprintf(plan->message, sizeof plan->message, "%.250s", rest);
    return true;
}

static bool parse_rows(Plan *plan, const char *rest)
{
    plan->kind = PLAN_ROWS;
    if (!next_number(&rest, &plan->rows_per_page) || !next_number(&rest, &plan->pages))
        return false;
    uint32_t code;
    if (next_number(&rest, &code)) {
        plan->last_page = code > 0xFFFFFF ? code : SERVER(code);
        next_number(&rest, &plan->failures);
    }
    return plan->pages > 0;
}

static bool parse_short(Plan *plan, const char *rest)
{
    plan->kind = PLAN_ROWS;
    plan->pages = 1;
    plan->cut_short = true;
    return next_number(&rest, &plan->rows_per_page) && next_number(&rest, &plan->rows_there) &&
           plan->rows_there <= plan->rows_per_page;
}

static bool parse_held(Plan *plan, const char *rest)
{
    plan->kind = PLAN_HELD;
    return next_number(&rest, &plan->number);
}

static bool parse_refused(Plan *plan, const char *rest)
{
    char word[16];
    if (!next_word(&rest, word, sizeof word))
        plan->kind = PLAN_REFUSED;
    else if (strcmp(word, "row") == 0)
        plan->kind = PLAN_REFUSED_ROW;
    else if (strcmp(word, "nulls") == 0)
        plan->kind = PLAN_REFUSED_NULLS;
    else
        return false;
    return true;
}

static bool parse_markers(Plan *plan, PlanKind kind, const char *rest)
{
    char word[16];
    plan->kind = kind;
    while (next_word(&rest, word, sizeof word)) {
        const CassDataType *type = data_type_named(word);
        if (!type || plan->marker_count == MAX_MARKERS)
            return false;
        plan->markers[plan->marker_count++] = type;
    }
    return plan->marker_count > 0;
}

void plan_parse(Plan *plan, const char *text)
{
    *plan = (Plan){.kind = PLAN_SYNTAX};
    const char *rest = text;
    char word[16];
    next_word(&rest, word, sizeof word);
    bool understood = true;
    if (strcmp(word, "ok") == 0)
        plan->kind = PLAN_OK;
    else if (strcmp(word, "never") == 0)
        plan->kind = PLAN_NEVER;
    else if (strcmp(word, "stamp") == 0)
        plan->kind = PLAN_STAMP;
    else if (strcmp(word, "applied") == 0)
        plan->kind = PLAN_APPLIED;
    else if (strcmp(word, "refused") == 0)
        understood = parse_refused(plan, rest);
    else if (strcmp(word, "error") == 0)
        understood = parse_error(plan, rest);
    else if (strcmp(word, "rows") == 0)
        understood = parse_rows(plan, rest);
    else if (strcmp(word, "short") == 0)
        understood = parse_short(plan, rest);
    else if (strcmp(word, "held") == 0)
        understood = parse_held(plan, rest);
    else if (strcmp(word, "echo") == 0)
        understood = parse_markers(plan, PLAN_ECHO, rest);
    else if (strcmp(word, "store") == 0)
        understood = parse_markers(plan, PLAN_STORE, rest);
    else if (strcmp(word, "lookup") == 0)
        understood = parse_markers(plan, PLAN_LOOKUP, "bigint");
    else
        understood = false;
    if (!understood)
        syntax_error(plan, text);
}
