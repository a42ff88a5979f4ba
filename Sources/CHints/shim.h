// What the processor and the allocator can be told and Swift has no word for.

// Says which C library this is.
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Asks for the cache line of the address, which will be read soon; any address may be asked for.
static inline void nostos_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Gives memory that is free back to the system, where the allocator would keep it.
static inline void nostos_trim_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
