import CLinux

/// How this process takes memory and gives it back.
public enum ProcessMemory {
    /// Where blocks begin to be mapped, in bytes: the highest that glibc allows (HEAP_MAX_SIZE / 2 of malloc.c). Mapping
    /// each decoded bundle costs three times as much time in the kernel as reading it does.
    private static let mappedBytesMin = 32 << 20
    private static let arenas = 1
    private static let trimBytes = 4 << 20

    /// Keeps what the process takes close to what it uses (mallopt(3)), for one that lives long and whose caches are
    /// limited in bytes. To be called first.
    ///
    /// glibc gives every thread a heap of its own, and blocks of some hundred KiB return to the one they came from, with
    /// gaps between them: a mount with a cache of 256 MiB grew to 520 MiB.
    public static func keepClose() {
        pastfs_bound_heap(Int32(arenas), Int32(mappedBytesMin), Int32(trimBytes))
    }
}
