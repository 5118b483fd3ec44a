// A directory behind FUSE, some files of which fail as those of a disk that is dying do.
//
// usage: faulty-file-system DIRECTORY MOUNTPOINT RULES [keep | aged | record LOG]
//
// Everything is passed on to DIRECTORY. A file in the directory RULES makes each file of its name fail, for as long as
// it is there; it holds one line:
//
//   open N      opening it fails with errno N, EIO if it is left out
//   read N      reading its byte N or one behind it is EIO
//   short N     reading it ends at byte N, whatever size it has
//   flip N      its byte N is read with another lowest bit
//   write N     writing its byte N is EIO, once
//   change      when it has been read from its beginning, its first byte becomes another, once
//   twice       its directory lists it twice
//   lost        its directory lists it, and looking it up is ENOENT
//   status N    asking for its status fails with errno N, whoever lists it
//   plain       renaming something to it that must replace nothing is EINVAL, and linking something to it EPERM
//   attributes N
//               listing its extended attributes fails with errno N
//
// A second number behind N, which may be 0 where there is none, says how often; after that the rule is gone.
//
// Nothing is cached but what was read or written through an open file, and of that nothing if the file has changed; with
// `keep` it stays in the page cache until somebody drops it, as on a disk. With `aged` every inode looks as
// if it had been changed an hour before it was. With `record` every change is written to LOG with its data (recording.h),
// and the file RULES/kill kills who asks for a change. "ready" goes to standard output when the mount answers. It is
// taken away when standard input ends, so that it never outlives who started it, and after a time limit.

#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "recording.h"

enum { SECONDS_MAX = 300, RECORDING_SECONDS_MAX = 7200, AGE_SECONDS = 3600 };

static const char *directory;
static const char *mount_point;
static const char *rules;
static int keeps;
static int is_aged;

// The path below DIRECTORY of a path in the mount.
#define REAL(path) \
    char real[PATH_MAX]; \
    if (snprintf(real, sizeof real, "%s%s", directory, path) >= (int)sizeof real) return -ENAMETOOLONG

// What a call of the C library gives, as libfuse wants it.
static int answer(long result) {
    return result < 0 ? -errno : (int)result;
}

// The same for a change that is recorded: `call` makes it, `record` writes it down.
#define CHANGE(call, record) \
    do { \
        if (recording < 0) return answer(call); \
        count_change(rules, 0); \
        int result = answer(call); \
        if (result >= 0) record; \
        count_change(rules, 1); \
        return result; \
    } while (0)

// Takes one off the number of times that a rule holds for.
static void count_down(const char *place, const char *kind, long long value, long long times) {
    if (times <= 1) {
        unlink(place);
        return;
    }
    FILE *file = fopen(place, "we");
    if (!file) return;
    fprintf(file, "%s %lld %lld", kind, value, times - 1);
    fclose(file);
}

// Whether the rule of a file begins with `word`; its number goes to `number`.
static int has_rule(const char *path, const char *word, off_t *number) {
    char place[PATH_MAX], line[64] = "", kind[16] = "";
    long long value = 0, times = 0;
    if (snprintf(place, sizeof place, "%s%s", rules, strrchr(path, '/')) >= (int)sizeof place) return 0;
    FILE *file = fopen(place, "re");
    if (!file) return 0;
    int fields = fgets(line, sizeof line, file) ? sscanf(line, "%15s %lld %lld", kind, &value, &times) : 0;
    fclose(file);
    *number = value;
    if (fields <= 0 || strcmp(kind, word)) return 0;
    if (fields == 3) count_down(place, kind, value, times);
    return 1;
}

// Whether a path is that of a file that has no name in the mount.
static int is_unnamed(const char *path) {
    const char *slash = strrchr(path, '/');
    return !strncmp(slash ? slash + 1 : path, UNNAMED, strlen(UNNAMED));
}

