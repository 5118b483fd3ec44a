#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <fuse_lowlevel.h>
#include <limits.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// The request for a file without a name (linux/fuse.h of kernel 6.2, FUSE_TMPFILE).
enum { REQUEST_UNNAMED = 51 };

int recording = -1;

// A log that lacks a record would prove anything.
static void give_up(const char *what) {
    perror(what);
    abort();
}

static void append(const char *line, const char *bytes, size_t count) {
    struct iovec parts[2] = {{(void *)line, strlen(line)}, {(void *)bytes, count}};
    if (writev(recording, parts, 2) != (ssize_t)(parts[0].iov_len + count)) give_up("cannot write the log");
}

static unsigned long long inode(const char *path) {
    struct stat status;
    if (lstat(path, &status)) give_up(path);
    return status.st_ino;
}

static unsigned long long inode_of(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status)) give_up("cannot ask for an inode number");
    return status.st_ino;
}

static const char *name(const char *path) {
    return strrchr(path, '/') + 1;
}

static unsigned long long parent(const char *path) {
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%.*s", (int)(strrchr(path, '/') - path), path);
    return inode(above);
}

int begin_recording(const char *log, const char *directory) {
    recording = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (recording < 0) return -1;
    char line[64];
    snprintf(line, sizeof line, "root %llu\n", inode(directory));
    append(line, NULL, 0);
    return 0;
}

#define RECORD(...) \
    do { \
        char line[2 * PATH_MAX]; \
        snprintf(line, sizeof line, __VA_ARGS__); \
        append(line, NULL, 0); \
    } while (0)

void record_made(const char *word, const char *path) {
    RECORD("%s %llu %llu %s\n", word, inode(path), parent(path), name(path));
}

void record_unnamed(const char *path) {
    RECORD("tmpfile %llu\n", inode(path));
}

void record_written(int descriptor, const char *bytes, size_t count, off_t offset) {
    char line[128];
    snprintf(line, sizeof line, "write %llu %lld %zu\n", inode_of(descriptor), (long long)offset, count);
    append(line, bytes, count);
}

void record_truncated(const char *path, off_t size) {
    RECORD("truncate %llu %lld\n", inode(path), (long long)size);
}

void record_linked(const char *path, const char *to) {
    RECORD("link %llu %llu %s\n", inode(path), parent(to), name(to));
}

void record_removed(const char *word, const char *path) {
    RECORD("%s %llu %s\n", word, parent(path), name(path));
}

void record_renamed(const char *path, const char *to) {
    RECORD("rename %llu %s %llu %s\n", parent(path), name(path), parent(to), name(to));
}

void record_synced(const char *path, int descriptor) {
    RECORD("sync %llu\n", path ? inode(path) : inode_of(descriptor));
}

// Stops a process, tells so by a file RULES/stopped with its number, and goes on when the rule in the file `rule` is gone.
static void stop(const char *rules, const char *rule, pid_t process) {
    char path[PATH_MAX], moved[PATH_MAX];
    kill(process, SIGSTOP);
    snprintf(path, sizeof path, "%s/stopped.new", rules);
    snprintf(moved, sizeof moved, "%s/stopped", rules);
    FILE *file = fopen(path, "we");
    if (!file) return;
    fprintf(file, "%d\n", process);
    fclose(file);
    rename(path, moved);
    while (!access(rule, F_OK)) usleep(1000);
}

void count_change(const char *rules, int is_after) {
    static unsigned long long armed, changes;
    char path[PATH_MAX], moment[8] = "", action[8] = "kill";
    long long number = 0;
    snprintf(path, sizeof path, "%s/kill", rules);
    FILE *file = fopen(path, "re");
    if (!file) return;
    unsigned long long identity = inode_of(fileno(file));
    int fields = fscanf(file, "%lld %7s %7s", &number, moment, action);
    fclose(file);
    if (identity != armed) armed = identity, changes = 0;
    if (!is_after) changes++;
    if (fields < 2 || changes != (unsigned long long)number || strcmp(moment, is_after ? "after" : "before")) return;
    pid_t process = fuse_get_context()->pid;
    // The kernel itself writes back what was mapped; a signal to 0 would be one to a whole group.
    if (process <= 0) return;
    if (strcmp(action, "stop")) {
        kill(process, SIGKILL);
    } else {
        stop(rules, path, process);
    }
}

// Makes of a request for a file without a name one for a file with a hidden name, which the library knows.
static void give_name(struct fuse_buf *buffer, const char *rules) {
    static unsigned long long number;
    struct fuse_in_header *header = buffer->mem;
    if (buffer->flags & FUSE_BUF_IS_FD || header->opcode != REQUEST_UNNAMED) return;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/named", rules);
    if (!access(path, F_OK)) return;
    struct fuse_create_in *request = (void *)(header + 1);
    request->flags = (request->flags & ~(unsigned)(O_TMPFILE & ~O_DIRECTORY) & ~(unsigned)O_DIRECTORY) | O_CREAT | O_EXCL;
    int count = sprintf((char *)(request + 1), UNNAMED "%llu", ++number);
    header->opcode = FUSE_CREATE;
    header->len = (unsigned)(sizeof *header + sizeof *request + (size_t)count + 1);
    buffer->size = header->len;
}

int serve_recording(struct fuse *fuse, const char *rules) {
    struct fuse_session *session = fuse_get_session(fuse);
    struct fuse_buf buffer = {0};
    while (!fuse_session_exited(session)) {
        int count = fuse_session_receive_buf(session, &buffer);
        if (count == -EINTR) continue;
        if (count <= 0) break;
        give_name(&buffer, rules);
        fuse_session_process_buf(session, &buffer);
    }
    free(buffer.mem);
    return 0;
}
