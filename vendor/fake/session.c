/* Sessions: who may call what when, and in which order and under which lock futures complete. */
#include "fake.h"

#include <stdio.h>
#include <string.h>

/* The session whose mutex this thread holds while it runs a callback. */
static _Thread_local const CassSession *completing_under_lock;

void session_lock(CassSession *session, const char *function)
{
    if (completing_under_lock == session)
        die(function, "called inside a callback that runs with the session's mutex held: the I/O "
                      "thread would wait for itself");
    pthread_mutex_lock(&session->mutex);
}

void session_unlock(CassSession *session)
{
    pthread_mutex_unlock(&session->mutex);
}

CassSession *cass_session_new(void)
{
    CassSession *session = object_new(KIND_SESSION, sizeof *session, true);
    pthread_mutex_init(&session->mutex, NULL);
    pthread_mutex_init(&session->queue_mutex, NULL);
    pthread_cond_init(&session->queue_changed, NULL);
    return session;
}

/* A future that failed before anything was submitted. */
static CassFuture *failed(FutureKind kind, const CassSession *session, CassError code,
                          const char *message)
{
    CassFuture *future = future_new(kind, session);
    Outcome outcome = {0};
    outcome_fail(&outcome, code, message);
    future_complete(future, &outcome, false);
    return future;
}

/* Says what has happened; in the driver too, lines are written on the I/O threads and some of them
 * under the session's mutex. */
static void log_end(const CassFuture *future, const Outcome *outcome)
{
    if (future->kind == FUTURE_CONNECT)
        log_line(LOG_INFO, "connect", outcome->code == CASS_OK ? "session connected" : outcome->message);
    if (future->kind == FUTURE_CLOSE)
        log_line(LOG_INFO, "close", "session closed");
    if (future->kind == FUTURE_EXECUTE)
        log_line(LOG_DEBUG, "execute", "request done");
}

/* Completes a future the way this session does. */
static void complete(CassSession *session, CassFuture *future, const Outcome *outcome)
{
    /* As in the driver, where only these two are set under the mutex. */
    bool ends_or_begins = future->kind == FUTURE_CONNECT || future->kind == FUTURE_CLOSE;
    bool locked = session->character.personality == PERSON_LOCKED && ends_or_begins;
    if (locked) {
        pthread_mutex_lock(&session->mutex);
        completing_under_lock = session;
    }
    log_end(future, outcome);
    future_complete(future, outcome, session->character.personality == PERSON_UNSET);
    if (locked) {
        completing_under_lock = NULL;
        pthread_mutex_unlock(&session->mutex);
    }
}

/* Around the time that a request reads what it was made of. */
static void begin(Work *work)
{
    if (work->statement)
        statement_begin(work->statement);
    if (work->batch)
        batch_begin(work->batch);
}

static void end(Work *work)
{
    if (work->statement)
        statement_end(work->statement);
    if (work->batch)
        batch_end(work->batch);
}

static void enter(CassSession *session, State state)
{
    pthread_mutex_lock(&session->mutex);
    session->state = state;
    session->ever_connected |= state == STATE_CONNECTED;
    pthread_mutex_unlock(&session->mutex);
}

static void finish_connect(CassSession *session, Work *work)
{
    const Character *character = &session->character;
    Outcome outcome = {0};
    if (character->refusal != CASS_OK)
        outcome_fail(&outcome, character->refusal, character->refusal_message);
    else if (work->text && strcmp(work->text, "missing") == 0)
        outcome_fail(&outcome, LIB_UNABLE_TO_SET_KEYSPACE, "Keyspace 'missing' does not exist");
    enter(session, outcome.code == CASS_OK ? STATE_CONNECTED : STATE_CLOSED);
    complete(session, work->future, &outcome);
}

static void time_out(CassSession *session, Work *work)
{
    Outcome timed_out = {0};
    outcome_fail(&timed_out, LIB_REQUEST_TIMED_OUT, "Request timed out");
    end(work);
    complete(session, work->future, &timed_out);
    work_free(work);
}

/* Requests that never complete by themselves go first, then the close itself. */
void session_finish_close(CassSession *session, CassFuture *future)
{
    pthread_mutex_lock(&session->mutex);
    WorkList never = session->never;
    session->never = (WorkList){0};
    session->state = STATE_CLOSED;
    pthread_mutex_unlock(&session->mutex);
    Work *work;
    while ((work = work_pop(&never)) || (work = shelf_take(session)))
        time_out(session, work);
    complete(session, future, &(Outcome){0});
}

