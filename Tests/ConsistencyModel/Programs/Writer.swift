/// Where a writer stands.
struct Writer {
    enum Stage: UInt8 {
        case absent, looking, claiming, probing, indexing, packing, listing, describing, committing, publishing
        case acknowledged, fenced
    }

    var stage = Stage.absent
    /// The session that it claimed.
    var session: UInt8 = 0
    /// How often it began anew.
    var restarts: UInt8 = 0
    /// The generations that it knew before it claimed.
    var generationsSeen: UInt8 = 0
    /// The packs that it must not reuse.
    var excluded = PackSet()
    /// The chunks that it takes over from the parent.
    var inherited = ChunkSet()
    /// The chunks that it stores.
    var stored = ChunkSet()
}

extension Model {
    /// The next step of a writer.
    func move(writer index: Int, in world: World, _ moves: inout Moves) {
        let writer = world.writers[index]
        let backup = scenario.backups[index]
        let session = Int(writer.session)
        moves.actor = index == 0 ? .firstWriter : .secondWriter
        if writer.stage != .absent, writer.stage != .looking, writer.stage != .acknowledged,
            Int(writer.restarts) < backup.restarts
        {
            moves.add(world, "dies and begins anew") {
                $0.writers[index] = Writer(stage: .looking, restarts: writer.restarts + 1)
            }
        }
        switch writer.stage {
        case .absent, .acknowledged, .fenced:
            break
        case .looking:
            moves.add(world, "looks how many generations there are") {
                $0.writers[index].generationsSeen = $0.generationCount
                if !protections.has(.claimsBeforeLooking) { probe(index, backup, &$0) }
                $0.writers[index].stage = .claiming
            }
        case .claiming:
            claimSession(index, world, &moves)
        case .probing:
            moves.add(world, "reads the generations, and the parent's tombstones") {
                probe(index, backup, &$0)
                $0.writers[index].stage = .indexing
            }
        case .indexing:
            readIndex(index, backup, world, &moves)
        case .packing:
            moves.create(
                world, "stores its pack", { $0.createPack(session, holding: writer.stored) },
                then: { $0.writers[index].stage = .listing })
        case .listing:
            moves.create(
                world, "stores its index segment", { $0.createSegment(session, listing: [session]) },
                then: { $0.writers[index].stage = stageOnceStored })
        case .describing:
            moves.create(
                world, "stores its manifest as pending", { $0.pending.insert(session) },
                then: {
                    $0.writers[index].stage = protections.has(.storesManifestFirst) ? .committing : .publishing
                })
        case .committing:
            commit(index, world, &moves)
        case .publishing:
            moves.create(
                world, "publishes its snapshot", { $0.published.insert(session) },
                then: { $0.writers[index] = Writer(stage: .acknowledged, session: writer.session) })
        }
    }

    private func claimSession(_ index: Int, _ world: World, _ moves: inout Moves) {
        let writer = world.writers[index]
        let owner = UInt8(1 + index) + writer.restarts * 2
        // A claim whose reply was lost is known by its nonce.
        let own = (0..<Capacity.sessions).first { world.sessions[$0].owner == owner }
        let session = own ?? world.sessionCount
        guard session < Capacity.sessions else { return }
        let isProbed = !protections.has(.claimsBeforeLooking)
        let references = scenario.backups[index].chunks
        moves.create(
            world, own == nil ? "claims a session" : "finds the session that it has claimed",
            {
                $0.sessions[session] = Session(
                    owner: owner, generationsSeen: writer.generationsSeen, outcome: world.sessions[session].outcome,
                    references: references)
            },
            then: {
                $0.writers[index].session = UInt8(session)
                $0.writers[index].generationsSeen = 0
                $0.writers[index].stage = isProbed ? .indexing : .probing
            })
    }

    /// Finds out which packs can't be reused, and whether the parent's trees can be.
    private func probe(_ index: Int, _ backup: Scenario.Backup, _ world: inout World) {
        var excluded = PackSet()
        for number in 0..<Int(world.generationCount) {
            let generation = world.generations[number]
            if !generation.isClosed, protections.has(.avoidsQuarantine) { excluded |= generation.plannedPacks }
            if !generation.isClosed || protections.has(.writerRemembersSweeps) { excluded |= generation.sweptPacks }
        }
        world.writers[index].excluded = excluded
        let parent = scenario.subject
        guard backup.inherits, world.published.contains(parent) else { return }
        let isLive = !world.isSwept(parent) && world.openTombstone(of: parent) == nil
        if isLive || !protections.has(.provesInheritedTrees) {
            world.writers[index].inherited = world.sessions[parent].references & backup.chunks
        }
    }

    /// Lists the segments, and decides for each chunk whether it is stored again.
    private func readIndex(_ index: Int, _ backup: Scenario.Backup, _ world: World, _ moves: inout Moves) {
        let writer = world.writers[index]
        // Bit n: a view of the index is possible in which the chunks to be found are those of the number n.
        var possible: UInt16 = 1
        for segment in scenario.staleListings ? world.segmentsEver : world.segments {
            let found = Int((world.chunks(in: world.segmentPacks[segment] - writer.excluded) & backup.chunks).bits)
            var next: UInt16 = scenario.staleListings ? possible : 0
            for known in SmallSet(bits: possible) { next |= 1 << UInt16(known | found) }
            possible = next
        }
        for known in SmallSet(bits: possible) {
            let stored = backup.chunks - ChunkSet(bits: UInt8(known)) - writer.inherited
            moves.add(world, "reads the index, and decides what it reuses") {
                $0.writers[index].stored = stored
                $0.writers[index].excluded = []
                $0.writers[index].inherited = []
                $0.writers[index].stage = stored.isEmpty ? stageOnceStored : .packing
            }
        }
    }

    /// Where a writer goes on once its chunks are stored and listed.
    private var stageOnceStored: Writer.Stage { protections.has(.storesManifestFirst) ? .describing : .committing }

    private func commit(_ index: Int, _ world: World, _ moves: inout Moves) {
        let writer = world.writers[index]
        let session = Int(writer.session)
        let next: Writer.Stage = protections.has(.storesManifestFirst) ? .publishing : .describing
        switch world.sessions[session].outcome {
        case .none:
            moves.create(
                world, "creates its outcome: committed", { $0.sessions[session].outcome = .committed },
                then: { $0.writers[index].stage = next })
        case .committed:
            moves.add(world, "finds the outcome that it has created") { $0.writers[index].stage = next }
        case .aborted:
            moves.add(world, "finds that it was fenced") {
                if protections.has(.yieldsToFence) {
                    $0.writers[index] = Writer(stage: .fenced, restarts: writer.restarts)
                } else {
                    $0.writers[index].stage = next
                }
            }
        }
    }
}
