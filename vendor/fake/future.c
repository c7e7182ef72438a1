/* Futures: set once, under a mutex; the callback runs with no lock of the future held, and before
 * any waiter is woken, as in the driver. */
#include "fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The callbacks that run on this thread now, innermost first. */
typedef struct Frame {
    struct Frame *outer;
    const CassFuture *future;
} Frame;
static _Thread_local Frame *frames;

static bool inside_the_callback_of(const CassFuture *future)
{
    for (const Frame *frame = frames; frame; frame = frame->outer)
        if (frame->future == future)
            return true;
    return false;
}

bool inside_a_callback(void)
{
    return frames != NULL;
}

const char *inside_which_callback(void)
{
    static const char *const KINDS[] = {
        [FUTURE_CONNECT] = "connect",
        [FUTURE_CLOSE] = "close",
        [FUTURE_PREPARE] = "prepare",
        [FUTURE_EXECUTE] = "execute",
    };
    return frames ? KINDS[frames->future->kind] : "-";
}

static void run_callback(CassFuture *future, CassFutureCallback callback, void *data)
{
    Frame frame = {.outer = frames, .future = future};
    frames = &frame;
    CassResult *result = future->outcome.result;
    bool stamped = result && result->stamped;
    callback_started();
    uint64_t called = stamped ? stamp_put(result) : 0;
    callback(future, data);
    if (stamped)
        stamp_returned(called);
    callback_returned();
    frames = frame.outer;
}

/* A callback may use its future although the program has freed its handle: the caller of the
 * callback holds a reference. */
static void check(const CassFuture *future, const char *function)
{
    if (inside_the_callback_of(future))
        watch_call(function);
    else
        object_check(&future->object, KIND_FUTURE, function);
}

