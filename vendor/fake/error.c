/* Error results: what a server says beside the code, with fixed values in the fields that an error
 * of its kind has, and the driver's defaults in all others. */
#include "fake.h"

#include <string.h>

struct CassErrorResult {
    Object object;
    CassError code;
};

const CassErrorResult *error_result_new(CassError code)
{
    if (code >> 24 != 2)
        return NULL;
    CassErrorResult *error_result = object_new(KIND_ERROR_RESULT, sizeof *error_result, false);
    error_result->code = code;
    return error_result;
}

void error_result_unref(const CassErrorResult *error_result)
{
    if (object_unref(&error_result->object))
        object_destroy(error_result, KIND_ERROR_RESULT);
}

void cass_error_result_free(const CassErrorResult *error_result)
{
    if (object_take_back(&error_result->object, KIND_ERROR_RESULT, __func__))
        object_destroy(error_result, KIND_ERROR_RESULT);
}

static CassError code_of(const CassErrorResult *error_result, const char *function)
{
    object_check(&error_result->object, KIND_ERROR_RESULT, function);
    return error_result->code;
}

static bool is_timeout_or_failure(CassError code)
{
    return code == SERVER_READ_TIMEOUT || code == SERVER_WRITE_TIMEOUT ||
           code == SERVER_READ_FAILURE || code == SERVER_WRITE_FAILURE;
}

static bool has_responses(CassError code)
{
    return code == SERVER_UNAVAILABLE || is_timeout_or_failure(code);
}

CassError cass_error_result_code(const CassErrorResult *error_result)
{
    return code_of(error_result, __func__);
}

CassConsistency cass_error_result_consistency(const CassErrorResult *error_result)
{
    return has_responses(code_of(error_result, __func__)) ? CONSISTENCY_QUORUM
                                                          : CONSISTENCY_UNKNOWN;
}

int32_t cass_error_result_responses_received(const CassErrorResult *error_result)
{
    return has_responses(code_of(error_result, __func__)) ? 1 : -1;
}

int32_t cass_error_result_responses_required(const CassErrorResult *error_result)
{
    return has_responses(code_of(error_result, __func__)) ? 2 : -1;
}

int32_t cass_error_result_num_failures(const CassErrorResult *error_result)
{
    CassError code = code_of(error_result, __func__);
    return code == SERVER_READ_FAILURE || code == SERVER_WRITE_FAILURE ? 1 : -1;
}

cass_bool_t cass_error_result_data_present(const CassErrorResult *error_result)
{
    CassError code = code_of(error_result, __func__);
    return code == SERVER_READ_TIMEOUT || code == SERVER_READ_FAILURE;
}

CassWriteType cass_error_result_write_type(const CassErrorResult *error_result)
{
    CassError code = code_of(error_result, __func__);
    return code == SERVER_WRITE_TIMEOUT || code == SERVER_WRITE_FAILURE ? WRITE_TYPE_SIMPLE
                                                                        : WRITE_TYPE_UNKNOWN;
}

static CassError text_if(bool present, const char *value, const char **text, size_t *length)
{
    if (!present)
        return LIB_INVALID_ERROR_RESULT_TYPE;
    *text = value;
    *length = strlen(value);
    return CASS_OK;
}

CassError cass_error_result_keyspace(const CassErrorResult *error_result, const char **keyspace,
                                     size_t *keyspace_length)
{
    CassError code = code_of(error_result, __func__);
    return text_if(code == SERVER_ALREADY_EXISTS || code == SERVER_FUNCTION_FAILURE,
                   "fake_keyspace", keyspace, keyspace_length);
}

CassError cass_error_result_table(const CassErrorResult *error_result, const char **table,
                                  size_t *table_length)
{
    CassError code = code_of(error_result, __func__);
    return text_if(code == SERVER_ALREADY_EXISTS, "fake_table", table, table_length);
}

CassError cass_error_result_function(const CassErrorResult *error_result, const char **function,
                                     size_t *function_length)
{
    CassError code = code_of(error_result, __func__);
    return text_if(code == SERVER_FUNCTION_FAILURE, "fake_function", function, function_length);
}
