/* What the files of the fake driver share. */
#ifndef FAKE_H
#define FAKE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "cassandra_api.h"
#include "control.h"

/* --- object.c: life and death of everything that the program holds a pointer to. ------------- */

typedef enum {
    KIND_CLUSTER,
    KIND_SESSION,
    KIND_FUTURE,
    KIND_STATEMENT,
    KIND_PREPARED,
    KIND_RESULT,
    KIND_ERROR_RESULT,
    KIND_ITERATOR,
    KIND_BATCH,
    KIND_PAYLOAD,
    KIND_PROFILE,
    KIND_RETRY_POLICY,
    KIND_TIMESTAMP_GEN,
    KIND_COUNT,
} Kind;

typedef struct {
    size_t size;
    atomic_uint magic;
    /* References in all; the last one destroys the object. */
    atomic_int refs;
    /* Those of them that the program holds. */
    atomic_int handles;
} Object;

/* A zeroed object of `size` bytes, with one handle when `handle`, else with one internal
 * reference. Every object type starts with its `Object`. */
void *object_new(Kind kind, size_t size, bool handle);
/* Aborts, naming `function`, unless the program holds a handle to a live object of this kind. */
void object_check(const Object *object, Kind kind, const char *function);
void object_ref(const Object *object);
/* One more handle, with its reference. */
void object_hand_out(const Object *object);
/* Drops a reference; true when it was the last: the caller releases what the object owns and then
 * calls `object_destroy`. */
bool object_unref(const Object *object);
/* Takes a handle back, aborting when there is none; true as for `object_unref`. */
bool object_take_back(const Object *object, Kind kind, const char *function);
/* Poisons the object, wipes what follows its `Object`, and keeps the memory for a while, so that a late
 * use finds the poison. */
void object_destroy(const void *object, Kind kind);
uint64_t object_live(Kind kind);
/* The most that there were at a time since the last call. */
uint64_t object_most(Kind kind);

_Noreturn void die(const char *function, const char *what);
void *must_alloc(size_t size);
/* A copy with a NUL after it. */
char *copy_text(const char *text, size_t length);
/* Overwrites before it frees, so that a pointer kept too long reads garbage. */
void scribble_free(void *memory, size_t size);

/* --- control.c ------------------------------------------------------------------------------- */

/* Waits while the gate is closed. */
void gate_pass(void);
/* How often the gate was opened so far, and waiting until it was once more. */
uint64_t gate_openings(void);
void gate_pass_after(uint64_t openings);
/* Around the life of a callback: taken over from the program, started, returned. */
void callback_taken(void);
void callback_started(void);
void callback_returned(void);

/* Writes down what a setter was told, if a test listens: the name of the function, then the text. */
__attribute__((format(printf, 2, 3))) void note(const char *function, const char *format, ...);
/* How often the server forgot what was prepared. */
uint64_t times_forgotten(void);

/* --- watch.c: which thread called what, if a test watches. ----------------------------------- */

void watch_call(const char *function);

/* --- log.c ----------------------------------------------------------------------------------- */

void log_line(CassLogLevel level, const char *function, const char *text);

/* --- data_type.c ----------------------------------------------------------------------------- */

const CassDataType *data_type_of(CassValueType type);
/* By CQL name, in lower case; NULL for a name that is not known. */
const CassDataType *data_type_named(const char *name);
/* Whether a value of so many bytes can be of this type. */
bool data_type_fits(CassValueType type, size_t size);

/* --- language.c ------------------------------------------------------------------------------ */

#define MAX_MARKERS 32

typedef enum {
    PLAN_OK,
    PLAN_ERROR,
    PLAN_ROWS,
    PLAN_ECHO,
    PLAN_STORE,
    PLAN_LOOKUP,
    PLAN_STAMP,
    PLAN_NEVER,
    PLAN_HELD,
    PLAN_APPLIED,
    PLAN_REFUSED,
    PLAN_REFUSED_ROW,
    PLAN_REFUSED_NULLS,
    PLAN_SYNTAX,
} PlanKind;

/* A statement's text, understood. */
typedef struct {
    PlanKind kind;
    CassError code;
    char message[256];
    uint32_t rows_per_page;
    uint32_t pages;
    /* The last page's, when it fails, and how often: for ever with 0. */
    CassError last_page;
    uint32_t failures;
    /* Rows that the iterator comes to, where that is not all of them. */
    uint32_t rows_there;
    bool cut_short;
    /* What the test calls a held request by. */
    uint32_t number;
    size_t marker_count;
    const CassDataType *markers[MAX_MARKERS];
} Plan;

void plan_parse(Plan *plan, const char *text);

/* --- prepared.c ------------------------------------------------------------------------------ */

struct CassPrepared {
    Object object;
    char *text;
    Plan plan;
    /* How often the server had forgotten when this was prepared. */
    uint64_t forgotten;
};

const CassPrepared *prepared_new(const char *text, const Plan *plan);
void prepared_unref(const CassPrepared *prepared);

