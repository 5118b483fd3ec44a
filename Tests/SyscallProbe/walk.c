// The walk through a tree, and sums of what was read.

#include "probe.h"

#include <dirent.h>

static int compare_names(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

struct names names_in(int directory) {
    struct names found = {0, NULL};
    size_t room = 0;
    // Not opened anew as `.`: a directory that may be read but not searched has names all the same.
    DIR *stream = fdopendir(fcntl(directory, F_DUPFD_CLOEXEC, 0));
    if (stream == NULL) return found;
    rewinddir(stream);
    for (struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (found.count == room) {
            room = room == 0 ? 64 : 2 * room;
            found.names = realloc(found.names, room * sizeof *found.names);
            if (found.names == NULL) give_up("realloc");
        }
        found.names[found.count] = strdup(entry->d_name);
        if (found.names[found.count++] == NULL) give_up("strdup");
    }
    closedir(stream);
    if (found.count > 0) qsort(found.names, found.count, sizeof *found.names, compare_names);
    return found;
}

void free_names(struct names names) {
    for (size_t index = 0; index < names.count; index++) free(names.names[index]);
    free(names.names);
}

static void walk_from(int parent, const char *name, const char *path, visitor *visit) {
    struct place place = {.parent = parent, .name = name, .path = path};
    if (fstatat(parent, name, &place.status, AT_SYMLINK_NOFOLLOW) < 0) {
        say("%s: lstat: %s", path, error_name(errno));
        return;
    }
    visit(&place);
    if (!S_ISDIR(place.status.st_mode)) return;
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) {
        say("%s: open to list: %s", path, error_name(errno));
        return;
    }
    struct names names = names_in(directory);
    size_t stride = names.count > PROBE_ENTRIES_MAX ? PROBE_STRIDE : 1;
    for (size_t index = 0; index < names.count; index += stride) {
        char *below = NULL;
        if (asprintf(&below, "%s/%s", path, names.names[index]) < 0) give_up("asprintf");
        walk_from(directory, names.names[index], below, visit);
        free(below);
    }
    free_names(names);
    close(directory);
}

void walk(visitor *visit) {
    int root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) give_up("the working directory");
    walk_from(root, ".", ".", visit);
    close(root);
}

uint64_t checksum(uint64_t sum, const void *bytes, size_t count) {
    for (const unsigned char *byte = bytes; count > 0; byte++, count--) sum = (sum ^ *byte) * 0x100000001b3u;
    return sum;
}
