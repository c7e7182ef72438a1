/* The process-wide log callback and level. */
#include "fake.h"

#include <stdio.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static CassLogLevel level = LOG_WARN;
static CassLogCallback callback;
static void *callback_data;

void cass_log_cleanup(void) {}

void cass_log_set_level(CassLogLevel log_level)
{
    pthread_mutex_lock(&mutex);
    level = log_level;
    pthread_mutex_unlock(&mutex);
}

void cass_log_set_callback(CassLogCallback new_callback, void *data)
{
    pthread_mutex_lock(&mutex);
    callback = new_callback;
    callback_data = data;
    pthread_mutex_unlock(&mutex);
}

void log_line(CassLogLevel severity, const char *function, const char *text)
{
    pthread_mutex_lock(&mutex);
    bool wanted = severity <= level && callback;
    CassLogCallback call = callback;
    void *data = callback_data;
    pthread_mutex_unlock(&mutex);
    if (!wanted)
        return;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    CassLogMessage message = {
        .time_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000,
        .severity = severity,
        .file = "fake",
        .line = 1,
        .function = function,
    };
    snprintf(message.message, sizeof message.message, "%s", text);
    call(&message, data);
}