static void remove_rule(const char *path) {
    char place[PATH_MAX];
    if (snprintf(place, sizeof place, "%s%s", rules, strrchr(path, '/')) < (int)sizeof place) unlink(place);
}

// Changes the first byte of a file, as somebody else would.
static int change(const char *path, char byte) {
    REAL(path);
    int descriptor = open(real, O_WRONLY);
    if (descriptor < 0) return -errno;
    int result = pwrite(descriptor, &byte, 1, 0) == 1 ? 0 : -errno;
    close(descriptor);
    return result;
}

static void *begin(struct fuse_conn_info *connection, struct fuse_config *configuration) {
    if (keeps) connection->want &= ~(unsigned)FUSE_CAP_AUTO_INVAL_DATA;
    if (recording >= 0) connection->want &= ~(unsigned)FUSE_CAP_SPLICE_READ;
    configuration->use_ino = 1;
    configuration->attr_timeout = 0;
    configuration->entry_timeout = 0;
    configuration->negative_timeout = 0;
    puts("ready");
    fflush(stdout);
    return NULL;
}

static int get_attributes(const char *path, struct stat *status, struct fuse_file_info *file) {
    (void)file;
    REAL(path);
    off_t number;
    if (has_rule(path, "lost", &number)) return -ENOENT;
    if (has_rule(path, "status", &number)) return -(int)number;
    int result = answer(lstat(real, status));
    if (!result && is_aged) status->st_ctim.tv_sec -= AGE_SECONDS;
    return result;
}

static int read_link(const char *path, char *target, size_t size) {
    REAL(path);
    ssize_t count = readlink(real, target, size - 1);
    if (count < 0) return -errno;
    target[count] = 0;
    return 0;
}

static int make_node(const char *path, mode_t mode, dev_t device) {
    REAL(path);
    return answer(mknod(real, mode, device));
}

static int make_directory(const char *path, mode_t mode) {
    REAL(path);
    CHANGE(mkdir(real, mode), record_made("mkdir", real));
}

static int remove_file(const char *path) {
    REAL(path);
    CHANGE(unlink(real), record_removed("unlink", real));
}

static int remove_directory(const char *path) {
    REAL(path);
    CHANGE(rmdir(real), record_removed("rmdir", real));
}

static int make_link(const char *target, const char *path) {
    REAL(path);
    return answer(symlink(target, real));
}

static int rename_file(const char *path, const char *to, unsigned flags) {
    REAL(path);
    char other[PATH_MAX];
    if (snprintf(other, sizeof other, "%s%s", directory, to) >= (int)sizeof other) return -ENAMETOOLONG;
    off_t number;
    if (flags && has_rule(to, "plain", &number)) return -EINVAL;
    CHANGE(renameat2(AT_FDCWD, real, AT_FDCWD, other, flags), record_renamed(real, other));
}

static int make_hard_link(const char *path, const char *to) {
    REAL(path);
    char other[PATH_MAX];
    if (snprintf(other, sizeof other, "%s%s", directory, to) >= (int)sizeof other) return -ENAMETOOLONG;
    off_t number;
    if (has_rule(to, "plain", &number)) return -EPERM;
    CHANGE(link(real, other), record_linked(real, other));
}

static int change_mode(const char *path, mode_t mode, struct fuse_file_info *file) {
    (void)file;
    REAL(path);
    return answer(chmod(real, mode));
}

static int change_owner(const char *path, uid_t user, gid_t group, struct fuse_file_info *file) {
    (void)file;
    REAL(path);
    return answer(lchown(real, user, group));
}

static int change_size(const char *path, off_t size, struct fuse_file_info *file) {
    (void)file;
    REAL(path);
    CHANGE(truncate(real, size), record_truncated(real, size));
}

static int change_times(const char *path, const struct timespec times[2], struct fuse_file_info *file) {
    (void)file;
    REAL(path);
    return answer(utimensat(AT_FDCWD, real, times, AT_SYMLINK_NOFOLLOW));
}

