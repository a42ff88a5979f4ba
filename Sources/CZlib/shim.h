#include <zlib.h>

/// `inflateInit2` for gzip's format alone, with the largest window: a macro, which Swift cannot call.
static inline int nostos_gzip_init(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

/// `deflateInit2` for gzip's format, at the fastest level: a macro, which Swift cannot call.
static inline int nostos_gzip_begin(z_stream *stream) {
    return deflateInit2(stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}
