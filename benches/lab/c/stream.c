/* All rows of a statement, page after page, each page asked for in the callback of the one before. */
#include "lab.h"

#include <stdlib.h>
#include <string.h>

struct stream {
  CassSession* session;
  CassStatement* statement;
  int ahead;
  uint64_t limit;
  struct lab_end end;
  struct lab_sum sum;
  const char* error;
};

static void page_came(CassFuture* future, void* data);

static void ask(struct stream* stream) {
  CassFuture* future = cass_session_execute(stream->session, stream->statement);
  cass_future_set_callback(future, page_came, stream);
}

static CassError read_rows(const CassResult* result, struct lab_sum* sum) {
  CassError error = CASS_OK;
  CassIterator* rows = cass_iterator_from_result(result);
  while (error == CASS_OK && cass_iterator_next(rows)) {
    const CassRow* row = cass_iterator_get_row(rows);
    int64_t id;
    const char* text;
    size_t length;
    double number;
    error = cass_value_get_int64(cass_row_get_column(row, 0), &id);
    if (error != CASS_OK) break;
    error = cass_value_get_string(cass_row_get_column(row, 1), &text, &length);
    if (error != CASS_OK) break;
    error = cass_value_get_double(cass_row_get_column(row, 2), &number);
    /* An owned copy of the text, as every other client makes one. */
    char* own = malloc(length);
    memcpy(own, text, length);
    __asm__ volatile("" : : "r"(own), "x"(number) : "memory");
    free(own);
    sum->rows += 1;
    sum->ids += id;
    sum->bytes += length;
  }
  cass_iterator_free(rows);
  return error;
}

static void page_came(CassFuture* future, void* data) {
  struct stream* stream = data;
  const char* error = lab_error_of(future);
  if (error) {
    cass_future_free(future);
    lab_end_one(&stream->end, error);
    return;
  }
  const CassResult* result = cass_future_get_result(future);
  cass_future_free(future);
  int more = cass_result_has_more_pages(result) == cass_true &&
             stream->sum.rows + cass_result_row_count(result) < stream->limit;
  if (more) {
    cass_statement_set_paging_state(stream->statement, result);
    if (stream->ahead) ask(stream);
  }
  error = lab_error_code(read_rows(result, &stream->sum));
  cass_result_free(result);
  if (error && !stream->error) stream->error = error;
  if (!more) {
    lab_end_one(&stream->end, stream->error);
  } else if (!stream->ahead) {
    ask(stream);
  }
}

const char* lab_c_stream(CassSession* session, const CassPrepared* prepared, int page_size,
                         int ahead, uint64_t limit, struct lab_sum* sum) {
  struct stream stream = {.session = session, .ahead = ahead, .limit = limit};
  stream.statement = cass_prepared_bind(prepared);
  cass_statement_set_paging_size(stream.statement, page_size);
  lab_end_init(&stream.end, 1);
  ask(&stream);
  const char* error = lab_end_wait(&stream.end);
  cass_statement_free(stream.statement);
  *sum = stream.sum;
  return error;
}
