// Every call that would change something, with every kind of argument. Nothing is changed where nothing can be: the
// tree must be on a read-only file system.

#include "probe.h"

#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <utime.h>

static char long_name[257], longer_name[1025], long_path[5000];

// What a path can be, below the directory `kinds` of the tree.
static const struct {
    const char *name;
    const char *path;
} kinds[] = {
    {"a file", "kinds/plain"},
    {"an empty file", "kinds/empty"},
    {"a directory", "kinds/folder"},
    {"an empty directory", "kinds/empty-folder"},
    {"a file below", "kinds/folder/inner"},
    {"nothing", "kinds/none"},
    {"nothing below nothing", "kinds/none/none"},
    {"something below a file", "kinds/plain/none"},
    {"a link to a file", "kinds/to-plain"},
    {"a link to a directory", "kinds/to-folder"},
    {"a file below a link", "kinds/to-folder/inner"},
    {"a link to nothing", "kinds/dangling"},
    {"a link to itself", "kinds/loop"},
    {"something below a loop", "kinds/loop/none"},
    {"a pipe", "kinds/pipe"},
    {"a socket", "kinds/socket"},
    {"a character device", "kinds/null"},
    {"a block device", "kinds/disk"},
    {"a file that others may not read", "kinds/secret"},
    {"a file in a directory of others", "kinds/closed/inner"},
    {"nothing in a directory of others", "kinds/closed/none"},
    {"a file with a slash", "kinds/plain/"},
    {"a directory with a slash", "kinds/folder/"},
    {"nothing with a slash", "kinds/none/"},
    {"the directory itself", "kinds/folder/."},
    {"the directory above", "kinds/folder/.."},
    {"the root", "."},
    {"no name", ""},
    {"a name that is too long", long_name},
    {"a name that is much too long", longer_name},
    {"a path that is too long", long_path},
    {"no memory", NULL},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void make_long_names(void) {
    memset(long_name, 'n', sizeof long_name - 1);
    memset(longer_name, 'm', sizeof longer_name - 1);
    for (size_t index = 0; index < sizeof long_path - 1; index++) long_path[index] = index % 2 == 0 ? '.' : '/';
}

static long bind_socket(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL || strlen(path) >= sizeof address.sun_path) return 0;
    strcpy(address.sun_path, path);
    int endpoint = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    long result = bind(endpoint, (struct sockaddr *)&address, sizeof address);
    int error = errno;
    close(endpoint);
    errno = error;
    return result;
}

// Never without O_NONBLOCK, and so never creat(2): the other end of a pipe is never opened.
static long open_and_close(const char *path, int flags) {
    long file = syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
    if (file < 0) return -1;
    close((int)file);
    return 0;
}

// Asks `call`, whose argument is `path`, for every kind of path.
#define FOR_EVERY_KIND(label, call)                                           \
    for (size_t kind = 0; kind < KINDS; kind++) {                             \
        const char *path = kinds[kind].path;                                  \
        ANSWER(call, "%s of %s", label, kinds[kind].name);                     \
    }

static void ask_openings(void) {
    FOR_EVERY_KIND("open for writing", open_and_close(path, O_WRONLY));
    FOR_EVERY_KIND("open for both", open_and_close(path, O_RDWR));
    FOR_EVERY_KIND("open for both, no link", open_and_close(path, O_RDWR | O_NOFOLLOW));
    FOR_EVERY_KIND("truncation", open_and_close(path, O_WRONLY | O_TRUNC));
    FOR_EVERY_KIND("truncation for reading", open_and_close(path, O_RDONLY | O_TRUNC));
    FOR_EVERY_KIND("creation", open_and_close(path, O_RDONLY | O_CREAT));
    FOR_EVERY_KIND("creation for writing", open_and_close(path, O_WRONLY | O_CREAT | O_TRUNC));
    FOR_EVERY_KIND("exclusive creation", open_and_close(path, O_WRONLY | O_CREAT | O_EXCL));
    FOR_EVERY_KIND("appending", open_and_close(path, O_WRONLY | O_APPEND));
    FOR_EVERY_KIND("nameless file", open_and_close(path, O_RDWR | O_TMPFILE));
}

