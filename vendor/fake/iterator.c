/* Iterators over rows. One row and its values live inside the iterator and are overwritten by each
 * step; the iterator keeps its result alive no more than the driver's does. */
#include "fake.h"

#define ROW_MAGIC 0xFA4E0A0Au
#define VALUE_MAGIC 0xFA4E0B0Bu

struct CassIterator {
    Object object;
    const CassResult *result;
    /* Rows stepped to so far. */
    size_t position;
    CassRow row;
    CassValue values[MAX_MARKERS];
};

void row_fill(CassRow *row, const Cell *cells, size_t count, const uint8_t *bytes)
{
    for (size_t i = 0; i < count; i++)
        row->values[i] = (CassValue){
            .magic = VALUE_MAGIC,
            .null = cells[i].null,
            .bytes = bytes + cells[i].offset,
            .size = cells[i].size,
        };
    row->magic = ROW_MAGIC;
    row->value_count = count;
}

CassIterator *cass_iterator_from_result(const CassResult *result)
{
    object_check(&result->object, KIND_RESULT, __func__);
    CassIterator *iterator = object_new(KIND_ITERATOR, sizeof *iterator, true);
    iterator->result = result;
    iterator->row.values = iterator->values;
    return iterator;
}

cass_bool_t cass_iterator_next(CassIterator *iterator)
{
    object_check(&iterator->object, KIND_ITERATOR, __func__);
    const CassResult *result = iterator->result;
    object_check(&result->object, KIND_RESULT, __func__);
    if (iterator->position == result->rows_there)
        return CASS_FALSE;
    const Cell *cells = &result->cells[iterator->position * result->column_count];
    row_fill(&iterator->row, cells, result->column_count, result->bytes);
    iterator->position++;
    return CASS_TRUE;
}

const CassRow *cass_iterator_get_row(const CassIterator *iterator)
{
    object_check(&iterator->object, KIND_ITERATOR, __func__);
    if (iterator->position == 0)
        die(__func__, "called before the first cass_iterator_next");
    return &iterator->row;
}

void cass_iterator_free(CassIterator *iterator)
{
    if (object_take_back(&iterator->object, KIND_ITERATOR, __func__))
        object_destroy(iterator, KIND_ITERATOR);
}

const CassValue *cass_row_get_column(const CassRow *row, size_t index)
{
    if (!row || row->magic != ROW_MAGIC)
        die(__func__, "the row's iterator was freed, or this is no row");
    return index < row->value_count ? &row->values[index] : NULL;
}

static void check_value(const CassValue *value, const char *function)
{
    if (value->magic != VALUE_MAGIC)
        die(function, "the value's iterator was freed, or this is no value");
}

CassError cass_value_get_bytes(const CassValue *value, const uint8_t **output, size_t *output_size)
{
    if (!value)
        return LIB_NULL_VALUE;
    check_value(value, __func__);
    if (value->null)
        return LIB_NULL_VALUE;
    *output = value->bytes;
    *output_size = value->size;
    return CASS_OK;
}

cass_bool_t cass_value_is_null(const CassValue *value)
{
    if (!value)
        return CASS_TRUE;
    check_value(value, __func__);
    return value->null;
}

/* All values are scalars: none has items. */
size_t cass_value_item_count(const CassValue *value)
{
    if (value)
        check_value(value, __func__);
    return 0;
}
