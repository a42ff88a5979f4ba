// Linux's own calls for waiting on many sockets, which Swift's Glibc module does not show.
#include <linux/filter.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Declared only with _GNU_SOURCE, which a module cannot set for the headers of another.
extern int accept4(int socket, struct sockaddr *address, socklen_t *size, int flags);

/// A new epoll, or -1 and errno.
static inline int nostos_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

/// `epoll_ctl`, with the tag in place of a union that Swift shows as four unsafe properties.
static inline int nostos_epoll_control(int epoll, int operation, int file, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data = {.u64 = tag}};
    return epoll_ctl(epoll, operation, file, &event);
}

/// The tag that a file was added with.
static inline uint64_t nostos_epoll_tag(const struct epoll_event *event) { return event->data.u64; }

/// A counter to be woken with, or -1 and errno.
static inline int nostos_event_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// The next connection, which never blocks and is not inherited; or -1 and errno.
static inline int nostos_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/// The port that a TCP socket is bound to, or 0.
static inline int nostos_bound_port(int file) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(file, (struct sockaddr *)&address, &size) != 0) return 0;
    // Addresses of both families have it at the same place.
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

/// Lets the system give new connections of a shared port to the listener of that index, by the order of their binding;
/// where there is none of it, to any of them. 0, or -1 and errno.
static inline int nostos_choose_listener(int listener, uint32_t index) {
    struct sock_filter choice[] = {{BPF_RET | BPF_K, 0, 0, index}};
    struct sock_fprog program = {1, choice};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
}

/// Lets the system spread new connections over all listeners again. 0, or -1 and errno.
static inline int nostos_choose_any_listener(int listener) {
    int none = 0;
    return setsockopt(listener, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &none, sizeof none);
}
