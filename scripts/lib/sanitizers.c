// Linked into each program that scripts/sanitize builds; REPORTS is where reports go, THREAD is set for that sanitizer.
//
// The options are in here since many tests run a program with an environment of their own. Reports are files, as such tests
// look at the output. Swift's runtime keeps what it makes once, so leaks are not asked for. What was freed is held back up to
// 16 MiB, of 256, since tests look at the memory of programs.
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
// Swift's Mutex is inlined, and so instrumented, up to the calls for a lock that somebody else has or waits for. Whoever
// comes out of these has what was written before the unlocking; the linker puts these two in their places (--wrap).
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

// Weak: programs without Swift have neither.
SWIFT __attribute__((weak)) void lock(uint32_t thread, SELF void *mutex) __asm__("__real_" LOCK);
SWIFT __attribute__((weak)) void unlock(SELF void *mutex) __asm__("__real_" UNLOCK);
SWIFT void lock_here(uint32_t thread, SELF void *mutex) __asm__("__wrap_" LOCK);
SWIFT void unlock_here(SELF void *mutex) __asm__("__wrap_" UNLOCK);

SWIFT void lock_here(uint32_t thread, SELF void *mutex) {
    lock(thread, mutex);
    __tsan_acquire(mutex);
}

SWIFT void unlock_here(SELF void *mutex) {
    __tsan_release(mutex);
    unlock(mutex);
}
#endif
