#include <zstd.h>
#include <zdict.h>
#include <stdbool.h>

/// `ZSTD_isError` as a Bool: the C function returns an unsigned int.
static inline bool nostos_zstd_is_error(size_t code) { return ZSTD_isError(code) != 0; }
