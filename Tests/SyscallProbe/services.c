// What the kernel offers for open files besides reading: locks, events, advice and ioctls.

#include "probe.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>

// Only files, directories and pipes are opened; the answer is negative for the rest.
static int open_plainly(const struct place *place) {
    if (!S_ISREG(place->status.st_mode) && !S_ISDIR(place->status.st_mode)) return -1;
    return openat(place->parent, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

// What another process is told that wants the lock too; POSIX locks belong to processes.
static void ask_from_a_child(const struct place *place, const char *held) {
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) give_up("fork");
    if (child == 0) {
        int file = open_plainly(place);
        struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 10};
        ANSWER(flock(file, LOCK_EX | LOCK_NB), "%s: exclusive flock beside %s", place->path, held);
        ANSWER(flock(file, LOCK_SH | LOCK_NB), "%s: shared flock beside %s", place->path, held);
        ANSWER(fcntl(file, F_SETLK, &lock), "%s: fcntl for reading beside %s", place->path, held);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void visit_locks(const struct place *place) {
    int file = open_plainly(place);
    if (file < 0) return;
    struct flock lock = {.l_whence = SEEK_SET, .l_start = 0, .l_len = 100};
    ANSWER(flock(file, LOCK_EX | LOCK_NB), "%s: exclusive flock", place->path);
    ask_from_a_child(place, "an exclusive flock");
    ANSWER(flock(file, LOCK_SH | LOCK_NB), "%s: shared flock", place->path);
    ask_from_a_child(place, "a shared flock");
    ANSWER(flock(file, LOCK_UN), "%s: end of flock", place->path);
    lock.l_type = F_WRLCK;
    ANSWER(fcntl(file, F_SETLK, &lock), "%s: fcntl lock for writing", place->path);
    ANSWER(fcntl(file, F_GETLK, &lock), "%s: question for a lock", place->path);
    say("%s: lock found: %d", place->path, lock.l_type);
    lock.l_type = F_RDLCK;
    ANSWER(fcntl(file, F_SETLK, &lock), "%s: fcntl lock for reading", place->path);
    ask_from_a_child(place, "a lock for reading");
    lock.l_type = F_UNLCK;
    ANSWER(fcntl(file, F_SETLK, &lock), "%s: end of the lock", place->path);
    lock = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 5};
    ANSWER(fcntl(file, F_OFD_SETLK, &lock), "%s: lock of the open file", place->path);
    close(file);
}

void ask_locks(void) { walk(visit_locks); }

// What is told about a file that is opened and read by somebody else.
static void watch(const struct place *place) {
    char path[512], events[8192];
    snprintf(path, sizeof path, "/proc/self/fd/%d/%s", place->parent, place->name);
    int watcher = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    ANSWER(inotify_add_watch(watcher, path, IN_ALL_EVENTS | IN_DONT_FOLLOW), "%s: inotify", place->path);
    int file = open_plainly(place);
    if (file >= 0) {
        char byte;
        if (S_ISREG(place->status.st_mode)) ANSWER(pread(file, &byte, 1, 0), "%s: pread of a byte", place->path);
        close(file);
    }
    // Others may be at the same file: what they do is told as well.
    uint32_t told = 0;
    ssize_t count = read(watcher, events, sizeof events);
    for (ssize_t offset = 0; offset < count;) {
        struct inotify_event *event = (struct inotify_event *)(events + offset);
        told |= event->mask;
        offset += (ssize_t)sizeof *event + event->len;
    }
    if (file >= 0) say("%s: open told %d, close %d", place->path, (told & IN_OPEN) != 0, (told & IN_CLOSE_NOWRITE) != 0);
    if (S_ISREG(place->status.st_mode)) say("%s: reading told %d", place->path, (told & IN_ACCESS) != 0);
    close(watcher);
}

static void visit_events(const struct place *place) {
    watch(place);
    int file = open_plainly(place);
    if (file < 0) return;
    struct pollfd asked = {.fd = file, .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP};
    ANSWER(poll(&asked, 1, 0), "%s: poll", place->path);
    say("%s: poll tells %#x", place->path, (unsigned)asked.revents);
    fd_set readable, writable;
    struct timeval now = {0, 0};
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(file, &readable);
    FD_SET(file, &writable);
    ANSWER(select(file + 1, &readable, &writable, NULL, &now), "%s: select", place->path);
    close(file);
}

void ask_events(void) { walk(visit_events); }

// ext4 maps extents and has flags; a mount may have none, but must say so in the right words.
static const char *maybe_unsupported(long answer, int error) {
    if (answer >= 0 || error == ENOTTY || error == EOPNOTSUPP) return "yes, or not supported";
    return error_name(error);
}

static void visit_controls(const struct place *place) {
    int file = open_plainly(place), number = 0;
    if (file < 0) return;
    bool regular = S_ISREG(place->status.st_mode);
    static const int advice[] = {
        POSIX_FADV_NORMAL, POSIX_FADV_RANDOM, POSIX_FADV_SEQUENTIAL, POSIX_FADV_WILLNEED, POSIX_FADV_NOREUSE,
        POSIX_FADV_DONTNEED, 99,
    };
    for (size_t index = 0; index < sizeof advice / sizeof advice[0]; index++) {
        say("%s: fadvise %d: %d", place->path, advice[index], posix_fadvise(file, 0, 1 << 20, advice[index]));
    }
    ANSWER(readahead(file, 0, 1 << 20), "%s: readahead", place->path);
    ANSWER(ioctl(file, FIONREAD, &number), "%s: FIONREAD", place->path);
    if (regular) say("%s: bytes to read: %d", place->path, number);
    say("%s: terminal: %d", place->path, isatty(file));
    ANSWER(ioctl(file, 0x5a5a5a, &number), "%s: unknown ioctl", place->path);
    _Alignas(struct fiemap) char room[sizeof(struct fiemap) + 8 * sizeof(struct fiemap_extent)] = {0};
    struct fiemap *extents = (struct fiemap *)room;
    extents->fm_length = UINT64_MAX;
    extents->fm_extent_count = 8;
    long answer = ioctl(file, FS_IOC_FIEMAP, extents);
    say("%s: extents: %s", place->path, maybe_unsupported(answer, errno));
    answer = ioctl(file, FS_IOC_GETFLAGS, &number);
    say("%s: flags: %s", place->path, maybe_unsupported(answer, errno));
    number = 0;
    answer = ioctl(file, FS_IOC_SETFLAGS, &number);
    say("%s: new flags: %s", place->path,
        answer < 0 && (errno == EROFS || errno == ENOTTY || errno == EOPNOTSUPP) ? "refused" : error_name(errno));
    answer = ioctl(file, FICLONE, file);
    say("%s: clone onto itself: %s", place->path, answer < 0 ? "refused" : "done");
    close(file);
}

void ask_controls(void) { walk(visit_controls); }
