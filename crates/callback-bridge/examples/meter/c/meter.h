/* A library in the style of many: it works on threads of its own, and calls back. */
#ifndef METER_H
#define METER_H

typedef struct meter meter;
typedef struct meter_watch meter_watch;

enum { METER_OK = 0, METER_NO_SUCH_CHANNEL = 1, METER_OUT_OF_RANGE = 2 };

/* Starts the meter's thread. */
meter *meter_open(void);

/*
 * Measures a channel from 0 to 99. Returns METER_OK when it has taken the data; then either `done` is
 * called with it, once, on the meter's thread or, for channel 0, inside this call; or `discard`, when
 * the meter is closed before. Anything else that it returns is an error: it has not kept the data.
 */
int meter_measure(meter *m, int channel, void (*done)(int status, double value, void *data),
                  void (*discard)(void *data), void *data);

/*
 * Watches: from now on two threads call `sample`, at the same time, each with numbers of its own that
 * count from 0 up. After the last call, `closed` is called with the data, once.
 */
meter_watch *meter_start_watch(void (*sample)(int thread, unsigned number, void *data),
                               void (*closed)(void *data), void *data);

/* Ends a watch. Returns when its threads have ended, after `closed`. */
void meter_stop_watch(meter_watch *w);

/* Stops the meter's thread and discards the measurements that it has not begun. */
void meter_close(meter *m);

#endif
