/// Every limit of the catalog.
enum CatalogLimits {
    /// The bytes in a repository's UUID.
    static let repositoryBytes = 16
    /// The largest sealed session in bytes.
    static let sessionBytes = 1024
    /// How long SQLite waits for another connection's transaction, in milliseconds.
    static let busyTimeoutMilliseconds: Int32 = 10_000
    /// How often opening tries for the lock that another process holds to make the file anew.
    static let lockAttempts = 50
    /// The pause between two tries for that lock, in microseconds.
    static let lockPauseMicroseconds: UInt32 = 20_000
    /// The memory for pages of the file, in KiB.
    static let pageCacheKibibytes = 32 * 1024
    /// What is left of the write-ahead log after a checkpoint, in bytes.
    static let logBytes = 64 * 1024 * 1024
    /// How many look-ups share a transaction: it keeps the log from being reused.
    static let lookupsKept = 512
    /// How many chunks are sorted at a time before they go into the tree of the table.
    static let sortedChunks = 1 << 18
}
