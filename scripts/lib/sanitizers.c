// Linked into each program that scripts/sanitize builds; REPORTS is where reports go, THREAD is set for that sanitizer.
//
// The options are in here since many tests run a program with an environment of their own. Reports are files, as such tests
// look at the output. Swift's runtime keeps what it makes once, so leaks are not asked for. What was freed is held back up to
// 16 MiB, of 256, since tests look at the memory of programs.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const char *__asan_default_options(void) { return "detect_leaks=0:abort_on_error=0:quarantine_size_mb=16:log_path=" REPORTS "/address"; }

// What Swift's runtime does by itself, such as freeing an object with its last reference, is not instrumented: it would seem
// to be ordered by nothing. A program that a signal ends has threads that nobody waits for.
const char *__tsan_default_options(void) {
    return "halt_on_error=0:ignore_noninstrumented_modules=1:report_thread_leaks=0:log_path=" REPORTS "/thread";
}

// An empty array's count is set to the 0 that it is, in an object that all empty arrays share.
const char *__tsan_default_suppressions(void) { return "race:_swiftEmptyArrayStorage\n"; }

#ifdef THREAD
// The linker puts a function __wrap_NAME of this file in the place of NAME wherever instrumented code calls it, for what
// happens in libraries that are not instrumented; __real_NAME is what it has replaced. Weak: programs without Swift have none.
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define REAL(name) __asm__("__real_" name) __attribute__((weak))
#define WRAP(name) __asm__("__wrap_" name)

void __tsan_acquire(void *address);
void __tsan_release(void *address);

// Swift's Mutex is inlined, and so instrumented, up to the calls for a lock that somebody else has or waits for. Whoever
// comes out of these has what was written before the unlocking.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock(uint32_t thread, SELF void *mutex) REAL(LOCK);
SWIFT void unlock(SELF void *mutex) REAL(UNLOCK);
SWIFT void lock_here(uint32_t thread, SELF void *mutex) WRAP(LOCK);
SWIFT void unlock_here(SELF void *mutex) WRAP(UNLOCK);

SWIFT void lock_here(uint32_t thread, SELF void *mutex) {
    lock(thread, mutex);
    __tsan_acquire(mutex);
}

SWIFT void unlock_here(SELF void *mutex) {
    __tsan_release(mutex);
    unlock(mutex);
}

// Whoever finds that an array has no other reference writes into it, behind all that its other users have read before they
// gave theirs up: that the count goes down is a release, and to see that it is 1 is what acquires it.
void release(void *object) REAL("swift_release");
void release_n(void *object, uint32_t count) REAL("swift_release_n");
void bridge_release(void *object) REAL("swift_bridgeObjectRelease");
void bridge_release_n(void *object, uint32_t count) REAL("swift_bridgeObjectRelease_n");
bool is_unique(const void *object) REAL("swift_isUniquelyReferenced_native");
bool is_unique_not_null(const void *object) REAL("swift_isUniquelyReferenced_nonNull_native");
void release_here(void *object) WRAP("swift_release");
void release_n_here(void *object, uint32_t count) WRAP("swift_release_n");
void bridge_release_here(void *object) WRAP("swift_bridgeObjectRelease");
void bridge_release_n_here(void *object, uint32_t count) WRAP("swift_bridgeObjectRelease_n");
bool is_unique_here(const void *object) WRAP("swift_isUniquelyReferenced_native");
bool is_unique_not_null_here(const void *object) WRAP("swift_isUniquelyReferenced_nonNull_native");

// Nobody waits for the last reference. The runtime takes what has the sign of a negative number for no object.
static void give_up(void *object) {
    if ((intptr_t)object > 0 && !is_unique_not_null(object)) __tsan_release(object);
}

// A bridge object has bits of its user beside the address.
static void *address(void *bridge) {
    return (intptr_t)bridge > 0 ? (void *)((uintptr_t)bridge & 0x00FFFFFFFFFFFFF8) : NULL;
}

void release_here(void *object) {
    give_up(object);
    release(object);
}

void release_n_here(void *object, uint32_t count) {
    give_up(object);
    release_n(object, count);
}

void bridge_release_here(void *object) {
    give_up(address(object));
    bridge_release(object);
}

void bridge_release_n_here(void *object, uint32_t count) {
    give_up(address(object));
    bridge_release_n(object, count);
}

bool is_unique_here(const void *object) {
    bool unique = is_unique(object);
    if (unique) __tsan_acquire((void *)object);
    return unique;
}

bool is_unique_not_null_here(const void *object) {
    bool unique = is_unique_not_null(object);
    if (unique) __tsan_acquire((void *)object);
    return unique;
}
#endif
