/* Binding values by position. A prepared statement checks the type, a simple one takes anything. */
#include "fake.h"

#include <string.h>

/* The CQL types that one bind function accepts. */
typedef struct {
    size_t count;
    CassValueType types[6];
} Accepts;

static bool accepts(const Accepts *accepted, CassValueType type)
{
    for (size_t i = 0; i < accepted->count; i++)
        if (accepted->types[i] == type)
            return true;
    return false;
}

/* The value at `index`, unset; NULL with an error. */
static Bound *value_at(CassStatement *statement, size_t index, const Accepts *accepted,
                       CassError *error, const char *function)
{
    object_check(&statement->object, KIND_STATEMENT, function);
    if (atomic_load(&statement->in_flight) > 0)
        die(function, "the statement is in flight, and the driver still reads it");
    *error = CASS_OK;
    if (index >= statement->value_count)
        *error = LIB_INDEX_OUT_OF_BOUNDS;
    else if (statement->prepared && accepted &&
             !accepts(accepted,
                      cass_data_type_type(statement->prepared->plan.markers[index])))
        *error = LIB_INVALID_VALUE_TYPE;
    if (*error != CASS_OK)
        return NULL;
    Bound *value = &statement->values[index];
    scribble_free(value->bytes, value->size);
    *value = (Bound){0};
    return value;
}

static CassError bind(CassStatement *statement, size_t index, const Accepts *accepted,
                      const void *bytes, size_t size, const char *function)
{
    CassError error;
    Bound *value = value_at(statement, index, accepted, &error, function);
    if (!value)
        return error;
    value->state = BOUND_VALUE;
    value->bytes = (uint8_t *)copy_text(bytes, size);
    value->size = size;
    return CASS_OK;
}

/* Big-endian, as CQL sends its numbers. */
static CassError bind_number(CassStatement *statement, size_t index, const Accepts *accepted,
                             uint64_t bits, size_t size, const char *function)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(bits >> (8 * (size - 1 - i)));
    return bind(statement, index, accepted, bytes, size, function);
}

CassError cass_statement_bind_null(CassStatement *statement, size_t index)
{
    CassError error;
    Bound *value = value_at(statement, index, NULL, &error, __func__);
    if (value)
        value->state = BOUND_NULL;
    return error;
}

CassError cass_statement_bind_int8(CassStatement *statement, size_t index, int8_t value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_TINY_INT}};
    return bind_number(statement, index, &accepted, (uint8_t)value, 1, __func__);
}

CassError cass_statement_bind_int16(CassStatement *statement, size_t index, int16_t value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_SMALL_INT}};
    return bind_number(statement, index, &accepted, (uint16_t)value, 2, __func__);
}

CassError cass_statement_bind_int32(CassStatement *statement, size_t index, int32_t value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_INT}};
    return bind_number(statement, index, &accepted, (uint32_t)value, 4, __func__);
}

CassError cass_statement_bind_uint32(CassStatement *statement, size_t index, uint32_t value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_DATE}};
    return bind_number(statement, index, &accepted, value, 4, __func__);
}

CassError cass_statement_bind_int64(CassStatement *statement, size_t index, int64_t value)
{
    static const Accepts accepted = {2, {VALUE_TYPE_BIGINT, VALUE_TYPE_TIMESTAMP}};
    return bind_number(statement, index, &accepted, (uint64_t)value, 8, __func__);
}

CassError cass_statement_bind_float(CassStatement *statement, size_t index, float value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_FLOAT}};
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bind_number(statement, index, &accepted, bits, 4, __func__);
}

CassError cass_statement_bind_double(CassStatement *statement, size_t index, double value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_DOUBLE}};
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bind_number(statement, index, &accepted, bits, 8, __func__);
}

CassError cass_statement_bind_bool(CassStatement *statement, size_t index, cass_bool_t value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_BOOLEAN}};
    return bind_number(statement, index, &accepted, value != 0, 1, __func__);
}

CassError cass_statement_bind_string(CassStatement *statement, size_t index, const char *value)
{
    return cass_statement_bind_string_n(statement, index, value, strlen(value));
}

CassError cass_statement_bind_string_n(CassStatement *statement, size_t index, const char *value,
                                       size_t value_length)
{
    static const Accepts accepted = {
        4, {VALUE_TYPE_ASCII, VALUE_TYPE_VARCHAR, VALUE_TYPE_BLOB, VALUE_TYPE_CUSTOM}};
    return bind(statement, index, &accepted, value, value_length, __func__);
}

CassError cass_statement_bind_bytes(CassStatement *statement, size_t index, const uint8_t *value,
                                    size_t value_size)
{
    static const Accepts accepted = {2, {VALUE_TYPE_BLOB, VALUE_TYPE_CUSTOM}};
    return bind(statement, index, &accepted, value, value_size, __func__);
}

CassError cass_statement_bind_uuid(CassStatement *statement, size_t index, CassUuid value)
{
    static const Accepts accepted = {2, {VALUE_TYPE_UUID, VALUE_TYPE_TIMEUUID}};
    uint64_t time = value.time_and_version, clock = value.clock_seq_and_node;
    /* The low half of the time comes first on the wire, then its middle, then its top. */
    uint64_t first = time << 32 | (time >> 16 & 0xFFFF0000u) | time >> 48;
    uint8_t bytes[16];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(first >> (56 - 8 * i));
        bytes[8 + i] = (uint8_t)(clock >> (56 - 8 * i));
    }
    return bind(statement, index, &accepted, bytes, sizeof bytes, __func__);
}

CassError cass_statement_bind_inet(CassStatement *statement, size_t index, CassInet value)
{
    static const Accepts accepted = {1, {VALUE_TYPE_INET}};
    size_t size = value.address_length <= 16 ? value.address_length : 16;
    return bind(statement, index, &accepted, value.address, size, __func__);
}
