/* Closed loops: each task makes its next request in the callback of the one before. */
#include "lab.h"

#include <stdlib.h>

struct task {
  const struct lab_requests* run;
  struct lab_end* end;
  uint64_t next; /* the number of its next request */
  uint64_t last; /* one past that of its last */
  uint64_t made;
  uint64_t due; /* when the request in flight was sent; 0: it is not timed */
  uint64_t* samples;
  struct lab_sum sum;
};

static void answered(CassFuture* future, void* data);

static void go_on(struct task* task) {
  const struct lab_requests* run = task->run;
  if (task->next == task->last) {
    lab_end_one(task->end, NULL);
    return;
  }
  task->due = task->made++ % run->sampled == 0 ? lab_now() : 0;
  CassStatement* statement = lab_statement(run, task->next++);
  CassFuture* future = cass_session_execute(run->session, statement);
  cass_statement_free(statement);
  cass_future_set_callback(future, answered, task);
}

static void answered(CassFuture* future, void* data) {
  struct task* task = data;
  const char* error = lab_answer(task->run, future, &task->sum);
  if (error) {
    lab_end_one(task->end, error);
    return;
  }
  if (task->due) *task->samples++ = lab_now() - task->due;
  go_on(task);
}

const char* lab_c_run(const struct lab_requests* run, struct lab_sum* sum) {
  struct task* tasks = calloc(run->tasks, sizeof *tasks);
  struct lab_end end;
  lab_end_init(&end, run->tasks);
  uint64_t each = run->requests / run->tasks;
  uint64_t samples = (each + run->sampled - 1) / run->sampled;
  for (uint32_t i = 0; i < run->tasks; i++) {
    tasks[i].run = run;
    tasks[i].end = &end;
    tasks[i].next = i * each;
    tasks[i].last = (i + 1) * each;
    tasks[i].samples = run->samples + i * samples;
    go_on(&tasks[i]);
  }
  const char* error = lab_end_wait(&end);
  for (uint32_t i = 0; i < run->tasks; i++) {
    sum->rows += tasks[i].sum.rows;
    sum->ids += tasks[i].sum.ids;
    sum->bytes += tasks[i].sum.bytes;
  }
  free(tasks);
  return error;
}
