// Files whose bytes follow from their offset, and readers that know them: nothing else has to be kept to compare with.
//
//   pattern FILE SEED BYTES                      writes such a file
//   random DIRECTORY SEED READS THREADS MAPPERS  reads at random, with pread(2) in threads and through mappings
//   until-gone DIRECTORY SEED THREADS            reads until the mount is gone
//
// In a directory to be read a file's name is its seed: `NUMBER`. The exit status is 0 when every byte was right.

#include "probe.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

enum { FILES_MAX = 1024, THREADS_MAX = 64, LONG_READ_BYTES = 200000, SHORT_READ_BYTES = 256 };

// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the output for a state.
uint64_t mixed(uint64_t state) {
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
    return state ^ (state >> 31);
}

static uint64_t pattern_word(uint64_t seed, uint64_t index) { return mixed(seed + (index + 1) * 0x9e3779b97f4a7c15u); }

void fill_pattern(uint64_t seed, uint64_t offset, unsigned char *bytes, size_t count) {
    for (size_t done = 0; done < count;) {
        uint64_t word = pattern_word(seed, (offset + done) / 8), skip = (offset + done) % 8;
        size_t length = 8 - skip < count - done ? 8 - skip : count - done;
        memcpy(bytes + done, (unsigned char *)&word + skip, length);
        done += length;
    }
}

int make_pattern(char **arguments) {
    static unsigned char buffer[PROBE_BUFFER_BYTES];
    uint64_t seed = strtoull(arguments[1], NULL, 10), bytes = strtoull(arguments[2], NULL, 10);
    FILE *file = fopen(arguments[0], "w");
    if (file == NULL) give_up(arguments[0]);
    for (uint64_t offset = 0; offset < bytes; offset += sizeof buffer) {
        size_t count = bytes - offset < sizeof buffer ? (size_t)(bytes - offset) : sizeof buffer;
        fill_pattern(seed, offset, buffer, count);
        if (fwrite(buffer, 1, count, file) != count) give_up(arguments[0]);
    }
    return fclose(file) == 0 ? 0 : 2;
}

static struct {
    size_t count;
    struct {
        int descriptor;
        uint64_t seed;
        size_t bytes;
        const unsigned char *mapping;
    } files[FILES_MAX];
} known;

static struct {
    uint64_t seed, reads_each;
    bool until_gone;
    atomic_int faults;
    atomic_uint started;
} task;

static void open_files(const char *path, bool mapped) {
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) give_up(path);
    struct names names = names_in(directory);
    for (size_t index = 0; index < names.count && known.count < FILES_MAX; index++) {
        struct stat status;
        int file = openat(directory, names.names[index], O_RDONLY | O_CLOEXEC);
        if (file < 0 || fstat(file, &status) < 0 || status.st_size == 0) give_up(names.names[index]);
        known.files[known.count].descriptor = file;
        known.files[known.count].seed = strtoull(names.names[index], NULL, 10);
        known.files[known.count].bytes = (size_t)status.st_size;
        void *mapping = mapped ? mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, file, 0) : NULL;
        if (mapping == MAP_FAILED) give_up("mmap");
        known.files[known.count++].mapping = mapping;
    }
    free_names(names);
    close(directory);
    if (known.count == 0) give_up("no files");
}

static void fault(uint64_t seed, size_t file, uint64_t offset, size_t count, const char *what) {
    fprintf(stderr, "seed %ju of %ju: file %ju, %zu bytes at %ju: %s\n", (uintmax_t)seed, (uintmax_t)task.seed,
        (uintmax_t)known.files[file].seed, count, (uintmax_t)offset, what);
    atomic_fetch_add(&task.faults, 1);
}

struct choice {
    size_t file, count;
    uint64_t offset;
};

// One read in 64 is long, so that whole chunks come and go; the others are as short as those of a database.
static struct choice choose(uint64_t *state) {
    struct choice choice;
    choice.file = pattern_word(*state, 0) % known.count;
    size_t bytes = known.files[choice.file].bytes;
    choice.offset = pattern_word(*state, 1) % bytes;
    uint64_t length = pattern_word(*state, 2);
    choice.count = 1 + (length >> 8) % (length % 64 == 0 ? LONG_READ_BYTES : SHORT_READ_BYTES);
    if (choice.count > bytes - choice.offset) choice.count = bytes - choice.offset;
    *state = pattern_word(*state, 3);
    return choice;
}

