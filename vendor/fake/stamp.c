/* Requests that say when they were called back, and how long each callback took.
 *
 * Costs two looks at the clock a callback of such a request, and nothing for all others. */
#include "fake.h"

#include <time.h>

/* The times of so many callbacks are kept, the last ones. */
#define KEPT 65536

static atomic_uint times[KEPT];
static atomic_size_t timed;

uint64_t fake_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

CassResult *stamp_new(void)
{
    CassResult *result = result_new();
    uint8_t none[8] = {0};
    result_add_column(result, "called", data_type_of(VALUE_TYPE_BIGINT));
    result_add_cell(result, none, sizeof none);
    result->stamped = true;
    return result;
}

uint64_t stamp_put(CassResult *result)
{
    uint64_t now = fake_now();
    for (int i = 0; i < 8; i++)
        result->bytes[i] = (uint8_t)(now >> (56 - 8 * i));
    return now;
}

void stamp_returned(uint64_t called)
{
    uint64_t took = fake_now() - called;
    size_t index = atomic_fetch_add(&timed, 1);
    atomic_store(&times[index % KEPT], took > UINT32_MAX ? UINT32_MAX : (unsigned)took);
}

size_t fake_callback_times(uint32_t *out, size_t room)
{
    size_t count = atomic_exchange(&timed, 0);
    size_t kept = count < KEPT ? count : KEPT;
    for (size_t i = 0; i < kept && i < room; i++)
        out[i] = atomic_load(&times[i]);
    return kept;
}
