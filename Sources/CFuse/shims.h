#ifndef PASTFS_CFUSE_SHIMS_H
#define PASTFS_CFUSE_SHIMS_H

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>

#endif
