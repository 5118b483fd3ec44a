#ifndef PASTFS_CLINUX_SHIMS_H
#define PASTFS_CLINUX_SHIMS_H

#include <sys/stat.h>

#endif
