/* Which thread called what, and inside which callback: each way once, not how often. */
#include "fake.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 16
#define SIGHTINGS 4096
/* What a thread remembers to have written down; a power of two. */
#define REMEMBERED 64

typedef struct {
    const char *function;
    const char *within;
    char thread[NAME_SIZE];
} Sighting;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Sighting sightings[SIGHTINGS];
static size_t sighting_count;
/* Which watch this is; even when none goes on. */
static atomic_uint watch;

typedef struct {
    const char *function;
    const char *within;
    unsigned watch;
} Remembered;
static _Thread_local Remembered remembered[REMEMBERED];

static void write_down(const Sighting *sighting)
{
    pthread_mutex_lock(&mutex);
    size_t at = 0;
    while (at < sighting_count && (sightings[at].function != sighting->function ||
                                   sightings[at].within != sighting->within ||
                                   strcmp(sightings[at].thread, sighting->thread) != 0))
        at++;
    if (at == SIGHTINGS)
        die("watch", "too many sightings");
    if (at == sighting_count)
        sightings[sighting_count++] = *sighting;
    pthread_mutex_unlock(&mutex);
}

void watch_call(const char *function)
{
    unsigned now = atomic_load(&watch);
    if (now % 2 == 0)
        return;
    const char *within = inside_which_callback();
    size_t slot = ((uintptr_t)function * 31 + (uintptr_t)within) / 8 % REMEMBERED;
    Remembered *memory = &remembered[slot];
    if (memory->watch == now && memory->function == function && memory->within == within)
        return;
    *memory = (Remembered){.function = function, .within = within, .watch = now};
    Sighting sighting = {.function = function, .within = within};
    pthread_getname_np(pthread_self(), sighting.thread, sizeof sighting.thread);
    write_down(&sighting);
}

void fake_watch(void)
{
    pthread_mutex_lock(&mutex);
    sighting_count = 0;
    unsigned now = atomic_load(&watch);
    atomic_store(&watch, now + (now % 2 ? 2 : 1));
    pthread_mutex_unlock(&mutex);
}

size_t fake_watched(char *text, size_t size)
{
    pthread_mutex_lock(&mutex);
    unsigned now = atomic_load(&watch);
    atomic_store(&watch, now + now % 2);
    size_t length = 0;
    for (size_t i = 0; i < sighting_count; i++) {
        const Sighting *sighting = &sightings[i];
        size_t room = length < size ? size - length : 0;
        length += (size_t)snprintf(room ? text + length : NULL, room, "%s\t%s\t%s\n",
                                   sighting->function, sighting->within, sighting->thread);
    }
    pthread_mutex_unlock(&mutex);
    return length;
}
