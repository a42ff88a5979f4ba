// What the processor can be told and Swift has no word for.

/// Asks for the cache line of the address, which will be read soon; any address may be asked for.
static inline void nostos_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
