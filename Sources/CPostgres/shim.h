#include <libpq-fe.h>

/// The codes of error fields: character literals, which Swift does not import.
static const int nostos_pg_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int nostos_pg_diag_message_primary = PG_DIAG_MESSAGE_PRIMARY;
static const int nostos_pg_diag_message_detail = PG_DIAG_MESSAGE_DETAIL;
static const int nostos_pg_diag_message_hint = PG_DIAG_MESSAGE_HINT;
static const int nostos_pg_diag_statement_position = PG_DIAG_STATEMENT_POSITION;
