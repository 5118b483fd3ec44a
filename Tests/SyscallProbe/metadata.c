// Questions about what a tree's entries are: status, access, attributes, links, statistics, handles.

#include "probe.h"

#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

// Where each inode number was met first: hard links share one, and nothing else does.
static struct {
    size_t count;
    struct {
        ino_t inode;
        char *path;
    } known[100000];
} inodes;

static const char *first_path(const struct place *place) {
    for (size_t index = 0; index < inodes.count; index++) {
        if (inodes.known[index].inode == place->status.st_ino) return inodes.known[index].path;
    }
    if (inodes.count == sizeof inodes.known / sizeof inodes.known[0]) give_up("too many inodes");
    inodes.known[inodes.count].inode = place->status.st_ino;
    inodes.known[inodes.count++].path = strdup(place->path);
    return "nothing";
}

static bool same_status(const struct stat *left, const struct stat *right) {
    return left->st_ino == right->st_ino && left->st_dev == right->st_dev && left->st_mode == right->st_mode &&
           left->st_nlink == right->st_nlink && left->st_uid == right->st_uid && left->st_gid == right->st_gid &&
           left->st_rdev == right->st_rdev && left->st_size == right->st_size &&
           left->st_blocks == right->st_blocks && left->st_mtim.tv_sec == right->st_mtim.tv_sec &&
           left->st_mtim.tv_nsec == right->st_mtim.tv_nsec && left->st_ctim.tv_sec == right->st_ctim.tv_sec &&
           left->st_ctim.tv_nsec == right->st_ctim.tv_nsec;
}

static bool same_extended(const struct stat *left, const struct statx *right) {
    return left->st_ino == right->stx_ino && left->st_mode == right->stx_mode && left->st_uid == right->stx_uid &&
           left->st_nlink == right->stx_nlink && left->st_gid == right->stx_gid &&
           (uint64_t)left->st_size == right->stx_size && (uint64_t)left->st_blocks == right->stx_blocks &&
           left->st_dev == makedev(right->stx_dev_major, right->stx_dev_minor) &&
           left->st_rdev == makedev(right->stx_rdev_major, right->stx_rdev_minor) &&
           left->st_mtim.tv_sec == right->stx_mtime.tv_sec && left->st_mtim.tv_nsec == right->stx_mtime.tv_nsec &&
           left->st_ctim.tv_sec == right->stx_ctime.tv_sec && left->st_ctim.tv_nsec == right->stx_ctime.tv_nsec;
}

