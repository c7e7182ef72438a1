/* The raw C client: what a careful C program does with the C driver, and no more. Requests go on
 * from the callback of the one before; nothing waits but the caller, for the end.
 *
 * Every function returns NULL, or the text of the first error, which is never freed. `src/client/c.rs`
 * declares the same. */
#ifndef LAB_H
#define LAB_H

#include <cassandra.h>
#include <pthread.h>
#include <stdint.h>

/* What the rows added up to. */
struct lab_sum {
  uint64_t rows;
  int64_t ids;
  uint64_t bytes;
};

/* The requests of one run. Those of a task have numbers that follow each other, and number n asks for
 * the row `first_id + n % ids`. */
struct lab_requests {
  CassSession* session;
  const CassPrepared* prepared;
  uint32_t tasks;
  uint64_t requests;
  int64_t first_id;
  int64_t ids;
  const char* text; /* NULL: a select */
  size_t text_length;
  uint32_t sampled;  /* one of so many is timed */
  uint64_t* samples; /* nanoseconds; room for one of `sampled` of each task, rounded up */
};

const char* lab_c_connect(const char* host, size_t host_length, int port, unsigned queue,
                          CassSession** session);
const char* lab_c_prepare(CassSession* session, const char* cql, size_t length,
                          const CassPrepared** prepared);
/* Prepares `count` texts, each in the callback of the one before; `samples` has room for all. */
const char* lab_c_prepare_many(CassSession* session, const char* const* texts,
                               const size_t* lengths, uint64_t count, uint64_t* samples);
void lab_c_forget(const CassPrepared* prepared);
const char* lab_c_close(CassSession* session);
/* `requests / tasks` requests for each task, one after the other. */
const char* lab_c_run(const struct lab_requests* run, struct lab_sum* sum);
/* `tasks` requests at once, and as many again when all are answered. */
const char* lab_c_fan_out(const struct lab_requests* run, struct lab_sum* sum);
/* One request each `interval` nanoseconds; `samples` has room for all, from when each was due. */
const char* lab_c_open(const struct lab_requests* run, uint64_t interval, struct lab_sum* sum);
/* Pages until `limit` rows came. With `ahead`, the next page is asked for before this one is read. */
const char* lab_c_stream(CassSession* session, const CassPrepared* prepared, int page_size,
                         int ahead, uint64_t limit, struct lab_sum* sum);

/* For the C files only. */

/* Lets the caller wait for the last answer, and keeps the first error. */
struct lab_end {
  pthread_mutex_t lock;
  pthread_cond_t done;
  uint64_t left;
  const char* error;
};

void lab_end_init(struct lab_end* end, uint64_t left);
/* One of those that were left has ended, with the future's error if it has one. */
void lab_end_one(struct lab_end* end, const char* error);
const char* lab_end_wait(struct lab_end* end);

/* The text of a future's error, or NULL. */
const char* lab_error_of(CassFuture* future);
const char* lab_error_code(CassError code);
const char* lab_wait(CassFuture* future);
uint64_t lab_now(void);
/* Makes the request with this number. */
CassStatement* lab_statement(const struct lab_requests* run, uint64_t number);
/* Reads an answer into the sum, each cell as its type; frees the future. */
const char* lab_answer(const struct lab_requests* run, CassFuture* future, struct lab_sum* sum);

#endif