/* --- payload.c ------------------------------------------------------------------------------- */

typedef struct {
    char *name;
    size_t name_length;
    uint8_t *value;
    size_t value_size;
} PayloadItem;

struct CassCustomPayload {
    Object object;
    /* Requests that still read it. */
    atomic_int in_flight;
    size_t count;
    PayloadItem *items;
};

void payload_unref(const CassCustomPayload *payload);
/* Puts a payload, with a reference, in the place of another or of NULL. */
void payload_replace(const CassCustomPayload **held, const CassCustomPayload *payload,
                     const char *function);

/* --- statement.c ----------------------------------------------------------------------------- */

typedef struct {
    enum { BOUND_UNSET, BOUND_NULL, BOUND_VALUE } state;
    uint8_t *bytes;
    size_t size;
} Bound;

struct CassStatement {
    Object object;
    /* Requests that still read this statement: changing it meanwhile is a bug of the program. */
    atomic_int in_flight;
    /* How often its last page has failed. */
    atomic_uint failures;
    char *text;
    /* NULL for a simple statement. */
    const CassPrepared *prepared;
    size_t value_count;
    Bound *values;
    char *paging_state;
    size_t paging_state_size;
    bool tracing;
    const CassCustomPayload *payload;
};

CassStatement *statement_new(char *text, size_t value_count, const CassPrepared *prepared);
void statement_unref(const CassStatement *statement);
/* Around the time that a request reads the statement. */
void statement_begin(CassStatement *statement);
void statement_end(CassStatement *statement);

/* --- batch.c --------------------------------------------------------------------------------- */

struct CassBatch {
    Object object;
    /* Requests that still read this batch. */
    atomic_int in_flight;
    size_t count;
    CassStatement **statements;
    bool tracing;
    const CassCustomPayload *payload;
};

void batch_unref(const CassBatch *batch);
/* Around the time that a request reads the batch and its statements. */
void batch_begin(CassBatch *batch);
void batch_end(CassBatch *batch);

/* --- result.c -------------------------------------------------------------------------------- */

typedef struct {
    size_t offset;
    size_t size;
    bool null;
} Cell;

typedef struct {
    char name[24];
    const CassDataType *type;
} Column;

struct CassValue {
    unsigned magic;
    bool null;
    const uint8_t *bytes;
    size_t size;
};

struct CassRow {
    unsigned magic;
    size_t value_count;
    CassValue *values;
};

/* Values of the row at `cells`, whose bytes are `bytes`. */
void row_fill(CassRow *row, const Cell *cells, size_t count, const uint8_t *bytes);

struct CassResult {
    Object object;
    size_t column_count;
    Column columns[MAX_MARKERS];
    size_t row_count;
    /* As many rows, or fewer, as in damaged data. */
    size_t rows_there;
    Cell *cells;
    size_t cell_count;
    size_t cell_capacity;
    uint8_t *bytes;
    size_t byte_count;
    size_t byte_capacity;
    bool has_more_pages;
    char paging_state[8];
    /* Filled as its cells come. */
    CassRow first;
    CassValue first_values[MAX_MARKERS];
    /* Its only cell is for the time of its callback. */
    bool stamped;
};

/* A result without columns; the reference belongs to the caller. */
CassResult *result_new(void);
void result_add_column(CassResult *result, const char *name, const CassDataType *type);
/* The next cell, row by row; NULL bytes for a null. */
void result_add_cell(CassResult *result, const void *bytes, size_t size);
void result_unref(const CassResult *result);

#define PAGING_STATE_SIZE 8
void paging_state_write(char *token, uint32_t next_page);
/* False for bytes that are no paging state of ours. */
bool paging_state_read(const char *token, size_t size, uint32_t *page);

/* --- stamp.c: requests that say when they were called back. ---------------------------------- */

/* Their answer. */
CassResult *stamp_new(void);
/* Right before the callback: puts the time into the answer, and returns it. */
uint64_t stamp_put(CassResult *result);
/* Right after the callback that was called then. */
void stamp_returned(uint64_t called);

/* --- error.c --------------------------------------------------------------------------------- */

/* NULL for a code that is no server error. */
const CassErrorResult *error_result_new(CassError code);
void error_result_unref(const CassErrorResult *error_result);

/* --- outcome.c: what a request ends with. ---------------------------------------------------- */

typedef struct {
    CassError code;
    char message[320];
    CassResult *result;
    const CassPrepared *prepared;
    bool has_tracing_id;
    /* The request's own, sent back. */
    const CassCustomPayload *payload;
} Outcome;

/* Whether the test decides when this completes, and under which number. */
bool outcome_is_held(const CassStatement *statement, uint32_t *number);
void outcome_fail(Outcome *outcome, CassError code, const char *message);
/* False for a statement that never completes. */
bool outcome_of_statement(Outcome *outcome, const CassStatement *statement, int protocol_version);
/* Likewise, when one of its statements never completes. */
bool outcome_of_batch(Outcome *outcome, const CassBatch *batch, int protocol_version);
void outcome_of_prepare(Outcome *outcome, const char *text);