/* Puts a request away until the session closes; false when that has happened. */
static bool put_away(CassSession *session, Work *work)
{
    pthread_mutex_lock(&session->mutex);
    bool open = session->state != STATE_CLOSED;
    if (open)
        work_push(&session->never, work);
    pthread_mutex_unlock(&session->mutex);
    return open;
}

/* Puts a request away if the test decides about it, and has not yet. */
static bool is_held(CassSession *session, Work *work)
{
    uint32_t number;
    if (work->let_go || !work->statement || !outcome_is_held(work->statement, &number))
        return false;
    shelf_put(session, work, number);
    return true;
}

/* False when the request was put away until the session closes. */
static bool finish_execute(CassSession *session, Work *work)
{
    Outcome outcome = {0};
    int version = session->character.protocol_version;
    bool completes = work->batch ? outcome_of_batch(&outcome, work->batch, version)
                                 : outcome_of_statement(&outcome, work->statement, version);
    if (!completes) {
        /* It comes without an answer, and so without a payload. */
        if (outcome.payload)
            payload_unref(outcome.payload);
        outcome = (Outcome){0};
        if (put_away(session, work))
            return false;
        outcome_fail(&outcome, LIB_REQUEST_TIMED_OUT, "Request timed out");
    }
    end(work);
    complete(session, work->future, &outcome);
    return true;
}

void session_finish(CassSession *session, Work *work)
{
    bool done = true;
    Outcome outcome = {0};
    bool is_request =
        work->future->kind == FUTURE_PREPARE || work->future->kind == FUTURE_EXECUTE;
    if (is_request && session->character.never && put_away(session, work))
        return;
    if (is_held(session, work))
        return;
    switch (work->future->kind) {
    case FUTURE_CONNECT:
        finish_connect(session, work);
        break;
    case FUTURE_CLOSE:
        session_finish_close(session, work->future);
        break;
    case FUTURE_PREPARE:
        outcome_of_prepare(&outcome, work->text);
        complete(session, work->future, &outcome);
        break;
    case FUTURE_EXECUTE:
        done = finish_execute(session, work);
        break;
    }
    if (done)
        work_free(work);
}

CassFuture *cass_session_connect(CassSession *session, const CassCluster *cluster)
{
    return cass_session_connect_keyspace_n(session, cluster, "", 0);
}

CassFuture *cass_session_connect_keyspace(CassSession *session, const CassCluster *cluster,
                                          const char *keyspace)
{
    return cass_session_connect_keyspace_n(session, cluster, keyspace, strlen(keyspace));
}

CassFuture *cass_session_connect_keyspace_n(CassSession *session, const CassCluster *cluster,
                                            const char *keyspace, size_t keyspace_length)
{
    object_check(&session->object, KIND_SESSION, __func__);
    object_check(&cluster->object, KIND_CLUSTER, __func__);
    session_lock(session, __func__);
    if (session->state != STATE_NEW && session->state != STATE_CLOSED) {
        session_unlock(session);
        return failed(FUTURE_CONNECT, session, LIB_UNABLE_TO_CONNECT,
                      "Already connecting, closing, or connected");
    }
    session->state = STATE_CONNECTING;
    character_of(&session->character, cluster);
    CassFuture *future = future_new(FUTURE_CONNECT, session);
    Work *work = work_new(future);
    work->text = copy_text(keyspace, keyspace_length);
    work->character = session->character;
    work->gate_openings = gate_openings();
    bool inline_now = session->character.personality == PERSON_INLINE && !session->character.slow;
    if (!inline_now) {
        io_start(session);
        io_submit(session, work, 0);
    }
    session_unlock(session);
    if (inline_now)
        session_finish(session, work);
    return future;
}

/* Closes a session whose mutex the caller holds, and which this call releases. */
static CassFuture *close_locked(CassSession *session)
{
    session->state = STATE_CLOSING;
    CassFuture *future = future_new(FUTURE_CLOSE, session);
    Work *work = work_new(future);
    bool inline_now = session->character.personality == PERSON_INLINE;
    if (!inline_now)
        io_submit(session, work, 0);
    session_unlock(session);
    if (inline_now)
        session_finish(session, work);
    return future;
}

