// glibc lets a program bring its own allocator; this one counts and passes on (glibc manual, 3.2.5,
// "Replacing malloc"). What is handed out is glibc's own, so free() needs no replacement.
#include "CountedAllocations.h"
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local unsigned long count;
static atomic_ulong count_of_all;

unsigned long counted_allocations(void) { return count; }

unsigned long counted_allocations_of_all(void) { return atomic_load(&count_of_all); }

static void count_one(void) {
    count++;
    atomic_fetch_add_explicit(&count_of_all, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
    count_one();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count_one();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    count_one();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    count_one();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}