// Every other way to ask must give the same status.
static void ask_in_other_ways(const struct place *place) {
    struct stat other;
    struct statx extended;
    int ways[] = {AT_STATX_SYNC_AS_STAT, AT_STATX_FORCE_SYNC, AT_STATX_DONT_SYNC};
    for (size_t index = 0; index < sizeof ways / sizeof ways[0]; index++) {
        int flags = ways[index] | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
        memset(&extended, 0, sizeof extended);
        if (statx(place->parent, place->name, flags, STATX_BASIC_STATS, &extended) < 0) {
            say("%s: statx %#x: %s", place->path, ways[index], error_name(errno));
        } else if ((extended.stx_mask & STATX_BASIC_STATS) != STATX_BASIC_STATS) {
            say("%s: statx %#x gives only %#x", place->path, ways[index], extended.stx_mask);
        } else if (!same_extended(&place->status, &extended)) {
            say("%s: statx %#x is not lstat", place->path, ways[index]);
        }
    }
    int path = openat(place->parent, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (path < 0) {
        say("%s: O_PATH: %s", place->path, error_name(errno));
    } else {
        if (fstat(path, &other) < 0 || !same_status(&place->status, &other)) say("%s: fstat of O_PATH", place->path);
        if (fstatat(path, "", &other, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0 ||
            !same_status(&place->status, &other)) say("%s: fstatat of an empty path", place->path);
        close(path);
    }
    if (!S_ISREG(place->status.st_mode) && !S_ISDIR(place->status.st_mode)) return;
    int file = openat(place->parent, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) {
        say("%s: open: %s", place->path, error_name(errno));
        return;
    }
    if (fstat(file, &other) < 0 || !same_status(&place->status, &other)) say("%s: fstat", place->path);
    close(file);
}

static void visit_status(const struct place *place) {
    const struct stat *status = &place->status;
    struct stat followed;
    bool directory = S_ISDIR(status->st_mode), regular = S_ISREG(status->st_mode);
    char size[32] = "", links[32] = "";
    if (!directory) {
        snprintf(size, sizeof size, " size %jd", (intmax_t)status->st_size);
        snprintf(links, sizeof links, " links %ju", (uintmax_t)status->st_nlink);
    }
    say("%s: mode %o owner %u:%u%s%s device %u,%u modified %jd.%09ld changed %jd.%09ld%s, inode as %s", place->path,
        status->st_mode, status->st_uid, status->st_gid, size, links,
        major(status->st_rdev), minor(status->st_rdev), (intmax_t)status->st_mtim.tv_sec, status->st_mtim.tv_nsec,
        (intmax_t)status->st_ctim.tv_sec, status->st_ctim.tv_nsec,
        regular && status->st_blocks * 512 < status->st_size ? " sparse" : "", first_path(place));
    ask_in_other_ways(place);
    if (!S_ISLNK(status->st_mode)) return;
    if (fstatat(place->parent, place->name, &followed, 0) < 0) say("%s: stat: %s", place->path, error_name(errno));
    else say("%s: stat: mode %o", place->path, followed.st_mode);
}

void ask_status(void) { walk(visit_status); }

static void visit_access(const struct place *place) {
    static const int modes[] = {F_OK, R_OK, W_OK, X_OK, R_OK | X_OK, R_OK | W_OK | X_OK, 8};
    static const int flags[] = {0, AT_EACCESS, AT_SYMLINK_NOFOLLOW, AT_EACCESS | AT_SYMLINK_NOFOLLOW};
    for (size_t mode = 0; mode < sizeof modes / sizeof modes[0]; mode++) {
        for (size_t flag = 0; flag < sizeof flags / sizeof flags[0]; flag++) {
            ANSWER(faccessat(place->parent, place->name, modes[mode], flags[flag]), "%s: access %d flags %#x",
                place->path, modes[mode], flags[flag]);
        }
    }
    // What may be read must be readable, whatever access says.
    int file = openat(place->parent, place->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    say("%s: open: %s", place->path, file < 0 ? error_name(errno) : "yes");
    if (file >= 0) close(file);
    if (S_ISDIR(place->status.st_mode)) {
        int inside = openat(place->parent, place->name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        ANSWER(faccessat(inside, "no such name", F_OK, 0), "%s: search", place->path);
        if (inside >= 0) close(inside);
    }
}

void ask_access(void) { walk(visit_access); }

// The paths of xattr(7) calls that do not follow links are through /proc/self/fd, relative to any directory.
static void path_of(const struct place *place, char *path, size_t bytes) {
    snprintf(path, bytes, "/proc/self/fd/%d/%s", place->parent, place->name);
}

static void ask_attribute(const char *path, const char *shown, const char *name) {
    static char value[65536];
    ssize_t count = lgetxattr(path, name, NULL, 0);
    ANSWER(lgetxattr(path, name, NULL, 0), "%s: length of %s", shown, name);
    ANSWER(lgetxattr(path, name, value, sizeof value), "%s: value of %s", shown, name);
    if (count <= 0) return;
    say("%s: sum of %s: %016jx", shown, name, (uintmax_t)checksum(CHECKSUM_START, value, (size_t)count));
    ANSWER(lgetxattr(path, name, value, (size_t)count), "%s: %s into just enough", shown, name);
    ANSWER(lgetxattr(path, name, value, (size_t)count - 1), "%s: %s into too little", shown, name);
}

static int compare_lines(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void visit_attributes(const struct place *place) {
    static char list[65536];
    char path[512], *names[4096];
    size_t count = 0;
    path_of(place, path, sizeof path);
    ssize_t bytes = llistxattr(path, list, sizeof list);
    ANSWER(llistxattr(path, NULL, 0), "%s: bytes of attribute names", place->path);
    if (bytes > 0) {
        ANSWER(llistxattr(path, list, (size_t)bytes - 1), "%s: names into too little", place->path);
        ANSWER(llistxattr(path, list, 1), "%s: names into one byte", place->path);
        ANSWER(llistxattr(path, list, (size_t)bytes), "%s: names into just enough", place->path);
    }
    for (char *name = list; bytes > 0 && name < list + bytes; name += strlen(name) + 1) names[count++] = name;
    qsort(names, count, sizeof *names, compare_lines);
    for (size_t index = 0; index < count; index++) ask_attribute(path, place->path, names[index]);
    static char long_name[300] = "user.";
    memset(long_name + 5, 'x', 256);
    const char *others[] = {
        "user.none", "trusted.none", "security.none", "system.posix_acl_access", "system.posix_acl_default",
        "security.capability", "", long_name,
    };
    for (size_t index = 0; index < sizeof others / sizeof others[0]; index++) {
        ask_attribute(path, place->path, others[index]);
    }
    int file = S_ISREG(place->status.st_mode) || S_ISDIR(place->status.st_mode)
        ? openat(place->parent, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (file < 0) return;
    ANSWER(flistxattr(file, NULL, 0), "%s: flistxattr", place->path);
    ANSWER(fgetxattr(file, "user.none", NULL, 0), "%s: fgetxattr", place->path);
    close(file);
}

void ask_attributes(void) { walk(visit_attributes); }

static void visit_link(const struct place *place) {
    static char target[8192];
    static const size_t lengths[] = {1, 10, 255, 4095, 4096, sizeof target};
    ANSWER(readlinkat(place->parent, place->name, target, 0), "%s: readlink into nothing", place->path);
    for (size_t index = 0; index < sizeof lengths / sizeof lengths[0]; index++) {
        ssize_t count = readlinkat(place->parent, place->name, target, lengths[index]);
        int error = errno;
        say("%s: readlink into %zu: %zd %016jx", place->path, lengths[index], count,
            count < 0 ? (uintmax_t)error : (uintmax_t)checksum(CHECKSUM_START, target, (size_t)count));
    }
    int path = openat(place->parent, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    ANSWER(readlinkat(path, "", target, sizeof target), "%s: readlink of O_PATH", place->path);
    if (path >= 0) close(path);
}

void ask_links(void) { walk(visit_link); }

static void visit_statistics(const struct place *place) {
    struct statfs root, own;
    int path = openat(place->parent, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fstatfs(path, &own) < 0 || fstatfs(place->parent, &root) < 0) {
        say("%s: fstatfs: %s", place->path, error_name(errno));
    } else {
        say("%s: names of %ld bytes, read-only %d, no devices %d, no suid %d, same as its directory %d, free %s",
            place->path, (long)own.f_namelen, (own.f_flags & 1) != 0, (own.f_flags & 4) != 0,
            (own.f_flags & 2) != 0, memcmp(&own, &root, sizeof own) == 0,
            own.f_bavail <= own.f_bfree && own.f_bfree <= own.f_blocks ? "in order" : "more than there is");
    }
    if (path >= 0) close(path);
}

void ask_statistics(void) { walk(visit_statistics); }

static void visit_handle(const struct place *place) {
    _Alignas(struct file_handle) char rooms[2][sizeof(struct file_handle) + MAX_HANDLE_SZ];
    struct file_handle *handles[] = {(struct file_handle *)rooms[0], (struct file_handle *)rooms[1]};
    int mount_ids[2] = {0, 0}, results[2];
    memset(rooms, 0, sizeof rooms);
    for (int index = 0; index < 2; index++) {
        handles[index]->handle_bytes = MAX_HANDLE_SZ;
        results[index] = name_to_handle_at(place->parent, place->name, handles[index], &mount_ids[index], 0);
    }
    // A file system without handles may say so; one that has them gives the same one twice.
    bool consistent = results[0] == results[1] && mount_ids[0] == mount_ids[1] &&
                      memcmp(rooms[0], rooms[1], sizeof rooms[0]) == 0 && (results[0] == 0 || errno == EOPNOTSUPP);
    say("%s: handles are %s", place->path, consistent ? "consistent" : error_name(errno));
    if (results[0] < 0) return;
    int root = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int file = open_by_handle_at(root, handles[0], O_PATH | O_CLOEXEC);
    struct stat found;
    if (file >= 0 && (fstat(file, &found) < 0 || found.st_ino != place->status.st_ino)) {
        say("%s: its handle opens another file", place->path);
    }
    if (file >= 0) close(file);
    close(root);
}

void ask_handles(void) { walk(visit_handle); }
