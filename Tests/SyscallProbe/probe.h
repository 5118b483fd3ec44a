// What the parts of the probe share: how a result is written down, and the walk through a tree.
//
// The probe asks one tree through system calls, and writes one line for each answer. Run on a tree of ext4 and on its
// snapshot in a mount it must write the same lines. What two file systems may answer differently is not written: inode
// numbers, the size and link count of directories, access and birth times, counts of blocks.

#ifndef PASTFS_PROBE_H
#define PASTFS_PROBE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum {
    // In a directory of more entries than this the walk visits one of PROBE_STRIDE.
    PROBE_ENTRIES_MAX = 2000,
    PROBE_STRIDE = 997,
    PROBE_BUFFER_BYTES = 1 << 20,
};

// Writes one line; bytes that are no printable ASCII come as \xNN.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// The name of an error, such as EROFS.
const char *error_name(int error);

// Ends the probe with a message: the probe itself could not go on.
_Noreturn void give_up(const char *what);

// Writes `what: 12`, or `what: EROFS` when the call failed. The call comes last: errno is its errno.
#define ANSWER(call, ...)                                                     \
    do {                                                                      \
        errno = 0;                                                            \
        long answer_ = (long)(call);                                          \
        int error_ = errno;                                                   \
        char label_[5200];                                                    \
        snprintf(label_, sizeof label_, __VA_ARGS__);                         \
        if (answer_ < 0) say("%s: %s", label_, error_name(error_));           \
        else say("%s: %ld", label_, answer_);                                 \
    } while (0)

// One entry of a tree, named relative to an open directory; `path` is for the transcript.
struct place {
    int parent;
    const char *name;
    const char *path;
    struct stat status;
};

typedef void visitor(const struct place *place);

// Visits the working directory and everything below it, in byte order of names.
void walk(visitor *visit);

// The names in a directory without `.` and `..`, sorted by bytes; NULL where it cannot be listed. To be freed.
struct names {
    size_t count;
    char **names;
};
struct names names_in(int directory);
void free_names(struct names names);

// FNV-1a of 64 bits (G. Fowler, L. C. Noll, K.-P. Vo): `sum` begins with CHECKSUM_START.
#define CHECKSUM_START 0xcbf29ce484222325u
uint64_t checksum(uint64_t sum, const void *bytes, size_t count);

// Fills memory with the pattern of `seed` as it stands from `offset` on: eight bytes are one number of SplitMix64.
void fill_pattern(uint64_t seed, uint64_t offset, unsigned char *bytes, size_t count);
uint64_t mixed(uint64_t state);

// The groups of questions.
void ask_status(void);
void ask_access(void);
void ask_attributes(void);
void ask_links(void);
void ask_statistics(void);
void ask_handles(void);
void ask_opening(void);
void ask_listing(void);
void ask_contents(void);
void ask_holes(void);
void ask_locks(void);
void ask_events(void);
void ask_controls(void);
void ask_changes(void);
void ask_renames(void);
void ask_descriptors(void);

// Servants of other tests; each gives the exit status.
int make_pattern(char **arguments);
int read_at_random(char **arguments);
int read_until_gone(char **arguments);

#endif