CassFuture *future_new(FutureKind kind, const CassSession *session)
{
    CassFuture *future = object_new(KIND_FUTURE, sizeof *future, true);
    future->kind = kind;
    future->session = session;
    future->deaf = session->character.deaf & 1u << kind;
    pthread_mutex_init(&future->mutex, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&future->became_set, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return future;
}

void future_ref(CassFuture *future)
{
    object_ref(&future->object);
}

static void destroy(CassFuture *future)
{
    if (future->outcome.result)
        result_unref(future->outcome.result);
    if (future->outcome.prepared)
        prepared_unref(future->outcome.prepared);
    if (future->outcome.payload)
        payload_unref(future->outcome.payload);
    if (future->error_result)
        error_result_unref(future->error_result);
    pthread_mutex_destroy(&future->mutex);
    pthread_cond_destroy(&future->became_set);
    object_destroy(future, KIND_FUTURE);
}

void future_unref(CassFuture *future)
{
    if (object_unref(&future->object))
        destroy(future);
}

void cass_future_free(CassFuture *future)
{
    if (object_take_back(&future->object, KIND_FUTURE, __func__))
        destroy(future);
}

void future_complete(CassFuture *future, const Outcome *outcome, bool early)
{
    pthread_mutex_lock(&future->mutex);
    future->outcome = *outcome;
    /* Of a connect's or a close's failure, the driver keeps no answer of a server. */
    bool is_request = future->kind == FUTURE_PREPARE || future->kind == FUTURE_EXECUTE;
    future->error_result = is_request ? error_result_new(outcome->code) : NULL;
    CassFutureCallback callback = future->callback;
    void *data = future->data;
    if (!early || !callback)
        future->set = true;
    if (callback) {
        pthread_mutex_unlock(&future->mutex);
        run_callback(future, callback, data);
        pthread_mutex_lock(&future->mutex);
        future->set = true;
    }
    pthread_cond_broadcast(&future->became_set);
    pthread_mutex_unlock(&future->mutex);
}

CassError cass_future_set_callback(CassFuture *future, CassFutureCallback callback, void *data)
{
    check(future, __func__);
    pthread_mutex_lock(&future->mutex);
    if (future->callback || future->deaf) {
        pthread_mutex_unlock(&future->mutex);
        return LIB_CALLBACK_ALREADY_SET;
    }
    callback_taken();
    future->callback = callback;
    future->data = data;
    bool set = future->set;
    pthread_mutex_unlock(&future->mutex);
    if (set) {
        future_ref(future);
        run_callback(future, callback, data);
        future_unref(future);
    }
    return CASS_OK;
}

static bool is_set(CassFuture *future)
{
    pthread_mutex_lock(&future->mutex);
    bool set = future->set;
    pthread_mutex_unlock(&future->mutex);
    return set;
}

cass_bool_t cass_future_ready(CassFuture *future)
{
    check(future, __func__);
    return is_set(future);
}

void future_join(CassFuture *future)
{
    pthread_mutex_lock(&future->mutex);
    while (!future->set)
        pthread_cond_wait(&future->became_set, &future->mutex);
    pthread_mutex_unlock(&future->mutex);
}

/* Waits until the future is set, as every function that reads it does. What would hang in the
 * driver ends the process here. */
static void await_set(CassFuture *future, const char *function)
{
    check(future, function);
    if (is_set(future))
        return;
    if (inside_the_callback_of(future))
        die(function, "waits inside the future's own callback, and the future is set only after "
                      "the callback has returned: the I/O thread would hang");
    if (io_on_thread(future->session))
        die(function, "waits on the I/O thread that has to complete the future: it would hang");
    future_join(future);
}

void cass_future_wait(CassFuture *future)
{
    await_set(future, __func__);
}

cass_bool_t cass_future_wait_timed(CassFuture *future, uint64_t timeout_us)
{
    check(future, __func__);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t nanoseconds = (uint64_t)until.tv_nsec + timeout_us % 1000000 * 1000;
    until.tv_sec += (time_t)(timeout_us / 1000000 + nanoseconds / 1000000000);
    until.tv_nsec = (long)(nanoseconds % 1000000000);
    pthread_mutex_lock(&future->mutex);
    int error = 0;
    while (!future->set && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&future->became_set, &future->mutex, &until);
    bool set = future->set;
    pthread_mutex_unlock(&future->mutex);
    return set;
}

const CassResult *cass_future_get_result(CassFuture *future)
{
    await_set(future, __func__);
    CassResult *result = future->outcome.result;
    if (result)
        object_hand_out(&result->object);
    return result;
}

const CassErrorResult *cass_future_get_error_result(CassFuture *future)
{
    await_set(future, __func__);
    if (future->error_result)
        object_hand_out((const Object *)future->error_result);
    return future->error_result;
}

const CassPrepared *cass_future_get_prepared(CassFuture *future)
{
    await_set(future, __func__);
    const CassPrepared *prepared = future->outcome.prepared;
    if (prepared)
        object_hand_out(&prepared->object);
    return prepared;
}

CassError cass_future_error_code(CassFuture *future)
{
    await_set(future, __func__);
    return future->outcome.code;
}

void cass_future_error_message(CassFuture *future, const char **message, size_t *message_length)
{
    await_set(future, __func__);
    *message = future->outcome.message;
    *message_length = strlen(future->outcome.message);
}

CassError cass_future_tracing_id(CassFuture *future, CassUuid *tracing_id)
{
    await_set(future, __func__);
    if (future->kind != FUTURE_EXECUTE)
        return LIB_INVALID_FUTURE_TYPE;
    if (!future->outcome.has_tracing_id)
        return LIB_NO_TRACING_ID;
    *tracing_id = (CassUuid){
        .time_and_version = 0x11D0000000000001u,
        .clock_seq_and_node = 0x8000FA4E00000000u,
    };
    return CASS_OK;
}

size_t cass_future_custom_payload_item_count(CassFuture *future)
{
    await_set(future, __func__);
    const CassCustomPayload *payload = future->outcome.payload;
    return payload ? payload->count : 0;
}

CassError cass_future_custom_payload_item(CassFuture *future, size_t index, const char **name,
                                          size_t *name_length, const uint8_t **value,
                                          size_t *value_size)
{
    await_set(future, __func__);
    const CassCustomPayload *payload = future->outcome.payload;
    if (!payload)
        return LIB_NO_CUSTOM_PAYLOAD;
    if (index >= payload->count)
        return LIB_INDEX_OUT_OF_BOUNDS;
    const PayloadItem *item = &payload->items[index];
    *name = item->name;
    *name_length = item->name_length;
    *value = item->value;
    *value_size = item->value_size;
    return CASS_OK;
}
