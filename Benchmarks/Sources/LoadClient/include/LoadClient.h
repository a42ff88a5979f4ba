#ifndef LOAD_CLIENT_H
#define LOAD_CLIENT_H

#include <stddef.h>
#include <stdint.h>

/// What is sent, how, and for how long. Requests are sent in turn, over and over.
struct load_plan {
    int port;
    int connections;
    /// Requests under way on each connection.
    int depth;
    /// Whether answers are of the Redis protocol, not of HTTP/1.1.
    int is_redis;
    const char *requests;
    /// Where each request ends.
    const uint64_t *ends;
    size_t count;
    /// Ends after so many answers if above 0, else after so many seconds.
    uint64_t answers;
    double seconds;
};

/// Times fall into 64 classes for each power of two of nanoseconds: within 1.6 %.
enum { LOAD_CLASSES = 64 * 44 };

struct load_result {
    uint64_t answers;
    /// Answers that were neither 200 nor 304, or a Redis error.
    uint64_t failures;
    uint64_t bytes;
    double seconds;
    uint64_t times[LOAD_CLASSES];
};

/// Loads a server on loopback from one thread. Gives 0, or -1 and errno.
int load_run(const struct load_plan *plan, struct load_result *result);

/// The largest time of a class, in nanoseconds.
double load_class_limit(int class_index);

#endif
