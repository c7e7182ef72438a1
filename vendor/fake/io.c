/* The I/O threads of a session and their queue.
 *
 * Work goes through the queue a few times before it completes, so that "late" means that other
 * things have happened in between; the order of the work stays as it was. */
#include "fake.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOPS 2
/* A burst begins with so many requests, or so long after the first: as long as the driver lets
 * requests pile up. */
#define BURST 16
#define BURST_DELAY_NS 200000

static _Thread_local const CassSession *own_session;

bool io_on_thread(const CassSession *session)
{
    return session ? own_session == session : own_session != NULL;
}

Work *work_new(CassFuture *future)
{
    Work *work = must_alloc(sizeof *work);
    future_ref(future);
    work->future = future;
    work->hops = HOPS;
    return work;
}

void work_free(Work *work)
{
    future_unref(work->future);
    if (work->statement)
        statement_unref(work->statement);
    if (work->batch)
        batch_unref(work->batch);
    if (work->text)
        scribble_free(work->text, strlen(work->text));
    free(work);
}

void work_push(WorkList *list, Work *work)
{
    work->next = NULL;
    if (list->last)
        list->last->next = work;
    else
        list->first = work;
    list->last = work;
    list->length++;
}

Work *work_pop(WorkList *list)
{
    Work *work = list->first;
    if (!work)
        return NULL;
    list->first = work->next;
    if (!list->first)
        list->last = NULL;
    list->length--;
    return work;
}

bool io_submit(CassSession *session, Work *work, size_t limit)
{
    pthread_mutex_lock(&session->queue_mutex);
    bool room = limit == 0 || session->queue.length < limit;
    if (room) {
        work_push(&session->queue, work);
        pthread_cond_broadcast(&session->queue_changed);
    }
    pthread_mutex_unlock(&session->queue_mutex);
    return room;
}

static struct timespec soon(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += BURST_DELAY_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

/* Whether the close has to wait: it comes after everything that was submitted before it. */
static bool too_early(const CassSession *session, const Work *work)
{
    return work->future->kind == FUTURE_CLOSE && (session->busy > 0 || session->queue.length > 0);
}

/* The next work that is due; NULL when the thread has to end. Counts this thread as busy. */
static Work *next_due(CassSession *session)
{
    pthread_mutex_lock(&session->queue_mutex);
    Work *work;
    for (;;) {
        work = work_pop(&session->queue);
        if (work && work->hops-- > 0) {
            work_push(&session->queue, work);
            pthread_mutex_unlock(&session->queue_mutex);
            sched_yield();
            pthread_mutex_lock(&session->queue_mutex);
        } else if (work && too_early(session, work)) {
            bool alone = session->queue.length == 0;
            work_push(&session->queue, work);
            if (alone)
                pthread_cond_wait(&session->queue_changed, &session->queue_mutex);
        } else if (work || session->quit) {
            break;
        } else {
            pthread_cond_wait(&session->queue_changed, &session->queue_mutex);
        }
    }
    session->busy += work != NULL;
    pthread_mutex_unlock(&session->queue_mutex);
    return work;
}

static void finish(CassSession *session, Work *work)
{
    if (work->future->kind == FUTURE_CONNECT && work->character.slow)
        gate_pass_after(work->gate_openings);
    gate_pass();
    session_finish(session, work);
}

/* One after the other. */
static void *run(void *argument)
{
    CassSession *session = argument;
    own_session = session;
    Work *work;
    while ((work = next_due(session))) {
        finish(session, work);
        pthread_mutex_lock(&session->queue_mutex);
        session->busy--;
        pthread_cond_broadcast(&session->queue_changed);
        pthread_mutex_unlock(&session->queue_mutex);
    }
    return NULL;
}

/* Everything that is there once enough is, or some time has passed. Empty when the thread has to end. */
static WorkList next_burst(CassSession *session)
{
    pthread_mutex_lock(&session->queue_mutex);
    while (session->queue.length == 0 && !session->quit)
        pthread_cond_wait(&session->queue_changed, &session->queue_mutex);
    struct timespec until = soon();
    int error = 0;
    while (session->queue.length < BURST && !session->quit && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&session->queue_changed, &session->queue_mutex, &until);
    pthread_mutex_unlock(&session->queue_mutex);
    /* Held back, it stays in the queue. */
    gate_pass();
    pthread_mutex_lock(&session->queue_mutex);
    WorkList burst = session->queue;
    session->queue = (WorkList){0};
    pthread_mutex_unlock(&session->queue_mutex);
    return burst;
}

/* In bursts, each from its end to its beginning, and a close after all else. */
static void *run_in_bursts(void *argument)
{
    CassSession *session = argument;
    own_session = session;
    WorkList burst;
    while ((burst = next_burst(session)).first) {
        Work *backwards = NULL, *close = NULL, *work;
        while ((work = work_pop(&burst))) {
            if (work->future->kind == FUTURE_CLOSE) {
                close = work;
            } else {
                work->next = backwards;
                backwards = work;
            }
        }
        while ((work = backwards)) {
            backwards = work->next;
            finish(session, work);
        }
        if (close)
            finish(session, close);
    }
    return NULL;
}

void io_start(CassSession *session)
{
    Personality personality = session->character.personality;
    int wanted = personality == PERSON_THREADS ? IO_THREADS : 1;
    void *(*body)(void *) = personality == PERSON_BURSTS ? run_in_bursts : run;
    while (session->thread_count < wanted) {
        pthread_t *thread = &session->threads[session->thread_count];
        if (pthread_create(thread, NULL, body, session) != 0)
            die("pthread_create", "no I/O thread");
        pthread_setname_np(*thread, "fake-io");
        session->thread_count++;
    }
}

void io_stop(CassSession *session)
{
    pthread_mutex_lock(&session->queue_mutex);
    session->quit = true;
    pthread_cond_broadcast(&session->queue_changed);
    pthread_mutex_unlock(&session->queue_mutex);
    while (session->thread_count > 0)
        pthread_join(session->threads[--session->thread_count], NULL);
}
