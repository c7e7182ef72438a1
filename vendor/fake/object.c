/* Life and death of the objects that the program holds pointers to.
 *
 * Each carries a magic word that is poisoned when it dies, and the memory of the dead is kept for
 * a while, so that a use after the free finds the poison and not some new object. What stood in them is
 * gone: a text that the program still reads is garbage, and what only the dead point to counts as leaked. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined __has_feature && !defined __SANITIZE_ADDRESS__
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size) ((void)(memory), (void)(size))
#endif

#define MAGIC(kind) (0xFA4E0000u | (unsigned)(kind))
#define POISON(kind) (0xDEAD0000u | (unsigned)(kind))

static const char *const KIND_NAMES[KIND_COUNT] = {
    "cluster", "session", "future", "statement", "prepared statement", "result", "error result",
    "iterator", "batch", "payload", "execution profile", "retry policy", "timestamp generator",
};

static atomic_ullong live[KIND_COUNT];
/* The most that there were at a time, since the last look. */
static atomic_ullong most[KIND_COUNT];

/* The last objects that died. */
#define GRAVES 4096
static pthread_mutex_t graves_mutex = PTHREAD_MUTEX_INITIALIZER;
static void *graves[GRAVES];
static size_t next_grave;

_Noreturn void die(const char *function, const char *what)
{
    fprintf(stderr, "fake driver: %s: %s\n", function, what);
    abort();
}

void *must_alloc(size_t size)
{
    /* Not by calloc, which passes by what a thread has freed: each free here then meets another heap. */
    void *memory = malloc(size ? size : 1);
    if (!memory)
        die("malloc", "out of memory");
    return memset(memory, 0, size);
}

char *copy_text(const char *text, size_t length)
{
    char *copy = must_alloc(length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

void scribble_free(void *memory, size_t size)
{
    if (memory && size)
        memset(memory, 0xDD, size);
    free(memory);
}

void *object_new(Kind kind, size_t size, bool handle)
{
    Object *object = must_alloc(size);
    object->size = size;
    atomic_store(&object->magic, MAGIC(kind));
    atomic_store(&object->refs, 1);
    atomic_store(&object->handles, handle ? 1 : 0);
    unsigned long long now = atomic_fetch_add(&live[kind], 1) + 1;
    unsigned long long before = atomic_load(&most[kind]);
    while (before < now && !atomic_compare_exchange_weak(&most[kind], &before, now))
        ;
    return object;
}

static _Noreturn void die_of(const char *function, Kind kind, const char *what)
{
    char text[128];
    snprintf(text, sizeof text, "the %s %s", KIND_NAMES[kind], what);
    die(function, text);
}

void object_check(const Object *object, Kind kind, const char *function)
{
    watch_call(function);
    if (!object)
        die_of(function, kind, "is NULL");
    unsigned magic = atomic_load(&object->magic);
    if (magic == POISON(kind))
        die_of(function, kind, "was freed before");
    if (magic != MAGIC(kind))
        die_of(function, kind, "is none: the pointer leads to something else");
    if (atomic_load(&object->handles) <= 0)
        die_of(function, kind, "was freed before by the program");
}

void object_ref(const Object *object)
{
    atomic_fetch_add(&((Object *)object)->refs, 1);
}

void object_hand_out(const Object *object)
{
    object_ref(object);
    atomic_fetch_add(&((Object *)object)->handles, 1);
}

bool object_unref(const Object *object)
{
    return atomic_fetch_sub(&((Object *)object)->refs, 1) == 1;
}

bool object_take_back(const Object *object, Kind kind, const char *function)
{
    object_check(object, kind, function);
    if (atomic_fetch_sub(&((Object *)object)->handles, 1) <= 0)
        die_of(function, kind, "was freed before by the program");
    return object_unref(object);
}

void object_destroy(const void *object, Kind kind)
{
    Object *header = (Object *)object;
    atomic_store(&header->magic, POISON(kind));
    void *body = header + 1;
    size_t size = header->size - sizeof *header;
    memset(body, 0xDD, size);
    /* Of an iterator, a row may be asked for: it has a magic word of its own. */
    if (kind != KIND_ITERATOR)
        ASAN_POISON_MEMORY_REGION(body, size);
    pthread_mutex_lock(&graves_mutex);
    void *oldest = graves[next_grave];
    graves[next_grave] = (void *)object;
    next_grave = (next_grave + 1) % GRAVES;
    pthread_mutex_unlock(&graves_mutex);
    free(oldest);
    atomic_fetch_sub(&live[kind], 1);
}

uint64_t object_live(Kind kind)
{
    return atomic_load(&live[kind]);
}

uint64_t object_most(Kind kind)
{
    return atomic_exchange(&most[kind], atomic_load(&live[kind]));
}
