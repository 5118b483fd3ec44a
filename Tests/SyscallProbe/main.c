// syscall-probe [-u UID:GID] GROUP DIRECTORY: asks the tree below DIRECTORY, and writes down every answer.
// syscall-probe pattern|random|until-gone ARGUMENTS: see patterns.c.
//
// With -u it enters DIRECTORY first and then becomes that user, so that directories above it need not be open to all.
// It ends itself with SIGALRM after PROBE_SECONDS_MAX: a mount that hangs hangs only the probe.

#include "probe.h"

#include <grp.h>
#include <stdarg.h>

enum { PROBE_SECONDS_MAX = 500 };

static const struct {
    const char *name;
    void (*ask)(void);
} groups[] = {
    {"status", ask_status},         {"access", ask_access},   {"attributes", ask_attributes},
    {"links", ask_links},           {"listing", ask_listing}, {"statistics", ask_statistics},
    {"handles", ask_handles},       {"opening", ask_opening}, {"contents", ask_contents},
    {"holes", ask_holes},           {"locks", ask_locks},     {"events", ask_events},
    {"controls", ask_controls},     {"changes", ask_changes}, {"renames", ask_renames},
    {"descriptors", ask_descriptors},
};

static const struct {
    const char *name;
    int arguments;
    int (*serve)(char **arguments);
} servants[] = {
    {"pattern", 3, make_pattern},
    {"random", 5, read_at_random},
    {"until-gone", 3, read_until_gone},
};

void say(const char *format, ...) {
    char line[16384];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (const unsigned char *byte = (const unsigned char *)line; *byte; byte++) {
        if (*byte >= 0x20 && *byte < 0x7f) putchar(*byte);
        else printf("\\x%02x", *byte);
    }
    putchar('\n');
}

const char *error_name(int error) {
    const char *name = strerrorname_np(error);
    return name == NULL ? "unknown error" : name;
}

void give_up(const char *what) {
    fprintf(stderr, "syscall-probe: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void become(const char *user) {
    unsigned uid, gid;
    if (sscanf(user, "%u:%u", &uid, &gid) != 2) give_up("UID:GID");
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) give_up(user);
}

int main(int count, char **arguments) {
    const char *user = NULL;
    alarm(PROBE_SECONDS_MAX);
    arguments++;
    count--;
    if (count >= 2 && strcmp(arguments[0], "-u") == 0) {
        user = arguments[1];
        arguments += 2;
        count -= 2;
    }
    for (size_t index = 0; count > 0 && index < sizeof servants / sizeof servants[0]; index++) {
        if (strcmp(arguments[0], servants[index].name) != 0 || count != servants[index].arguments + 1) continue;
        return servants[index].serve(arguments + 1);
    }
    for (size_t index = 0; count == 2 && index < sizeof groups / sizeof groups[0]; index++) {
        if (strcmp(arguments[0], groups[index].name) != 0) continue;
        if (chdir(arguments[1]) < 0) give_up(arguments[1]);
        umask(0);
        if (user != NULL) become(user);
        groups[index].ask();
        return fflush(stdout) == 0 ? 0 : 2;
    }
    fputs("usage: syscall-probe [-u UID:GID] GROUP DIRECTORY\n", stderr);
    return 2;
}
