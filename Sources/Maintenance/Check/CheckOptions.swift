/// How thorough a check is.
public struct CheckOptions: Sendable {
    /// How many threads may read packs.
    public static let workersRange = 1...64

    /// Which packs are read whole: their bytes against their names, each bundle opened, each chunk against its name.
    public var selection: PackSelection
    /// How many threads read packs.
    public var workers: Int

    /// Options; a number of workers out of range is brought into it.
    public init(_ selection: PackSelection = .none, workers: Int = 2) {
        self.selection = selection
        self.workers = min(max(workers, Self.workersRange.lowerBound), Self.workersRange.upperBound)
    }

    /// Options of a check that reads all packs, or none.
    public init(readsData: Bool, workers: Int = 2) {
        self.init(readsData ? .all : .none, workers: workers)
    }
}
