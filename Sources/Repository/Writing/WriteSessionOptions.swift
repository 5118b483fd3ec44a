import SystemInterface

/// How a write session works.
public struct WriteSessionOptions: Sendable {
    /// The level from which on a backup gains little: docs/performance.md has the figures.
    public static let compressionLevelDefault = 2
    /// What zstd's level may be: from the fastest to the smallest.
    public static let compressionLevelRange = 1...19
    /// How many threads may compress and seal.
    public static let workersRange = 1...64

    /// How many threads compress and seal.
    public var workers: Int
    /// zstd's level.
    public var compressionLevel: Int
    /// Whether everything is done but storing.
    public var isDryRun: Bool
    /// Who runs, for messages of others.
    public var identity = RunIdentity()
    /// How fast packs may be stored, or nil for as fast as it goes.
    public var writeLimit: RateLimit?

    /// Options; numbers out of range are brought into it.
    public init(
        workers: Int, compressionLevel: Int = WriteSessionOptions.compressionLevelDefault, isDryRun: Bool = false,
        writeLimit: RateLimit? = nil, identity: RunIdentity = RunIdentity()
    ) {
        self.identity = identity
        self.writeLimit = writeLimit
        self.workers = min(max(workers, Self.workersRange.lowerBound), Self.workersRange.upperBound)
        self.compressionLevel = min(
            max(compressionLevel, Self.compressionLevelRange.lowerBound), Self.compressionLevelRange.upperBound)
        self.isDryRun = isDryRun
    }
}
