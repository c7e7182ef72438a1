/* Statements that are prepared one after the other, each in the callback of the one before. */
#include "lab.h"

struct chain {
  CassSession* session;
  const char* const* texts;
  const size_t* lengths;
  uint64_t next;
  uint64_t count;
  uint64_t started;
  uint64_t* samples;
  struct lab_end end;
};

static void prepared(CassFuture* future, void* data);

static void go_on(struct chain* chain) {
  if (chain->next == chain->count) {
    lab_end_one(&chain->end, NULL);
    return;
  }
  uint64_t at = chain->next++;
  chain->started = lab_now();
  cass_future_set_callback(
      cass_session_prepare_n(chain->session, chain->texts[at], chain->lengths[at]), prepared,
      chain);
}

static void prepared(CassFuture* future, void* data) {
  struct chain* chain = data;
  const char* error = lab_error_of(future);
  if (!error) cass_prepared_free(cass_future_get_prepared(future));
  cass_future_free(future);
  if (error) {
    lab_end_one(&chain->end, error);
    return;
  }
  *chain->samples++ = lab_now() - chain->started;
  go_on(chain);
}

const char* lab_c_prepare_many(CassSession* session, const char* const* texts,
                               const size_t* lengths, uint64_t count, uint64_t* samples) {
  struct chain chain = {
      .session = session, .texts = texts, .lengths = lengths, .count = count, .samples = samples};
  lab_end_init(&chain.end, 1);
  go_on(&chain);
  return lab_end_wait(&chain.end);
}
