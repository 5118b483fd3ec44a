#ifndef PASTFS_CZSTD_SHIMS_H
#define PASTFS_CZSTD_SHIMS_H

#include <zstd.h>

#endif