// Whether an error is what a reader is told whose mount's process has died (fuse(4), connection aborted).
static bool is_gone(int error) { return error == ENOTCONN || error == ECONNABORTED; }

// Reads as pread(2) does. A mount whose process dies between two pages of one read gives the first page, and its error to
// whoever asks for the rest: so the rest is asked for, once.
static ssize_t read_whole(int file, unsigned char *found, struct choice choice) {
    ssize_t count = pread(file, found, choice.count, (off_t)choice.offset);
    if (!task.until_gone || count <= 0 || (size_t)count == choice.count) return count;
    ssize_t rest = pread(file, found + count, choice.count - (size_t)count, (off_t)choice.offset + count);
    return rest < 0 ? rest : count + rest;
}

static void *read_files(void *argument) {
    unsigned char *found = malloc(2 * LONG_READ_BYTES), *wanted = found + LONG_READ_BYTES;
    uint64_t seed = task.seed * THREADS_MAX + (uintptr_t)argument, state = seed;
    if (found == NULL) give_up("malloc");
    for (uint64_t read = 0; task.until_gone || read < task.reads_each; read++) {
        struct choice choice = choose(&state);
        ssize_t count = read_whole(known.files[choice.file].descriptor, found, choice);
        if (count < 0 && task.until_gone && is_gone(errno)) break;
        if (count != (ssize_t)choice.count) {
            fault(seed, choice.file, choice.offset, choice.count, count < 0 ? error_name(errno) : "short");
            break;
        }
        fill_pattern(known.files[choice.file].seed, choice.offset, wanted, choice.count);
        if (memcmp(found, wanted, choice.count) != 0) {
            fault(seed, choice.file, choice.offset, choice.count, "other bytes");
        }
        if (read == 0) atomic_fetch_add(&task.started, 1);
        // Cached pages are read without the mount: a reader that is to notice its end lets go of them.
        if (task.until_gone) posix_fadvise(known.files[choice.file].descriptor, 0, 0, POSIX_FADV_DONTNEED);
    }
    free(found);
    return NULL;
}

static void *read_mappings(void *argument) {
    static _Thread_local unsigned char wanted[LONG_READ_BYTES];
    uint64_t seed = task.seed * THREADS_MAX + 1000 + (uintptr_t)argument, state = seed;
    for (uint64_t read = 0; read < task.reads_each; read++) {
        struct choice choice = choose(&state);
        fill_pattern(known.files[choice.file].seed, choice.offset, wanted, choice.count);
        if (memcmp(known.files[choice.file].mapping + choice.offset, wanted, choice.count) != 0) {
            fault(seed, choice.file, choice.offset, choice.count, "other bytes in a mapping");
        }
    }
    return NULL;
}

static void start(pthread_t *thread, void *(*body)(void *), size_t number) {
    if (pthread_create(thread, NULL, body, (void *)(uintptr_t)number) != 0) give_up("pthread_create");
}

int read_at_random(char **arguments) {
    pthread_t threads[2 * THREADS_MAX];
    size_t readers = strtoull(arguments[3], NULL, 10), mappers = strtoull(arguments[4], NULL, 10);
    if (readers == 0 || readers > THREADS_MAX || mappers > THREADS_MAX) give_up("THREADS");
    open_files(arguments[0], true);
    task.seed = strtoull(arguments[1], NULL, 10);
    task.reads_each = strtoull(arguments[2], NULL, 10) / readers;
    for (size_t index = 0; index < readers; index++) start(&threads[index], read_files, index);
    for (size_t index = 0; index < mappers; index++) start(&threads[readers + index], read_mappings, index);
    for (size_t index = 0; index < readers + mappers; index++) pthread_join(threads[index], NULL);
    say("%ju reads, %zu files", (uintmax_t)(task.reads_each * readers), known.count);
    return task.faults == 0 ? 0 : 1;
}

int read_until_gone(char **arguments) {
    pthread_t threads[THREADS_MAX];
    size_t readers = strtoull(arguments[2], NULL, 10);
    if (readers == 0 || readers > THREADS_MAX) give_up("THREADS");
    open_files(arguments[0], false);
    task.seed = strtoull(arguments[1], NULL, 10);
    task.until_gone = true;
    for (size_t index = 0; index < readers; index++) start(&threads[index], read_files, index);
    while (task.started < readers && task.faults == 0) sched_yield();
    say("reading");
    fflush(stdout);
    for (size_t index = 0; index < readers; index++) pthread_join(threads[index], NULL);
    return task.faults == 0 ? 0 : 1;
}
