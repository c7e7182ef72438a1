/* Connect, prepare and close, and what the other files share. */
#define _GNU_SOURCE
#include "lab.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t lab_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

const char* lab_error_of(CassFuture* future) {
  if (cass_future_error_code(future) == CASS_OK) return NULL;
  const char* text;
  size_t length;
  cass_future_error_message(future, &text, &length);
  return length ? strndup(text, length) : "an error without words";
}

const char* lab_error_code(CassError code) {
  return code == CASS_OK ? NULL : cass_error_desc(code);
}

const char* lab_wait(CassFuture* future) {
  cass_future_wait(future);
  const char* error = lab_error_of(future);
  cass_future_free(future);
  return error;
}

void lab_end_init(struct lab_end* end, uint64_t left) {
  pthread_mutex_init(&end->lock, NULL);
  pthread_cond_init(&end->done, NULL);
  end->left = left;
  end->error = NULL;
}

void lab_end_one(struct lab_end* end, const char* error) {
  pthread_mutex_lock(&end->lock);
  if (error && !end->error) end->error = error;
  if (--end->left == 0) pthread_cond_signal(&end->done);
  pthread_mutex_unlock(&end->lock);
}

const char* lab_end_wait(struct lab_end* end) {
  pthread_mutex_lock(&end->lock);
  while (end->left) pthread_cond_wait(&end->done, &end->lock);
  pthread_mutex_unlock(&end->lock);
  pthread_cond_destroy(&end->done);
  pthread_mutex_destroy(&end->lock);
  return end->error;
}

const char* lab_c_connect(const char* host, size_t host_length, int port, unsigned queue,
                          CassSession** session) {
  CassCluster* cluster = cass_cluster_new();
  cass_cluster_set_contact_points_n(cluster, host, host_length);
  cass_cluster_set_port(cluster, port);
  cass_cluster_set_protocol_version(cluster, 4);
  if (queue) cass_cluster_set_queue_size_io(cluster, queue);
  *session = cass_session_new();
  const char* error = lab_wait(cass_session_connect(*session, cluster));
  cass_cluster_free(cluster);
  if (error) cass_session_free(*session);
  return error;
}

const char* lab_c_prepare(CassSession* session, const char* cql, size_t length,
                          const CassPrepared** prepared) {
  CassFuture* future = cass_session_prepare_n(session, cql, length);
  cass_future_wait(future);
  const char* error = lab_error_of(future);
  if (!error) *prepared = cass_future_get_prepared(future);
  cass_future_free(future);
  return error;
}

void lab_c_forget(const CassPrepared* prepared) { cass_prepared_free(prepared); }

const char* lab_c_close(CassSession* session) {
  const char* error = lab_wait(cass_session_close(session));
  cass_session_free(session);
  return error;
}

CassStatement* lab_statement(const struct lab_requests* run, uint64_t number) {
  CassStatement* statement = cass_prepared_bind(run->prepared);
  cass_statement_bind_int64(statement, 0, run->first_id + (int64_t)(number % (uint64_t)run->ids));
  if (run->text) cass_statement_bind_string_n(statement, 1, run->text, run->text_length);
  return statement;
}

static const char* read_row(CassFuture* future, struct lab_sum* sum) {
  const CassResult* result = cass_future_get_result(future);
  const CassRow* row = cass_result_first_row(result);
  if (!row) {
    cass_result_free(result);
    return "no row came";
  }
  int64_t id;
  const char* text;
  size_t length;
  CassError error = cass_value_get_int64(cass_row_get_column(row, 0), &id);
  if (error == CASS_OK) {
    error = cass_value_get_string(cass_row_get_column(row, 1), &text, &length);
  }
  if (error == CASS_OK) {
    /* The row goes with the result, so its text is copied, as every other client does. */
    char* own = malloc(length);
    memcpy(own, text, length);
    sum->rows += 1;
    sum->ids += id;
    sum->bytes += length;
    /* Keeps the compiler from leaving the copy out. */
    __asm__ volatile("" : : "r"(own) : "memory");
    free(own);
  }
  cass_result_free(result);
  return lab_error_code(error);
}

const char* lab_answer(const struct lab_requests* run, CassFuture* future, struct lab_sum* sum) {
  const char* error = lab_error_of(future);
  if (!error && !run->text) {
    error = read_row(future, sum);
  } else if (!error) {
    sum->rows += 1;
  }
  cass_future_free(future);
  return error;
}
