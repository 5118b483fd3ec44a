/// Every limit and fixed number of the mount.
public enum MountLimits {
    /// The longest read that the kernel may ask for, in bytes: what it caps requests at itself (256 pages).
    public static let readBytesMax = 1 << 20
    /// The most threads that answer requests.
    public static let threadsMax = 64
    /// How many requests of the kernel's own reading ahead may wait.
    public static let backgroundRequestsMax = 64
    /// How much the kernel reads ahead where we may tell it, in KiB.
    public static let readAheadKibibytes = 1_024
    /// A read in up to this many pieces is answered without copying.
    static let vectorsMax = 16
    /// How long a mount that is busy is waited for when it is told to end, in seconds.
    static let stopSeconds = 2.0
    /// How long one request may be answered alone before another thread takes the requests behind it, in seconds.
    static let takeoverSeconds = 0.001
    /// After so many of these times without a request nobody looks at the clock any more.
    static let idleTakeoversMax = 50
    /// How often the descriptor is asked for the next request before the thread sleeps.
    static let spinsMax = 64

    // MARK: What is opened ahead of readers

    /// The longest file that is opened ahead, in bytes: what the kernel reads at once anyway.
    static let aheadFileBytesMax = 128 << 10
    /// The first window: how many files are opened before the reader must be seen to follow.
    static let aheadFilesFirst = 16
    /// The longest window in files.
    static let aheadFilesMax = 1_024
    /// The longest window in bytes.
    static let aheadBytesMax = 16 << 20
    /// How many readers are followed at once.
    static let aheadWalksMax = 8
    /// Reads this many entries apart are reads of neighbours: links, empty files and what is filtered may lie between.
    static let aheadNeighboursMax = 8
    /// After this many reads of one directory, in whatever order, all of it is believed to be wanted.
    static let aheadReadsInAnyOrder = 4
    /// How far a reader may be before the one who looks, in entries, and still be on the same way.
    static let aheadOvertakingMax = 64
    /// How many reads elsewhere end a walk.
    static let aheadStraysMax = 4
    /// How many files are remembered as opened.
    static let aheadRememberedMax = 1 << 16
    /// After so many reads of files that were opened the kernel is believed to have lost all.
    static let aheadLostMax = 8
    /// How many batches of files may wait for the one who opens them.
    static let aheadBatchesMax = 2
    /// How many files are looked for at once where a reader has just been met.
    static let aheadStretchFilesFirst = 2
    /// How many files are looked for at once later.
    static let aheadStretchFilesMax = 32
    /// How many entries are looked at for them.
    static let aheadStretchEntriesMax = 1_024

    // MARK: What a request may take, and what is recorded of it

    /// How long a request may wait for the storage before it is answered with EIO, in seconds, unless `timeout` says else.
    public static let requestSecondsDefault = 60
    /// The longest such time, in seconds.
    public static let requestSecondsMax = 86_400
    /// How often within that time the watchdog looks.
    static let watchdogRounds: UInt64 = 8
    /// How many requests are watched at once, a power of two: more than there are threads.
    static let watchedRequestsMax = 128
    /// A name of a program in the access log is never longer, in bytes; the kernel's own limit is 15 (TASK_COMM_LEN).
    static let commandBytesMax = 64
    /// How much of a file below /proc is read, in bytes.
    static let processFileBytesMax = 4_096
}
