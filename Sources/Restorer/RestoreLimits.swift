import SystemInterface

/// What a restore takes of memory, threads and descriptors at most.
public enum RestoreLimits {
    /// How many threads may write files.
    public static let workersRange = 1...64
    /// How many write if nothing is said: some wait for the storage while others work.
    public static var workersDefault: Int { min(max(2, Host.processorCount), 16) }

    /// How many directories the walk has open at most; what waits to be written has some of them open for longer.
    static let openDirectoriesMax = 64
    /// How many batches wait for a thread at most.
    static let batchesMax = 64
    /// How many entries are written by one thread in one go.
    static let batchEntriesMax = 64
    /// How many bytes of files are written by one thread in one go, if they are more than one.
    static let batchBytesMax: UInt64 = 1 << 20
    /// How many such batches the walk of an archive is ahead by: what is decoded for them is to be at hand still.
    static let archiveBatchesMax = 4
    /// How much of a large file is decoded ahead of who writes it.
    static let aheadBytes: UInt64 = 12 << 20
    /// How often something that is in the way is taken away before it is an error: others may put it back.
    static let attemptsMax = 8
    /// How often a mark is looked at that another run seems to hold, before that is taken for one at work.
    static let lockedMarkAttemptsMax = 20
    /// How many seconds lie between.
    static let lockedMarkPause = 0.1
}
