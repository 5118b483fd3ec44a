#ifndef PASTFS_CSQLITE_SHIMS_H
#define PASTFS_CSQLITE_SHIMS_H

#include <sqlite3.h>

#endif
