#include <sqlite3.h>

/// `sqlite3_db_config` for the options that are switched on or off: it is variadic, which Swift
/// cannot call.
static inline int nostos_sqlite_set_option(sqlite3 *db, int option, int is_on) {
    return sqlite3_db_config(db, option, is_on, (int *)0);
}
