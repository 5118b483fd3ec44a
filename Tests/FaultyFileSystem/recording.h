// The log of a recording: every change of the directory behind the mount, in the order in which they were made.
//
// A record is a line of words, and after that of `write` come its bytes. Files and directories go by their inode
// numbers; a number that `make`, `mkdir` or `tmpfile` gives is a new file even if there was one of that number before.
//
//   root INODE                         the directory that is served; first
//   make INODE PARENT NAME             a new, empty file                        open(2), O_CREAT
//   tmpfile INODE                      a new, empty file without a name         open(2), O_TMPFILE
//   mkdir INODE PARENT NAME            a new directory
//   write INODE OFFSET COUNT           and COUNT bytes after the line
//   truncate INODE SIZE
//   link INODE PARENT NAME             a further name, or the first of a file without one
//   unlink PARENT NAME                 and rmdir likewise
//   rename PARENT NAME PARENT NAME
//   sync INODE                         fsync(2) or fdatasync(2), of a file or of a directory
//
// Each is one write(2) to a file opened with O_APPEND, so that others may add lines of their own.

#include <stddef.h>
#include <sys/types.h>

// Files without a name have one behind the mount, of this form.
#define UNNAMED ".unnamed-"

// Begins a log. Without this nothing is recorded, and `recording` is 0.
int begin_recording(const char *log, const char *directory);
extern int recording;

// Each is called after its change was made; paths are those behind the mount.
void record_made(const char *word, const char *path);
void record_unnamed(const char *path);
void record_written(int descriptor, const char *bytes, size_t count, off_t offset);
void record_truncated(const char *path, off_t size);
void record_linked(const char *path, const char *name);
void record_removed(const char *word, const char *path);
void record_renamed(const char *path, const char *to);
void record_synced(const char *path, int descriptor);

// Counts a change that is about to be made, and kills who asks for it if the file RULES/kill says so: `N before` or
// `N after` its effect, where N counts the changes since that file was written. With a third word, `stop`, the process is
// stopped (SIGSTOP), its number written to RULES/stopped, and the call goes on when RULES/kill is removed; whoever does that
// lets the process continue. Called before and after each change.
void count_change(const char *rules, int is_after);

// Serves the mount, as fuse_main does, O_TMPFILE included, which libfuse 3.14 does not know; without that while there is
// a file RULES/named.
struct fuse;
int serve_recording(struct fuse *fuse, const char *rules);
