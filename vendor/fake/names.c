/* The names of codes, all that the driver has. An unknown code has the empty name, as in the driver. */
#include "cassandra_api.h"

typedef struct {
    uint32_t code;
    const char *name;
} Name;

static const char *name_in(const Name *names, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].code == code)
            return names[i].name;
    return "";
}

static const Name ERRORS[] = {
    {LIB_BAD_PARAMS, "Bad parameters"},
    {LIB(2), "No streams available"},
    {LIB(3), "Unable to initialize"},
    {LIB(4), "Unable to encode message"},
    {LIB_HOST_RESOLUTION, "Unable to resolve host"},
    {LIB_UNEXPECTED_RESPONSE, "Unexpected response"},
    {LIB_REQUEST_QUEUE_FULL, "The request queue is full"},
    {LIB(8), "No available I/O threads"},
    {LIB(9), "Write error"},
    {LIB_NO_HOSTS_AVAILABLE, "No hosts available"},
    {LIB_INDEX_OUT_OF_BOUNDS, "Index out of bounds"},
    {LIB(12), "Invalid item count"},
    {LIB_INVALID_VALUE_TYPE, "Invalid value type"},
    {LIB_REQUEST_TIMED_OUT, "Request timed out"},
    {LIB_UNABLE_TO_SET_KEYSPACE, "Unable to set keyspace"},
    {LIB_CALLBACK_ALREADY_SET, "Callback already set"},
    {LIB(17), "Invalid statement type"},
    {LIB(18), "Unknown name"},
    {LIB(19), "No supported protocol version"},
    {LIB_NULL_VALUE, "NULL value specified"},
    {LIB(21), "Not implemented"},
    {LIB_UNABLE_TO_CONNECT, "Unable to connect"},
    {LIB_UNABLE_TO_CLOSE, "Unable to close"},
    {LIB_NO_PAGING_STATE, "No paging state"},
    {LIB_PARAMETER_UNSET, "Parameter unset"},
    {LIB_INVALID_ERROR_RESULT_TYPE, "Invalid error result type"},
    {LIB_INVALID_FUTURE_TYPE, "Invalid future type"},
    {LIB(28), "Internal error"},
    {LIB(29), "Invalid custom type"},
    {LIB(30), "Invalid data"},
    {LIB(31), "Not enough data"},
    {LIB(32), "Invalid state"},
    {LIB_NO_CUSTOM_PAYLOAD, "No custom payload"},
    {LIB(34), "Invalid execution profile"},
    {LIB_NO_TRACING_ID, "No tracing ID"},
    {SERVER(0x0000), "Server error"},
    {SERVER_PROTOCOL_ERROR, "Protocol error"},
    {SERVER_BAD_CREDENTIALS, "Bad credentials"},
    {SERVER_UNAVAILABLE, "Unavailable"},
    {SERVER(0x1001), "Overloaded"},
    {SERVER(0x1002), "Is bootstrapping"},
    {SERVER(0x1003), "Truncate error"},
    {SERVER_WRITE_TIMEOUT, "Write timeout"},
    {SERVER_READ_TIMEOUT, "Read timeout"},
    {SERVER_READ_FAILURE, "Read failure"},
    {SERVER_FUNCTION_FAILURE, "Function failure"},
    {SERVER_WRITE_FAILURE, "Write failure"},
    {SERVER_SYNTAX_ERROR, "Syntax error"},
    {SERVER(0x2100), "Unauthorized"},
    {SERVER_INVALID_QUERY, "Invalid query"},
    {SERVER(0x2300), "Configuration error"},
    {SERVER_ALREADY_EXISTS, "Already exists"},
    {SERVER(0x2500), "Unprepared"},
    {TLS(1), "Invalid certificate"},
    {TLS(2), "Invalid private key"},
    {TLS(3), "No peer certificate"},
    {TLS(4), "Invalid peer certificate"},
    {TLS(5), "Identity mismatch"},
    {TLS(6), "TLS protocol error"},
    {TLS(7), "Connection closed"},
};

static const Name CONSISTENCIES[] = {
    {CONSISTENCY_UNKNOWN, "UNKNOWN"}, {0x0, "ANY"},          {0x1, "ONE"},
    {0x2, "TWO"},                     {0x3, "THREE"},        {0x4, "QUORUM"},
    {0x5, "ALL"},                     {0x6, "LOCAL_QUORUM"}, {0x7, "EACH_QUORUM"},
    {0x8, "SERIAL"},                  {0x9, "LOCAL_SERIAL"}, {0xA, "LOCAL_ONE"},
};

static const Name WRITE_TYPES[] = {
    {1, "SIMPLE"},    {2, "BATCH"}, {3, "UNLOGGED_BATCH"}, {4, "COUNTER"},
    {5, "BATCH_LOG"}, {6, "CAS"},   {7, "VIEW"},           {8, "CDC"},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const char *cass_error_desc(CassError error)
{
    return name_in(ERRORS, COUNT(ERRORS), error);
}

const char *cass_consistency_string(CassConsistency consistency)
{
    return name_in(CONSISTENCIES, COUNT(CONSISTENCIES), consistency);
}

const char *cass_write_type_string(CassWriteType write_type)
{
    return name_in(WRITE_TYPES, COUNT(WRITE_TYPES), write_type);
}