/* --- policy.c: what settings and options are made of. ------------------------------------------- */

/* "default", "fallthrough", or one of them after "logging ". */
const char *retry_policy_name(const CassRetryPolicy *policy, const char *function);
const char *timestamp_gen_name(const CassTimestampGen *generator, const char *function);

/* --- cluster.c ------------------------------------------------------------------------------- */

typedef enum {
    PERSON_LATE,
    PERSON_INLINE,
    PERSON_UNSET,
    PERSON_LOCKED,
    PERSON_BURSTS,
    PERSON_THREADS,
} Personality;

struct CassCluster {
    Object object;
    char *contact_points;
    int port;
    int protocol_version;
    unsigned queue_size;
};

/* What the contact points of a cluster ask for. */
typedef struct {
    Personality personality;
    bool slow;
    /* No request completes before the session closes. */
    bool never;
    /* Every request finds the queue full. */
    bool full;
    /* Kinds of future that take no callback, a bit each. */
    unsigned deaf;
    CassError refusal;
    char refusal_message[256];
    int protocol_version;
    size_t queue_limit;
} Character;

void character_of(Character *character, const CassCluster *cluster);

/* --- future.c -------------------------------------------------------------------------------- */

typedef enum { FUTURE_CONNECT, FUTURE_CLOSE, FUTURE_PREPARE, FUTURE_EXECUTE } FutureKind;

struct CassFuture {
    Object object;
    FutureKind kind;
    /* Only ever compared: the session whose I/O thread completes this future. */
    const CassSession *session;
    bool deaf;
    pthread_mutex_t mutex;
    pthread_cond_t became_set;
    bool set;
    CassFutureCallback callback;
    void *data;
    Outcome outcome;
    const CassErrorResult *error_result;
};

/* A future that the program will hold; `future_ref` it before it is shared with an I/O thread. */
CassFuture *future_new(FutureKind kind, const CassSession *session);
void future_ref(CassFuture *future);
void future_unref(CassFuture *future);
/* Completes the future and runs its callback, before it counts as set when `early`. Takes over what
 * the outcome holds. */
void future_complete(CassFuture *future, const Outcome *outcome, bool early);
/* Blocks until it is set; no checks. */
void future_join(CassFuture *future);
/* Whether this thread is inside a future's callback, of any session. */
bool inside_a_callback(void);
/* What the innermost of them is the callback of; "-" outside. */
const char *inside_which_callback(void);

/* --- io.c: the I/O threads of a session. ----------------------------------------------------- */

#define IO_THREADS 3

typedef struct Work {
    struct Work *next;
    CassFuture *future;
    /* One of these for a request. */
    CassStatement *statement;
    CassBatch *batch;
    char *text;
    /* For a connect. */
    Character character;
    uint64_t gate_openings;
    /* Turns through the queue that are still to go before it completes. */
    int hops;
    /* For a held request that the test has let go. */
    bool let_go;
} Work;

typedef struct {
    Work *first;
    Work *last;
    size_t length;
} WorkList;

Work *work_new(CassFuture *future);
void work_free(Work *work);
void work_push(WorkList *list, Work *work);
Work *work_pop(WorkList *list);

typedef enum { STATE_NEW, STATE_CONNECTING, STATE_CONNECTED, STATE_CLOSING, STATE_CLOSED } State;

struct CassSession {
    Object object;
    /* The mutex that the session's functions take, and that some personalities complete under. */
    pthread_mutex_t mutex;
    State state;
    bool ever_connected;
    Character character;
    /* Requests that complete at close only. */
    WorkList never;

    /* The queue has a lock of its own, which is never held while a callback runs. */
    pthread_mutex_t queue_mutex;
    pthread_cond_t queue_changed;
    WorkList queue;
    /* I/O threads that complete something now. */
    int busy;
    bool quit;
    int thread_count;
    pthread_t threads[IO_THREADS];
};

void io_start(CassSession *session);
void io_stop(CassSession *session);
/* Hands work to the I/O thread; false when the queue holds `limit` already (0: no limit). */
bool io_submit(CassSession *session, Work *work, size_t limit);
/* Whether this thread is an I/O thread of this session, or of any with NULL. */
bool io_on_thread(const CassSession *session);

/* --- shelf.c: requests that wait for the test. ----------------------------------------------- */

void shelf_put(CassSession *session, Work *work, uint32_t number);
/* The next one of this session, NULL when there is none. */
Work *shelf_take(const CassSession *session);

/* --- session.c ------------------------------------------------------------------------------- */

/* Takes the session's mutex; aborts when this thread completes a future under it right now. */
void session_lock(CassSession *session, const char *function);
void session_unlock(CassSession *session);
/* Both run on the I/O thread, or on the caller's for `inline`. */
void session_finish(CassSession *session, Work *work);
void session_finish_close(CassSession *session, CassFuture *future);

#endif