CassFuture *cass_session_close(CassSession *session)
{
    object_check(&session->object, KIND_SESSION, __func__);
    session_lock(session, __func__);
    if (session->state == STATE_CONNECTING)
        die(__func__, "the session still connects: in the driver neither future would complete");
    if (session->state != STATE_CONNECTED) {
        session_unlock(session);
        return failed(FUTURE_CLOSE, session, LIB_UNABLE_TO_CLOSE, "Already closing or closed");
    }
    return close_locked(session);
}

void cass_session_free(CassSession *session)
{
    if (io_on_thread(NULL) || inside_a_callback())
        die(__func__, "called inside a callback or on an I/O thread, which it joins");
    object_check(&session->object, KIND_SESSION, __func__);
    session_lock(session, __func__);
    if (session->state == STATE_CONNECTING)
        die(__func__, "the session still connects: in the driver this call would never return");
    if (session->state == STATE_CONNECTED) {
        CassFuture *close = close_locked(session);
        future_join(close);
        future_unref(close);
    } else {
        session_unlock(session);
    }
    io_stop(session);
    if (!object_take_back(&session->object, KIND_SESSION, __func__))
        return;
    pthread_mutex_destroy(&session->mutex);
    pthread_mutex_destroy(&session->queue_mutex);
    pthread_cond_destroy(&session->queue_changed);
    object_destroy(session, KIND_SESSION);
}

/* Submits a request, taking the work over. */
static CassFuture *submit(CassSession *session, Work *work, const char *function)
{
    CassFuture *future = work->future;
    CassError error = CASS_OK;
    bool inline_now = false;
    session_lock(session, function);
    if (session->state != STATE_CONNECTED)
        error = LIB_NO_HOSTS_AVAILABLE;
    else if (session->character.full)
        error = LIB_REQUEST_QUEUE_FULL;
    else if (session->character.personality == PERSON_INLINE)
        inline_now = true;
    else if (!io_submit(session, work, session->character.queue_limit))
        error = LIB_REQUEST_QUEUE_FULL;
    session_unlock(session);
    if (inline_now)
        session_finish(session, work);
    if (error != CASS_OK) {
        Outcome outcome = {0};
        outcome_fail(&outcome, error,
                     error == LIB_NO_HOSTS_AVAILABLE ? "Session is not connected"
                                                     : "The request queue has reached capacity");
        end(work);
        future_complete(future, &outcome, false);
        work_free(work);
    }
    return future;
}

/* In the driver these calls follow a NULL pointer. */
static void require_once_connected(CassSession *session, const char *function)
{
    session_lock(session, function);
    if (!session->ever_connected)
        die(function, "the session was never connected: the driver crashes here");
    session_unlock(session);
}

CassFuture *cass_session_prepare(CassSession *session, const char *query)
{
    return cass_session_prepare_n(session, query, strlen(query));
}

CassFuture *cass_session_prepare_n(CassSession *session, const char *query, size_t query_length)
{
    object_check(&session->object, KIND_SESSION, __func__);
    require_once_connected(session, __func__);
    Work *work = work_new(future_new(FUTURE_PREPARE, session));
    work->text = copy_text(query, query_length);
    return submit(session, work, __func__);
}

CassFuture *cass_session_execute(CassSession *session, const CassStatement *statement)
{
    object_check(&session->object, KIND_SESSION, __func__);
    object_check(&statement->object, KIND_STATEMENT, __func__);
    if (statement->prepared)
        require_once_connected(session, __func__);
    Work *work = work_new(future_new(FUTURE_EXECUTE, session));
    work->statement = (CassStatement *)statement;
    object_ref(&statement->object);
    begin(work);
    return submit(session, work, __func__);
}

CassFuture *cass_session_execute_batch(CassSession *session, const CassBatch *batch)
{
    object_check(&session->object, KIND_SESSION, __func__);
    object_check(&batch->object, KIND_BATCH, __func__);
    Work *work = work_new(future_new(FUTURE_EXECUTE, session));
    work->batch = (CassBatch *)batch;
    object_ref(&batch->object);
    begin(work);
    return submit(session, work, __func__);
}
