/// Who takes part, what is there at the start, and what the storage may do.
public struct Scenario: Sendable {
    /// What a writer is going to save.
    public struct Backup: Sendable {
        /// The chunks of its sources.
        public var chunks: ChunkSet
        /// Whether it takes over what the parent has without asking for each chunk.
        public var inherits: Bool
        /// How often it begins anew, at any point, or after it was fenced.
        public var restarts: Int

        /// A backup of `chunks`.
        public init(_ chunks: ChunkSet, inherits: Bool = false, restarts: Int = 0) {
            (self.chunks, self.inherits, self.restarts) = (chunks, inherits, restarts)
        }
    }

    /// For reports.
    public var name: String
    /// The rules that are followed.
    public var protections = Protections.all
    /// Up to two.
    public var backups: [Backup] = []
    /// Up to two, each of which ends after its generation, unless `generationsMax` is 2.
    public var collectors = 0
    /// How many generations there may be before the last collector runs alone: 1 or 2.
    public var generationsMax = 1
    /// Whether collectors move what is left of a pack.
    public var repacks = false
    /// How often a snapshot is forgotten.
    public var forgets = 0
    /// Which snapshot is forgotten, held, undone, and taken for the parent.
    public var subject = 0
    /// Whether someone undoes that.
    public var undoes = false
    /// Whether someone holds the snapshot.
    public var holds = false
    /// Whether the hold is released in the end.
    public var releases = false
    /// Whether someone reads a mounted snapshot.
    public var mounts = false

    /// Snapshot 0 refers to these chunks.
    public var firstSnapshot: ChunkSet = [0, 1]
    /// Pack 0 holds these.
    public var firstPack: ChunkSet = [0, 1]
    /// A second pack holds these; there is none if it is empty.
    public var secondPack: ChunkSet = []
    /// Whether the second pack is lost, and only the index still has it.
    public var losesSecondPack = false
    /// Whether one segment lists both packs.
    public var sharesSegment = false

    /// Listings may leave out any object, and show any that was deleted.
    public var staleListings = false
    /// Whether the end is looked at: what is left when everybody stops and one collector runs alone.
    public var looksAtEnd = true
    /// Any creation may succeed and be reported as failed.
    public var lostReplies = false
    /// What was created and deleted may be there again at any time, because a request was delayed.
    public var delaysRequests = false
    /// Collectors may leave the index as it is, for want of space.
    public var skipsIndex = false
    /// The first mark may be wrong: the plan is any set of packs, and names what is held.
    public var arbitraryPlans = false

    /// A scenario with nobody in it.
    public init(_ name: String) {
        self.name = name
    }

    /// The scenario without some of the protocol's rules.
    public func without(_ missing: Protection...) -> Self {
        var result = self
        for protection in missing { result.protections.bits.remove(Int(protection.rawValue)) }
        return result
    }

    /// The world before anyone does anything.
    var start: World {
        var world = World()
        world.sessions[0] = Session(owner: 255, generationsSeen: 0, outcome: .committed, references: firstSnapshot)
        world.pending = [0]
        world.published = [0]
        world.createPack(0, holding: firstPack)
        var first: PackSet = [0]
        if !secondPack.isEmpty {
            world.createPack(Capacity.secondPack, holding: secondPack)
            if losesSecondPack { world.packs.remove(Capacity.secondPack) }
            if sharesSegment {
                first.insert(Capacity.secondPack)
            } else {
                world.createSegment(Capacity.secondSegment, listing: [Capacity.secondPack])
            }
        }
        world.createSegment(0, listing: first)
        for writer in 0..<backups.count { world.writers[writer].stage = .looking }
        for collector in 0..<collectors { world.collectors[collector].stage = .starting }
        if forgets > 0 { world.forgetter.stage = .creating }
        if undoes { world.undoer.stage = .looking }
        if holds { world.holder.stage = .creating }
        if mounts { world.mount.stage = .choosing }
        return world
    }
}
