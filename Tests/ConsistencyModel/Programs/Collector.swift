/// Where a collector stands.
struct Collector {
    enum Stage: UInt8 {
        case absent, starting, marking, listing, copying, copyingIndex, creating
        case settling, deciding, publishing, claiming, judging, planning, tidying, replacing, deleting
        case done, refused
    }

    /// The segments that it is going to replace.
    var replaced = SegmentSet()
    var stage = Stage.absent
    /// The generation that it works on, or is going to create.
    var generation: UInt8 = 0
    /// The session that comes next.
    var cursor: UInt8 = 0
    /// The tombstone that it is going to sweep.
    var tombstone: UInt8 = 0
    /// Keeps the size even, and so nothing is padded.
    private var reserved: UInt8 = 0
    /// The snapshots that it knows: live unless a tombstone is meant, and later unless they are in `dead`.
    var live = SessionSet()
    /// The snapshots that it knows to be swept.
    var dead = SessionSet()
    var plannedPacks = PackSet()
    var plannedTombstones = TombstoneSet()
    /// The packs that are going to go; while it repacks, the pack that it copies from.
    var going = PackSet()

    init(
        stage: Stage = .absent, generation: UInt8 = 0, live: SessionSet = [], plannedPacks: PackSet = [],
        plannedTombstones: TombstoneSet = []
    ) {
        (self.stage, self.generation, self.live) = (stage, generation, live)
        (self.plannedPacks, self.plannedTombstones) = (plannedPacks, plannedTombstones)
    }
}

extension Model {
    /// The next step of a collector.
    func move(collector index: Int, in world: World, _ moves: inout Moves) {
        moves.actor =
            switch index {
            case 0: .firstCollector
            case 1: .secondCollector
            default: .lastCollector
            }
        switch world.collectors[index].stage {
        case .absent, .done, .refused: break
        case .starting: start(index, world, &moves)
        case .marking: mark(index, world, &moves)
        case .listing: list(index, world, &moves)
        case .copying, .copyingIndex: repack(index, world, &moves)
        case .creating: create(index, world, &moves)
        case .settling: settle(index, world, &moves)
        case .deciding: decide(index, world, &moves)
        case .publishing: publish(index, world, &moves)
        case .claiming: claim(index, world, &moves)
        case .judging: judge(index, world, &moves)
        case .planning: plan(index, world, &moves)
        case .tidying: tidy(index, world, &moves)
        case .replacing: replace(index, world, &moves)
        case .deleting: delete(index, world, &moves)
        }
    }

    /// Whether listings are complete and up to date for a collector: they are for the one that runs alone at the end.
    func seesEverything(_ index: Int) -> Bool { index == Capacity.lastCollector }

    /// Goes on with the newest generation, unless it is closed.
    private func start(_ index: Int, _ world: World, _ moves: inout Moves) {
        let count = Int(world.generationCount)
        let isOpen = count > 0 && !world.generations[count - 1].isClosed
        let countMax = index == Capacity.lastCollector ? Capacity.generations : scenario.generationsMax
        if isOpen, protections.has(.oneGenerationAtATime) || count == countMax {
            let hasSweep = world.generations[count - 1].hasSweep
            moves.add(world, hasSweep ? "finds a sweep plan, and goes on with it" : "finds an open generation") {
                beginGeneration(count, index, &$0)
                $0.collectors[index].stage = hasSweep ? .tidying : .settling
            }
        } else if count == countMax {
            moves.add(world, "ends") { $0.collectors[index] = Collector(stage: .done) }
        } else {
            moves.add(world, "finds no open generation") {
                $0.collectors[index] = Collector(stage: .marking, generation: UInt8(count + 1))
            }
        }
    }

    /// Takes over the plan that is stored.
    func beginGeneration(_ number: Int, _ index: Int, _ world: inout World) {
        let generation = world.generations[number - 1]
        world.collectors[index] = Collector(
            stage: .settling, generation: UInt8(number), live: world.collectors[index].live,
            plannedPacks: generation.plannedPacks, plannedTombstones: generation.plannedTombstones)
        if protections.has(.asksForSessionsAgain) { world.collectors[index].live = [] }
    }

    /// The first mark: which snapshots there are, and which tombstones are meant.
    private func mark(_ index: Int, _ world: World, _ moves: inout Moves) {
        var known = world.sessions(with: .committed)
        known = known - world.swept(of: known)
        let looksForHolds = !scenario.arbitraryPlans || seesEverything(index)
        snapshots(known, index, world) { known in
            var tombstones = TombstoneSet()
            for snapshot in known where !looksForHolds || !world.isHeld(snapshot) {
                if let tombstone = world.openTombstone(of: snapshot) { tombstones.insert(tombstone) }
            }
            moves.add(world, "finds out which snapshots there are, and which tombstones are meant") {
                $0.collectors[index].live = known
                $0.collectors[index].plannedTombstones = tombstones
                $0.collectors[index].stage = .listing
            }
        }
    }

    /// The snapshots as they are known: by the keys of their sessions, or else as a listing shows them.
    func snapshots(_ known: SessionSet, _ index: Int, _ world: World, _ body: (SessionSet) -> Void) {
        if protections.has(.knowsSnapshotsByKey) || seesEverything(index) { return body(known) }
        let listed = known & world.published
        if scenario.staleListings { listed.forEachSubset(body) } else { body(listed) }
    }

    private func create(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let number = Int(collector.generation)
        let isSettled = !protections.has(.quarantinesBeforeSettling)
        if Int(world.generationCount) >= number {
            moves.add(world, "finds that the generation exists") {
                if protections.has(.adoptsGeneration) {
                    $0.collectors[index] = Collector(stage: .starting)
                } else {
                    $0.collectors[index].stage = isSettled ? .deciding : .settling
                    $0.collectors[index].cursor = 0
                }
            }
            return
        }
        moves.create(
            world, "creates the generation",
            {
                $0.generations[number - 1] = Generation(
                    plannedPacks: collector.plannedPacks, plannedTombstones: collector.plannedTombstones)
                $0.generationCount = collector.generation
            },
            then: {
                if isSettled {
                    $0.collectors[index].stage = .deciding
                } else {
                    beginGeneration(number, index, &$0)
                }
            })
    }
}
