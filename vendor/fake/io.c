/* The I/O thread of a session and its queue.
 *
 * Work goes through the queue a few times before it completes, so that "late" means that other
 * things have happened in between; the order of the work stays as it was. */
#include "fake.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define HOPS 2

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
        pthread_cond_signal(&session->queue_changed);
    }
    pthread_mutex_unlock(&session->queue_mutex);
    return room;
}

/* The next work that is due; NULL when the thread has to end. */
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
        } else if (work || session->quit) {
            break;
        } else {
            pthread_cond_wait(&session->queue_changed, &session->queue_mutex);
        }
    }
    pthread_mutex_unlock(&session->queue_mutex);
    return work;
}

static void *run(void *argument)
{
    CassSession *session = argument;
    own_session = session;
    Work *work;
    while ((work = next_due(session))) {
        if (work->future->kind == FUTURE_CONNECT && work->character.slow)
            gate_pass_after(work->gate_openings);
        gate_pass();
        session_finish(session, work);
    }
    return NULL;
}

void io_start(CassSession *session)
{
    if (session->has_thread)
        return;
    if (pthread_create(&session->thread, NULL, run, session) != 0)
        die("pthread_create", "no I/O thread");
    session->has_thread = true;
}

void io_stop(CassSession *session)
{
    if (!session->has_thread)
        return;
    pthread_mutex_lock(&session->queue_mutex);
    session->quit = true;
    pthread_cond_signal(&session->queue_changed);
    pthread_mutex_unlock(&session->queue_mutex);
    pthread_join(session->thread, NULL);
    session->has_thread = false;
}
