/* The gate before every completion, and the counters that tests read. */
#include "fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t gate_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_changed = PTHREAD_COND_INITIALIZER;
static bool held;
static uint64_t openings;

static atomic_ullong callbacks_taken;
static atomic_ullong callbacks_started;
static atomic_ullong callbacks_returned;
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

void callback_taken(void)
{
    atomic_fetch_add(&callbacks_taken, 1);
}

void callback_started(void)
{
    atomic_fetch_add(&callbacks_started, 1);
}

void callback_returned(void)
{
    atomic_fetch_add(&callbacks_returned, 1);
}

static pthread_mutex_t page_mutex = PTHREAD_MUTEX_INITIALIZER;
static bool listening;
static char page[16 * 1024];
static size_t page_length;

static void write_down(const char *format, va_list arguments)
{
    size_t room = sizeof page - page_length;
    int length = vsnprintf(page + page_length, room, format, arguments);
    if (length < 0 || (size_t)length >= room)
        die("note", "the page is full");
    page_length += (size_t)length;
}

__attribute__((format(printf, 1, 2))) static void write_more(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_down(format, arguments);
    va_end(arguments);
}

void note(const char *function, const char *format, ...)
{
    pthread_mutex_lock(&page_mutex);
    if (listening) {
        va_list arguments;
        va_start(arguments, format);
        write_more("%s ", function);
        write_down(format, arguments);
        write_more("\n");
        va_end(arguments);
    }
    pthread_mutex_unlock(&page_mutex);
}

void fake_listen(void)
{
    pthread_mutex_lock(&page_mutex);
    listening = true;
    page_length = 0;
    pthread_mutex_unlock(&page_mutex);
}

size_t fake_heard(char *text, size_t size)
{
    pthread_mutex_lock(&page_mutex);
    listening = false;
    size_t length = page_length;
    memcpy(text, page, length < size ? length : size);
    pthread_mutex_unlock(&page_mutex);
    return length;
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
    return atomic_load(&callbacks_started);
}

uint64_t fake_most_results(void)
{
    return object_most(KIND_RESULT);
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
    live->profiles = object_live(KIND_PROFILE);
    live->retry_policies = object_live(KIND_RETRY_POLICY);
    live->timestamp_generators = object_live(KIND_TIMESTAMP_GEN);
    /* Read first: each was taken before it returned. */
    uint64_t returned = atomic_load(&callbacks_returned);
    live->callbacks = atomic_load(&callbacks_taken) - returned;
}
