/// How much the model's world can hold, and who owns which numbers.
///
/// Each object that can ever exist has a number of its own, given by who makes it, so that worlds that differ only in
/// the order in which things were made are one state.
enum Capacity {
    /// Sessions, and so snapshots.
    static let sessions = 4
    /// Tombstones of a snapshot.
    static let tombstones = 2
    /// Holds of a snapshot.
    static let holds = 2
    /// Packs: 0 and 4 are there from the start, 1 to 3 are those of the sessions, 5 and 6 those that collectors repack.
    static let packs = 7
    /// Segments: 0 is there from the start, 1 to 3 are those of the sessions, 4 to 12 replace others, 13 and 14 list
    /// what collectors repacked, 15 can be there from the start.
    static let segments = 16
    /// Quarantine generations while the world is explored.
    static let exploredGenerations = 2
    /// Quarantine generations, those of the collector that runs alone at the end included.
    static let generations = 5
    /// Writers.
    static let writers = 2
    /// Collectors that run beside the others.
    static let collectors = 2
    /// The number of the collector that runs alone at the end.
    static let lastCollector = 2

    /// The second pack that can be there from the start.
    static let secondPack = 4
    /// The segment that lists it.
    static let secondSegment = 15

    /// The pack that a collector makes of what is left of another.
    static func repackedPack(of collector: Int) -> Int { 5 + collector }

    /// The segment that lists `repackedPack`.
    static func repackedSegment(of collector: Int) -> Int { 13 + collector }

    /// The segment that a collector writes in place of others, in a generation counted from 1.
    static func replacement(of collector: Int, generation: Int) -> Int {
        collector == lastCollector ? 7 + generation : 2 + generation * 2 + collector
    }
}