static int open_file(const char *path, struct fuse_file_info *file) {
    REAL(path);
    off_t number;
    if (has_rule(path, "open", &number)) return number ? -(int)number : -EIO;
    // Through the page cache a short answer would be taken for a file that has shrunk.
    file->direct_io = has_rule(path, "short", &number);
    int descriptor = open(real, file->flags & ~(O_NOFOLLOW | O_CREAT | O_EXCL));
    if (descriptor < 0) return -errno;
    file->fh = (uint64_t)descriptor;
    return 0;
}

static int create_file(const char *path, mode_t mode, struct fuse_file_info *file) {
    REAL(path);
    if (recording >= 0) count_change(rules, 0);
    int descriptor = open(real, file->flags, mode);
    if (descriptor < 0) return -errno;
    file->fh = (uint64_t)descriptor;
    if (recording < 0) return 0;
    if (is_unnamed(path)) {
        record_unnamed(real);
    } else {
        record_made("make", real);
    }
    count_change(rules, 1);
    return 0;
}

static int read_file(const char *path, char *bytes, size_t size, off_t offset, struct fuse_file_info *file) {
    off_t number;
    if (has_rule(path, "read", &number) && offset + (off_t)size > number) return -EIO;
    if (has_rule(path, "short", &number)) {
        if (offset >= number) return 0;
        if (offset + (off_t)size > number) size = (size_t)(number - offset);
    }
    ssize_t count = pread((int)file->fh, bytes, size, offset);
    if (count > 0 && has_rule(path, "flip", &number) && number >= offset && number < offset + count) {
        bytes[number - offset] ^= 1;
    }
    if (count > 0 && offset == 0 && has_rule(path, "change", &number)) {
        remove_rule(path);
        if (change(path, (char)(bytes[0] ^ 1))) return -EIO;
    }
    return answer(count);
}

static int write_file(const char *path, const char *bytes, size_t size, off_t offset, struct fuse_file_info *file) {
    off_t number;
    if (has_rule(path, "write", &number) && number >= offset && number < offset + (off_t)size) {
        remove_rule(path);
        return -EIO;
    }
    if (recording < 0) return answer(pwrite((int)file->fh, bytes, size, offset));
    // Behind the mount there may be the file system's own rules about O_DIRECT, and here the bytes lie anywhere.
    fcntl((int)file->fh, F_SETFL, 0);
    CHANGE(pwrite((int)file->fh, bytes, size, offset), record_written((int)file->fh, bytes, (size_t)result, offset));
}

static int close_file(const char *path, struct fuse_file_info *file) {
    if (recording >= 0 && is_unnamed(path)) {
        REAL(path);
        unlink(real);
    }
    return answer(close((int)file->fh));
}

static int sync_file(const char *path, int data_only, struct fuse_file_info *file) {
    (void)path;
    CHANGE(data_only ? fdatasync((int)file->fh) : fsync((int)file->fh), record_synced(NULL, (int)file->fh));
}

static int sync_directory(const char *path, int data_only, struct fuse_file_info *file) {
    (void)data_only, (void)file;
    REAL(path);
    CHANGE(0, record_synced(real, -1));
}

static off_t seek_file(const char *path, off_t offset, int whence, struct fuse_file_info *file) {
    (void)path;
    off_t place = lseek((int)file->fh, offset, whence);
    return place < 0 ? -errno : place;
}

static int get_statistics(const char *path, struct statvfs *statistics) {
    REAL(path);
    return answer(statvfs(real, statistics));
}

static int set_attribute(const char *path, const char *name, const char *value, size_t size, int flags) {
    REAL(path);
    return answer(lsetxattr(real, name, value, size, flags));
}

static int get_attribute(const char *path, const char *name, char *value, size_t size) {
    REAL(path);
    return answer(lgetxattr(real, name, value, size));
}

