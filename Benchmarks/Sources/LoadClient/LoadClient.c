// A closed loop over epoll: as many requests under way as connections times depth. It does as
// little as it can with an answer, so that the server is the bottleneck: finds its end, looks at
// its status, and notes its time.
#define _GNU_SOURCE
#include "LoadClient.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_SIZE = 1 << 18, MAX_DEPTH = 256, MAX_EVENTS = 256 };

struct connection {
    int file;
    int waiting;
    /// What was received and is no whole answer yet.
    size_t filled;
    char *buffer;
    /// When each request under way was sent, a ring.
    uint64_t sent[MAX_DEPTH];
    int first;
};

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int class_of(uint64_t nanoseconds) {
    if (nanoseconds < 64) return (int)nanoseconds;
    int power = 63 - __builtin_clzll(nanoseconds);
    int index = (power - 5) * 64 + (int)(nanoseconds >> (power - 6) & 63);
    return index < LOAD_CLASSES ? index : LOAD_CLASSES - 1;
}

double load_class_limit(int index) {
    if (index < 64) return index;
    int power = index / 64 + 5;
    return (double)((uint64_t)(64 + index % 64 + 1) << (power - 6));
}

/// Where the head of the last answer had its length and its end.
static size_t length_at, head_size;

/// The size of the HTTP answer that begins there, or 0 when it is not complete.
///
/// A server's heads are alike: where the last one had its length and its end is looked first, else
/// this client would be full before a server that answers many requests at once.
static size_t http_answer(const char *text, size_t size, int *failed) {
    if (head_size > 0 && size >= head_size && memcmp(text + head_size - 4, "\r\n\r\n", 4) == 0
        && memcmp(text + 9, "200", 3) == 0
        && strncasecmp(text + length_at, "\r\nContent-Length: ", 18) == 0) {
        size_t whole = head_size + strtoul(text + length_at + 18, NULL, 10);
        *failed = 0;
        return whole <= size ? whole : 0;
    }
    const char *end = memmem(text, size, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - text) + 4;
    *failed = memcmp(text + 9, "200", 3) != 0 && memcmp(text + 9, "304", 3) != 0;
    size_t length = 0;
    // From behind: some servers write it last.
    const char *line = memmem(text, head, "\r\nContent-Length: ", 18);
    if (!line) line = memmem(text, head, "\r\ncontent-length: ", 18);
    if (line) {
        length = strtoul(line + 18, NULL, 10);
        length_at = (size_t)(line - text);
        head_size = head;
    }
    return head + length <= size ? head + length : 0;
}

/// The size of the Redis answer that begins there: an array of bulk strings, or a line.
static size_t redis_answer(const char *text, size_t size, int *failed) {
    const char *line = memchr(text, '\n', size);
    if (!line) return 0;
    *failed = text[0] == '-';
    size_t position = (size_t)(line - text) + 1;
    if (text[0] != '*') return position;
    long count = strtol(text + 1, NULL, 10);
    for (long i = 0; i < count; i++) {
        line = position < size ? memchr(text + position, '\n', size - position) : NULL;
        if (!line) return 0;
        long length = strtol(text + position + 1, NULL, 10);
        position = (size_t)(line - text) + 1;
        if (length < 0) *failed = 1; else position += (size_t)length + 2;
        if (position > size) return 0;
    }
    return position;
}

static int connect_to(int port) {
    int file = socket(AF_INET, SOCK_STREAM, 0);
    if (file < 0) return -1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(file, (struct sockaddr *)&address, sizeof address) == 0) return file;
    close(file);
    return -1;
}

static size_t next_request;

/// Sends requests until `depth` are under way; they go out in one call.
static int send_requests(const struct load_plan *plan, struct connection *c, uint64_t time) {
    while (c->waiting < plan->depth) {
        size_t first = next_request % plan->count;
        size_t wanted = (size_t)(plan->depth - c->waiting);
        size_t count = wanted < plan->count - first ? wanted : plan->count - first;
        uint64_t start = first == 0 ? 0 : plan->ends[first - 1];
        uint64_t end = plan->ends[first + count - 1];
        while (start < end) {
            ssize_t sent = send(c->file, plan->requests + start, end - start, MSG_NOSIGNAL);
            if (sent < 0) return -1;
            start += (uint64_t)sent;
        }
        for (size_t i = 0; i < count; i++) c->sent[(c->first + c->waiting++) % MAX_DEPTH] = time;
        next_request += count;
    }
    return 0;
}

/// Takes what has come; -1 when the connection is of no more use.
static int receive(const struct load_plan *plan, struct connection *c, struct load_result *result) {
    ssize_t count = recv(c->file, c->buffer + c->filled, BUFFER_SIZE - c->filled, MSG_DONTWAIT);
    if (count <= 0) return count < 0 && errno == EAGAIN ? 0 : -1;
    result->bytes += (uint64_t)count;
    c->filled += (size_t)count;
    uint64_t time = now();
    size_t start = 0;
    while (start < c->filled && c->waiting > 0) {
        int failed = 0;
        size_t size = plan->is_redis
            ? redis_answer(c->buffer + start, c->filled - start, &failed)
            : http_answer(c->buffer + start, c->filled - start, &failed);
        if (size == 0) break;
        start += size;
        result->answers++;
        result->failures += (uint64_t)failed;
        result->times[class_of(time - c->sent[c->first])]++;
        c->first = (c->first + 1) % MAX_DEPTH;
        c->waiting--;
    }
    c->filled -= start;
    if (c->filled > 0 && start > 0) memmove(c->buffer, c->buffer + start, c->filled);
    if (c->filled == BUFFER_SIZE) return -1;
    // Whole depths only: a server that answers many at once is asked many at once.
    return c->waiting == 0 ? send_requests(plan, c, time) : 0;
}

int load_run(const struct load_plan *plan, struct load_result *result) {
    memset(result, 0, sizeof *result);
    length_at = head_size = 0;
    next_request = 0;
    int epoll = epoll_create1(0);
    struct connection *all = calloc((size_t)plan->connections, sizeof *all);
    int code = epoll < 0 || !all || plan->depth > MAX_DEPTH ? -1 : 0;
    int opened = 0;
    for (; code == 0 && opened < plan->connections; opened++) {
        struct connection *c = &all[opened];
        c->file = connect_to(plan->port);
        c->buffer = malloc(BUFFER_SIZE);
        if (c->file < 0 || !c->buffer) { code = -1; opened++; break; }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        code = epoll_ctl(epoll, EPOLL_CTL_ADD, c->file, &event);
    }
    uint64_t start = now();
    uint64_t end = plan->answers > 0 ? UINT64_MAX : start + (uint64_t)(plan->seconds * 1e9);
    for (int i = 0; code == 0 && i < opened; i++) code = send_requests(plan, &all[i], start);
    struct epoll_event events[MAX_EVENTS];
    while (code == 0 && now() < end && (plan->answers == 0 || result->answers < plan->answers)) {
        int count = epoll_wait(epoll, events, MAX_EVENTS, 1000);
        for (int i = 0; code == 0 && i < count; i++) code = receive(plan, events[i].data.ptr, result);
    }
    result->seconds = (double)(now() - start) / 1e9;
    int error = errno;
    for (int i = 0; i < opened; i++) {
        if (all[i].file >= 0) close(all[i].file);
        free(all[i].buffer);
    }
    free(all);
    close(epoll);
    errno = error;
    return code;
}
