#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Regions are chained and never freed: the handler may walk the chain at any moment. Ended ones are
// given out again, so the chain is as long as there ever were mappings at a time.
static nostos_region *regions;
static pthread_mutex_t regions_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t install_once = PTHREAD_ONCE_INIT;
static int install_error;
static struct sigaction previous;
static uintptr_t page_size;

static nostos_region *find_region(uintptr_t address) {
    nostos_region *region = __atomic_load_n(&regions, __ATOMIC_ACQUIRE);
    for (; region != NULL; region = region->next) {
        uintptr_t start = __atomic_load_n(&region->start, __ATOMIC_ACQUIRE);
        size_t size = __atomic_load_n(&region->size, __ATOMIC_RELAXED);
        if (start != 0 && address >= start && address - start < size) return region;
    }
    return NULL;
}

static bool put_zeros(uintptr_t address, size_t size) {
    return mmap((void *)address, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
        != MAP_FAILED;
}

// Names the loss first, counts it, and only then lets zeros be seen: who reads zeros and asks
// afterwards is told. The system calls order the stores before the new mapping.
static bool lose_page(nostos_region *region, uintptr_t address) {
    uintptr_t page = address & ~(page_size - 1);
    if (nostos_is_lost(region, page - region->start, page_size)) {
        // Another thread met it first, or it was lost again.
        __atomic_fetch_add(&region->lost_count, 1, __ATOMIC_SEQ_CST);
        return put_zeros(page, page_size);
    }
    uint32_t slot = __atomic_fetch_add(&region->taken, 1, __ATOMIC_SEQ_CST);
    if (slot < NOSTOS_GUARD_PAGES) {
        __atomic_store_n(&region->lost[slot], page - region->start + 1, __ATOMIC_SEQ_CST);
        __atomic_fetch_add(&region->lost_count, 1, __ATOMIC_SEQ_CST);
        return put_zeros(page, page_size);
    }
    __atomic_store_n(&region->lost_whole, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&region->lost_count, 1, __ATOMIC_SEQ_CST);
    return put_zeros(region->start, region->size);
}

// Only calls that may be made in a handler: atomics and system calls (man 7 signal-safety; mmap is
// a plain system call in glibc and musl).
static void handle(int signal, siginfo_t *info, void *context) {
    (void)context;
    int saved_errno = errno;
    // Above 0 the kernel sent it for a load or store; BUS_ADRALN is a mistake of our own.
    if (info->si_code > 0 && info->si_code != BUS_ADRALN) {
        uintptr_t address = (uintptr_t)info->si_addr;
        nostos_region *region = find_region(address);
        if (region != NULL && lose_page(region, address)) {
            errno = saved_errno;
            return;
        }
    }
    // Not ours: the handler that was there before gets it, when the load is tried again, or now.
    sigaction(signal, &previous, NULL);
    if (info->si_code <= 0) raise(signal);
    errno = saved_errno;
}

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGBUS, &action, &previous) != 0) install_error = errno;
}

nostos_region *nostos_guard(const void *start, size_t size) {
    pthread_once(&install_once, install);
    if (install_error != 0) {
        errno = install_error;
        return NULL;
    }
    pthread_mutex_lock(&regions_mutex);
    nostos_region *region = regions;
    while (region != NULL && region->start != 0) region = region->next;
    if (region == NULL) {
        region = calloc(1, sizeof *region);
        if (region == NULL) {
            pthread_mutex_unlock(&regions_mutex);
            errno = ENOMEM;
            return NULL;
        }
        region->next = regions;
        __atomic_store_n(&regions, region, __ATOMIC_RELEASE);
    }
    for (int slot = 0; slot < NOSTOS_GUARD_PAGES; slot++)
        __atomic_store_n(&region->lost[slot], 0, __ATOMIC_RELAXED);
    __atomic_store_n(&region->taken, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&region->lost_whole, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&region->lost_count, 0, __ATOMIC_RELAXED);
    // To whole pages, as the mapping has them.
    size_t rounded = (size + page_size - 1) & ~(page_size - 1);
    __atomic_store_n(&region->size, rounded, __ATOMIC_RELAXED);
    __atomic_store_n(&region->start, (uintptr_t)start, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&regions_mutex);
    return region;
}

void nostos_unguard(nostos_region *region) {
    pthread_mutex_lock(&regions_mutex);
    __atomic_store_n(&region->start, 0, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&regions_mutex);
}

bool nostos_is_lost(const nostos_region *region, size_t offset, size_t size) {
    if (__atomic_load_n(&region->lost_whole, __ATOMIC_ACQUIRE) != 0) return true;
    for (int slot = 0; slot < NOSTOS_GUARD_PAGES; slot++) {
        uint64_t page = __atomic_load_n(&region->lost[slot], __ATOMIC_ACQUIRE);
        if (page == 0) continue;
        if (page - 1 < offset + size && offset < page - 1 + page_size) return true;
    }
    return false;
}
