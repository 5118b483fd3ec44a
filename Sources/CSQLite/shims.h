#ifndef PASTFS_CSQLITE_SHIMS_H
#define PASTFS_CSQLITE_SHIMS_H

#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast, which Swift does not import: SQLite copies the bytes before this returns.
static inline int pastfs_sqlite3_bind_copied_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// sqlite3_db_config is variadic, which Swift does not import: refuses SQL that could damage the file on purpose.
static inline int pastfs_sqlite3_make_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

// Variadic as above: triggers and views that a foreign file brings along run nothing that has side effects.
static inline int pastfs_sqlite3_distrust_schema(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}

#endif
