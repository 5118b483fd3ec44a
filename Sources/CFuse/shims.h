#ifndef PASTFS_CFUSE_SHIMS_H
#define PASTFS_CFUSE_SHIMS_H

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mount.h>

// fcntl is variadic, which Swift does not import.
static inline int pastfs_fuse_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

// The capabilities are macros of shifted ints, which Swift would import as signed.
enum pastfs_fuse_capability {
    PASTFS_FUSE_SPLICE = FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE,
    PASTFS_FUSE_READDIRPLUS = FUSE_CAP_READDIRPLUS,
    PASTFS_FUSE_READDIRPLUS_AUTO = FUSE_CAP_READDIRPLUS_AUTO,
    PASTFS_FUSE_PARALLEL_DIROPS = FUSE_CAP_PARALLEL_DIROPS,
    PASTFS_FUSE_POSIX_ACL = FUSE_CAP_POSIX_ACL,
    PASTFS_FUSE_CACHE_SYMLINKS = FUSE_CAP_CACHE_SYMLINKS,
    PASTFS_FUSE_AUTO_INVAL_DATA = FUSE_CAP_AUTO_INVAL_DATA,
};

// lseek(2) of Linux: the C library shows these only with _GNU_SOURCE, which Swift's Glibc module lacks.
static const int32_t PASTFS_SEEK_DATA = 3;
static const int32_t PASTFS_SEEK_HOLE = 4;

// sys/mount.h is not in Swift's Glibc module.
static inline int pastfs_unmount(const char *path, int lazily) {
    return umount2(path, UMOUNT_NOFOLLOW | (lazily ? MNT_DETACH : 0));
}

#endif
