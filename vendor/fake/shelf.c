/* Requests that wait until the test lets them go, by number, or until their session closes. */
#include "fake.h"

#include <stdlib.h>

typedef struct Held {
    struct Held *next;
    CassSession *session;
    Work *work;
    uint32_t number;
} Held;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Held *shelf;

void shelf_put(CassSession *session, Work *work, uint32_t number)
{
    Held *held = must_alloc(sizeof *held);
    pthread_mutex_lock(&mutex);
    *held = (Held){.next = shelf, .session = session, .work = work, .number = number};
    shelf = held;
    pthread_mutex_unlock(&mutex);
}

/* Takes an entry out that `at` points to. */
static Work *take(Held **at)
{
    Held *held = *at;
    Work *work = held->work;
    *at = held->next;
    free(held);
    return work;
}

Work *shelf_take(const CassSession *session)
{
    Work *work = NULL;
    pthread_mutex_lock(&mutex);
    for (Held **at = &shelf; *at && !work;) {
        if ((*at)->session == session)
            work = take(at);
        else
            at = &(*at)->next;
    }
    pthread_mutex_unlock(&mutex);
    return work;
}

size_t fake_let_go(uint32_t number)
{
    WorkList here = {0};
    CassSession *session = NULL;
    size_t count = 0;
    pthread_mutex_lock(&mutex);
    for (Held **at = &shelf; *at;) {
        if ((*at)->number != number) {
            at = &(*at)->next;
            continue;
        }
        session = (*at)->session;
        Work *work = take(at);
        work->let_go = true;
        count++;
        /* Submitted under the lock: a close comes here before it ends, and so finds it in the queue. */
        if (session->thread_count > 0)
            io_submit(session, work, 0);
        else
            work_push(&here, work);
    }
    pthread_mutex_unlock(&mutex);
    /* A session without threads completes on the thread of its caller. */
    Work *work;
    while ((work = work_pop(&here)))
        session_finish(session, work);
    return count;
}
