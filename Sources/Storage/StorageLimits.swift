/// Every limit of the storage layer.
public enum StorageLimits {
    /// The largest object in bytes that can be created or read: far above a pack, far below what memory could not hold.
    public static let maximumObjectBytes: UInt64 = 1 << 30
    /// The highest number in an object's name: a file with a higher one is no object.
    public static let objectNumberMax: UInt64 = 1 << 40
    /// How often an object is written anew after its first fsync(2) failed. Never on the same file: after a failed
    /// fsync the kernel marks the lost pages clean, and a second call would report success (fsync(2), "NOTES").
    static let rewritesAfterFailedSync = 1
    /// How often another temporary name is tried when a cleaner or a strange file took the first.
    static let temporaryNameAttempts = 8
    /// The random bytes in a temporary name, enough that no two are ever equal.
    static let temporaryNameBytes = 16
    /// Of how many files a listing goes on without their sizes: more than a bad sector under a table of inodes hides, and
    /// fewer than a disk that fails as a whole.
    static let unknownSizesMax = 256
    /// How often a read that may yet succeed is tried in all.
    public static let readAttemptsMax = 3
    /// The pause before the second try, in seconds; each further one is four times as long.
    public static let retryPauseSeconds = 0.1
    /// Objects of at least this many bytes are written past the page cache.
    static let directWriteObjectBytesMin = 1 << 20
    /// How many bytes are written past the page cache at once.
    static let directWriteBytes = 1 << 20
    /// What addresses, offsets and lengths of direct writes are multiples of: the largest logical block in use (open(2),
    /// "O_DIRECT").
    static let directWriteAlignmentBytes = 4096
    /// What a directory sets aside for when its disk is full: enough for a forget, and a prune of hundreds of snapshots.
    static let reserveBytes: UInt64 = 1 << 20
    /// How much of it is written at once, and so may be left of a disk that is all but full.
    static let reservePartBytes: UInt64 = 4096
}
