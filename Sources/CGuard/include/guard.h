// Keeps the process alive when a page of a mapped file cannot be read.
//
// A load from a mapping whose file was cut short, or whose disk fails, is a SIGBUS, which ends the
// process. The guard puts a page of zeros there instead and remembers which: the load gives zeros,
// and whoever reads asks afterwards whether something was lost, before it believes what it read.
// A fault anywhere else goes to the handler that was there before. See docs/data-plane.md, "A
// damaged page".
#ifndef NOSTOS_GUARD_H
#define NOSTOS_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// So many pages of a region are replaced one by one; with the next one all of the region is, so
/// that a large file that is gone does not use up the kernel's mappings (65,530 of a process).
#define NOSTOS_GUARD_PAGES 16

/// A guarded mapping. All fields but `next` are read by the signal handler, so all are atomic.
typedef struct nostos_region {
    /// The first address; 0 while nothing is guarded.
    uintptr_t start;
    size_t size;
    /// How many faults there were; once above 0 no byte that was read before may be believed.
    uint32_t lost_count;
    /// How many of `lost` are taken, or more.
    uint32_t taken;
    /// Set once the whole region reads as zeros.
    uint32_t lost_whole;
    /// The lost pages' offsets in the region, plus 1; 0 where there is none yet.
    uint64_t lost[NOSTOS_GUARD_PAGES];
    struct nostos_region *next;
} nostos_region;

/// Guards `size` bytes from `start` on, a mapping that begins a page, until `nostos_unguard`.
///
/// Installs the handler with the first region. NULL, with errno, where that cannot be done; the
/// mapping is then as it was.
nostos_region *nostos_guard(const void *start, size_t size);

/// Ends the guard; before the mapping is taken away. The region may be given out again.
void nostos_unguard(nostos_region *region);

/// How many faults there were. After reading: what was read before this call is good where it
/// gives 0.
static inline uint32_t nostos_lost_count(const nostos_region *region) {
    // The loads before stay before; no instruction on x86-64.
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return __atomic_load_n(&region->lost_count, __ATOMIC_RELAXED);
}

/// Whether a byte of `size` bytes at `offset` of the region was lost.
bool nostos_is_lost(const nostos_region *region, size_t offset, size_t size);

#endif
