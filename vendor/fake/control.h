/* What the fake driver offers to tests beside the C driver's interface. */
#ifndef FAKE_CONTROL_H
#define FAKE_CONTROL_H

#include "cassandra_api.h"

/* Objects that exist now, held by the program or by the driver itself. */
typedef struct {
    uint64_t clusters;
    uint64_t sessions;
    uint64_t futures;
    uint64_t statements;
    uint64_t prepared;
    uint64_t results;
    uint64_t error_results;
    uint64_t iterators;
    uint64_t batches;
    uint64_t payloads;
    uint64_t profiles;
    uint64_t retry_policies;
    uint64_t timestamp_generators;
    /* Callbacks that were set and have not returned. */
    uint64_t callbacks;
} FakeLive;

EXPORT void fake_live(FakeLive *live);

/* The most results that there were at a time since the last call, or since the library was loaded. */
EXPORT uint64_t fake_most_results(void);

/* Future callbacks that were started since the library was loaded. */
EXPORT uint64_t fake_callbacks_run(void);

/* Closes the gate: no I/O thread completes a future until it is opened again. */
EXPORT void fake_hold(void);

/* Opens the gate, and lets every `slow` connect that began before go on. */
EXPORT void fake_release(void);

/* Has the server forget every statement that was prepared, and give each another id from now on: what
 * was prepared before fails with an id mismatch, for good. */
EXPORT void fake_forget(void);

/* Lets every request `HELD <number>` complete that C has; returns how many those were. */
EXPORT size_t fake_let_go(uint32_t number);

/* Starts to note which thread calls what, from nothing. */
EXPORT void fake_watch(void);

/* Stops it, and copies what was seen, as far as there is room; returns its length. A line holds the
 * function, the kind of future whose callback the call was made in ("-" for none), and the thread's
 * name, with tabs in between; each line is there once. */
EXPORT size_t fake_watched(char *text, size_t size);

/* Starts to write down what the setters of clusters, execution profiles, statements and batches are
 * told, from an empty page. */
EXPORT void fake_listen(void);

/* Stops it, and copies what was written, a line a call, as far as there is room; returns its length. */
EXPORT size_t fake_heard(char *text, size_t size);

/* The time that STAMP answers with: of CLOCK_MONOTONIC, in nanoseconds. */
EXPORT uint64_t fake_now(void);

/* How long each callback of a STAMP request took since the last call, in nanoseconds, in no order and of
 * the last 65536 at most: copies them, as far as there is room, and returns their number. */
EXPORT size_t fake_callback_times(uint32_t *times, size_t room);

#endif
