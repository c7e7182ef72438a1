/* Custom payloads. Requests hold them by reference, so changing one that is in flight ends the
 * process. The answer to a request carries the payload of the request back. */
#include "fake.h"

#include <stdlib.h>
#include <string.h>

CassCustomPayload *cass_custom_payload_new(void)
{
    return object_new(KIND_PAYLOAD, sizeof(CassCustomPayload), true);
}

static void clear(PayloadItem *item)
{
    scribble_free(item->name, item->name_length);
    scribble_free(item->value, item->value_size);
}

static void destroy(CassCustomPayload *payload)
{
    for (size_t i = 0; i < payload->count; i++)
        clear(&payload->items[i]);
    free(payload->items);
    object_destroy(payload, KIND_PAYLOAD);
}

void payload_unref(const CassCustomPayload *payload)
{
    if (object_unref(&payload->object))
        destroy((CassCustomPayload *)payload);
}

void cass_custom_payload_free(CassCustomPayload *payload)
{
    if (object_take_back(&payload->object, KIND_PAYLOAD, __func__))
        destroy(payload);
}

/* The item of this name, else a new one at the end. */
static PayloadItem *item_named(CassCustomPayload *payload, const char *name, size_t length)
{
    for (size_t i = 0; i < payload->count; i++) {
        PayloadItem *item = &payload->items[i];
        if (item->name_length == length && memcmp(item->name, name, length) == 0) {
            clear(item);
            return item;
        }
    }
    payload->items = realloc(payload->items, (payload->count + 1) * sizeof *payload->items);
    if (!payload->items)
        die(__func__, "out of memory");
    return &payload->items[payload->count++];
}

void cass_custom_payload_set_n(CassCustomPayload *payload, const char *name, size_t name_length,
                               const uint8_t *value, size_t value_size)
{
    object_check(&payload->object, KIND_PAYLOAD, __func__);
    if (atomic_load(&payload->in_flight) > 0)
        die(__func__, "the payload is in flight, and the driver still reads it");
    PayloadItem *item = item_named(payload, name, name_length);
    *item = (PayloadItem){
        .name = copy_text(name, name_length),
        .name_length = name_length,
        .value = (uint8_t *)copy_text((const char *)value, value_size),
        .value_size = value_size,
    };
}

void payload_replace(const CassCustomPayload **held, const CassCustomPayload *payload,
                     const char *function)
{
    object_check(&payload->object, KIND_PAYLOAD, function);
    object_ref(&payload->object);
    if (*held)
        payload_unref(*held);
    *held = payload;
}
