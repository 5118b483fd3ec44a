#ifndef PASTFS_CLINUX_SHIMS_H
#define PASTFS_CLINUX_SHIMS_H

// What the Glibc module hides: it is built without _GNU_SOURCE, and Swift imports neither variadic functions nor
// function-like macros. Linux only calls go through syscall(2), so that no feature macro can differ between modules.

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <malloc.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// glibc 2.32 and later; declared here because <string.h> hides them without _GNU_SOURCE.
extern const char *strerrorname_np(int error);
extern const char *strerrordesc_np(int error);

// Flags that the headers show only under _GNU_SOURCE; the underscored ones are the architecture's own values.
enum {
    PASTFS_O_PATH = __O_PATH,
    PASTFS_O_TMPFILE = __O_TMPFILE,
    PASTFS_O_NOATIME = __O_NOATIME,
    PASTFS_O_DIRECT = __O_DIRECT,
    PASTFS_AT_NO_AUTOMOUNT = 0x800,
    PASTFS_AT_EMPTY_PATH = 0x1000,
    PASTFS_AT_STATX_DONT_SYNC = 0x4000,
    PASTFS_RENAME_NOREPLACE = 1,
    PASTFS_SEEK_DATA = 3,
    PASTFS_SEEK_HOLE = 4,
    PASTFS_SPAWN_SETSID = 0x80,
};

// UTIME_OMIT is a macro with a cast.
static const long pastfs_utime_omit = (1L << 30) - 2L;

// open(2) and openat(2) are variadic.
static inline int pastfs_openat(int directory, const char *path, int flags, unsigned int mode) {
    return openat(directory, path, flags, mode);
}

// glibc has no openat2.
static inline int pastfs_openat2(int directory, const char *path, int flags, unsigned int mode, uint64_t resolve) {
    struct open_how how = {.flags = (uint64_t)flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// glibc's sync_file_range is hidden without _GNU_SOURCE; the three flags together wait until all of it is written.
static inline int pastfs_write_out(int descriptor) {
    return (int)syscall(SYS_sync_file_range, descriptor, (int64_t)0, (int64_t)0, 1 | 2 | 4);
}

// glibc's syncfs is hidden without _GNU_SOURCE.
static inline int pastfs_syncfs(int descriptor) { return (int)syscall(SYS_syncfs, descriptor); }

// glibc's statx is hidden without _GNU_SOURCE.
static inline int pastfs_statx(int directory, const char *path, int flags, unsigned int mask, struct statx *status) {
    return (int)syscall(SYS_statx, directory, path, flags, mask, status);
}

// readahead is hidden without _GNU_SOURCE.
static inline int pastfs_readahead(int file, int64_t offset, size_t count) {
    return (int)syscall(SYS_readahead, file, offset, count);
}

// glibc's gettid is hidden without _GNU_SOURCE.
static inline int pastfs_thread_id(void) { return (int)syscall(SYS_gettid); }

// CLOSE_RANGE_UNSHARE, 2: the calling thread gets a table of descriptors of its own, with nothing in it.
// close_range(2) is Linux 5.9's, and its wrapper is hidden without _GNU_SOURCE.
static inline int pastfs_leave_descriptors(void) { return (int)syscall(SYS_close_range, 0U, ~0U, 2U); }

// glibc's getdents64 is hidden without _GNU_SOURCE.
static inline long pastfs_getdents64(int directory, void *buffer, size_t count) {
    return syscall(SYS_getdents64, directory, buffer, count);
}

// glibc's renameat2 is hidden without _GNU_SOURCE.
static inline int pastfs_renameat2(
    int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned int flags) {
    return (int)syscall(SYS_renameat2, old_directory, old_path, new_directory, new_path, flags);
}

// glibc's pipe2 is hidden without _GNU_SOURCE.
static inline int pastfs_pipe2(int *ends, int flags) {
    return (int)syscall(SYS_pipe2, ends, flags);
}

// glibc's fallocate is hidden without _GNU_SOURCE.
static inline int pastfs_fallocate(int descriptor, int mode, int64_t offset, int64_t count) {
    return (int)syscall(SYS_fallocate, descriptor, mode, offset, count);
}

// makedev(3) is a function-like macro; this is glibc's own encoding.
static inline uint64_t pastfs_makedev(uint32_t major, uint32_t minor) {
    return ((uint64_t)(major & 0xfffff000u) << 32) | ((uint64_t)(major & 0xfffu) << 8) |
           ((uint64_t)(minor & 0xffffff00u) << 12) | (uint64_t)(minor & 0xffu);
}

// mallopt(3) and its numbers are in a header that the Glibc module leaves out.
static inline void pastfs_bound_heap(int arenas, int mapped_bytes, int trim_bytes) {
    mallopt(M_ARENA_MAX, arenas);
    mallopt(M_MMAP_THRESHOLD, mapped_bytes);
    mallopt(M_TRIM_THRESHOLD, trim_bytes);
}

// prctl(2) is variadic.
static inline int pastfs_set_thread_name(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

// ioctl(2) is variadic.
static inline int pastfs_window_size(int descriptor, struct winsize *size) {
    return ioctl(descriptor, TIOCGWINSZ, size);
}

// glibc has no ioprio_set(2), and its macros are in a kernel header: the class stands in the upper three bits of sixteen.
static inline int pastfs_set_idle_io_priority(void) {
    return (int)syscall(SYS_ioprio_set, 1 /* IOPRIO_WHO_PROCESS */, 0, 3 /* IOPRIO_CLASS_IDLE */ << 13);
}

// environ is a variable that Swift 6 holds to be shared mutable state.
static inline char **pastfs_environment(void) {
    return __environ;
}

// What the process was started with. The loader hands it to constructors, in glibc's own calling convention; the standard
// library of Swift reads /proc/self/cmdline, and finds no arguments where /proc is not mounted.
static int pastfs_argument_count = 0;
static char **pastfs_argument_list = NULL;

__attribute__((constructor)) static void pastfs_keep_arguments(int count, char **list) {
    pastfs_argument_count = count;
    pastfs_argument_list = list;
}

// The constructor is compiled where it is named.
static inline char **pastfs_arguments(int *count) {
    (void)pastfs_keep_arguments;
    *count = pastfs_argument_count;
    return pastfs_argument_list;
}

// cpu_set_t and its macros are hidden without _GNU_SOURCE; 0 when the kernel doesn't tell.
static inline int pastfs_processor_count(void) {
    unsigned long mask[128] = {0};
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long index = 0; index < bytes / (long)sizeof mask[0]; index++) count += __builtin_popcountl(mask[index]);
    return count;
}

// Where the signal handler writes a signal's number; one a process, and the header has one importer.
static volatile int pastfs_signal_descriptor = -1;

// A handler may call nothing but async-signal-safe functions (signal-safety(7)), which Swift code cannot promise.
static void pastfs_signal_handler(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(pastfs_signal_descriptor, &byte, 1);
    (void)ignored;
    errno = saved;
}

// sa_handler is a macro for a member of a union.
static inline int pastfs_handle_signal(int number, int descriptor) {
    struct sigaction action = {0};
    pastfs_signal_descriptor = descriptor;
    action.sa_handler = pastfs_signal_handler;
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}

// SIG_DFL is a macro with a cast.
static inline int pastfs_default_signal(int number) {
    struct sigaction action = {0};
    action.sa_handler = SIG_DFL;
    return sigaction(number, &action, NULL);
}

// wait(2)'s macros are not imported: 0 to 255 for an exit, 128 and the signal's number for an end by a signal.
static inline int pastfs_exit_status(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
