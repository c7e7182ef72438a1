/* Requests at a fixed rate, however long their answers take. */
#define _GNU_SOURCE
#include "lab.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

struct flight {
  struct schedule* schedule;
  uint64_t due;
  uint64_t* sample;
};

struct schedule {
  const struct lab_requests* run;
  struct lab_end end;
  struct lab_sum sum; /* written by the one I/O thread */
};

static void answered(CassFuture* future, void* data) {
  struct flight* flight = data;
  struct schedule* schedule = flight->schedule;
  *flight->sample = lab_now() - flight->due;
  const char* error = lab_answer(schedule->run, future, &schedule->sum);
  lab_end_one(&schedule->end, error);
}

static void sleep_until(uint64_t due) {
  struct timespec until = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

const char* lab_c_open(const struct lab_requests* run, uint64_t interval, struct lab_sum* sum) {
  struct schedule schedule = {.run = run};
  lab_end_init(&schedule.end, run->requests);
  /* This thread sleeps to the point; by default the kernel adds some 50 us. */
  prctl(PR_SET_TIMERSLACK, 1);
  struct flight* flights = calloc(run->requests, sizeof *flights);
  uint64_t due = lab_now();
  for (uint64_t i = 0; i < run->requests; i++, due += interval) {
    if (lab_now() < due) sleep_until(due);
    flights[i] = (struct flight){&schedule, due, run->samples + i};
    CassStatement* statement = lab_statement(run, i);
    CassFuture* future = cass_session_execute(run->session, statement);
    cass_statement_free(statement);
    cass_future_set_callback(future, answered, &flights[i]);
  }
  const char* error = lab_end_wait(&schedule.end);
  *sum = schedule.sum;
  free(flights);
  return error;
}
