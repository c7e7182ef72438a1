/* Prepared statements: the text, understood once, and its markers p0, p1, ... */
#include "fake.h"

#include <stdlib.h>
#include <string.h>

const CassPrepared *prepared_new(const char *text, const Plan *plan)
{
    CassPrepared *prepared = object_new(KIND_PREPARED, sizeof *prepared, false);
    prepared->text = copy_text(text, strlen(text));
    prepared->plan = *plan;
    prepared->forgotten = times_forgotten();
    return prepared;
}

static void destroy(CassPrepared *prepared)
{
    scribble_free(prepared->text, strlen(prepared->text));
    object_destroy(prepared, KIND_PREPARED);
}

void prepared_unref(const CassPrepared *prepared)
{
    if (object_unref(&prepared->object))
        destroy((CassPrepared *)prepared);
}

void cass_prepared_free(const CassPrepared *prepared)
{
    if (object_take_back(&prepared->object, KIND_PREPARED, __func__))
        destroy((CassPrepared *)prepared);
}

CassStatement *cass_prepared_bind(const CassPrepared *prepared)
{
    object_check(&prepared->object, KIND_PREPARED, __func__);
    return statement_new(copy_text(prepared->text, strlen(prepared->text)),
                         prepared->plan.marker_count, prepared);
}

static const char *const MARKER_NAMES[] = {
    "p0",  "p1",  "p2",  "p3",  "p4",  "p5",  "p6",  "p7",  "p8",  "p9",  "p10", "p11", "p12",
    "p13", "p14", "p15", "p16", "p17", "p18", "p19", "p20", "p21", "p22", "p23", "p24", "p25",
    "p26", "p27", "p28", "p29", "p30", "p31",
};
_Static_assert(sizeof MARKER_NAMES / sizeof MARKER_NAMES[0] == MAX_MARKERS, "a name for each");

CassError cass_prepared_parameter_name(const CassPrepared *prepared, size_t index,
                                       const char **name, size_t *name_length)
{
    object_check(&prepared->object, KIND_PREPARED, __func__);
    if (index >= prepared->plan.marker_count)
        return LIB_INDEX_OUT_OF_BOUNDS;
    *name = MARKER_NAMES[index];
    *name_length = strlen(*name);
    return CASS_OK;
}

const CassDataType *cass_prepared_parameter_data_type(const CassPrepared *prepared, size_t index)
{
    object_check(&prepared->object, KIND_PREPARED, __func__);
    return index < prepared->plan.marker_count ? prepared->plan.markers[index] : NULL;
}