static void ask_names(void) {
    FOR_EVERY_KIND("mkdir", syscall(SYS_mkdirat, AT_FDCWD, path, 0755));
    FOR_EVERY_KIND("rmdir", syscall(SYS_rmdir, path));
    FOR_EVERY_KIND("unlink", syscall(SYS_unlink, path));
    FOR_EVERY_KIND("unlinkat", syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
    FOR_EVERY_KIND("unlinkat with an unknown flag", syscall(SYS_unlinkat, AT_FDCWD, path, 0x40000));
    FOR_EVERY_KIND("mkfifo", syscall(SYS_mknodat, AT_FDCWD, path, S_IFIFO | 0600, 0));
    FOR_EVERY_KIND("mknod of a file", syscall(SYS_mknodat, AT_FDCWD, path, S_IFREG | 0600, 0));
    FOR_EVERY_KIND("mknod of a socket", syscall(SYS_mknodat, AT_FDCWD, path, S_IFSOCK | 0600, 0));
    FOR_EVERY_KIND("mknod of a device", syscall(SYS_mknodat, AT_FDCWD, path, S_IFCHR | 0600, makedev(1, 3)));
    FOR_EVERY_KIND("mknod of a disk", syscall(SYS_mknodat, AT_FDCWD, path, S_IFBLK | 0600, makedev(7, 0)));
    FOR_EVERY_KIND("mknod of a directory", syscall(SYS_mknodat, AT_FDCWD, path, S_IFDIR | 0700, 0));
    FOR_EVERY_KIND("symlink", syscall(SYS_symlinkat, "target", AT_FDCWD, path));
    FOR_EVERY_KIND("symlink to nothing", syscall(SYS_symlinkat, "", AT_FDCWD, path));
    FOR_EVERY_KIND("bind", bind_socket(path));
}

static void ask_metadata_changes(void) {
    const struct timespec moment[] = {{1, 2}, {3, 4}}, wrong[] = {{1, 2000000000}, {1, 2000000000}};
    const struct timespec omitted[] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}}, now[] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    const struct timeval older[] = {{1, 2}, {3, 4}};
    const struct utimbuf oldest = {1, 2};
    FOR_EVERY_KIND("chmod", syscall(SYS_chmod, path, 0600));
    FOR_EVERY_KIND("fchmodat", syscall(SYS_fchmodat, AT_FDCWD, path, 0600));
    FOR_EVERY_KIND("fchmodat2 of a link", syscall(452, AT_FDCWD, path, 0600, AT_SYMLINK_NOFOLLOW));
    FOR_EVERY_KIND("chown", syscall(SYS_chown, path, 5, 6));
    FOR_EVERY_KIND("chown to nobody new", syscall(SYS_chown, path, -1, -1));
    FOR_EVERY_KIND("lchown", syscall(SYS_lchown, path, 5, 6));
    FOR_EVERY_KIND("fchownat", syscall(SYS_fchownat, AT_FDCWD, path, 5, 6, AT_SYMLINK_NOFOLLOW));
    FOR_EVERY_KIND("truncate", syscall(SYS_truncate, path, 0));
    FOR_EVERY_KIND("truncate to less than nothing", syscall(SYS_truncate, path, -1));
    FOR_EVERY_KIND("utime", syscall(SYS_utime, path, &oldest));
    FOR_EVERY_KIND("utimes", syscall(SYS_utimes, path, older));
    FOR_EVERY_KIND("utimensat", syscall(SYS_utimensat, AT_FDCWD, path, moment, 0));
    FOR_EVERY_KIND("utimensat of a link", syscall(SYS_utimensat, AT_FDCWD, path, moment, AT_SYMLINK_NOFOLLOW));
    FOR_EVERY_KIND("utimensat to now", syscall(SYS_utimensat, AT_FDCWD, path, now, 0));
    FOR_EVERY_KIND("utimensat without times", syscall(SYS_utimensat, AT_FDCWD, path, NULL, 0));
    FOR_EVERY_KIND("utimensat of nothing", syscall(SYS_utimensat, AT_FDCWD, path, omitted, 0));
    FOR_EVERY_KIND("utimensat to no time", syscall(SYS_utimensat, AT_FDCWD, path, wrong, 0));
    FOR_EVERY_KIND("setxattr", syscall(SYS_setxattr, path, "user.a", "b", 1, 0));
    FOR_EVERY_KIND("setxattr to create", syscall(SYS_setxattr, path, "user.comment", "b", 1, XATTR_CREATE));
    FOR_EVERY_KIND("setxattr to replace", syscall(SYS_setxattr, path, "user.a", "b", 1, XATTR_REPLACE));
    FOR_EVERY_KIND("lsetxattr", syscall(SYS_lsetxattr, path, "trusted.a", "b", 1, 0));
    FOR_EVERY_KIND("setxattr of a list", syscall(SYS_setxattr, path, "system.posix_acl_access", "\2\0\0\0", 4, 0));
    FOR_EVERY_KIND("setxattr of security", syscall(SYS_setxattr, path, "security.a", "b", 1, 0));
    FOR_EVERY_KIND("removexattr", syscall(SYS_removexattr, path, "user.comment"));
    FOR_EVERY_KIND("removexattr of a list", syscall(SYS_removexattr, path, "system.posix_acl_access"));
    FOR_EVERY_KIND("lremovexattr", syscall(SYS_lremovexattr, path, "trusted.a"));
    FOR_EVERY_KIND("access for writing", syscall(SYS_access, path, W_OK));
    FOR_EVERY_KIND("access for writing as now", syscall(439, AT_FDCWD, path, W_OK, AT_EACCESS));
}

