#ifndef PASTFS_CFUSE_SHIMS_H
#define PASTFS_CFUSE_SHIMS_H

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>
#include <sys/mount.h>

// fuse_session_loop_mt is a macro in some builds of libfuse, and its configuration an opaque struct to be freed.
static inline int pastfs_fuse_loop(struct fuse_session *session, unsigned threads, int clone_descriptor) {
    struct fuse_loop_config *configuration = fuse_loop_cfg_create();
    if (configuration == NULL) return -1;
    fuse_loop_cfg_set_max_threads(configuration, threads);
    fuse_loop_cfg_set_idle_threads(configuration, threads);
    fuse_loop_cfg_set_clone_fd(configuration, clone_descriptor != 0);
    int result = fuse_session_loop_mt(session, configuration);
    fuse_loop_cfg_destroy(configuration);
    return result;
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
