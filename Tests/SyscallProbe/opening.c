// Every flag of open(2), on every entry.

#include "probe.h"

static const struct {
    const char *name;
    int flags;
} ways[] = {
    {"reading", O_RDONLY},
    {"writing", O_WRONLY},
    {"both", O_RDWR},
    {"neither", O_ACCMODE},
    {"a directory", O_RDONLY | O_DIRECTORY},
    {"a directory for writing", O_RDWR | O_DIRECTORY},
    {"no link", O_RDONLY | O_NOFOLLOW},
    {"a directory and no link", O_RDONLY | O_DIRECTORY | O_NOFOLLOW},
    {"the path", O_PATH},
    {"the path and no link", O_PATH | O_NOFOLLOW},
    {"the path of a directory", O_PATH | O_DIRECTORY},
    {"a file without name", O_TMPFILE | O_RDWR},
    {"a file without name, for reading", O_TMPFILE | O_RDONLY},
    {"creation", O_CREAT | O_RDONLY},
    {"creation for writing", O_CREAT | O_WRONLY},
    {"exclusive creation", O_CREAT | O_EXCL | O_RDWR},
    {"creation of a directory", O_CREAT | O_DIRECTORY | O_RDONLY},
    {"creation and no link", O_CREAT | O_NOFOLLOW | O_RDWR},
    {"truncation", O_WRONLY | O_TRUNC},
    {"truncation for reading", O_RDONLY | O_TRUNC},
    {"appending", O_WRONLY | O_APPEND},
    {"appending, for reading", O_RDONLY | O_APPEND},
    {"direct reading", O_RDONLY | O_DIRECT},
    {"without access time", O_RDONLY | O_NOATIME},
    {"synchronous", O_RDONLY | O_SYNC},
    {"asynchronous", O_RDONLY | O_ASYNC},
};

static void open_in_every_way(int parent, const char *name, const char *path) {
    for (size_t index = 0; index < sizeof ways / sizeof ways[0]; index++) {
        // O_NONBLOCK: a pipe's other end is never opened.
        int flags = ways[index].flags | O_CLOEXEC | (ways[index].flags & O_PATH ? 0 : O_NONBLOCK);
        int file = openat(parent, name, flags, 0600);
        if (file < 0) {
            say("%s: open for %s: %s", path, ways[index].name, error_name(errno));
            continue;
        }
        say("%s: open for %s: flags %#x", path, ways[index].name, fcntl(file, F_GETFL));
        close(file);
    }
}

static void visit_opening(const struct place *place) {
    open_in_every_way(place->parent, place->name, place->path);
    if (!S_ISDIR(place->status.st_mode)) {
        char slashed[300];
        snprintf(slashed, sizeof slashed, "%s/", place->name);
        open_in_every_way(place->parent, slashed, slashed);
        return;
    }
    int directory = openat(place->parent, place->name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return;
    open_in_every_way(directory, "no such name", "no such name");
    open_in_every_way(directory, "no such name/below", "no such name/below");
    close(directory);
}

void ask_opening(void) { walk(visit_opening); }