void ask_changes(void) {
    make_long_names();
    ask_openings();
    ask_names();
    ask_metadata_changes();
}

// Calls with two names: every kind against every kind.
#define FOR_EVERY_PAIR(label, call)                                           \
    for (size_t kind = 0; kind < KINDS; kind++) {                             \
        for (size_t other = 0; other < KINDS; other++) {                      \
            const char *from = kinds[kind].path, *to = kinds[other].path;     \
            ANSWER(call, "%s of %s to %s", label, kinds[kind].name, kinds[other].name); \
        }                                                                     \
    }

void ask_renames(void) {
    make_long_names();
    FOR_EVERY_PAIR("rename", syscall(SYS_rename, from, to));
    FOR_EVERY_PAIR("renameat2 without replacing", syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE));
    FOR_EVERY_PAIR("exchange", syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE));
    FOR_EVERY_PAIR("whiteout", syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, RENAME_WHITEOUT));
    FOR_EVERY_PAIR("unknown rename", syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0x100));
    FOR_EVERY_PAIR("link", syscall(SYS_link, from, to));
    FOR_EVERY_PAIR("link of what a link names", syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW));
    // Across file systems, both ways.
    FOR_EVERY_KIND("rename into", syscall(SYS_rename, "/proc/self/comm", path));
    FOR_EVERY_KIND("rename out of", syscall(SYS_rename, path, "/proc/none"));
    FOR_EVERY_KIND("link into", syscall(SYS_link, "/proc/self/comm", path));
    FOR_EVERY_KIND("link out of", syscall(SYS_link, path, "/proc/none"));
}

static void ask_descriptor(const struct place *place, int file, const char *how) {
    const struct timespec moment[] = {{1, 2}, {3, 4}};
    struct iovec vector = {"x", 1};
    const char *path = place->path;
    ANSWER(ftruncate(file, 0), "%s: ftruncate %s", path, how);
    ANSWER(fchmod(file, 0600), "%s: fchmod %s", path, how);
    ANSWER(fchown(file, 5, 6), "%s: fchown %s", path, how);
    ANSWER(fchownat(file, "", 5, 6, AT_EMPTY_PATH), "%s: fchownat of an empty path %s", path, how);
    ANSWER(futimens(file, moment), "%s: futimens %s", path, how);
    ANSWER(fsetxattr(file, "user.a", "b", 1, 0), "%s: fsetxattr %s", path, how);
    ANSWER(fremovexattr(file, "user.comment"), "%s: fremovexattr %s", path, how);
    ANSWER(write(file, "x", 1), "%s: write %s", path, how);
    ANSWER(pwrite(file, "x", 1, 0), "%s: pwrite %s", path, how);
    ANSWER(writev(file, &vector, 1), "%s: writev %s", path, how);
    ANSWER(pwritev2(file, &vector, 1, 0, RWF_APPEND), "%s: pwritev2 %s", path, how);
    ANSWER(fallocate(file, 0, 0, 1), "%s: fallocate %s", path, how);
    ANSWER(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1), "%s: hole %s", path, how);
    ANSWER(fsync(file), "%s: fsync %s", path, how);
    ANSWER(fdatasync(file), "%s: fdatasync %s", path, how);
    ANSWER(syncfs(file), "%s: syncfs %s", path, how);
    ANSWER(sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE), "%s: sync_file_range %s", path, how);
    ANSWER(linkat(file, "", AT_FDCWD, "kinds/none", AT_EMPTY_PATH), "%s: link of an open file %s", path, how);
    ANSWER(copy_file_range(file, NULL, file, NULL, 1, 0), "%s: copy onto itself %s", path, how);
    ANSWER(fcntl(file, F_SETFL, O_APPEND), "%s: flag for appending %s", path, how);
}

static void visit_descriptors(const struct place *place) {
    int file = openat(place->parent, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (file >= 0) {
        ask_descriptor(place, file, "by O_PATH");
        close(file);
    }
    if (!S_ISREG(place->status.st_mode) && !S_ISDIR(place->status.st_mode)) return;
    file = openat(place->parent, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return;
    ask_descriptor(place, file, "by O_RDONLY");
    close(file);
}

void ask_descriptors(void) { walk(visit_descriptors); }