static int list_attributes(const char *path, char *list, size_t size) {
    REAL(path);
    off_t number;
    if (has_rule(path, "attributes", &number)) return -(int)number;
    return answer(llistxattr(real, list, size));
}

static int remove_attribute(const char *path, const char *name) {
    REAL(path);
    return answer(lremovexattr(real, name));
}

static int read_directory(const char *path, void *list, fuse_fill_dir_t fill, off_t offset,
                          struct fuse_file_info *file, enum fuse_readdir_flags flags) {
    (void)offset, (void)file, (void)flags;
    REAL(path);
    DIR *opened = opendir(real);
    if (!opened) return -errno;
    struct dirent *entry;
    while ((entry = readdir(opened))) {
        if (recording >= 0 && is_unnamed(entry->d_name)) continue;
        struct stat status = {.st_ino = entry->d_ino, .st_mode = (mode_t)entry->d_type << 12};
        fill(list, entry->d_name, &status, 0, 0);
        char name[sizeof entry->d_name + 1];
        off_t number;
        snprintf(name, sizeof name, "/%s", entry->d_name);
        if (has_rule(name, "twice", &number)) fill(list, entry->d_name, &status, 0, 0);
    }
    closedir(opened);
    return 0;
}

static const struct fuse_operations operations = {
    .init = begin, .getattr = get_attributes, .readlink = read_link, .mknod = make_node, .mkdir = make_directory,
    .unlink = remove_file, .rmdir = remove_directory, .symlink = make_link, .rename = rename_file,
    .link = make_hard_link, .chmod = change_mode, .chown = change_owner, .truncate = change_size,
    .utimens = change_times, .open = open_file, .create = create_file, .read = read_file, .write = write_file,
    .release = close_file, .fsync = sync_file, .lseek = seek_file, .statfs = get_statistics,
    .setxattr = set_attribute, .getxattr = get_attribute, .listxattr = list_attributes,
    .removexattr = remove_attribute, .readdir = read_directory, .fsyncdir = sync_directory,
};

// Takes the mount away, which ends libfuse's loop. Only what may be called in a handler of signals.
static void take_away(int signal) {
    umount2(mount_point, MNT_DETACH);
    if (signal) _exit(99);
}

static void *wait_for_input(void *nothing) {
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
    take_away(0);
    return nothing;
}

// Serves the mount with every change written down.
static int serve(struct fuse_args *arguments) {
    struct fuse *fuse = fuse_new(arguments, &operations, sizeof operations, NULL);
    if (!fuse || fuse_mount(fuse, mount_point)) return 1;
    int result = serve_recording(fuse, rules);
    fuse_unmount(fuse);
    fuse_destroy(fuse);
    return result;
}

int main(int count, char **words) {
    int records = count == 6 && !strcmp(words[4], "record");
    keeps = count == 5 && !strcmp(words[4], "keep");
    is_aged = count == 5 && !strcmp(words[4], "aged");
    if (count != 4 && !keeps && !is_aged && !records) {
        fputs("usage: faulty-file-system DIRECTORY MOUNTPOINT RULES [keep | aged | record LOG]\n", stderr);
        return 2;
    }
    directory = words[1], mount_point = words[2], rules = words[3];
    if (records && begin_recording(words[5], directory)) return 1;
    umask(0);
    signal(SIGALRM, take_away);
    signal(SIGTERM, take_away);
    alarm(records ? RECORDING_SECONDS_MAX : SECONDS_MAX);
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_input, NULL)) return 1;
    char *arguments[] = {words[0], "-f", "-s", "-odefault_permissions,fsname=faulty,subtype=faulty", words[2], NULL};
    if (!records) return fuse_main(5, arguments, &operations, NULL);
    struct fuse_args options = FUSE_ARGS_INIT(0, NULL);
    if (fuse_opt_add_arg(&options, words[0])) return 1;
    if (fuse_opt_add_arg(&options, "-odefault_permissions,fsname=faulty,subtype=faulty")) return 1;
    return serve(&options);
}
