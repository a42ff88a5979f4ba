// TLS by OpenSSL. The functions below are macros in its headers, which Swift does not show.
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// Refuses versions below `version`; 1, or 0 when there is no such version.
static inline int nostos_ssl_set_minimum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

/// Sets modes of a context's connections, SSL_MODE_….
static inline void nostos_ssl_set_mode(SSL_CTX *context, long mode) {
    SSL_CTX_set_mode(context, mode);
}

/// Sets the way in which a context keeps sessions, SSL_SESS_CACHE_….
static inline void nostos_ssl_set_session_cache(SSL_CTX *context, long mode) {
    SSL_CTX_set_session_cache_mode(context, mode);
}

/// Refuses to negotiate anew on an open connection, which TLS 1.2 allows.
static inline void nostos_ssl_refuse_renegotiation(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
}

/// Names the server that a client asks (RFC 6066 §3); 1, or 0 when the name is too long.
static inline int nostos_ssl_set_server_name(SSL *connection, const char *name) {
    return (int)SSL_set_tlsext_host_name(connection, name);
}
