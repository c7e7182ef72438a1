/* The scalar types of CQL. They are constants: nobody frees them. */
#include "fake.h"

#include <string.h>

#define MAGIC 0xFA4EDA7Au
/* Not a fixed size. */
#define ANY_SIZE 0

struct CassDataType {
    unsigned magic;
    const char *name;
    CassValueType type;
    size_t size;
};

static const CassDataType TYPES[] = {
    {MAGIC, "ascii", VALUE_TYPE_ASCII, ANY_SIZE},
    {MAGIC, "bigint", VALUE_TYPE_BIGINT, 8},
    {MAGIC, "blob", VALUE_TYPE_BLOB, ANY_SIZE},
    {MAGIC, "boolean", VALUE_TYPE_BOOLEAN, 1},
    {MAGIC, "double", VALUE_TYPE_DOUBLE, 8},
    {MAGIC, "float", VALUE_TYPE_FLOAT, 4},
    {MAGIC, "inet", VALUE_TYPE_INET, ANY_SIZE},
    {MAGIC, "int", VALUE_TYPE_INT, 4},
    {MAGIC, "smallint", VALUE_TYPE_SMALL_INT, 2},
    /* Servers announce text as varchar. */
    {MAGIC, "text", VALUE_TYPE_VARCHAR, ANY_SIZE},
    {MAGIC, "timestamp", VALUE_TYPE_TIMESTAMP, 8},
    {MAGIC, "timeuuid", VALUE_TYPE_TIMEUUID, 16},
    {MAGIC, "tinyint", VALUE_TYPE_TINY_INT, 1},
    {MAGIC, "uuid", VALUE_TYPE_UUID, 16},
};
#define TYPE_COUNT (sizeof TYPES / sizeof TYPES[0])

const CassDataType *data_type_of(CassValueType type)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (TYPES[i].type == type)
            return &TYPES[i];
    return NULL;
}

const CassDataType *data_type_named(const char *name)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (strcmp(TYPES[i].name, name) == 0)
            return &TYPES[i];
    return NULL;
}

bool data_type_fits(CassValueType type, size_t size)
{
    if (type == VALUE_TYPE_INET)
        return size == 4 || size == 16;
    const CassDataType *known = data_type_of(type);
    return !known || known->size == ANY_SIZE || known->size == size;
}

static const CassDataType *check(const CassDataType *data_type, const char *function)
{
    if (!data_type || data_type->magic != MAGIC)
        die(function, "the pointer leads to no data type");
    return data_type;
}

CassValueType cass_data_type_type(const CassDataType *data_type)
{
    return check(data_type, __func__)->type;
}

cass_bool_t cass_data_type_is_frozen(const CassDataType *data_type)
{
    check(data_type, __func__);
    return CASS_FALSE;
}

/* The names below belong to types that the fake driver does not have. */

CassError cass_data_type_type_name(const CassDataType *data_type, const char **type_name,
                                   size_t *type_name_length)
{
    check(data_type, __func__);
    (void)type_name;
    (void)type_name_length;
    return LIB_INVALID_VALUE_TYPE;
}

CassError cass_data_type_keyspace(const CassDataType *data_type, const char **keyspace,
                                  size_t *keyspace_length)
{
    check(data_type, __func__);
    (void)keyspace;
    (void)keyspace_length;
    return LIB_INVALID_VALUE_TYPE;
}

CassError cass_data_type_class_name(const CassDataType *data_type, const char **class_name,
                                    size_t *class_name_length)
{
    check(data_type, __func__);
    (void)class_name;
    (void)class_name_length;
    return LIB_INVALID_VALUE_TYPE;
}

size_t cass_data_type_sub_type_count(const CassDataType *data_type)
{
    check(data_type, __func__);
    return 0;
}

const CassDataType *cass_data_type_sub_data_type(const CassDataType *data_type, size_t index)
{
    check(data_type, __func__);
    (void)index;
    return NULL;
}

CassError cass_data_type_sub_type_name(const CassDataType *data_type, size_t index,
                                       const char **name, size_t *name_length)
{
    check(data_type, __func__);
    (void)index;
    (void)name;
    (void)name_length;
    return LIB_INVALID_VALUE_TYPE;
}
