/* The gate before every completion, and the counters that tests read. */
#include "fake.h"

static pthread_mutex_t gate_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_changed = PTHREAD_COND_INITIALIZER;
static bool held;
static uint64_t openings;

static atomic_ullong callbacks;
static atomic_ullong forgotten;

void gate_pass(void)
{
    pthread_mutex_lock(&gate_mutex);
    while (held)
        pthread_cond_wait(&gate_changed, &gate_mutex);
    pthread_mutex_unlock(&gate_mutex);
}

uint64_t gate_openings(void)
{
    pthread_mutex_lock(&gate_mutex);
    uint64_t now = openings;
    pthread_mutex_unlock(&gate_mutex);
    return now;
}

void gate_pass_after(uint64_t before)
{
    pthread_mutex_lock(&gate_mutex);
    while (openings == before)
        pthread_cond_wait(&gate_changed, &gate_mutex);
    pthread_mutex_unlock(&gate_mutex);
}

void count_callback(void)
{
    atomic_fetch_add(&callbacks, 1);
}

void fake_hold(void)
{
    pthread_mutex_lock(&gate_mutex);
    held = true;
    pthread_mutex_unlock(&gate_mutex);
}

void fake_release(void)
{
    pthread_mutex_lock(&gate_mutex);
    held = false;
    openings++;
    pthread_cond_broadcast(&gate_changed);
    pthread_mutex_unlock(&gate_mutex);
}

uint64_t times_forgotten(void)
{
    return atomic_load(&forgotten);
}

void fake_forget(void)
{
    atomic_fetch_add(&forgotten, 1);
}

uint64_t fake_callbacks_run(void)
{
    return atomic_load(&callbacks);
}

void fake_live(FakeLive *live)
{
    live->clusters = object_live(KIND_CLUSTER);
    live->sessions = object_live(KIND_SESSION);
    live->futures = object_live(KIND_FUTURE);
    live->statements = object_live(KIND_STATEMENT);
    live->prepared = object_live(KIND_PREPARED);
    live->results = object_live(KIND_RESULT);
    live->error_results = object_live(KIND_ERROR_RESULT);
    live->iterators = object_live(KIND_ITERATOR);
    live->batches = object_live(KIND_BATCH);
    live->payloads = object_live(KIND_PAYLOAD);
}
