#include <zlib.h>

/// `inflateInit2` for gzip's format alone, with the largest window: a macro, which Swift cannot call.
static inline int nostos_gzip_init(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }
