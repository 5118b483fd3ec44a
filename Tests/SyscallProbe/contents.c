// The bytes of files, through every call that reads, and where their data and holes are.

#include "probe.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>

// Files above this are read at both ends only: they are holes.
static const off_t whole_bytes_max = 64 << 20;
static const off_t far_behind = (off_t)1 << 40;
static unsigned char buffer[PROBE_BUFFER_BYTES];

// Reads a file to its end with read(2) in pieces of `piece` bytes, and gives the sum.
static uint64_t sum_of_reads(int file, size_t piece) {
    uint64_t sum = CHECKSUM_START;
    ssize_t count;
    lseek(file, 0, SEEK_SET);
    while ((count = read(file, buffer, piece)) > 0) sum = checksum(sum, buffer, (size_t)count);
    return count < 0 ? (uint64_t)errno : sum;
}

static uint64_t sum_of_vectors(int file, bool preadv2_too) {
    uint64_t sum = CHECKSUM_START;
    ssize_t count;
    off_t offset = 0;
    struct iovec vectors[] = {{buffer, 1}, {buffer + 1, 4095}, {buffer + 4096, 0}, {buffer + 4096, 100000}};
    lseek(file, 0, SEEK_SET);
    while ((count = preadv2_too ? preadv2(file, vectors, 4, offset, 0) : readv(file, vectors, 4)) > 0) {
        sum = checksum(sum, buffer, (size_t)count);
        offset += count;
    }
    return count < 0 ? (uint64_t)errno : sum;
}

// A mapping of the whole file; a private one is written to, which must not be seen by others.
static uint64_t sum_of_mapping(int file, size_t bytes, int sharing, int protection) {
    if (bytes == 0) return CHECKSUM_START;
    unsigned char *start = mmap(NULL, bytes, protection, sharing, file, 0);
    if (start == MAP_FAILED) return (uint64_t)errno;
    uint64_t sum = checksum(CHECKSUM_START, start, bytes);
    if (protection & PROT_WRITE) {
        for (size_t index = 0; index < bytes; index += 4096) start[index] ^= 0xff;
    }
    size_t tail = bytes % 4096 == 0 ? 0 : 4096 - bytes % 4096;
    for (size_t index = 0; index < tail; index++) {
        if (start[bytes + index] != 0) say("a mapping is not zero behind the end");
    }
    munmap(start, bytes);
    return sum;
}

static uint64_t sum_of_copy(int file, const char *how) {
    int copy = memfd_create("copy", MFD_CLOEXEC);
    off_t offset = 0;
    ssize_t count = -1;
    int ends[2];
    if (copy < 0 || pipe2(ends, O_CLOEXEC) < 0) give_up("memfd_create");
    if (strcmp(how, "sendfile") == 0) {
        while ((count = sendfile(copy, file, &offset, 300000)) > 0) continue;
    } else if (strcmp(how, "splice") == 0) {
        while ((count = splice(file, &offset, ends[1], NULL, 60000, 0)) > 0) {
            for (ssize_t left = count; left > 0;) {
                ssize_t moved = splice(ends[0], NULL, copy, NULL, (size_t)left, 0);
                if (moved <= 0) give_up("splice");
                left -= moved;
            }
        }
    }
    uint64_t sum = count < 0 ? (uint64_t)errno : sum_of_reads(copy, sizeof buffer);
    close(copy);
    close(ends[0]);
    close(ends[1]);
    return sum;
}

// copy_file_range(2) may refuse to leave a file system (EXDEV); what it copies must be right.
static const char *range_copy(int file, uint64_t wanted) {
    char name[] = "/tmp/pastfs-probe-XXXXXX";
    int copy = mkostemp(name, O_CLOEXEC);
    ssize_t count;
    if (copy < 0) give_up(name);
    unlink(name);
    lseek(file, 0, SEEK_SET);
    while ((count = copy_file_range(file, NULL, copy, NULL, 1 << 20, 0)) > 0) continue;
    int error = errno;
    bool right = count == 0 && sum_of_reads(copy, sizeof buffer) == wanted;
    close(copy);
    if (count < 0) return error == EXDEV ? "right or not possible" : error_name(error);
    return right ? "right or not possible" : "wrong";
}

static void ask_at_the_edges(int file, const char *path, off_t size) {
    const off_t offsets[] = {0, 1, size - 1, size, size + 1, size + 4096, size / 2, INT64_MAX, -1};
    const size_t counts[] = {0, 1, 4096};
    for (size_t index = 0; index < sizeof offsets / sizeof offsets[0]; index++) {
        for (size_t length = 0; length < sizeof counts / sizeof counts[0]; length++) {
            memset(buffer, 0xa5, 5000);
            ssize_t count = pread(file, buffer, counts[length], offsets[index]);
            int error = errno;
            say("%s: pread %zu at %jd: %zd %016jx", path, counts[length], (intmax_t)offsets[index], count,
                (uintmax_t)(count < 0 ? (uint64_t)error : checksum(CHECKSUM_START, buffer, 5000)));
        }
    }
    struct iovec vector = {buffer, 4096};
    ANSWER(preadv2(file, &vector, 1, -1, 0), "%s: preadv2 at the position", path);
    ANSWER(preadv2(file, &vector, 1, 0, RWF_APPEND), "%s: preadv2 with a flag for writing", path);
    ANSWER(preadv2(file, &vector, 1, 0, 0x40000000), "%s: preadv2 with an unknown flag", path);
    ANSWER(syscall(SYS_pread64, file, NULL, 1, 0), "%s: pread to nowhere", path);
}

static void visit_contents(const struct place *place) {
    if (!S_ISREG(place->status.st_mode)) return;
    int file = openat(place->parent, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) {
        say("%s: open: %s", place->path, error_name(errno));
        return;
    }
    off_t size = place->status.st_size;
    ask_at_the_edges(file, place->path, size);
    if (size <= whole_bytes_max) {
        uint64_t wanted = sum_of_reads(file, sizeof buffer);
        say("%s: read: %016jx", place->path, (uintmax_t)wanted);
        // The same bytes, asked in every way; only what differs is written.
        const struct {
            const char *how;
            uint64_t sum;
        } sums[] = {
            {"read of 4,097 bytes", sum_of_reads(file, 4097)},
            {"readv", sum_of_vectors(file, false)},
            {"preadv2", sum_of_vectors(file, true)},
            {"private mapping", sum_of_mapping(file, (size_t)size, MAP_PRIVATE, PROT_READ)},
            {"shared mapping", sum_of_mapping(file, (size_t)size, MAP_SHARED, PROT_READ)},
            {"private mapping that is written", sum_of_mapping(file, (size_t)size, MAP_PRIVATE, PROT_READ | PROT_WRITE)},
            {"mapping after that", sum_of_mapping(file, (size_t)size, MAP_PRIVATE, PROT_READ)},
            {"sendfile", sum_of_copy(file, "sendfile")},
            {"splice", sum_of_copy(file, "splice")},
        };
        for (size_t index = 0; index < sizeof sums / sizeof sums[0]; index++) {
            if (sums[index].sum != wanted) say("%s: %s: %016jx", place->path, sums[index].how, (uintmax_t)sums[index].sum);
        }
        say("%s: copy_file_range: %s", place->path, range_copy(file, wanted));
    }
    if (size > 0) {
        void *start = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        say("%s: shared mapping for writing: %s", place->path, start == MAP_FAILED ? error_name(errno) : "yes");
    }
    close(file);
}

void ask_contents(void) { walk(visit_contents); }

static void seek_from(int file, const char *path, off_t offset) {
    ANSWER(lseek(file, offset, SEEK_DATA), "%s: data from %jd", path, (intmax_t)offset);
    ANSWER(lseek(file, offset, SEEK_HOLE), "%s: hole from %jd", path, (intmax_t)offset);
}

static void visit_holes(const struct place *place) {
    if (!S_ISREG(place->status.st_mode)) return;
    int file = openat(place->parent, place->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0) return;
    const off_t size = place->status.st_size, others[] = {-1, 0, 1, size - 1, size, size + 1, size + far_behind};
    for (size_t index = 0; index < sizeof others / sizeof others[0]; index++) {
        seek_from(file, place->path, others[index]);
        ANSWER(lseek(file, others[index], SEEK_SET), "%s: seek to %jd", place->path, (intmax_t)others[index]);
        ANSWER(lseek(file, others[index] - size, SEEK_END), "%s: seek from the end to %jd", place->path,
            (intmax_t)others[index]);
    }
    ANSWER(lseek(file, 0, 77), "%s: seek in an unknown way", place->path);
    // Every border of data and holes, and a byte to either side.
    off_t border = 0;
    for (bool data = true;; data = !data) {
        border = lseek(file, border, data ? SEEK_DATA : SEEK_HOLE);
        if (border < 0 || border >= size) break;
        for (off_t offset = border > 0 ? border - 1 : 0; offset <= border + 1; offset++) {
            seek_from(file, place->path, offset);
        }
    }
    close(file);
}

void ask_holes(void) { walk(visit_holes); }
