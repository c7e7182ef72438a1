/* A session's figures: the same for each, and each field's its own, so that a mix-up shows. */
#include "fake.h"

void cass_session_get_metrics(const CassSession *session, CassMetrics *output)
{
    object_check(&session->object, KIND_SESSION, __func__);
    *output = (CassMetrics){
        .requests = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0.25, 0.5, 0.75, 1.25},
        .stats = {11, 12, 13, 14},
        .errors = {15, 16, 17},
        .events = {18},
    };
}

void cass_session_get_speculative_execution_metrics(const CassSession *session,
                                                    CassSpeculativeExecutionMetrics *output)
{
    object_check(&session->object, KIND_SESSION, __func__);
    *output = (CassSpeculativeExecutionMetrics){21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 1.5};
}
