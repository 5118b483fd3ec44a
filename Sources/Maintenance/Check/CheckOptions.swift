/// How thorough a check is.
public struct CheckOptions: Sendable {
    /// How many threads may read packs.
    public static let workersRange = 1...64

    /// Whether every pack is read whole: its bytes against its name, each bundle opened, each chunk against its name.
    ///
    /// Without it the structure is checked: everything but the content of files.
    public var readsData: Bool
    /// How many threads read packs.
    public var workers: Int

    /// Options; a number of workers out of range is brought into it.
    public init(readsData: Bool = false, workers: Int = 2) {
        self.readsData = readsData
        self.workers = min(max(workers, Self.workersRange.lowerBound), Self.workersRange.upperBound)
    }
}
