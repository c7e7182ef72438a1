#include "meter.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct job {
    struct job *next;
    int channel;
    void (*done)(int, double, void *);
    void (*discard)(void *);
    void *data;
};

struct meter {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job *first, **last;
    int closing;
};

static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

static void pause_us(long us) {
    struct timespec time = {0, us * 1000};
    nanosleep(&time, NULL);
}

static void *work(void *argument) {
    meter *m = argument;
    for (;;) {
        pthread_mutex_lock(&m->lock);
        while (!m->first && !m->closing)
            pthread_cond_wait(&m->changed, &m->lock);
        struct job *job = m->closing ? NULL : m->first;
        if (job && !(m->first = job->next))
            m->last = &m->first;
        pthread_mutex_unlock(&m->lock);
        if (!job)
            return NULL;
        pause_us(100);
        if (job->channel < 50)
            job->done(METER_OK, job->channel * 1.5, job->data);
        else
            job->done(METER_OUT_OF_RANGE, 0, job->data);
        free(job);
    }
}

meter *meter_open(void) {
    meter *m = allocate(sizeof *m);
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->changed, NULL);
    m->last = &m->first;
    if (pthread_create(&m->thread, NULL, work, m))
        abort();
    return m;
}

int meter_measure(meter *m, int channel, void (*done)(int, double, void *), void (*discard)(void *),
                  void *data) {
    if (channel < 0 || channel > 99)
        return METER_NO_SUCH_CHANNEL;
    if (channel == 0) {
        done(METER_OK, 0, data);
        return METER_OK;
    }
    struct job *job = allocate(sizeof *job);
    *job = (struct job){NULL, channel, done, discard, data};
    pthread_mutex_lock(&m->lock);
    *m->last = job;
    m->last = &job->next;
    pthread_cond_signal(&m->changed);
    pthread_mutex_unlock(&m->lock);
    return METER_OK;
}

void meter_close(meter *m) {
    pthread_mutex_lock(&m->lock);
    m->closing = 1;
    pthread_cond_signal(&m->changed);
    pthread_mutex_unlock(&m->lock);
    pthread_join(m->thread, NULL);
    for (struct job *job = m->first, *next; job; job = next) {
        next = job->next;
        job->discard(job->data);
        free(job);
    }
    pthread_cond_destroy(&m->changed);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

struct sampler {
    pthread_t thread;
    meter_watch *watch;
    int number;
};

struct meter_watch {
    void (*sample)(int, unsigned, void *);
    void (*closed)(void *);
    void *data;
    atomic_int stopped;
    struct sampler samplers[2];
};

static void *take_samples(void *argument) {
    struct sampler *s = argument;
    for (unsigned number = 0; !atomic_load(&s->watch->stopped); number++) {
        s->watch->sample(s->number, number, s->watch->data);
        if (number % 16 == 15)
            pause_us(50);
    }
    return NULL;
}

meter_watch *meter_start_watch(void (*sample)(int, unsigned, void *), void (*closed)(void *),
                               void *data) {
    meter_watch *w = allocate(sizeof *w);
    w->sample = sample;
    w->closed = closed;
    w->data = data;
    for (int i = 0; i < 2; i++) {
        w->samplers[i].watch = w;
        w->samplers[i].number = i;
        if (pthread_create(&w->samplers[i].thread, NULL, take_samples, &w->samplers[i]))
            abort();
    }
    return w;
}

void meter_stop_watch(meter_watch *w) {
    atomic_store(&w->stopped, 1);
    for (int i = 0; i < 2; i++)
        pthread_join(w->samplers[i].thread, NULL);
    w->closed(w->data);
    free(w);
}
