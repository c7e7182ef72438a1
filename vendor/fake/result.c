/* Results: columns, cells in one block of bytes, and the paging state. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CassResult *result_new(void)
{
    return object_new(KIND_RESULT, sizeof(CassResult), false);
}

void result_add_column(CassResult *result, const char *name, const CassDataType *type)
{
    Column *column = &result->columns[result->column_count++];
    snprintf(column->name, sizeof column->name, "%s", name);
    column->type = type;
}

/* `memory`, with room for `needed` items of `size`. */
static void *grow(void *memory, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return memory;
    *capacity = needed * 2;
    memory = realloc(memory, *capacity * size);
    if (!memory)
        die("realloc", "out of memory");
    return memory;
}

void result_add_cell(CassResult *result, const void *bytes, size_t size)
{
    result->cells = grow(result->cells, &result->cell_capacity, result->cell_count + 1,
                         sizeof *result->cells);
    result->bytes = grow(result->bytes, &result->byte_capacity, result->byte_count + size + 1, 1);
    result->cells[result->cell_count++] =
        (Cell){.offset = result->byte_count, .size = size, .null = !bytes};
    if (bytes && size)
        memcpy(result->bytes + result->byte_count, bytes, size);
    result->byte_count += size;
    result->row_count = result->cell_count / result->column_count;
    result->rows_there = result->row_count;
    if (result->row_count > 0) {
        /* Again and again, since the bytes move as they grow. */
        result->first.values = result->first_values;
        row_fill(&result->first, result->cells, result->column_count, result->bytes);
    }
}

static void destroy(CassResult *result)
{
    scribble_free(result->cells, result->cell_count * sizeof *result->cells);
    scribble_free(result->bytes, result->byte_count);
    object_destroy(result, KIND_RESULT);
}

void result_unref(const CassResult *result)
{
    if (object_unref(&result->object))
        destroy((CassResult *)result);
}

void cass_result_free(const CassResult *result)
{
    if (object_take_back(&result->object, KIND_RESULT, __func__))
        destroy((CassResult *)result);
}

size_t cass_result_row_count(const CassResult *result)
{
    object_check(&result->object, KIND_RESULT, __func__);
    return result->row_count;
}

const CassRow *cass_result_first_row(const CassResult *result)
{
    object_check(&result->object, KIND_RESULT, __func__);
    return result->rows_there > 0 ? &result->first : NULL;
}

size_t cass_result_column_count(const CassResult *result)
{
    object_check(&result->object, KIND_RESULT, __func__);
    return result->column_count;
}

CassError cass_result_column_name(const CassResult *result, size_t index, const char **name,
                                  size_t *name_length)
{
    object_check(&result->object, KIND_RESULT, __func__);
    if (result->column_count == 0)
        die(__func__, "the result has no columns: the driver crashes here");
    if (index >= result->column_count)
        return LIB_INDEX_OUT_OF_BOUNDS;
    *name = result->columns[index].name;
    *name_length = strlen(*name);
    return CASS_OK;
}

const CassDataType *cass_result_column_data_type(const CassResult *result, size_t index)
{
    object_check(&result->object, KIND_RESULT, __func__);
    return index < result->column_count ? result->columns[index].type : NULL;
}

cass_bool_t cass_result_has_more_pages(const CassResult *result)
{
    object_check(&result->object, KIND_RESULT, __func__);
    return result->has_more_pages;
}

CassError cass_result_paging_state_token(const CassResult *result, const char **paging_state,
                                         size_t *paging_state_size)
{
    object_check(&result->object, KIND_RESULT, __func__);
    if (!result->has_more_pages)
        return LIB_NO_PAGING_STATE;
    *paging_state = result->paging_state;
    *paging_state_size = PAGING_STATE_SIZE;
    return CASS_OK;
}

static const char PAGING_MARK[4] = {'F', 'A', 'K', 'E'};

void paging_state_write(char *token, uint32_t next_page)
{
    memcpy(token, PAGING_MARK, sizeof PAGING_MARK);
    for (int i = 0; i < 4; i++)
        token[4 + i] = (char)(next_page >> (24 - 8 * i));
}

bool paging_state_read(const char *token, size_t size, uint32_t *page)
{
    if (size != PAGING_STATE_SIZE || memcmp(token, PAGING_MARK, sizeof PAGING_MARK) != 0)
        return false;
    *page = 0;
    for (int i = 0; i < 4; i++)
        *page = *page << 8 | (uint8_t)token[4 + i];
    return true;
}
