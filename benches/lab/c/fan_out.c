/* Many requests at once, joined: the callback of the last one makes the next lot. */
#include "lab.h"

struct lot {
  const struct lab_requests* run;
  struct lab_end end; /* of the whole run */
  uint64_t next;
  uint64_t left; /* answers of this lot; written by one thread at a time, see `make` */
  struct lab_sum sum;
  uint64_t started;
  uint64_t* samples;
};

static void answered(CassFuture* future, void* data);

/* All answers come on the one I/O thread, and later lots are made on it. Only the first lot is made
 * elsewhere, so the count is of answers that came, added up atomically. */
static void make(struct lot* lot) {
  const struct lab_requests* run = lot->run;
  lot->started = lab_now();
  __atomic_store_n(&lot->left, run->tasks, __ATOMIC_RELEASE);
  uint64_t first = lot->next;
  lot->next += run->tasks;
  for (uint32_t i = 0; i < run->tasks; i++) {
    CassStatement* statement = lab_statement(run, first + i);
    CassFuture* future = cass_session_execute(run->session, statement);
    cass_statement_free(statement);
    cass_future_set_callback(future, answered, lot);
  }
}

static void answered(CassFuture* future, void* data) {
  struct lot* lot = data;
  struct lab_sum sum = {0, 0, 0};
  const char* error = lab_answer(lot->run, future, &sum);
  __atomic_add_fetch(&lot->sum.rows, sum.rows, __ATOMIC_RELAXED);
  __atomic_add_fetch(&lot->sum.ids, sum.ids, __ATOMIC_RELAXED);
  __atomic_add_fetch(&lot->sum.bytes, sum.bytes, __ATOMIC_RELAXED);
  if (error) {
    pthread_mutex_lock(&lot->end.lock);
    if (!lot->end.error) lot->end.error = error;
    pthread_mutex_unlock(&lot->end.lock);
  }
  if (__atomic_sub_fetch(&lot->left, 1, __ATOMIC_ACQ_REL)) return;
  *lot->samples++ = lab_now() - lot->started;
  if (lot->end.error || lot->next + lot->run->tasks > lot->run->requests) {
    lab_end_one(&lot->end, NULL);
  } else {
    make(lot);
  }
}

const char* lab_c_fan_out(const struct lab_requests* run, struct lab_sum* sum) {
  struct lot lot = {.run = run, .samples = run->samples};
  lab_end_init(&lot.end, 1);
  make(&lot);
  const char* error = lab_end_wait(&lot.end);
  *sum = lot.sum;
  return error;
}
