#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's loop (llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library"); scripts/fuzz links it in.
extern int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *, size_t)) __attribute__((weak));

// A weak function cannot be compared with nothing in Swift. -1 where libFuzzer is not linked.
static inline int pastfs_fuzz(int *argc, char ***argv, int (*one)(const uint8_t *, size_t)) {
    return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(argc, argv, one) : -1;
}
