extension Model {
    /// Waits for, or fences, every session that may not know the generation.
    func settle(_ index: Int, _ world: World, _ moves: inout Moves) {
        var collector = world.collectors[index]
        var session = Int(collector.cursor)
        let fences = protections.has(.settlesSessions)
        // Outcomes never change: reading those that are there is one step, as if each were read at the last moment.
        while session < Capacity.sessions, world.sessions[session].owner != 0 {
            let state = world.sessions[session]
            if state.outcome == .none, state.generationsSeen < collector.generation, fences { break }
            if state.outcome == .committed, protections.has(.asksForSessionsAgain) { collector.live.insert(session) }
            session += 1
        }
        collector.cursor = UInt8(session)
        if session < Capacity.sessions, world.sessions[session].owner != 0 {
            moves.create(
                world, "fences a session: its outcome is aborted",
                { if $0.sessions[session].outcome == .none { $0.sessions[session].outcome = .aborted } },
                then: { $0.collectors[index] = collector })
            return
        }
        collector.cursor = 0
        let exists = world.generationCount >= collector.generation
        collector.stage = exists || protections.has(.quarantinesBeforeSettling) ? .deciding : .creating
        snapshots(collector.live, index, world) { live in
            moves.add(world, "finds every session settled that may not know the generation") {
                $0.collectors[index] = collector
                $0.collectors[index].live = live
            }
        }
    }

    /// Looks at the next live snapshot: whether it is there, and whether it is meant to go.
    func decide(_ index: Int, _ world: World, _ moves: inout Moves) {
        var collector = world.collectors[index]
        // Passing over what was swept, or isn't meant, depends on nothing that can still change.
        while Int(collector.cursor) < Capacity.sessions {
            let snapshot = Int(collector.cursor)
            if collector.live.contains(snapshot), world.isSwept(snapshot) { collector.dead.insert(snapshot) }
            let isWaiting = collector.live.contains(snapshot) && !collector.dead.contains(snapshot)
            let isUnpublished = !world.published.contains(snapshot) && protections.has(.publishesForOthers)
            if isWaiting, isUnpublished || meantTombstone(of: snapshot, collector, world) != nil { break }
            collector.cursor += 1
        }
        let snapshot = Int(collector.cursor)
        if snapshot == Capacity.sessions {
            collector.cursor = 0
            collector.stage = .judging
            moves.add(world, "has decided which snapshots are live") { $0.collectors[index] = collector }
        } else if !world.published.contains(snapshot), protections.has(.publishesForOthers) {
            let isPending = world.pending.contains(snapshot)
            collector.stage = isPending ? .publishing : .refused
            moves.add(world, isPending ? "finds a snapshot unpublished" : "can't read a snapshot, and refuses") {
                $0.collectors[index] = collector
            }
        } else if world.isHeld(snapshot), protections.has(.looksForHoldsAgain) {
            collector.cursor += 1
            moves.add(world, "finds a snapshot held") { $0.collectors[index] = collector }
        } else {
            collector.stage = .claiming
            collector.tombstone = UInt8(meantTombstone(of: snapshot, collector, world) ?? 0)
            moves.add(world, "finds a snapshot that isn't held") { $0.collectors[index] = collector }
        }
    }

    /// The tombstone of a snapshot that this generation is to sweep. Never a newer one: a snapshot that was undone and
    /// forgotten again was live in between, and others may rely on that.
    private func meantTombstone(of snapshot: Int, _ collector: Collector, _ world: World) -> Int? {
        if !protections.has(.sweepsNamedTombstonesOnly) { return world.openTombstone(of: snapshot) }
        let first = snapshot * Capacity.tombstones
        for tombstone in first..<first + Capacity.tombstones where collector.plannedTombstones.contains(tombstone) {
            if world.tombstones[tombstone] == .open || !protections.has(.yieldsToUndo) { return tombstone }
        }
        return nil
    }

    func publish(_ index: Int, _ world: World, _ moves: inout Moves) {
        let snapshot = Int(world.collectors[index].cursor)
        moves.create(
            world, "publishes a snapshot from its pending manifest", { $0.published.insert(snapshot) },
            then: { $0.collectors[index].stage = .deciding })
    }

    /// Tries to create the final key of a snapshot's tombstone.
    func claim(_ index: Int, _ world: World, _ moves: inout Moves) {
        let collector = world.collectors[index]
        let snapshot = Int(collector.cursor)
        let tombstone = Int(collector.tombstone)
        let advance = { (world: inout World, isDead: Bool) in
            if isDead { world.collectors[index].dead.insert(snapshot) }
            world.collectors[index].tombstone = 0
            world.collectors[index].cursor += 1
            world.collectors[index].stage = .deciding
        }
        if !protections.has(.claimsTombstones) {
            moves.add(world, "takes the snapshot for dead") { advance(&$0, true) }
            return
        }
        switch world.tombstones[tombstone] {
        case .open:
            moves.create(
                world, "creates the tombstone's final key: swept", { $0.tombstones[tombstone] = .swept },
                then: { advance(&$0, true) })
        case .swept:
            moves.add(world, "finds the tombstone swept") { advance(&$0, true) }
        case .absent, .undone:
            moves.add(world, "finds the tombstone undone") { advance(&$0, !protections.has(.yieldsToUndo)) }
        }
    }
}
