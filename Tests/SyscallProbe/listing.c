// Directories: readdir(3), telldir, seekdir, rewinddir, getdents64(2), in one process and in several at once.

#include "probe.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { LISTERS = 4, POSITIONS_MAX = 200000, ALL_POSITIONS_MAX = 5000, POSITIONS_STRIDE = 61 };

struct linux_dirent {
    uint64_t inode;
    int64_t next;
    uint16_t bytes;
    uint8_t type;
    char name[];
};

struct position {
    long at;
    uint64_t name;
};

static uint64_t name_sum(const char *name) { return checksum(CHECKSUM_START, name, strlen(name)); }

// How many entries are listed, and the sum of their names in any order, asked with buffers of `bytes`.
static size_t list(int directory, size_t bytes, uint64_t *sum) {
    static _Alignas(8) char buffer[1 << 16];
    size_t count = 0;
    *sum = 0;
    for (long filled; (filled = syscall(SYS_getdents64, directory, buffer, bytes)) != 0;) {
        if (filled < 0) {
            say("getdents64 with %zu bytes: %s", bytes, error_name(errno));
            return 0;
        }
        for (long offset = 0; offset < filled; count++) {
            struct linux_dirent *entry = (struct linux_dirent *)(buffer + offset);
            *sum += name_sum(entry->name);
            offset += entry->bytes;
        }
    }
    return count;
}

// Every entry's type and inode number must be those of lstat; with mounts in mind, only this tree's.
static void compare_with_status(int directory, const char *path) {
    DIR *stream = fdopendir(dup(directory));
    if (stream == NULL) return;
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(stream)) != NULL; count++) {
        struct stat status;
        if (count > PROBE_ENTRIES_MAX && count % PROBE_STRIDE != 0) continue;
        if (strcmp(entry->d_name, "..") == 0) continue;
        if (fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
            if (errno == EACCES) continue;
            say("%s/%s is listed: %s", path, entry->d_name, error_name(errno));
        } else if (status.st_ino != entry->d_ino || IFTODT(status.st_mode) != entry->d_type) {
            say("%s/%s is listed with another inode number or type", path, entry->d_name);
        }
    }
    closedir(stream);
}

// Whether a listing from a position begins with its entry; a short buffer, so that it costs few entries and not 32 KiB.
static bool goes_on(int directory, const struct position *position) {
    _Alignas(8) char buffer[320];
    struct linux_dirent *entry = (struct linux_dirent *)buffer;
    return lseek(directory, position->at, SEEK_SET) == position->at &&
           syscall(SYS_getdents64, directory, buffer, sizeof buffer) > 0 && name_sum(entry->name) == position->name;
}

// From each position the listing goes on with the entry that came there: asked forwards and backwards in turn, and in
// a very large directory at one position of POSITIONS_STRIDE.
static void seek_everywhere(const char *path, int directory) {
    static struct position positions[POSITIONS_MAX];
    size_t count = 0, wrong = 0;
    DIR *stream = fdopendir(fcntl(directory, F_DUPFD_CLOEXEC, 0));
    if (stream == NULL) give_up("fdopendir");
    for (struct dirent *entry; count < POSITIONS_MAX; count++) {
        positions[count].at = telldir(stream);
        if ((entry = readdir(stream)) == NULL) break;
        positions[count].name = name_sum(entry->d_name);
    }
    rewinddir(stream);
    struct dirent *first = readdir(stream);
    if (count > 0 && (first == NULL || name_sum(first->d_name) != positions[0].name)) say("%s: rewinddir", path);
    seekdir(stream, positions[count].at);
    if (readdir(stream) != NULL) say("%s: there is something behind the end", path);
    closedir(stream);
    size_t stride = count > ALL_POSITIONS_MAX ? POSITIONS_STRIDE : 1;
    for (size_t index = 0; index < count; index += stride) {
        wrong += !goes_on(directory, &positions[index]);
        wrong += !goes_on(directory, &positions[count - 1 - index]);
    }
    say("%s: %zu positions, %zu wrong", path, count, wrong);
}

// Several processes list at once, with buffers of their own lengths, each through a descriptor of its own.
static void list_at_once(const char *path, int parent, const char *name, size_t wanted, uint64_t sum) {
    int faults = 0;
    fflush(stdout);
    for (size_t index = 0; index < LISTERS; index++) {
        pid_t child = fork();
        if (child < 0) give_up("fork");
        if (child > 0) continue;
        uint64_t found;
        int own = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        bool right = list(own, (size_t)1 << (9 + 2 * index), &found) == wanted && found == sum;
        _exit(right ? 0 : 1);
    }
    for (int status; wait(&status) > 0;) faults += status != 0;
    if (faults > 0) say("%s: %d processes that list at once see something else", path, faults);
}

static void visit_listing(const struct place *place) {
    if (!S_ISDIR(place->status.st_mode)) return;
    int directory = openat(place->parent, place->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) {
        say("%s: open: %s", place->path, error_name(errno));
        return;
    }
    struct names names = names_in(directory);
    for (size_t index = 0; index < names.count; index++) {
        if (index > 0 && strcmp(names.names[index], names.names[index - 1]) == 0) say("twice: %s", names.names[index]);
        if (names.count <= PROBE_ENTRIES_MAX || index % PROBE_STRIDE == 0) say("%s/%s", place->path, names.names[index]);
    }
    uint64_t sum;
    size_t count = list(directory, 1 << 15, &sum);
    say("%s: %zu entries, sum %016jx", place->path, count, (uintmax_t)sum);
    char small[16];
    lseek(directory, 0, SEEK_SET);
    ANSWER(syscall(SYS_getdents64, directory, small, sizeof small), "%s: getdents64 into too little", place->path);
    lseek(directory, 0, SEEK_SET);
    compare_with_status(directory, place->path);
    lseek(directory, 0, SEEK_SET);
    seek_everywhere(place->path, directory);
    list_at_once(place->path, place->parent, place->name, count, sum);
    lseek(directory, 0, SEEK_SET);
    ANSWER(read(directory, small, sizeof small), "%s: read", place->path);
    free_names(names);
    close(directory);
}

void ask_listing(void) { walk(visit_listing); }
