import Repository
import SystemInterface

/// How a repair works.
public struct RepairOptions: Sendable {
    /// How many threads read.
    public let workers: Int
    /// Whether everything is done but changing the repository.
    public let isDryRun: Bool
    /// Where damaged objects are moved to, or nil to leave them where they are.
    public let moving: DamagedShelf?
    /// Below which directory this machine's catalog lies, which may know what nothing else does; nil if none is to be asked.
    public let cacheDirectory: FilePath?
    /// Who repairs, for collectors that have to wait for it.
    public let identity: RunIdentity
    /// What salts are made of.
    public let entropy: any EntropySource

    /// Options; a number of workers out of range is brought into it.
    public init(
        workers: Int = 2, isDryRun: Bool = false, moving: DamagedShelf? = nil,
        cacheDirectory: FilePath? = nil, identity: RunIdentity = RunIdentity(), entropy: any EntropySource
    ) {
        let range = CheckOptions.workersRange
        self.workers = min(max(workers, range.lowerBound), range.upperBound)
        self.isDryRun = isDryRun
        self.moving = moving
        self.cacheDirectory = cacheDirectory
        self.identity = identity
        self.entropy = entropy
    }
}
